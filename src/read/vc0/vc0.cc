// Logs of Ivanti (Pulse) Connect Secure, `log.*.vc0`: a head of 8,192 bytes that
// begins with the number 5, then records, each begun by the byte 5. A record is
// cells with tabs between: "SECONDS.LINE" in hexadecimal, host, message code,
// "vc0", realm, address, user, and then the words of the message, of which the
// first that is not empty is what is said. No description of it is public; this
// is what the files show. What is not used of the file is NUL.
#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "core/text.h"
#include "core/time.h"
#include "read/scan.h"
#include "read/vc0/open.h"

namespace serjeant {
namespace {

constexpr auto kHead = std::size_t{8'192};
constexpr auto kBegin = '\x05';
constexpr auto kRecordBytes = std::size_t{1} << 20;
constexpr auto kMostCells = std::size_t{256};

constexpr auto kNames = std::to_array<std::string_view>(
    {"record_id", "host", "message_code", "log", "realm", "source_ip", "user"});
constexpr auto kColumns =
    std::to_array<std::string_view>({"time", "line", "record_id", "host", "message_code", "log",
                                     "realm", "source_ip", "user", "message", "details"});

auto from_hex(std::string_view text) -> std::optional<std::uint64_t> {
  auto value = std::uint64_t{0};
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  if (error != std::errc{} || stop != end || text.empty() || text.size() > 8) return {};
  return value;
}

class Vc0Reader : public Reader {
 public:
  Vc0Reader(std::string_view bytes, std::uint32_t source) : bytes_(bytes), source_(source) {}
  auto format() const -> std::string_view override { return "vc0"; }
  auto columns() const -> std::span<const std::string_view> override { return kColumns; }

  auto plan(std::uint64_t target) const -> std::vector<Extent> override {
    auto out = std::vector<Extent>{};
    for (auto at = std::size_t{0}; at < bytes_.size();) {
      const auto wanted =
          at + std::min<std::uint64_t>(std::max<std::uint64_t>(target, 1), bytes_.size() - at);
      const auto end = scan::find(bytes_, kBegin, std::max<std::size_t>(wanted, kHead));
      out.push_back({at, end - at, source_});
      at = end;
    }
    return out;
  }

  void read(Extent chunk, Arena& arena, RecordSink& sink) const override {
    auto at = static_cast<std::size_t>(chunk.offset);
    const auto end = at + static_cast<std::size_t>(chunk.length);
    auto document = Document{};
    auto faults = std::vector<Fault>{};
    if (at < kHead && at < end) {
      sink.account(extent(at, std::min(kHead, end)), Coverage::kSkipped, "header");
      at = std::min(kHead, end);
    }
    while (at < end) {
      const auto stop =
          std::min(scan::find(bytes_, kBegin, bytes_[at] == kBegin ? at + 1 : at), end);
      auto text = bytes_.substr(at, stop - at);
      if (text.front() != kBegin) {
        const auto unused = text.find_first_not_of('\0') == std::string_view::npos;
        if (!unused) sink.fault({FaultKind::kBadSyntax, span(at, stop)});
        sink.account(extent(at, stop), unused ? Coverage::kSkipped : Coverage::kFailed,
                     unused ? "padding" : fault_word(FaultKind::kBadSyntax));
      } else {
        const auto last = text.find_last_not_of('\0');
        text = text.substr(0, last + 1);
        record(text, at, arena, document, faults, sink);
        if (at + text.size() < stop)
          sink.account(extent(at + text.size(), stop), Coverage::kSkipped, "padding");
      }
      at = stop;
    }
  }

 private:
  void record(std::string_view text, std::size_t at, Arena& arena, Document& document,
              std::vector<Fault>& faults, RecordSink& sink) const {
    const auto place = span(at, at + text.size());
    if (text.size() > kRecordBytes || text.find('\t') == std::string_view::npos) {
      const auto kind = text.size() > kRecordBytes ? FaultKind::kTooLong : FaultKind::kBadSyntax;
      sink.fault({kind, place});
      sink.account(extent(at, at + text.size()), Coverage::kFailed, fault_word(kind));
      return;
    }
    faults.clear();
    document.clear();
    text.remove_prefix(1);
    if (!is_utf8(text)) {
      faults.push_back({FaultKind::kBadEncoding, place});
      text = arena.copy(replace_bad_utf8(text));
    }
    const auto root = document.open(Kind::kObject, {});
    add_id(text.substr(0, text.find('\t')), place, arena, document, faults);
    auto rest = text;
    auto cells = std::size_t{0};
    auto open = true;
    const auto next = [&] {
      const auto tab = rest.find('\t');
      const auto cell = rest.substr(0, tab);
      open = tab != std::string_view::npos;
      rest = open ? rest.substr(tab + 1) : std::string_view{};
      ++cells;
      return cell;
    };
    for (; open && cells < kNames.size();) {
      const auto name = kNames[cells];
      const auto cell = next();
      document.add(cell.empty() ? Kind::kNull : Kind::kText, name, cell);
    }
    if (cells < kNames.size()) faults.push_back({FaultKind::kBadColumns, place});
    auto message = std::string_view{};
    while (open && message.empty() && cells < kMostCells) message = next();
    if (!message.empty()) document.add(Kind::kText, "message", message);
    if (open) {
      const auto details = document.open(Kind::kArray, "details");
      while (open && cells < kMostCells) document.add(Kind::kText, {}, next());
      document.close(details);
      if (open) faults.push_back({FaultKind::kTooMany, place});
    }
    document.close(root);
    sink.record({place, document.root(), nullptr, faults});
  }

  static void add_id(std::string_view id, Span place, Arena& arena, Document& document,
                     std::vector<Fault>& faults) {
    const auto point = id.find('.');
    const auto seconds = from_hex(id.substr(0, point));
    const auto line =
        point == std::string_view::npos ? std::nullopt : from_hex(id.substr(point + 1));
    if (seconds)
      document.add(Kind::kNumber, "time", arena.copy(std::to_string(*seconds)));
    else
      faults.push_back({FaultKind::kBadTime, place});
    if (line) document.add(Kind::kNumber, "line", arena.copy(std::to_string(*line)));
  }

  auto extent(std::size_t from, std::size_t to) const -> Extent {
    return {from, to - from, source_};
  }
  auto span(std::size_t from, std::size_t to) const -> Span {
    return {from, static_cast<std::uint32_t>(std::min<std::size_t>(to - from, 0xffffffff)),
            source_};
  }

  std::string_view bytes_;
  std::uint32_t source_;
};

}  // namespace

auto open_vc0_reader(std::string_view bytes, std::uint32_t source) -> std::unique_ptr<Reader> {
  if (bytes.size() < kHead || !bytes.starts_with(std::string_view("\5\0\0\0", 4))) return nullptr;
  // The head is almost nothing but NUL, and a record or nothing follows.
  const auto head = bytes.substr(0, kHead);
  if (std::count(head.begin(), head.end(), '\0') < static_cast<std::ptrdiff_t>(kHead) / 2 ||
      (bytes.size() > kHead && bytes[kHead] != kBegin && bytes[kHead] != '\0'))
    return nullptr;
  return std::make_unique<Vc0Reader>(bytes, source);
}

}  // namespace serjeant
