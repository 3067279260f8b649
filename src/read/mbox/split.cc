#include "read/mbox/split.h"

#include <algorithm>
#include <string>

#include "core/arena.h"
#include "core/text.h"
#include "core/time.h"
#include "read/mail/content_type.h"
#include "read/mail/header.h"

namespace serjeant::mbox {
namespace {

constexpr auto kNone = std::string_view::npos;
constexpr auto kLine = std::size_t{1024};
constexpr auto kHeaderWindow = std::size_t{256} << 10;
constexpr auto kLookAhead = std::size_t{16} << 20;

auto line_at(std::string_view bytes, std::uint64_t offset) -> std::string_view {
  auto line = bytes.substr(offset, kLine);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

auto line_end(std::string_view bytes, std::uint64_t offset) -> std::uint64_t {
  const auto eol = bytes.find('\n', offset);
  return eol == kNone ? bytes.size() : eol + 1;
}

// "name:" with the characters of RFC 5322's ftext.
auto is_field_line(std::string_view line) -> bool {
  const auto colon = line.find(':');
  if (colon == kNone || colon == 0) return false;
  return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char c) { return c > ' ' && c < 127; });
}

auto has_date(const std::vector<std::string_view>& words) -> bool {
  auto month = false, clock = false, year = false;
  for (const auto word : words) {
    if (word.size() == 3 && month_from_name(word)) month = true;
    if (word.size() >= 4 && word.find(':') != kNone && to_uint(word.substr(0, word.find(':'))))
      clock = true;
    if (word.size() == 4 && to_uint(word)) year = true;
  }
  return month && clock && year;
}

auto preceded_by_blank(std::string_view bytes, std::uint64_t offset) -> bool {
  if (offset == mark_length(bytes)) return true;
  if (offset < 2) return true;
  if (bytes[offset - 2] == '\n') return true;
  return bytes[offset - 2] == '\r' && (offset == 2 || bytes[offset - 3] == '\n');
}

// The next line at or behind `from` that begins "From ".
auto find_from(std::string_view bytes, std::uint64_t from) -> std::uint64_t {
  const auto hit = bytes.find("\nFrom ", from == 0 ? 0 : from - 1);
  return hit == kNone ? bytes.size() : hit + 1;
}

auto header_of(std::string_view bytes, std::uint64_t begin) -> mail::Header {
  return mail::split_header(bytes.substr(begin, kHeaderWindow), {}).value;
}

// Where Content-Length says that the next marker is; 0 if it says nothing or
// there is none.
auto end_by_length(std::string_view bytes, std::uint64_t begin, const mail::Header& header)
    -> std::uint64_t {
  for (const auto& field : header.fields) {
    if (field.id != mail::FieldId::kContentLength) continue;
    const auto length = to_uint(trim(field.value));
    if (!length || *length > bytes.size()) return 0;
    auto at = begin + header.size + *length;
    if (at > bytes.size()) return 0;
    for (auto n = 0; n < 4 && at < bytes.size() && (bytes[at] == '\n' || bytes[at] == '\r'); ++n)
      ++at;
    if (at == bytes.size()) return at;
    if (bytes.substr(at, 5) == "From " && bytes[at - 1] == '\n' && judge(bytes, at).score >= kDoubt)
      return at;
    return 0;
  }
  return 0;
}

auto boundary_of(const mail::Header& header) -> std::string {
  for (const auto& field : header.fields) {
    if (field.id != mail::FieldId::kContentType) continue;
    auto arena = Arena{};
    const auto type = mail::parse_content_type(field.value, mail::Fallback::kReplace, arena);
    if (type.type != "multipart") return {};
    return std::string(trim(mail::parameter(type, "boundary")));
  }
  return {};
}

auto has_name(std::string_view bytes, std::uint64_t from, std::uint64_t to,
              const std::string& closing) -> bool {
  return bytes.substr(from, to - from).find(closing) != kNone;
}

}  // namespace

auto variant_word(Variant variant) -> std::string_view {
  constexpr std::string_view words[] = {"mboxo", "mboxrd", "mboxcl", "mboxcl2"};
  return words[static_cast<std::size_t>(variant)];
}

