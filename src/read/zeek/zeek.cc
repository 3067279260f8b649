// Zeek's ASCII log format (docs.zeek.org, "Zeek Log Formats"): a block of lines
// that begin with `#` names separators, fields and types; rows follow; `#close`
// ends a file. Rotated logs that were put together have several blocks. A byte
// that could be taken for a separator is written as \xNN.
#include <algorithm>
#include <mutex>
#include <vector>

#include "core/text.h"
#include "read/framed.h"
#include "read/lines.h"
#include "read/scan.h"
#include "read/zeek/open.h"

namespace serjeant {
namespace {

using What = Piece::What;

constexpr auto kFields = std::string_view("#fields");
constexpr auto kMostNames = std::size_t{1024};
constexpr auto kMostEntries = std::size_t{4096};  // of a set or vector
constexpr auto kBlockReach = std::size_t{64} << 10;
constexpr auto kNone = ~std::uint64_t{0};

enum class Type : std::uint8_t { kText, kNumber, kBool, kTextList, kNumberList };

struct Header {
  std::vector<std::string> names;
  std::vector<Type> types;
  std::string path;
  std::string set_separator = ",";
  std::string empty = "(empty)";
  std::string unset = "-";
  char separator = '\t';
};

auto hex_digit(char c) -> int {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Undo {
  bool doubled = true;    // backslashes
  bool text_only = true;  // what is no text stays as it is written
  bool high = true;       // bytes over 127 are text
};

// \xNN is the byte NN, and a doubled backslash is one; anything else is itself.
// Zeek's JSON keeps \xNN for control characters that JSON has no letter for, and
// for bytes that are not UTF-8; so does this if `text_only`, so that a log is the
// same in both of its forms.
auto unescape(std::string_view text, Undo undo) -> std::string {
  const auto is_kept = [&](int byte) {
    if (!undo.text_only) return false;
    if (byte >= 0x80) return !undo.high;
    return byte == 0x7f || (byte < 0x20 && byte != '\b' && byte != '\f' && byte != '\n' &&
                            byte != '\r' && byte != '\t');
  };
  auto out = std::string{};
  for (auto at = std::size_t{0}; at < text.size(); ++at) {
    if (undo.doubled && text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '\\') {
      out += '\\';
      ++at;
      continue;
    }
    if (text[at] == '\\' && at + 3 < text.size() && text[at + 1] == 'x') {
      const auto upper = hex_digit(text[at + 2]);
      const auto lower = hex_digit(text[at + 3]);
      if (upper >= 0 && lower >= 0 && !is_kept(upper * 16 + lower)) {
        out += static_cast<char>(upper * 16 + lower);
        at += 3;
        continue;
      }
    }
    out += text[at];
  }
  return out;
}

auto unescape(std::string_view text) -> std::string { return unescape(text, {true, false, true}); }

// A backslash that is neither doubled nor the begin of \xNN shows that who wrote
// this does not double them.
auto has_lone_backslash(std::string_view text) -> bool {
  for (auto at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
    const auto next = at + 1 < text.size() ? text[at + 1] : ' ';
    const auto is_byte = next == 'x' && at + 3 < text.size() && hex_digit(text[at + 2]) >= 0 &&
                         hex_digit(text[at + 3]) >= 0;
    if (next != '\\' && !is_byte) return true;
    at += is_byte ? 4 : 2;
  }
  return false;
}

auto cell_text(std::string_view cell) -> std::string {
  auto undo = Undo{};
  undo.doubled = !has_lone_backslash(cell);
  auto out = unescape(cell, undo);
  if (is_utf8(out)) return out;
  undo.high = false;
  return unescape(cell, undo);
}

auto type_of(std::string_view word) -> Type {
  const auto is_number = [](std::string_view type) {
    return type == "count" || type == "int" || type == "double" || type == "port" ||
           type == "interval" || type == "time";
  };
  const auto open = word.find('[');
  if (open != std::string_view::npos && word.ends_with(']'))
    return is_number(word.substr(open + 1, word.size() - open - 2)) ? Type::kNumberList
                                                                    : Type::kTextList;
  return is_number(word) ? Type::kNumber : word == "bool" ? Type::kBool : Type::kText;
}

// Digits, with a sign, a point and an exponent: what JSON calls a number.
auto is_number(std::string_view text) -> bool {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text[0] < '0' || text[0] > '9') return false;
  if (text.size() > 1 && text[0] == '0' && text[1] != '.') return false;
  return text.find_first_not_of("0123456789.") == std::string_view::npos &&
         std::count(text.begin(), text.end(), '.') <= 1 && !text.ends_with('.');
}

// Reads the lines of one header block.
auto read_header(std::string_view block) -> Header {
  auto out = Header{};
  for (auto at = std::size_t{0}; at < block.size() && block[at] == '#';) {
    const auto next = scan::next_line(block, at);
    const auto line = without_line_end(block.substr(at, next - at));
    at = next;
    if (line.starts_with("#separator ")) {
      const auto written = unescape(line.substr(11));
      if (written.size() == 1) out.separator = written[0];
      continue;
    }
    const auto cells = split(line, out.separator);
    const auto second = cells.size() > 1 ? cells[1] : std::string_view{};
    if (cells[0] == "#set_separator" && !second.empty()) out.set_separator = unescape(second);
    if (cells[0] == "#empty_field") out.empty = unescape(second);
    if (cells[0] == "#unset_field") out.unset = unescape(second);
    if (cells[0] == "#path") out.path = second;
    if (cells[0] == kFields) {
      out.names.assign(cells.begin() + 1, cells.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                              cells.size(), kMostNames + 1)));
      out.types.assign(out.names.size(), Type::kText);
    }
    if (cells[0] == "#types")
      for (auto i = std::size_t{1}; i < cells.size() && i <= out.types.size(); ++i)
        out.types[i - 1] = type_of(cells[i]);
  }
  return out;
}

