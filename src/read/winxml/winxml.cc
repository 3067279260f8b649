// Windows events as XML (the schema "http://schemas.microsoft.com/win/2004/08/events/event").
// An event begins with `<Event ...><System`, whatever stands around it: exports
// put `<Events>` around all, wevtutil writes one event after another, log
// systems one a line. That begin is what makes a damaged event end where the
// next one starts. A record has the form that evtx_dump gives to EVTX files, so
// that profiles and rules see one thing.
#include <algorithm>
#include <vector>

#include "core/text.h"
#include "read/framed.h"
#include "read/winxml/open.h"
#include "read/winxml/tags.h"

namespace serjeant {
namespace {

using What = Piece::What;

constexpr auto kOpen = std::string_view("<Event");
constexpr auto kMostDepth = std::size_t{64};
constexpr auto kMostNodes = std::size_t{8192};
constexpr auto kTagReach = std::size_t{1024};      // units that an Event's own tag may have
constexpr auto kAhead = 4 * kTagReach;             // units looked at behind a tag
constexpr auto kDetectReach = std::size_t{65536};  // where the first event may stand

auto is_space(char c) -> bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Does an event begin at `at`? Nothing if `text` ends too early to tell.
auto begins_event(std::string_view text, std::size_t at, bool last) -> std::optional<bool> {
  const auto near = text.substr(at, kTagReach);
  const auto whole = last || near.size() == kTagReach;
  const auto cut = whole ? std::optional<bool>(false) : std::nullopt;
  if (near.size() <= kOpen.size()) return cut;
  if (!xml::is_tag(near, 0, "Event") || near[1] == '/') return false;
  auto missing = xml::Missing{};
  const auto tag = xml::next_token(near, 0, missing);
  if (tag.what == xml::What::kBroken) return cut;
  if (tag.what != xml::What::kStart) return false;
  auto next = tag.end;
  while (next < near.size() && is_space(near[next])) ++next;
  constexpr auto kSystem = std::string_view("<System");
  if (next + kSystem.size() >= near.size()) return cut;
  return xml::is_tag(near, next, "System") && near[next + 1] != '/';
}

// The first event at or after `at`, or npos; nothing if that cannot be told yet.
auto find_event(std::string_view text, std::size_t at, bool last) -> std::optional<std::size_t> {
  for (;;) {
    at = text.find(kOpen, at);
    if (at == std::string_view::npos) return at;
    const auto begins = begins_event(text, at, last);
    if (!begins) return std::nullopt;
    if (*begins) return at;
    at += kOpen.size();
  }
}

// Only what may stand around events: blanks, tags, comments, instructions?
auto is_around(std::string_view text) -> bool {
  auto missing = xml::Missing{};
  for (auto at = std::size_t{0}; at < text.size();) {
    const auto token = xml::next_token(text, at, missing);
    if (token.what == xml::What::kBroken || token.what == xml::What::kCdata) return false;
    if (token.what == xml::What::kText && !trim(token.body).empty()) return false;
    at = token.end;
  }
  return true;
}

class WinxmlReader : public FramedReader {
 public:
  explicit WinxmlReader(SourceText text) : FramedReader(text, "winxml") { set_columns({"Event"}); }

 protected:
  struct Open {
    std::size_t node = 0;
    std::string_view name;
    std::string_view text;  // of a leaf: the first stretch
    std::string joined;     // all of them, if there are more
    bool is_field = false;  // <Data> of EventData
    std::size_t list = 0;   // of EventData: the node that its unnamed ones form
    std::size_t items = 0;  // and how many they are
    bool ignored = false;   // beyond a limit: what it holds is left out
  };
  struct Stack : State {
    std::vector<Open> open;
  };

  auto state_at(std::uint64_t) const -> std::unique_ptr<State> override {
    return std::make_unique<Stack>();
  }

  auto frame(const View& view, std::size_t at, State&) const -> std::optional<Piece> override {
    const auto mark = at + view.base == 0 ? source().mark() : 0;
    if (mark != 0) return Piece{at + mark, What::kSkip, "mark"};
    const auto begins = begins_event(view.text, at, view.last);
    if (!begins) return std::nullopt;
    return *begins ? frame_event(view, at) : frame_around(view, at);
  }

  auto resync(const View& view, std::size_t at) const -> std::optional<std::size_t> override {
    const auto next = find_event(view.text, at, view.last);
    if (!next) return std::nullopt;
    if (*next != std::string_view::npos) return next;
    return view.last ? std::optional(view.text.size()) : std::nullopt;
  }

