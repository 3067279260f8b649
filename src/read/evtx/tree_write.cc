#include <algorithm>
#include <charconv>
#include <optional>

#include "read/evtx/tree.h"

// The document of a tree has the form in which events are most often printed
// as JSON, and which public rules and samples are written for (evtx_dump):
// elements are members by their names, attributes lie under `#attributes`,
// text beside attributes or elements under `#text`, and text alone is the
// value. What is empty is null; empty attributes are left out. The second
// element of a name is `name_1`, the third `name_2`. In EventData and
// UserData, <Data Name="x"> is the member x, and Data without names are
// together the member `Data`, as `{"#text": [...]}`.
namespace serjeant::evtx {
namespace {

constexpr auto kNone = Tree::kNone;
// Different names in one element that are counted; later ones get no number.
constexpr auto kCountedNames = std::size_t{64};
constexpr auto kMostVisits = std::size_t{1} << 20;

auto is_container(std::string_view name) -> bool {
  return name == "EventData" || name == "UserData";
}

}  // namespace

class TreeWriter {
 public:
  TreeWriter(Tree& tree, Document& out) : tree_(tree), out_(out) {}

  void write() {
    const auto root = out_.open(Kind::kObject, {});
    for (const auto index : tree_.roots_) {
      const auto& element = tree_.elements_[index];
      for (auto i = std::uint32_t{0}; i < element.times && !over(); ++i) {
        const auto key = numbered(element.name, 0);
        value(index, i, key, false, false);
        while (!frames_.empty()) {
          if (over())
            close_top();
          else
            step();
        }
      }
    }
    out_.close(root);
  }

 private:
  // An element whose children are being written, or the list of its Data
  // without names.
  struct Frame {
    std::uint32_t node = kNone;  // next one
    std::uint32_t instance = 0;  // which of its repetitions
    std::size_t object = 0;      // to be closed
    std::optional<std::size_t> list;
    std::size_t names = 0;  // where its names begin
    bool positional = false;
    bool container = false;
    bool listed = false;
  };

  auto over() -> bool {
    if (stopped_) return true;
    if (out_.size() < tree_.limits_.nodes && visits_ < kMostVisits) return false;
    tree_.flaws_.add(FaultKind::kTooMany, tree_.begin_, 0);
    stopped_ = true;
    return true;
  }

  // The array member that instance `i` of an element shows; `rest` is how
  // many instances there are for one member of the arrays before this.
  static auto member(Tree::Node& node, std::uint32_t i, std::uint32_t& rest) -> Raw {
    if (node.members <= 1) return node.value;
    rest = std::max(1u, rest / node.members);
    const auto wanted = i / rest % node.members;
    if (wanted < node.member) {
      node.member = 0;
      node.offset = 0;
    }
    while (node.member < wanted) {
      next_member(node.value, node.offset);
      ++node.member;
    }
    auto offset = node.offset;
    return next_member(node.value, offset);
  }
  void pass(std::uint32_t first, std::uint32_t& rest) {
    for (auto at = first; at != kNone; at = tree_.nodes_[at].next, ++visits_)
      if (tree_.nodes_[at].members > 1) rest = std::max(1u, rest / tree_.nodes_[at].members);
  }
  // Instances for one member of all arrays in an element's content.
  auto after_content(const Tree::Element& element) -> std::uint32_t {
    auto rest = element.times;
    if (rest > 1) pass(element.first, rest);
    return rest;
  }

  auto filled(std::uint32_t first, std::uint32_t i, std::uint32_t rest) -> bool {
    for (auto at = first; at != kNone; at = tree_.nodes_[at].next, ++visits_) {
      auto& node = tree_.nodes_[at];
      if (node.what == Tree::What::kText && !node.text.empty()) return true;
      if (node.what == Tree::What::kValue && !is_empty(member(node, i, rest))) return true;
    }
    return false;
  }
  auto content(std::uint32_t first, std::uint32_t i, std::uint32_t& rest) -> std::optional<Scalar> {
    auto out = std::optional<Scalar>{};
    for (auto at = first; at != kNone; at = tree_.nodes_[at].next, ++visits_) {
      auto& node = tree_.nodes_[at];
      auto part = Scalar{};
      if (node.what == Tree::What::kText) {
        part.text = node.text;
        if (part.text.empty()) continue;
      } else if (node.what == Tree::What::kValue) {
        const auto raw = member(node, i, rest);
        if (is_empty(raw)) continue;
        part = tree_.scribe_.scalar(raw);
      } else {
        continue;
      }
      out = out ? Scalar{Kind::kText, tree_.scribe_.join(out->text, part.text)} : part;
    }
    return out;
  }