class ZeekReader : public FramedReader {
 public:
  ZeekReader(SourceText text, const Header& first) : FramedReader(text, "zeek") {
    auto names = first.names;
    if (!first.path.empty()) names.emplace_back("_path");
    set_columns(std::move(names));
  }

 protected:
  struct Headed : State {
    Header header;
  };

  auto pass(const View& view, std::size_t at, std::size_t until) const -> std::size_t override {
    return pass_lines(view.text, at, until);
  }

  auto frame(const View& view, std::size_t at, State&) const -> std::optional<Piece> override {
    const auto mark = at + view.base == 0 ? source().mark() : 0;
    if (mark != 0) return Piece{at + mark, What::kSkip, "mark"};
    const auto line = frame_line(view.text, at, view.last, limit());
    if (!line || line->what != What::kRecord || view.text[at] != '#') return line;
    return Piece{line->end, What::kSkip, "header"};
  }

  void skipped(std::string_view why, std::uint64_t from, std::size_t units,
               State& state) const override {
    if (why == "header" && source().bytes().substr(from, units).starts_with(kFields))
      take(from, static_cast<Headed&>(state));
  }

  auto state_at(std::uint64_t at) const -> std::unique_ptr<State> override {
    auto out = std::make_unique<Headed>();
    std::call_once(indexed_, [this] { build_index(); });
    const auto block = at / kIndexStep;
    auto last = block < index_.size() ? index_[static_cast<std::size_t>(block)] : kNone;
    each_header(block * kIndexStep, at, [&](std::uint64_t found) { last = found; });
    if (last != kNone) take(last, *out);
    return out;
  }

  auto parse(Row& row) const -> bool override {
    const auto& header = static_cast<Headed&>(row.state()).header;
    const auto text = without_line_end(row.text());
    auto& document = row.document();
    const auto root = document.open(Kind::kObject, {});
    auto count = std::size_t{0};
    for (auto at = std::size_t{0}; count <= kMostNames; ++count) {
      const auto end = scan::find(text, header.separator, at);
      const auto known = count < header.names.size();
      const auto key =
          known ? std::string_view(header.names[count])
                : row.arena().copy("+" + std::to_string(count - header.names.size() + 1));
      add(row, header, key, known ? header.types[count] : Type::kText, text.substr(at, end - at));
      at = end + 1;
      if (end == text.size()) {
        ++count;
        break;
      }
    }
    if (!header.path.empty()) document.add(Kind::kText, "_path", row.arena().copy(header.path));
    document.close(root);
    if (count != header.names.size()) row.flaw(FaultKind::kBadColumns);
    return true;
  }

