// The log of the Linux audit daemon (auditd.conf(5), "log_format"; the fields in
// linux-audit/audit-documentation): lines of
//   type=EXECVE msg=audit(1600000000.123:456): argc=2 a0="ls" a1=2D6C
// of which those of one event have the same stamp. The kernel writes a value
// that holds blanks, quotes or controls in hexadecimal, without quotes. Daemons
// put their fields into msg='...'. With log_format = ENRICHED the names behind
// numbers follow after a byte 0x1d, in capitals.
#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

#include "core/text.h"
#include "read/auditd/open.h"
#include "read/framed.h"
#include "read/lines.h"
#include "read/scan.h"

namespace serjeant {
namespace {

using What = Piece::What;

constexpr auto kStamp = std::string_view("msg=audit(");
constexpr auto kStampReach = std::size_t{512};   // where a line's stamp may begin
constexpr auto kMostLines = std::size_t{1024};   // of an event
constexpr auto kMostFields = std::size_t{8192};  // of an event
constexpr auto kEnriched = '\x1d';

// "1600000000.123:456" of a line; empty if it has none.
auto stamp_of(std::string_view line) -> std::string_view {
  const auto near = line.substr(0, kStampReach);
  const auto at = near.find(kStamp);
  if (at == std::string_view::npos) return {};
  if (!near.starts_with("type=") && !near.starts_with("node=")) return {};
  const auto from = at + kStamp.size();
  const auto end = near.find(')', from);
  if (end == std::string_view::npos) return {};
  const auto stamp = near.substr(from, end - from);
  const auto colon = stamp.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == stamp.size() ||
      stamp.find_first_not_of("0123456789.:") != std::string_view::npos)
    return {};
  return stamp;
}

// Fields that the kernel and the daemons write with audit_log_untrustedstring.
auto may_be_hex(std::string_view type, std::string_view name) -> bool {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"proctitle", "name", "comm", "exe", "cwd", "cmd", "acct", "path", "data", "key", "vm",
       "ocomm", "watch", "dir", "file"});
  if (type == "EXECVE")
    return name.size() > 1 && name[0] == 'a' &&
           name.find_first_not_of("0123456789[]", 1) == std::string_view::npos;
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

struct Field {
  std::string_view name, value;
  std::uint32_t next = 0;  // the field of the same name after this one
  bool first = true;
};

class AuditdReader : public FramedReader {
 public:
  explicit AuditdReader(SourceText text) : FramedReader(text, "auditd") {
    set_columns({"type", "time", "serial"});
  }

 protected:
  struct Fields : State {
    std::vector<Field> fields;
    std::unordered_map<std::string_view, std::uint32_t> last;  // of each name
    void clear() {
      fields.clear();
      last.clear();
    }
  };

  auto state_at(std::uint64_t) const -> std::unique_ptr<State> override {
    return std::make_unique<Fields>();
  }

  // A line whose stamp differs from that of the line before begins an event.
  auto pass(const View& view, std::size_t at, std::size_t until) const -> std::size_t override {
    auto line = pass_lines(view.text, at, until);
    while (line > at) {
      const auto before = pass_lines(view.text, at, line - 1);
      const auto stamp = stamp_of(view.text.substr(line));
      if (!stamp.empty() && stamp != stamp_of(view.text.substr(before, line - before))) return line;
      line = before;
    }
    return at;
  }

  auto frame(const View& view, std::size_t at, State&) const -> std::optional<Piece> override {
    const auto mark = at + view.base == 0 ? source().mark() : 0;
    if (mark != 0) return Piece{at + mark, What::kSkip, "mark"};
    const auto text = view.text;
    const auto first = frame_line(text, at, view.last, limit());
    if (!first || first->what != What::kRecord) return first;
    const auto stamp = stamp_of(text.substr(at, first->end - at));
    if (stamp.empty()) return Piece{first->end, What::kFail, {}, FaultKind::kBadSyntax};
    auto end = first->end;
    for (auto lines = std::size_t{1}; lines < kMostLines && end - at < limit() / 2; ++lines) {
      // The next line's stamp is near its begin, but the line has to end, too.
      if (end == text.size()) {
        if (!view.last) return std::nullopt;
        break;
      }
      const auto near = text.substr(end, kStampReach);
      if (near.size() < kStampReach && near.find('\n') == std::string_view::npos && !view.last)
        return std::nullopt;
      if (stamp_of(near.substr(0, near.find('\n'))) != stamp) break;
      const auto next = frame_line(text, end, view.last, limit() / 2);
      if (!next) return std::nullopt;
      if (next->what != What::kRecord) break;
      end = next->end;
    }
    return Piece{end, What::kRecord};
  }

