// Readers of mail sources: one message, or an mbox of any size.
#include <algorithm>
#include <array>

#include "core/text.h"
#include "read/mail/header.h"
#include "read/mail/native.h"
#include "read/mail/open.h"
#include "read/mbox/split.h"

namespace serjeant {
namespace {

// Spans have 32-bit lengths; what a message has beyond is accounted as failed.
constexpr auto kLongestMessage = std::uint64_t{0xffff0000};

// Reads the message in [begin, end) with the marker line before it, if any, and
// hands it on as one record over [first, end of its line break).
void read_one(std::string_view bytes, std::uint32_t source, Extent marker, Extent body,
              std::uint64_t next, std::span<const Extent> doubtful, Arena& arena,
              RecordSink& sink) {
  const auto first = marker.length != 0 ? marker.offset : body.offset;
  const auto length = std::min(body.length, kLongestMessage - (body.offset - first));
  auto parsed =
      mail::read_message(bytes.substr(body.offset, length),
                         {body.offset, static_cast<std::uint32_t>(length), source}, arena);
  auto& message = parsed.value;
  if (marker.length != 0) {
    message.marker = {marker.offset, static_cast<std::uint32_t>(marker.length), source};
    message.marker_text = bytes.substr(marker.offset, marker.length);
  }
  auto end = next;
  if (length < body.length) {
    end = body.offset + length;
    parsed.faults.push_back({FaultKind::kTooLong, {end, 0, source}});
    sink.account({end, next - end, source}, Coverage::kFailed, fault_word(FaultKind::kTooLong));
  }
  for (const auto& line : doubtful)
    if (line.offset < end)
      parsed.faults.push_back(
          {FaultKind::kAmbiguous,
           {line.offset,
            static_cast<std::uint32_t>(std::min<std::uint64_t>(line.length, end - line.offset)),
            source}});
  for (const auto& part : message.unread)
    sink.account({part.offset, part.length, part.source}, Coverage::kFailed,
                 fault_word(FaultKind::kTooMany));
  thread_local auto document = Document{};
  document.clear();
  mail::build_native(message, document, arena);
  auto record = Record{};
  record.span = {
      first, static_cast<std::uint32_t>(std::min(end - first, std::uint64_t{0xffffffff})), source};
  record.native = document.root();
  record.message = &message;
  record.faults = parsed.faults;
  sink.record(record);
}

class EmlReader : public Reader {
 public:
  EmlReader(std::string_view bytes, std::uint32_t source) : bytes_(bytes), source_(source) {}

  auto format() const -> std::string_view override { return "eml"; }
  auto columns() const -> std::span<const std::string_view> override { return {}; }
  auto plan(std::uint64_t) const -> std::vector<Extent> override {
    return {{0, bytes_.size(), source_}};
  }
  void read(Extent chunk, Arena& arena, RecordSink& sink) const override {
    if (chunk.length == 0) return;
    auto at = std::uint64_t{mbox::mark_length(bytes_)};
    if (at != 0) sink.account({0, at, source_}, Coverage::kSkipped, "byte-order mark");
    auto marker = Extent{};
    if (bytes_.substr(at, 5) == "From ") {
      const auto eol = bytes_.find('\n', at);
      const auto end = eol == bytes_.npos ? bytes_.size() : eol + 1;
      if (end - at < 4096) {
        marker = {at, end - at, source_};
        at = end;
      }
    }
    read_one(bytes_, source_, marker, {at, bytes_.size() - at, source_}, bytes_.size(), {}, arena,
             sink);
  }

 private:
  std::string_view bytes_;
  std::uint32_t source_;
};

class MboxReader : public Reader {
 public:
  MboxReader(std::string_view bytes, std::uint32_t source) : bytes_(bytes), source_(source) {}

  auto format() const -> std::string_view override { return "mbox"; }
  auto columns() const -> std::span<const std::string_view> override { return {}; }

  // One walk over the markers, at the speed of a string search: a length in a
  // header may reach over any number of lines that look like markers, so that
  // no cut can be found from its surroundings alone.
  auto plan(std::uint64_t target) const -> std::vector<Extent> override {
    auto out = std::vector<Extent>{};
    auto begin = std::uint64_t{0};
    auto at = std::uint64_t{mbox::mark_length(bytes_)};
    while (at < bytes_.size()) {
      at = mbox::next_message(bytes_, at).next;
      if (at - begin >= target || at == bytes_.size()) {
        out.push_back({begin, at - begin, source_});
        begin = at;
      }
    }
    return out;
  }