  auto has_attributes(const Tree::Element& element, std::uint32_t i) -> bool {
    auto rest = after_content(element);
    for (auto at = element.first_attribute; at != kNone; at = tree_.attributes_[at].next) {
      const auto& attribute = tree_.attributes_[at];
      if (filled(attribute.first, i, rest)) return true;
      pass(attribute.first, rest);
    }
    return false;
  }
  void attributes(const Tree::Element& element, std::uint32_t i) {
    if (!has_attributes(element, i)) return;
    auto rest = after_content(element);
    const auto object = out_.open(Kind::kObject, "#attributes");
    for (auto at = element.first_attribute; at != kNone; at = tree_.attributes_[at].next) {
      const auto& attribute = tree_.attributes_[at];
      if (const auto text = content(attribute.first, i, rest))
        out_.add(text->kind, attribute.name, text->text);
    }
    out_.close(object);
  }
  // The text of its attribute Name; nothing if it has none or that is empty.
  auto name_of(const Tree::Element& element, std::uint32_t i) -> std::optional<std::string_view> {
    auto rest = after_content(element);
    for (auto at = element.first_attribute; at != kNone; at = tree_.attributes_[at].next) {
      const auto& attribute = tree_.attributes_[at];
      if (attribute.name == "Name") {
        const auto text = content(attribute.first, i, rest);
        return text ? std::optional(text->text) : std::nullopt;
      }
      pass(attribute.first, rest);
    }
    return std::nullopt;
  }
  // Its only filled attribute is its name.
  auto only_name(const Tree::Element& element, std::uint32_t i) -> bool {
    auto rest = after_content(element);
    for (auto at = element.first_attribute; at != kNone; at = tree_.attributes_[at].next) {
      const auto& attribute = tree_.attributes_[at];
      if (attribute.name != "Name" && filled(attribute.first, i, rest)) return false;
      pass(attribute.first, rest);
    }
    return true;
  }

  // One instance of an element under `key`. `data`: a Data element of a
  // container, empty text if it is empty, and whose name is the key already.
  void value(std::uint32_t index, std::uint32_t i, std::string_view key, bool container,
             bool data) {
    const auto& element = tree_.elements_[index];
    const auto plain =
        !element.has_elements && (data ? only_name(element, i) : !has_attributes(element, i));
    if (plain) {
      auto rest = element.times;
      const auto text = content(element.first, i, rest);
      if (text)
        out_.add(text->kind, key, text->text);
      else
        out_.add(data ? Kind::kText : Kind::kNull, key);
      return;
    }
    auto frame = Frame{};
    frame.node = element.first;
    frame.object = out_.open(Kind::kObject, key);
    frame.names = names_.size();
    frame.container = container || element.positional;
    attributes(element, i);
    auto rest = element.times;
    if (const auto text = content(element.first, i, rest))
      out_.add(text->kind, "#text", text->text);
    frames_.push_back(frame);
  }

  void close_top() {
    const auto& frame = frames_.back();
    if (frame.list) out_.close(*frame.list);
    out_.close(frame.object);
    if (!frame.positional) names_.resize(frame.names);
    frames_.pop_back();
  }

  // The next child of the innermost open element.
  void step() {
    auto& frame = frames_.back();
    while (frame.node != kNone && tree_.nodes_[frame.node].what != Tree::What::kElement) {
      frame.node = tree_.nodes_[frame.node].next;
      ++visits_;
    }
    if (frame.node == kNone) return close_top();
    const auto index = tree_.nodes_[frame.node].element;
    const auto& element = tree_.elements_[index];
    const auto i = frame.instance;
    ++visits_;
    const auto ours = frame;
    if (++frame.instance >= element.times) {
      frame.instance = 0;
      frame.node = tree_.nodes_[frame.node].next;
    }
    const auto data = element.name == "Data";
    if (ours.positional) {
      const auto key = ours.list ? std::string_view{} : "#text";
      if (data && !name_of(element, i)) value(index, i, key, false, true);
      return;
    }
    if (ours.container && data) {
      if (const auto name = name_of(element, i))
        value(index, i, *name, false, true);
      else if (!ours.listed)
        list(ours, i);
      return;
    }
    const auto key = numbered(element.name, ours.names);
    value(index, i, key, is_container(element.name), false);
  }

  // All Data without names from here on.
  void list(const Frame& ours, std::uint32_t i) {
    frames_.back().listed = true;
    auto count = std::size_t{0};
    for (auto at = ours.node; at != kNone && count < 2; at = tree_.nodes_[at].next, ++visits_) {
      if (tree_.nodes_[at].what != Tree::What::kElement) continue;
      const auto& element = tree_.elements_[tree_.nodes_[at].element];
      if (element.name != "Data") continue;
      for (auto n = at == ours.node ? i : 0; n < element.times && count < 2; ++n)
        count += name_of(element, n) ? 0u : 1u;
    }
    auto frame = Frame{};
    frame.node = ours.node;
    frame.instance = i;
    frame.object = out_.open(Kind::kObject, "Data");
    frame.positional = true;
    if (count > 1) frame.list = out_.open(Kind::kArray, "#text");
    frames_.push_back(frame);
  }

  // The name, with a number behind it from the second of its name on.
  auto numbered(std::string_view name, std::size_t begin) -> std::string_view {
    for (auto at = begin; at < names_.size(); ++at) {
      if (names_[at].first != name) continue;
      char digits[12] = {'_'};
      const auto end = std::to_chars(digits + 1, digits + sizeof digits, names_[at].second++).ptr;
      return tree_.scribe_.join(name, {digits, static_cast<std::size_t>(end - digits)});
    }
    if (names_.size() - begin < kCountedNames) names_.emplace_back(name, 1u);
    return name;
  }

  Tree& tree_;
  Document& out_;
  std::vector<Frame> frames_;
  std::vector<std::pair<std::string_view, std::uint32_t>> names_;
  std::size_t visits_ = 0;
  bool stopped_ = false;
};

void Tree::write(Document& document) { TreeWriter(*this, document).write(); }

}  // namespace serjeant::evtx
