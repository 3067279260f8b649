#include <algorithm>

#include "core/text.h"
#include "read/evtx/bytes.h"
#include "read/evtx/layout.h"
#include "read/evtx/tree.h"

// Binary XML ([MS-EVEN6] 3.1.4.7, and Metz, "Windows XML Event Log (EVTX)
// format") is a stream of tokens: a byte each, with what belongs to it behind.
// An instance of a template is a token too: it names a definition, which is
// binary XML with numbered slots, and brings a table of values for these. A
// value may be binary XML again. So what is read is a stack of stretches, each
// with the values for its slots.
namespace serjeant::evtx {
namespace {

enum Token : std::uint8_t {
  kEnd = 0x00,
  kOpen = 0x01,
  kCloseStart = 0x02,
  kCloseEmpty = 0x03,
  kCloseElement = 0x04,
  kValueText = 0x05,
  kAttribute = 0x06,
  kCData = 0x07,
  kCharacter = 0x08,
  kEntity = 0x09,
  kTarget = 0x0a,
  kInstruction = 0x0b,
  kTemplate = 0x0c,
  kSlot = 0x0d,
  kOptionalSlot = 0x0e,
  kFragment = 0x0f,
};
constexpr auto kMoreBit = std::uint8_t{0x40};
constexpr auto kLongestName = std::size_t{1024};
constexpr auto kNone = Tree::kNone;
constexpr auto kFragmentHead = std::string_view("\x0f\x01\x01\0", 4);

}  // namespace

auto name_at(std::string_view chunk, std::size_t offset, NameAt& out) -> bool {
  constexpr auto kHead = std::size_t{8};
  if (offset < kChunkHead || offset + kHead > chunk.size()) return false;
  const auto count = std::size_t{u16_at(chunk, offset + 6)};
  const auto size = kHead + 2 * count + 2;
  if (count == 0 || count > kLongestName || size > chunk.size() - offset) return false;
  out = {chunk.substr(offset + kHead, 2 * count), size};
  return true;
}

auto find_definition(std::string_view chunk, std::uint32_t id, std::size_t offset, Definition& out)
    -> bool {
  constexpr auto kHead = std::size_t{24};
  const auto lies_at = [&](std::size_t at) {
    if (at < kChunkHead || at + kHead > chunk.size()) return false;
    const auto size = std::size_t{u32_at(chunk, at + 20)};
    if (u32_at(chunk, at + 4) != id || size > chunk.size() - at - kHead) return false;
    out = {at + kHead, at + kHead + size, at + 4};
    return true;
  };
  if (lies_at(offset)) return true;
  // 32 lists, each linked by the definitions' first four bytes.
  constexpr auto kLists = std::size_t{384};
  if (chunk.size() < kChunkHead) return false;
  for (auto list = std::size_t{0}; list < 32; ++list) {
    auto at = std::size_t{u32_at(chunk, kLists + 4 * list)};
    for (auto hops = 0; hops < 64 && at >= kChunkHead && at + kHead <= chunk.size(); ++hops) {
      if (lies_at(at)) return true;
      at = u32_at(chunk, at);
    }
  }
  return false;
}

class TreeReader {
 public:
  TreeReader(Tree& tree, bool definition)
      : tree_(tree), bytes_(tree.chunk_.bytes), definition_(definition) {}

  // What the head of the record says, for records that say nothing else.
  std::uint64_t id = 0, ticks = 0;

  void read(std::size_t begin, std::size_t end) {
    contexts_.push_back({begin, end, begin, 0, 0, 0, kNone, definition_});
    while (!contexts_.empty() && !stopped_) {
      const auto at = contexts_.back().at;
      if (++tree_.steps_ > tree_.limits_.steps) return stop(FaultKind::kTooMany, at);
      if (at >= contexts_.back().end) {
        leave();
        continue;
      }
      if (token()) continue;
      if (stopped_) return;
      fault(FaultKind::kBadSyntax, at, contexts_.back().end - at);
      leave();
    }
  }
  auto clean() const -> bool { return clean_; }