  void read(Extent chunk, Arena& arena, RecordSink& sink) const override {
    const auto end = chunk.offset + chunk.length;
    auto at = chunk.offset;
    if (at == 0 && mbox::mark_length(bytes_) != 0) {
      at = mbox::mark_length(bytes_);
      sink.account({0, at, source_}, Coverage::kSkipped, "byte-order mark");
    }
    while (at < end) {
      const auto bounds = mbox::next_message(bytes_, at);
      read_one(bytes_, source_, {at, bounds.marker.length, source_},
               {bounds.begin, bounds.end - bounds.begin, source_}, bounds.next, bounds.doubtful,
               arena, sink);
      at = bounds.next;
    }
  }

 private:
  std::string_view bytes_;
  std::uint32_t source_;
};

// "1234567890.M1P2.host:2,S" and the like; "new" and "cur" are folders of a Maildir.
auto is_maildir_name(std::string_view name) -> bool {
  const auto slash = name.find_last_of("/\\");
  const auto file = slash == name.npos ? name : name.substr(slash + 1);
  const auto folder = slash == name.npos ? std::string_view{} : name.substr(0, slash);
  const auto in_folder = folder.ends_with("cur") || folder.ends_with("new");
  return file.find(":2,") != file.npos || file.find(";2,") != file.npos ||
         (in_folder && file.find('.') != file.npos && to_uint(file.substr(0, file.find('.'))));
}

auto ends_with_ignoring_case(std::string_view text, std::string_view end) -> bool {
  return text.size() >= end.size() &&
         equals_ignoring_ascii_case(text.substr(text.size() - end.size()), end);
}

// Mail without a telling name: the header begins at once with a proper field,
// and at least two fields are known, one of them hardly found elsewhere.
auto looks_like_mail(std::string_view bytes) -> bool {
  if (bytes.starts_with("From "))
    bytes.remove_prefix(std::min(bytes.find('\n'), bytes.size() - 1) + 1);
  const auto block = bytes.substr(0, std::size_t{64} << 10);
  const auto header = mail::split_header(block, {}, {.bytes = 64u << 10, .fields = 200});
  const auto& fields = header.value.fields;
  if (fields.empty() || fields[0].span.offset != 0) return false;
  if (!std::all_of(fields[0].name.begin(), fields[0].name.end(),
                   [](char c) { return c > ' ' && c < 127; }))
    return false;
  auto known = 0, telling = 0;
  auto met = std::array<bool, static_cast<std::size_t>(mail::FieldId::kCount)>{};
  for (const auto& field : fields) {
    using enum mail::FieldId;
    if (field.id == kOther || field.id == kComments || field.id == kKeywords ||
        field.id == kContentLength || field.id == kUserAgent)
      continue;
    if (std::exchange(met[static_cast<std::size_t>(field.id)], true)) continue;
    ++known;
    telling += field.id == kFrom || field.id == kReceived || field.id == kMessageId ||
               field.id == kMimeVersion || field.id == kReturnPath;
  }
  return known >= 2 && telling >= 1;
}

}  // namespace

auto open_mail_reader(std::string_view bytes, std::uint32_t source, std::string_view name)
    -> std::unique_ptr<Reader> {
  if (bytes.empty()) return nullptr;
  const auto named = ends_with_ignoring_case(name, ".eml") ||
                     ends_with_ignoring_case(name, ".mht") ||
                     ends_with_ignoring_case(name, ".mhtml") || is_maildir_name(name);
  const auto named_mbox =
      ends_with_ignoring_case(name, ".mbox") || ends_with_ignoring_case(name, ".mbx");
  const auto text = bytes.substr(mbox::mark_length(bytes));
  if (!named && mbox::is_mbox(bytes)) return std::make_unique<MboxReader>(bytes, source);
  if (named_mbox && text.starts_with("From ")) return std::make_unique<MboxReader>(bytes, source);
  if (named || looks_like_mail(text)) return std::make_unique<EmlReader>(bytes, source);
  return nullptr;
}

}  // namespace serjeant
