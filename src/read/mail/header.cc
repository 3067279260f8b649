#include "read/mail/header.h"

#include <array>

#include "core/text.h"

namespace serjeant::mail {
namespace {

// In the order of FieldId.
constexpr auto kWords = std::array<std::string_view, static_cast<std::size_t>(FieldId::kCount)>{
    "",
    "from",
    "to",
    "cc",
    "bcc",
    "sender",
    "reply-to",
    "return-path",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "received",
    "comments",
    "keywords",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-id",
    "content-description",
    "content-language",
    "content-location",
    "resent-from",
    "resent-to",
    "resent-cc",
    "resent-bcc",
    "resent-sender",
    "resent-date",
    "resent-message-id",
    "list-id",
    "list-unsubscribe",
    "list-archive",
    "list-help",
    "list-owner",
    "list-post",
    "list-subscribe",
    "dkim-signature",
    "arc-seal",
    "arc-message-signature",
    "arc-authentication-results",
    "authentication-results",
    "delivered-to",
    "x-original-to",
    "x-mailer",
    "user-agent",
    "content-length"};
constexpr auto kLongestWord = std::size_t{26};

// For each length the ids of the words that have it: few enough to compare one by one.
struct ByLength {
  std::array<std::array<std::uint8_t, 8>, kLongestWord + 1> ids{};
};
constexpr auto kByLength = [] {
  auto out = ByLength{};
  auto used = std::array<std::size_t, kLongestWord + 1>{};
  for (auto i = std::size_t{1}; i < kWords.size(); ++i) {
    const auto length = kWords[i].size();
    out.ids[length][used[length]++] = static_cast<std::uint8_t>(i);
  }
  return out;
}();

auto starts_fold(std::string_view rest) -> bool {
  return !rest.empty() && (rest.front() == ' ' || rest.front() == '\t');
}

// The length of the field that begins `rest`, folded lines included.
auto field_length(std::string_view rest) -> std::size_t {
  auto end = std::size_t{0};
  do {
    auto eol = rest.find('\n', end);
    if (eol == std::string_view::npos) return rest.size();
    end = eol + 1;
  } while (starts_fold(rest.substr(end)));
  return end;
}

auto without_eol(std::string_view text) -> std::string_view {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

auto field_id(std::string_view name) -> FieldId {
  while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
  if (name.empty() || name.size() > kLongestWord) return FieldId::kOther;
  for (const auto id : kByLength.ids[name.size()]) {
    if (id == 0) break;
    if (equals_ignoring_ascii_case(name, kWords[id])) return static_cast<FieldId>(id);
  }
  return FieldId::kOther;
}

auto field_word(FieldId id) -> std::string_view { return kWords[static_cast<std::size_t>(id)]; }

auto split_header(std::string_view block, Span at, HeaderLimits limits) -> Parsed<Header> {
  auto out = Parsed<Header>{};
  auto& [fields, size] = out.value;
  const auto seen = block.substr(0, limits.bytes);
  while (size < seen.size()) {
    const auto rest = seen.substr(size);
    if (rest.front() == '\n' || rest.starts_with("\r\n")) {  // the blank line ends the header
      size += rest.front() == '\n' ? std::size_t{1} : std::size_t{2};
      return out;
    }
    const auto length = field_length(rest);
    const auto raw = rest.substr(0, length);
    if (fields.size() + out.faults.size() == limits.fields) {
      out.faults.push_back({FaultKind::kTooMany, part_of(at, size, 0)});
      return out;
    }
    const auto span = part_of(at, size, length);
    const auto line = without_eol(raw);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0)
      out.faults.push_back({FaultKind::kBadHeader, span});
    else
      fields.push_back(
          {line.substr(0, colon), line.substr(colon + 1), span, field_id(line.substr(0, colon))});
    size += length;
  }
  if (seen.size() < block.size()) out.faults.push_back({FaultKind::kTooLong, part_of(at, size, 0)});
  return out;
}

}  // namespace serjeant::mail