 private:
  struct Context {
    std::size_t at, end;
    std::size_t entered;        // the token or value that it began with
    std::size_t values, count;  // of its slots
    std::size_t open;           // elements that were open when it began
    std::uint32_t parent;       // what its elements belong to
    bool dependency;            // elements carry an identifier for this; in definitions only
  };

  void fault(FaultKind kind, std::size_t at, std::size_t length) {
    clean_ = false;
    tree_.flaws_.add(kind, at, length);
  }
  void stop(FaultKind kind, std::size_t at) {
    fault(kind, at, 0);
    stopped_ = true;
  }
  // Ends the stretch at hand and what it left open.
  void leave() {
    if (open_.size() > contexts_.back().open) {
      fault(FaultKind::kTruncated, contexts_.back().end, 0);
      open_.resize(contexts_.back().open);
    }
    attribute_ = kNone;
    contexts_.pop_back();
  }
  auto enter(const Context& context) -> bool {
    const auto again = std::any_of(contexts_.begin(), contexts_.end(), [&](const Context& other) {
      return other.entered == context.entered;
    });
    if (again || contexts_.size() + open_.size() >= tree_.limits_.depth) {
      stop(FaultKind::kTooDeep, context.at);
      return false;
    }
    contexts_.push_back(context);
    attribute_ = kNone;
    return true;
  }
  // Goes into a value that is binary XML and belongs to `parent`.
  auto enter_value(const Raw& value, std::uint32_t parent) -> bool {
    const auto begin = static_cast<std::size_t>(value.bytes.data() - bytes_.data());
    // A value may begin with the token of an instance: two places to be in.
    return enter({begin, begin + value.bytes.size(), ~begin, 0, 0, open_.size(), parent, false});
  }

  auto has(std::size_t size) const -> bool {
    return size <= contexts_.back().end - contexts_.back().at;
  }
  auto u8() -> std::uint8_t { return static_cast<std::uint8_t>(bytes_[contexts_.back().at++]); }
  auto u16() -> std::uint32_t {
    contexts_.back().at += 2;
    return u16_at(bytes_, contexts_.back().at - 2);
  }
  auto u32() -> std::uint32_t {
    contexts_.back().at += 4;
    return u32_at(bytes_, contexts_.back().at - 4);
  }

  // A name: its place in the chunk, which may be right here.
  auto name(std::string_view& out) -> bool {
    if (!has(4)) return false;
    const auto offset = std::size_t{u32()};
    auto found = NameAt{};
    const auto here = offset == contexts_.back().at;
    if (!name_at(bytes_, offset, found)) {
      // Without its size nothing behind a name that lies here can be read.
      if (here) return false;
      fault(FaultKind::kBadSyntax, contexts_.back().at - 4, 4);
      out = "?";
      return true;
    }
    if (here) {
      if (!has(found.size)) return false;
      contexts_.back().at += found.size;
    }
    out = tree_.scribe_.utf16(found.utf16);
    return true;
  }
  // 16 bits of count, and as many units.
  auto counted(std::string_view& out) -> bool {
    if (!has(2)) return false;
    const auto size = std::size_t{u16()} * 2;
    if (!has(size)) return false;
    out = tree_.scribe_.utf16(bytes_.substr(contexts_.back().at, size));
    contexts_.back().at += size;
    return true;
  }

  auto element() const -> std::uint32_t {
    const auto& context = contexts_.back();
    return open_.size() > context.open ? open_.back() : context.parent;
  }
  void add(const Tree::Node& node) {
    if (element() == kNone)
      fault(FaultKind::kBadSyntax, contexts_.back().at, 0);
    else
      tree_.add_node(element(), attribute_, node);
  }
  void add_text(std::string_view text) {
    auto node = Tree::Node{};
    node.text = text;
    add(node);
  }