  auto parse(Row& row) const -> bool override {
    auto& state = static_cast<Stack&>(row.state());
    auto& document = row.document();
    state.open.clear();
    const auto text = row.text();
    const auto root = document.open(Kind::kObject, {});
    auto seen = false;
    const auto last_end = text.rfind('>') + 1;  // 0 if there is none
    auto missing = xml::Missing{};
    for (auto at = std::size_t{0}; at < text.size();) {
      const auto token = xml::next_token(text, at, missing);
      switch (token.what) {
        case xml::What::kStart:
          start(token, row, state);
          seen = true;
          break;
        case xml::What::kSingle:
          start(token, row, state);
          finish(row, state);
          break;
        case xml::What::kEnd:
          end(token, row, state, text.substr(at, token.end - at));
          break;
        case xml::What::kText:
        case xml::What::kCdata:
          add_text(token, row, state);
          break;
        case xml::What::kBroken:
          // A tag that the record ends in is its being cut, told below.
          if (at >= last_end) break;
          row.flaw(FaultKind::kBadSyntax, token.body);
          add_text(token, row, state);
          break;
        case xml::What::kComment:
        case xml::What::kInstruction:
          break;
      }
      at = token.end;
    }
    if (!state.open.empty()) row.flaw(FaultKind::kTruncated);
    while (!state.open.empty()) finish(row, state);
    document.close(root);
    return seen;
  }

 private:
  // Up to the event's own end tag, the blanks behind it included; or up to the
  // next event, if it has none. Comments and CDATA sections are not looked for:
  // no writer puts an event's tags into them, and one that is never closed
  // would hide all events behind it.
  auto frame_event(const View& view, std::size_t at) const -> std::optional<Piece> {
    const auto text = view.text;
    const auto most = limit() - kAhead;
    auto depth = 1;
    for (auto next = text.find('<', at + 1); next != std::string_view::npos;
         next = text.find('<', next + 1)) {
      if (next - at > most) return Piece{at + most, What::kLong};
      if (text.size() - next < kAhead && !view.last) return std::nullopt;
      if (!xml::is_tag(text, next, "Event")) continue;
      if (text[next + 1] == '/') {
        auto end = text.find('>', next);
        if (end - next > kTagReach) continue;  // npos too
        if (--depth != 0) continue;
        do ++end;
        while (end < text.size() && is_space(text[end]) && end - next < kAhead);
        return Piece{end, What::kRecord};
      }
      if (*begins_event(text, next, true)) return Piece{next, What::kRecord};
      auto missing = xml::Missing{};
      const auto tag = xml::next_token(text.substr(next, kTagReach), 0, missing);
      if (tag.what == xml::What::kStart) ++depth;
    }
    if (text.size() - at > most) return Piece{at + most, What::kLong};
    if (!view.last) return std::nullopt;
    return Piece{text.size(), What::kRecord};
  }

  auto frame_around(const View& view, std::size_t at) const -> std::optional<Piece> {
    const auto most = limit() - kAhead;
    const auto enough = view.last || view.text.size() - at > limit();
    const auto next = find_event(view.text, at, enough);
    if (!next || (*next == std::string_view::npos && !enough)) return std::nullopt;
    const auto end = std::min({*next, at + most, view.text.size()});
    const auto around = view.text.substr(at, end - at);
    if (trim(around).empty()) return Piece{end, What::kSkip, "blank"};
    if (is_around(around)) return Piece{end, What::kSkip, "markup"};
    return Piece{end, What::kFail, {}, FaultKind::kBadSyntax};
  }

  static void start(const xml::Token& tag, Row& row, Stack& state) {
    auto& document = row.document();
    auto open = Open{};
    open.name = tag.name;
    auto* const parent = state.open.empty() ? nullptr : &state.open.back();
    open.ignored = parent != nullptr && parent->ignored;
    if (!open.ignored && state.open.size() >= kMostDepth) {
      row.flaw(FaultKind::kTooDeep, tag.name);
      open.ignored = true;
    } else if (!open.ignored && document.size() >= kMostNodes) {
      row.flaw(FaultKind::kTooMany, tag.name);
      open.ignored = true;
    }
    if (!open.ignored) {
      if (parent != nullptr && parent->name == "EventData" && tag.name == "Data") {
        start_field(tag, *parent, open, row);
      } else {
        if (parent != nullptr) end_list(*parent, row);
        start_element(tag, open, row);
      }
    }
    state.open.push_back(std::move(open));
  }