  auto parse(Row& row) const -> bool override {
    auto& state = static_cast<Fields&>(row.state());
    state.clear();
    const auto text = row.text();
    auto stamp = std::string_view{};
    for (auto at = std::size_t{0}; at < text.size();) {
      const auto next = scan::next_line(text, at);
      const auto line = without_line_end(text.substr(at, next - at));
      at = next;
      stamp = stamp_of(line);
      read_line(row, state, line);
    }
    auto& document = row.document();
    const auto root = document.open(Kind::kObject, {});
    const auto colon = stamp.find(':');
    write(state, document);
    document.add(Kind::kNumber, "time", stamp.substr(0, colon));
    document.add(Kind::kNumber, "serial", stamp.substr(std::min(colon + 1, stamp.size())));
    document.close(root);
    return true;
  }

 private:
  static void read_line(Row& row, Fields& state, std::string_view line) {
    auto type = std::string_view{};
    read_fields(row, state, line, type);
  }

  // name=value pairs between blanks; text without `=` is left out of the fields.
  static void read_fields(Row& row, Fields& state, std::string_view text, std::string_view& type) {
    // What a daemon's msg='...' holds is read after the rest, one level deep.
    auto inner = std::string_view{};
    for (auto at = std::size_t{0}; at < text.size();) {
      if (text[at] == ' ' || text[at] == kEnriched || text[at] == ',') {
        ++at;
        continue;
      }
      const auto end = value_end(text, at);
      const auto pair = text.substr(at, end - at);
      at = end;
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos || equals == 0) continue;
      const auto name = pair.substr(0, equals);
      auto value = pair.substr(equals + 1);
      if (name == "msg" && value.starts_with("audit(")) continue;
      if (value.size() > 1 && value.front() == '\'' && value.back() == '\'') {
        inner = value.substr(1, value.size() - 2);
        continue;
      }
      if (name == "type" && type.empty()) type = value;
      add(row, state, name, spelt(row, type, name, value));
    }
    for (auto at = std::size_t{0}; at < inner.size();) {
      if (inner[at] == ' ' || inner[at] == ',') {
        ++at;
        continue;
      }
      const auto end = value_end(inner, at);
      const auto pair = inner.substr(at, end - at);
      at = end;
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos || equals == 0) continue;
      add(row, state, pair.substr(0, equals),
          spelt(row, type, pair.substr(0, equals), pair.substr(equals + 1)));
    }
  }

  // The end of the pair that begins at `at`: a value in quotes ends with them.
  static auto value_end(std::string_view text, std::size_t at) -> std::size_t {
    const auto stop = scan::find_any(text, ' ', kEnriched, kEnriched, at);
    const auto equals = scan::find(text.substr(0, stop), '=', at);
    if (equals + 1 < stop && (text[equals + 1] == '"' || text[equals + 1] == '\'')) {
      const auto close = scan::find(text, text[equals + 1], equals + 2);
      if (close < text.size()) return close + 1;
    }
    return stop;
  }

  static auto spelt(Row& row, std::string_view type, std::string_view name, std::string_view value)
      -> std::string_view {
    if (value.size() > 1 && value.front() == '"' && value.back() == '"')
      return value.substr(1, value.size() - 2);
    if (value.empty() || value.size() % 2 != 0 || !may_be_hex(type, name)) return value;
    auto bytes = from_hex(value);
    if (!bytes) return value;
    while (bytes->ends_with('\0')) bytes->pop_back();
    std::replace(bytes->begin(), bytes->end(), '\0', ' ');
    return row.arena().copy(is_utf8(*bytes) ? *bytes : replace_bad_utf8(*bytes));
  }

  static void add(Row& row, Fields& state, std::string_view name, std::string_view value) {
    if (state.fields.size() >= kMostFields) {
      if (state.fields.size() == kMostFields) row.flaw(FaultKind::kTooMany);
      return;
    }
    const auto index = static_cast<std::uint32_t>(state.fields.size());
    const auto [known, is_new] = state.last.try_emplace(name, index);
    state.fields.push_back({name, value, 0, is_new});
    if (is_new) return;
    state.fields[known->second].next = index;
    known->second = index;
  }

  static void write(const Fields& state, Document& document) {
    for (const auto& field : state.fields) {
      if (!field.first) continue;
      if (field.next == 0) {
        document.add(Kind::kText, field.name, field.value);
        continue;
      }
      const auto list = document.open(Kind::kArray, field.name);
      for (const auto* one = &field;; one = &state.fields[one->next]) {
        document.add(Kind::kText, {}, one->value);
        if (one->next == 0) break;
      }
      document.close(list);
    }
  }
};

}  // namespace

auto open_auditd_reader(const SourceText& text, std::string_view sample, std::string_view)
    -> std::unique_ptr<Reader> {
  auto at = std::size_t{0};
  for (auto lines = 0; lines < 8 && at < sample.size(); ++lines) {
    const auto next = scan::next_line(sample, at);
    if (!stamp_of(without_line_end(sample.substr(at, next - at))).empty())
      return std::make_unique<AuditdReader>(text);
    at = next;
  }
  return nullptr;
}

}  // namespace serjeant