  auto token() -> bool {
    const auto raw = u8();
    switch (raw & ~kMoreBit) {
      case kEnd:
        return end_of_fragment();
      case kOpen:
        return open((raw & kMoreBit) != 0);
      case kCloseStart:
        attribute_ = kNone;
        return open_.size() > contexts_.back().open;
      case kCloseEmpty:
      case kCloseElement:
        attribute_ = kNone;
        if (open_.size() <= contexts_.back().open) return false;
        open_.pop_back();
        return true;
      case kValueText:
        return value_text();
      case kAttribute:
        return attribute();
      case kCData:
        return cdata();
      case kCharacter:
        return character();
      case kEntity:
        return entity();
      case kTarget:
        return target();
      case kInstruction:
        return instruction();
      case kTemplate:
        return instance();
      case kSlot:
        return slot(false);
      case kOptionalSlot:
        return slot(true);
      case kFragment:
        if (!has(3)) return false;
        contexts_.back().at += 3;
        return true;
      default:
        return false;
    }
  }

  // What may follow is another fragment; less than eight bytes are filling, and
  // may hold remains of what once stood there.
  auto end_of_fragment() -> bool {
    const auto& context = contexts_.back();
    const auto more = has(8) && bytes_.substr(context.at, 4) == kFragmentHead;
    if (!more || open_.size() != context.open) leave();
    return true;
  }

  auto open(bool attributes) -> bool {
    const auto dependency = contexts_.back().dependency;
    if (!has((dependency ? 2u : 0u) + 4)) return false;
    if (dependency) u16();
    u32();  // bytes that the element takes; its end token says so too
    auto named = std::string_view{};
    if (!name(named)) return false;
    if (attributes) {
      if (!has(4)) return false;
      u32();  // bytes that its attributes take; likewise
    }
    if (contexts_.size() + open_.size() >= tree_.limits_.depth) {
      stop(FaultKind::kTooDeep, contexts_.back().at);
      return false;
    }
    if (!room_for_elements(1)) return false;
    attribute_ = kNone;
    open_.push_back(tree_.add_element(named, element()));
    return true;
  }
  auto room_for_elements(std::size_t count) -> bool {
    if (tree_.elements_.size() + count <= tree_.limits_.elements) return true;
    stop(FaultKind::kTooMany, contexts_.back().at);
    return false;
  }

  auto attribute() -> bool {
    auto named = std::string_view{};
    if (open_.size() <= contexts_.back().open || !name(named)) return false;
    attribute_ = tree_.add_attribute(element(), named);
    return true;
  }

  auto value_text() -> bool {
    if (!has(1)) return false;
    const auto type = u8();
    if (type == static_cast<std::uint8_t>(Type::kString)) return cdata();
    const auto size = fixed_size(type);
    if ((size == 0 && type != 0) || !has(size)) return false;
    auto node = Tree::Node{};
    node.what = Tree::What::kValue;
    node.value = {type, bytes_.substr(contexts_.back().at, size)};
    contexts_.back().at += size;
    add(node);
    return true;
  }

  auto cdata() -> bool {
    auto content = std::string_view{};
    if (!counted(content)) return false;
    add_text(content);
    return true;
  }

  auto character() -> bool {
    if (!has(2)) return false;
    char utf8[4];
    const auto size = encode_utf8(u16(), utf8);
    add_text(tree_.scribe_.join({utf8, size}, {}));
    return true;
  }