  // <Data Name="X"> is the field X; unnamed ones in a row are the list Data.
  static void start_field(const xml::Token& tag, Open& parent, Open& open, Row& row) {
    auto& document = row.document();
    open.is_field = true;
    auto name = std::string_view{};
    auto rest = tag.body;
    while (const auto attribute = xml::next_attribute(rest))
      if (attribute->name == "Name") name = value_of(*attribute, row);
    if (!trim(rest).empty()) row.flaw(FaultKind::kBadSyntax, tag.name);
    auto key = name;
    if (!name.empty()) {
      end_list(parent, row);
    } else if (parent.list == 0) {
      parent.list = document.open(Kind::kObject, "Data");
      parent.items = 1;
      key = "#text";
    } else if (++parent.items == 2) {
      make_list(document, parent.list + 1);
    }
    open.node = document.open(Kind::kObject, key);
  }

  // A second unnamed <Data>: what was a text becomes the first of a list.
  static void make_list(Document& document, std::size_t at) {
    document.add(Kind::kNull, {});
    for (auto i = document.size() - 1; i > at; --i) document.node(i) = document.node(i - 1);
    document.node(at) = {"#text", {}, 1, Kind::kArray};
    document.node(at + 1).key = {};
  }

  static void end_list(Open& of, Row& row) {
    if (of.list == 0) return;
    if (of.items > 1) row.document().close(of.list + 1);
    row.document().close(of.list);
    of.list = 0;
  }

  static void start_element(const xml::Token& tag, Open& open, Row& row) {
    auto& document = row.document();
    open.node = document.open(Kind::kObject, tag.name);
    auto rest = tag.body;
    auto attributes = std::optional<std::size_t>{};
    while (const auto attribute = xml::next_attribute(rest)) {
      if (!attributes) attributes = document.open(Kind::kObject, "#attributes");
      if (document.size() >= kMostNodes) {
        row.flaw(FaultKind::kTooMany, tag.name);
        break;
      }
      document.add(Kind::kText, attribute->name, value_of(*attribute, row));
    }
    if (attributes) document.close(*attributes);
    if (!trim(rest).empty()) row.flaw(FaultKind::kBadSyntax, tag.name);
  }

  static auto value_of(const xml::Attribute& attribute, Row& row) -> std::string_view {
    auto bad = false;
    const auto value = xml::decode(attribute.value, row.arena(), bad);
    if (bad) row.flaw(FaultKind::kBadSyntax, attribute.value);
    return value;
  }

  static void add_text(const xml::Token& token, Row& row, Stack& state) {
    if (state.open.empty()) {
      if (!trim(token.body).empty()) row.flaw(FaultKind::kBadSyntax, token.body);
      return;
    }
    auto& open = state.open.back();
    if (open.ignored || token.body.empty()) return;
    auto bad = false;
    const auto text =
        token.what == xml::What::kCdata ? token.body : xml::decode(token.body, row.arena(), bad);
    if (bad) row.flaw(FaultKind::kBadSyntax, token.body);
    if (open.text.empty()) {
      open.text = text;
      return;
    }
    if (open.joined.empty()) open.joined = open.text;
    open.joined += text;
  }

  void end(const xml::Token& tag, Row& row, Stack& state, std::string_view all) const {
    const auto found = std::find_if(state.open.rbegin(), state.open.rend(),
                                    [&](const Open& open) { return open.name == tag.name; });
    if (found == state.open.rend()) return row.flaw(FaultKind::kBadSyntax, all);
    const auto closes = static_cast<std::size_t>(found - state.open.rbegin());
    if (closes != 0) row.flaw(FaultKind::kBadSyntax, all);
    for (auto i = std::size_t{0}; i <= closes; ++i) finish(row, state);
  }

  // Closes the innermost element. One without attributes and children is its
  // text; an empty field is empty text, any other empty element is null.
  static void finish(Row& row, Stack& state) {
    auto open = std::move(state.open.back());
    state.open.pop_back();
    if (open.ignored) return;
    if (!open.joined.empty()) open.text = row.arena().copy(open.joined);
    end_list(open, row);
    auto& document = row.document();
    const auto is_leaf = document.size() == open.node + 1;
    if (is_leaf) {
      auto& node = document.node(open.node);
      node.text = open.text;
      node.kind = open.text.empty() && !open.is_field ? Kind::kNull : Kind::kText;
    } else {
      if (!trim(open.text).empty()) document.add(Kind::kText, "#text", open.text);
      document.close(open.node);
    }
  }
};

}  // namespace

auto open_winxml_reader(const SourceText& text, std::string_view sample, std::string_view)
    -> std::unique_ptr<Reader> {
  if (!trim(sample.substr(0, kTagReach)).starts_with('<')) return nullptr;
  const auto near = sample.substr(0, kDetectReach);
  const auto event = find_event(near, 0, true);
  if (!event || *event == std::string_view::npos) return nullptr;
  return std::make_unique<WinxmlReader>(text);
}

}  // namespace serjeant