auto judge(std::string_view bytes, std::uint64_t offset) -> Candidate {
  auto out = Candidate{offset, line_end(bytes, offset) - offset, 0};
  out.score += preceded_by_blank(bytes, offset) ? 2 : -1;
  const auto line = line_at(bytes, offset);
  auto words = std::vector<std::string_view>{};
  for (const auto word : split(line.substr(5), ' '))
    if (!trim(word).empty()) words.push_back(trim(word));
  const auto date = has_date(words);
  const auto address = !words.empty() && (words[0].find('@') != kNone || words[0] == "-");
  if (date)
    out.score += 3;
  else if (address && words.size() == 1)
    out.score += words[0] == "-" ? 3 : 1;
  else
    out.score -= 3;
  const auto next = offset + out.length;
  const auto following = line_at(bytes, next);
  if (is_field_line(following))
    out.score += 2;
  else if (following.empty() || following.starts_with(">From ") || following.starts_with("From "))
    out.score += date ? 0 : -2;
  else
    out.score -= 2;
  return out;
}

auto next_message(std::string_view bytes, std::uint64_t start) -> Bounds {
  auto out = Bounds{};
  out.marker = judge(bytes, start);
  out.begin = start + out.marker.length;
  out.next = bytes.size();
  const auto header = header_of(bytes, out.begin);
  if (const auto end = end_by_length(bytes, out.begin, header)) {
    out.next = end;
    out.by_length = true;
  } else {
    auto closing = std::string{};  // the top multipart's close-delimiter, looked up when needed
    auto looked = false, closed = false;
    auto searched = out.begin;
    for (auto at = find_from(bytes, out.begin); at < bytes.size(); at = find_from(bytes, at + 1)) {
      const auto candidate = judge(bytes, at);
      if (candidate.score < kDoubt) continue;
      if (candidate.score < kAccept) {
        out.doubtful.push_back({candidate.offset, candidate.length, 0});
        continue;
      }
      if (!std::exchange(looked, true)) {
        closing = boundary_of(header);
        if (!closing.empty()) closing = "\n--" + closing + "--";
      }
      if (!closing.empty() && !closed) {
        closed = has_name(bytes, searched - 1, at, closing);
        searched = at;
        // Inside of an attached message? Then the multipart is closed before another
        // marker follows.
        const auto limit = std::min<std::uint64_t>(find_from(bytes, at + 1), at + kLookAhead);
        if (!closed && has_name(bytes, at, std::min<std::uint64_t>(limit, bytes.size()), closing)) {
          out.doubtful.push_back({candidate.offset, candidate.length, 0});
          continue;
        }
      }
      out.next = at;
      break;
    }
  }
  out.end = out.next;
  if (out.next < bytes.size() && out.end > out.begin) {
    --out.end;
    if (out.end > out.begin && bytes[out.end - 1] == '\r') --out.end;
  }
  return out;
}

auto mark_length(std::string_view bytes) -> std::size_t {
  return bytes.starts_with("\xef\xbb\xbf") ? 3 : 0;
}

auto is_mbox(std::string_view bytes) -> bool {
  const auto start = mark_length(bytes);
  return bytes.substr(start, 5) == "From " && judge(bytes, start).score >= kDoubt;
}

auto guess_variant(std::string_view bytes) -> Variant {
  const auto seen = bytes.substr(0, std::size_t{1} << 20);
  auto lengths = false, quoted = false, twice = false;
  for (auto at = std::size_t{0}; at < seen.size(); at = line_end(seen, at)) {
    const auto line = seen.substr(at, 32);
    lengths = lengths || starts_with_ignoring_case(line, "content-length:");
    quoted = quoted || line.starts_with(">From ");
    twice = twice || line.starts_with(">>From ");
  }
  if (lengths) return quoted ? Variant::kMboxcl : Variant::kMboxcl2;
  return twice ? Variant::kMboxrd : Variant::kMboxo;
}

}  // namespace serjeant::mbox