 private:
  // The last header before each stretch of the source, so that a chunk finds
  // its own without reading all that precedes it.
  static constexpr auto kIndexStep = std::uint64_t{1} << 20;

  static void add(Row& row, const Header& header, std::string_view key, Type type,
                  std::string_view cell) {
    auto& document = row.document();
    if (cell == header.unset) return document.add(Kind::kNull, key);
    if (type == Type::kTextList || type == Type::kNumberList) {
      const auto list = document.open(Kind::kArray, key);
      auto entries = std::size_t{0};
      while (cell != header.empty) {
        const auto end = cell.find(header.set_separator);
        if (++entries > kMostEntries) {
          row.flaw(FaultKind::kTooMany, cell);
          break;
        }
        add_scalar(row, {}, type == Type::kNumberList, cell.substr(0, end));
        if (end == std::string_view::npos) break;
        cell.remove_prefix(end + header.set_separator.size());
      }
      return document.close(list);
    }
    if (cell == header.empty) return document.add(Kind::kText, key);
    if (type == Type::kBool && (cell == "T" || cell == "F"))
      return document.add(Kind::kBool, key, cell == "T" ? "true" : "false");
    add_scalar(row, key, type == Type::kNumber, cell);
  }

  static void add_scalar(Row& row, std::string_view key, bool number, std::string_view cell) {
    if (number && is_number(cell)) return row.document().add(Kind::kNumber, key, cell);
    if (cell.find('\\') != std::string_view::npos) cell = row.arena().copy(cell_text(cell));
    row.document().add(Kind::kText, key, cell);
  }

  // Calls `found` with the place of each `#fields` line in [from, to).
  template <class Found>
  void each_header(std::uint64_t from, std::uint64_t to, Found found) const {
    const auto bytes = source().bytes();
    for (auto at = bytes.find(kFields, static_cast<std::size_t>(from));
         at != std::string_view::npos && at < to; at = bytes.find(kFields, at + 1))
      if (at == source().mark() || bytes[at - 1] == '\n') found(at);
  }

  void build_index() const {
    auto last = kNone;
    for (auto from = std::uint64_t{0}; from < source().units(); from += kIndexStep) {
      index_.push_back(last);
      each_header(from, std::min(from + kIndexStep, source().units()),
                  [&](std::uint64_t at) { last = at; });
    }
  }

  // Takes the block that the `#fields` line at `at` belongs to.
  void take(std::uint64_t at, Headed& state) const {
    const auto bytes = source().bytes();
    auto begin = static_cast<std::size_t>(at);
    const auto least = begin - std::min(begin, kBlockReach);
    while (begin > least) {
      const auto before = bytes.substr(least, begin - 1 - least).rfind('\n');
      const auto line = before == std::string_view::npos ? least : least + before + 1;
      // The block's first line may stand at the very begin, after a mark.
      if (!bytes.substr(line, begin - line).starts_with('#')) {
        if (line == 0 && source().mark() != 0) begin = source().mark();
        break;
      }
      begin = line;
    }
    state.header = read_header(bytes.substr(begin, at - begin + kBlockReach));
  }

  mutable std::once_flag indexed_;
  mutable std::vector<std::uint64_t> index_;
};

}  // namespace

auto open_zeek_reader(const SourceText& text, std::string_view sample, std::string_view)
    -> std::unique_ptr<Reader> {
  if (text.narrow_needed() || !sample.starts_with('#')) return nullptr;
  auto end = std::size_t{0};
  while (end < sample.size() && sample[end] == '#') end = scan::next_line(sample, end);
  const auto header = read_header(sample.substr(0, end));
  if (header.names.empty() || sample.find("#separator") > end) return nullptr;
  return std::make_unique<ZeekReader>(text, header);
}

}  // namespace serjeant