  auto entity() -> bool {
    auto named = std::string_view{};
    if (!name(named)) return false;
    constexpr std::pair<std::string_view, std::string_view> kKnown[] = {
        {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
    for (const auto& [known, meaning] : kKnown)
      if (named == known) {
        add_text(meaning);
        return true;
      }
    add_text(tree_.scribe_.join(tree_.scribe_.join("&", named), ";"));
    return true;
  }

  // A processing instruction is kept as an element whose name says so.
  auto target() -> bool {
    auto named = std::string_view{};
    if (element() == kNone || !name(named)) return false;
    target_ = tree_.scribe_.join("?", named);
    return true;
  }
  auto instruction() -> bool {
    auto content = std::string_view{};
    if (!counted(content) || element() == kNone || target_.empty()) return false;
    if (!room_for_elements(1)) return false;
    auto node = Tree::Node{};
    node.text = content;
    tree_.add_node(tree_.add_element(target_, element()), kNone, node);
    target_ = {};
    return true;
  }

  auto slot(bool optional) -> bool {
    if (!has(3)) return false;
    const auto index = u16();
    const auto type = u8();
    const auto& context = contexts_.back();
    if (definition_) {
      auto node = Tree::Node{};
      node.what = Tree::What::kSlot;
      node.optional = optional;
      node.slot = static_cast<std::uint16_t>(index);
      node.type = type;
      add(node);
      return true;
    }
    if (index >= context.count) return true;  // as if it were null
    const auto value = values_[context.values + index];
    if (is_empty(value)) return true;
    if (value.is(Type::kBinXml) && attribute_ == kNone) return enter_value(value, element());
    if (element() == kNone)
      fault(FaultKind::kBadSyntax, context.at, 0);
    else
      put(value, element());
    return true;
  }

  void put(const Raw& value, std::uint32_t element) {
    auto node = Tree::Node{};
    node.what = Tree::What::kValue;
    node.value = value;
    if (value.is_array()) {
      const auto members = member_count(value);
      node.members = static_cast<std::uint32_t>(members);
      if (members > 1) tree_.repeat(element, members);
    }
    tree_.add_node(element, attribute_, node);
  }

  auto instance() -> bool {
    auto& context = contexts_.back();
    const auto token = context.at - 1;
    if (definition_ || !has(9)) return false;
    u8();
    const auto template_id = u32();
    const auto offset = std::size_t{u32()};
    if (offset == context.at) {
      if (!has(24)) return false;
      const auto size = std::size_t{u32_at(bytes_, context.at + 20)};
      if (!has(24 + size)) return false;
      context.at += 24 + size;
    }
    const auto first = values_.size();
    auto count = std::size_t{0};
    if (!read_values(count)) return false;
    auto found = Definition{};
    if (find_definition(bytes_, template_id, offset, found))
      return enter({found.begin, found.end, token, first, count, open_.size(), element(), true});
    fault(FaultKind::kTemplateMissing, token, 10);
    return without_template(first, count);
  }

  // Count, then size and type of each, then the values one behind the other.
  auto read_values(std::size_t& count) -> bool {
    auto& context = contexts_.back();
    if (!has(4)) return false;
    count = u32();
    if (count > (context.end - context.at) / 4) return false;
    auto at = context.at + 4 * count;
    for (auto i = std::size_t{0}; i < count; ++i) {
      const auto size = std::size_t{u16_at(bytes_, context.at)};
      const auto type = static_cast<std::uint8_t>(bytes_[context.at + 2]);
      context.at += 4;
      const auto there = std::min(size, context.end - at);
      if (there < size) fault(FaultKind::kTruncated, at, there);
      values_.push_back({type, bytes_.substr(at, there)});
      at += there;
    }
    context.at = at;
    return true;
  }

  // The values of a template that is not there, as a list without names; if
  // it was the record's own, below what the head of the record says.
  auto without_template(std::size_t first, std::size_t count) -> bool {
    if (!room_for_elements(count + 5)) return false;
    auto parent = element();
    const auto outer = parent == kNone;
    if (outer) parent = head_of_record();
    const auto list = tree_.add_element(outer ? "Values" : "EventData", parent);
    tree_.element_at(list).positional = true;
    attribute_ = kNone;
    for (auto i = first; i < first + count; ++i) {
      const auto& value = values_[i];
      if (!value.is(Type::kBinXml)) put(value, tree_.add_element("Data", list));
    }
    // The one entered last is read first.
    for (auto i = first + count; i-- > first;)
      if (values_[i].is(Type::kBinXml) && !values_[i].bytes.empty())
        if (!enter_value(values_[i], parent)) return false;
    return true;
  }
  auto head_of_record() -> std::uint32_t {
    const auto event = tree_.add_element("Event", kNone);
    const auto system = tree_.add_element("System", event);
    const auto created = tree_.add_element("TimeCreated", system);
    const auto number = [&](Type type, const std::uint64_t& value) {
      auto node = Tree::Node{};
      node.what = Tree::What::kValue;
      node.value = {static_cast<std::uint8_t>(type),
                    tree_.arena_.copy({reinterpret_cast<const char*>(&value), sizeof value})};
      return node;
    };
    tree_.add_node(created, tree_.add_attribute(created, "SystemTime"),
                   number(Type::kFileTime, ticks));
    tree_.add_node(tree_.add_element("EventRecordID", system), kNone, number(Type::kUInt64, id));
    return event;
  }

  Tree& tree_;
  std::string_view bytes_;
  bool definition_;
  bool clean_ = true;
  bool stopped_ = false;
  std::vector<Context> contexts_;
  std::vector<std::uint32_t> open_;
  std::uint32_t attribute_ = kNone;
  std::string_view target_;
  std::vector<Raw> values_;
};

void Flaws::add(FaultKind kind, std::size_t offset, std::size_t length) {
  if (out_.size() < kMostFaults) out_.push_back({kind, part_of(chunk_, offset, length)});
}

void Tree::clear() {
  steps_ = 0;
  elements_.clear();
  attributes_.clear();
  nodes_.clear();
  roots_.clear();
}

void Tree::read_record(const Chunk& chunk, std::size_t begin, std::size_t end, std::uint64_t id,
                       std::uint64_t ticks) {
  clear();
  chunk_ = chunk;
  begin_ = begin;
  scribe_.begin(limits_.text);
  auto reader = TreeReader(*this, false);
  reader.id = id;
  reader.ticks = ticks;
  reader.read(begin, end);
  if (roots_.empty() && reader.clean()) flaws_.add(FaultKind::kBadSyntax, begin, end - begin);
}

auto Tree::read_definition(const Chunk& chunk, std::size_t begin, std::size_t end) -> bool {
  clear();
  chunk_ = chunk;
  begin_ = begin;
  scribe_.begin(limits_.text);
  auto reader = TreeReader(*this, true);
  reader.read(begin, end);
  return reader.clean() && scribe_.take_flaws() == 0;
}

auto Tree::add_element(std::string_view name, std::uint32_t parent) -> std::uint32_t {
  const auto index = static_cast<std::uint32_t>(elements_.size());
  elements_.emplace_back();
  elements_.back().name = name;
  if (parent == kNone) {
    roots_.push_back(index);
    return index;
  }
  elements_[parent].has_elements = true;
  auto node = Node{};
  node.what = What::kElement;
  node.element = index;
  add_node(parent, kNone, node);
  return index;
}

auto Tree::add_attribute(std::uint32_t element, std::string_view name) -> std::uint32_t {
  const auto index = static_cast<std::uint32_t>(attributes_.size());
  attributes_.emplace_back();
  attributes_.back().name = name;
  auto& owner = elements_[element];
  if (owner.last_attribute == kNone)
    owner.first_attribute = index;
  else
    attributes_[owner.last_attribute].next = index;
  owner.last_attribute = index;
  return index;
}

void Tree::add_node(std::uint32_t element, std::uint32_t attribute, const Node& node) {
  const auto index = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back(node);
  auto& first = attribute == kNone ? elements_[element].first : attributes_[attribute].first;
  auto& last = attribute == kNone ? elements_[element].last : attributes_[attribute].last;
  if (last == kNone)
    first = index;
  else
    nodes_[last].next = index;
  last = index;
}

// An array of n values stands for n elements with one each ([MS-EVEN6]
// 3.1.4.7.5); two arrays in one element for all pairs.
void Tree::repeat(std::uint32_t element, std::size_t members) {
  auto& times = elements_[element].times;
  const auto most = static_cast<std::uint64_t>(limits_.nodes);
  times = static_cast<std::uint32_t>(
      std::min(most, std::uint64_t{times} * std::min<std::uint64_t>(members, most)));
}

}  // namespace serjeant::evtx
