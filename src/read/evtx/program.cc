#include "read/evtx/program.h"

#include <algorithm>
#include <charconv>

#include "read/evtx/bytes.h"
#include "read/evtx/layout.h"

namespace serjeant::evtx {
namespace {

using What = Tree::What;
constexpr auto kNone = Tree::kNone;
constexpr auto kFragmentHead = std::string_view("\x0f\x01\x01\0", 4);
constexpr auto kDefinitionHead = std::size_t{24};

// Far enough below the limits of the slow path that it meets none of them
// where this one does not give up.
constexpr auto kMostDepth = std::size_t{24};
constexpr auto kMostElements = std::size_t{1024};
constexpr auto kMostInstances = std::size_t{2};  // inside each other
constexpr auto kMostSteps = std::size_t{1} << 16;
constexpr auto kMostText = std::size_t{3} << 17;
constexpr auto kMostNodes = std::size_t{1} << 13;
constexpr auto kMostPrograms = std::size_t{200};
constexpr auto kCountedNames = std::size_t{64};

auto is_container(std::string_view name) -> bool {
  return name == "EventData" || name == "UserData";
}

}  // namespace

void Programs::begin_chunk(const Chunk& chunk) {
  chunk_ = chunk;
  programs_.clear();
  steps_.clear();
  attributes_.clear();
  siblings_.clear();
  slots_.fill(0);
}

// The place of a program, plus one; 0: there is none that can be used.
auto Programs::program_at(std::size_t offset, std::uint32_t id) -> std::uint32_t {
  auto at = (offset * 0x9e3779b1u >> 8) & 0xff;
  for (; slots_[at] != 0; at = (at + 1) & 0xff) {
    const auto& program = programs_[slots_[at] - 1u];
    if (program.offset == offset) return program.usable && program.id == id ? slots_[at] : 0;
  }
  if (programs_.size() == kMostPrograms) return 0;
  auto program = Program{};
  program.offset = offset;
  program.id = id;
  compile(program);
  programs_.push_back(program);
  slots_[at] = static_cast<std::uint16_t>(programs_.size());
  return program.usable ? slots_[at] : 0;
}

void Programs::compile(Program& program) {
  auto found = Definition{};
  if (!find_definition(chunk_.bytes, program.id, program.offset, found)) return;
  if (found.begin != program.offset + kDefinitionHead) return;
  faults_.clear();
  flaws_.begin(chunk_);
  if (!tree_.read_definition(chunk_, found.begin, found.end)) return;
  if (tree_.roots().size() != 1) return;
  program.steps = tree_.steps();
  program.text = tree_.text();
  const auto root = tree_.roots().front();
  program.root = tree_.element(root).name;
  program.container = is_container(program.root);
  program.first = static_cast<std::uint32_t>(steps_.size());
  pending_.clear();
  names_.clear();
  auto open = false;
  if (!compile_element(root, program.root, program.container, open) || !compile_children()) return;
  program.count = static_cast<std::uint32_t>(steps_.size()) - program.first;
  program.usable = program.count <= kMostElements;
}

// Nothing, one text, or one slot; false for more.
auto Programs::single(std::uint32_t first, Part& part) const -> bool {
  part = {};
  for (auto at = first; at != kNone; at = tree_.node(at).next) {
    const auto& node = tree_.node(at);
    if (node.what == What::kElement || (node.what == What::kText && node.text.empty())) continue;
    if (node.what == What::kValue || !part.text.empty() || part.slot != kNoSlot) return false;
    if (node.what == What::kText)
      part.text = node.text;
    else
      part.slot = node.slot;
  }
  return true;
}

auto Programs::attributes_of(const Tree::Element& element, Step& step) -> bool {
  step.first = static_cast<std::uint32_t>(attributes_.size());
  for (auto at = element.first_attribute; at != kNone; at = tree_.attribute(at).next) {
    const auto& attribute = tree_.attribute(at);
    auto part = Part{};
    if (!single(attribute.first, part)) return false;
    if (part.text.empty() && part.slot == kNoSlot) continue;
    attributes_.push_back({attribute.name, part});
  }
  step.count = static_cast<std::uint32_t>(attributes_.size()) - step.first;
  return true;
}

// Writes the steps of an element that has no elements; for others opens it,
// and leaves its children to `compile_children`.
auto Programs::compile_element(std::uint32_t index, std::string_view key, bool container,
                               bool& open) -> bool {
  const auto& element = tree_.element(index);
  auto step = Step{};
  step.key = key;
  if (!attributes_of(element, step)) return false;
  auto instances = std::size_t{0};
  for (auto at = element.first; at != kNone; at = tree_.node(at).next)
    instances += tree_.node(at).what == What::kSlot &&
                         tree_.node(at).type == static_cast<std::uint8_t>(Type::kBinXml)
                     ? 1u
                     : 0u;
  open = element.has_elements || instances > 0;
  if (!open) {
    if (!single(element.first, step.part)) return false;
    steps_.push_back(step);
    return true;
  }
  // Text beside elements, and two values whose names would have to be counted
  // together, are the slow path's.
  if (instances > 1 || pending_.size() >= kMostDepth) return false;
  for (auto at = element.first; at != kNone; at = tree_.node(at).next) {
    const auto& node = tree_.node(at);
    if (node.what == What::kText
            ? !node.text.empty()
            : node.what != What::kElement && node.type != static_cast<std::uint8_t>(Type::kBinXml))
      return false;
  }
  step.what = Step::Do::kOpen;
  steps_.push_back(step);
  auto pending = Pending{};
  pending.node = element.first;
  pending.names = names_.size();
  pending.container = container;
  pending_.push_back(pending);
  return true;
}

auto Programs::compile_data(const Tree::Element& element, Part& part, std::string_view& name)
    -> bool {
  name = {};
  if (element.has_elements || !single(element.first, part)) return false;
  for (auto at = element.first; at != kNone; at = tree_.node(at).next)
    if (tree_.node(at).what == What::kSlot &&
        tree_.node(at).type == static_cast<std::uint8_t>(Type::kBinXml))
      return false;
  for (auto at = element.first_attribute; at != kNone; at = tree_.attribute(at).next) {
    auto value = Part{};
    if (!single(tree_.attribute(at).first, value) || value.slot != kNoSlot) return false;
    if (value.text.empty()) continue;
    if (tree_.attribute(at).name != "Name" || !name.empty()) return false;
    name = value.text;
  }
  return true;
}

auto Programs::compile_children() -> bool {
  while (!pending_.empty()) {
    auto& top = pending_.back();
    if (top.node == kNone) {
      auto step = Step{};
      step.what = Step::Do::kClose;
      steps_.push_back(step);
      names_.resize(top.names);
      pending_.pop_back();
      continue;
    }
    const auto at = top.node;
    const auto& node = tree_.node(at);
    top.node = node.next;
    if (node.what == What::kText) continue;
    if (node.what == What::kSlot) {
      auto step = Step{};
      step.what = Step::Do::kNested;
      step.container = top.container;
      step.part.slot = node.slot;
      // All names beside it, whether before or behind.
      step.first = static_cast<std::uint32_t>(siblings_.size());
      for (auto i = top.names; i < names_.size(); ++i) siblings_.push_back(names_[i].first);
      for (auto next = node.next; next != kNone; next = tree_.node(next).next)
        if (tree_.node(next).what == What::kElement)
          siblings_.push_back(tree_.element(tree_.node(next).element).name);
      step.count = static_cast<std::uint32_t>(siblings_.size()) - step.first;
      steps_.push_back(step);
      continue;
    }
    const auto& element = tree_.element(node.element);
    if (top.container && element.name == "Data") {
      auto step = Step{};
      if (!compile_data(element, step.part, step.key)) return false;
      if (!step.key.empty()) {
        step.what = Step::Do::kData;
        steps_.push_back(step);
        continue;
      }
      if (top.listed) continue;
      top.listed = true;
      step.what = Step::Do::kList;
      step.first = static_cast<std::uint32_t>(attributes_.size());
      for (auto next = at; next != kNone; next = tree_.node(next).next) {
        if (tree_.node(next).what != What::kElement) continue;
        const auto& other = tree_.element(tree_.node(next).element);
        if (other.name != "Data") continue;
        auto part = Part{};
        auto name = std::string_view{};
        if (!compile_data(other, part, name)) return false;
        if (name.empty()) attributes_.push_back({{}, part});
      }
      step.count = static_cast<std::uint32_t>(attributes_.size()) - step.first;
      steps_.push_back(step);
      continue;
    }
    auto key = element.name;
    const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(top.names);
    const auto known =
        std::find_if(begin, names_.end(), [&](const auto& name) { return name.first == key; });
    if (known != names_.end()) {
      char digits[12] = {'_'};
      const auto end = std::to_chars(digits + 1, digits + sizeof digits, known->second++).ptr;
      key = names_scribe_.join(key, {digits, static_cast<std::size_t>(end - digits)});
    } else if (names_.size() - top.names < kCountedNames) {
      names_.emplace_back(key, 1u);
    } else {
      return false;
    }
    auto open = false;
    if (!compile_element(node.element, key, is_container(element.name), open)) return false;
  }
  return names_scribe_.take_flaws() == 0;
}

// Reads the head and the values of the instance that [begin, end) consists of.
auto Programs::instance(std::size_t begin, std::size_t end, std::uint32_t& program, Frame& frame)
    -> bool {
  const auto bytes = chunk_.bytes;
  auto at = begin;
  if (end - at >= 4 && bytes.substr(at, 4) == kFragmentHead) at += 4;
  if (end - at < 14 || bytes[at] != 0x0c) return false;
  const auto id = u32_at(bytes, at + 2);
  const auto offset = std::size_t{u32_at(bytes, at + 6)};
  at += 10;
  if (offset == at) {
    if (end - at < kDefinitionHead) return false;
    const auto size = std::size_t{u32_at(bytes, at + 20)};
    if (size > end - at - kDefinitionHead) return false;
    at += kDefinitionHead + size;
  }
  if (end - at < 4) return false;
  const auto count = std::size_t{u32_at(bytes, at)};
  at += 4;
  if (count > (end - at) / 4) return false;
  auto value = at + 4 * count;
  frame.values = values_.size();
  frame.count = count;
  values_.resize(frame.values + count);
  const auto* head = bytes.data() + at;
  for (auto* to = values_.data() + frame.values; to != values_.data() + values_.size();
       ++to, head += 4) {
    const auto size = std::size_t{load<std::uint16_t>(head)};
    if (size > end - value) return false;
    to->type = load<std::uint8_t>(head + 2);
    to->bytes = {bytes.data() + value, size};
    value += size;
  }
  // Nothing may follow but the end, and filling.
  if (value < end) {
    const auto rest = bytes.substr(value + 1, end - value - 1);
    if (bytes[value] != 0 || (rest.size() >= 8 && rest.starts_with(kFragmentHead))) return false;
  }
  program = program_at(offset, id);
  if (program == 0) return false;
  const auto& found = programs_[program - 1];
  frame.at = found.first;
  frame.end = found.first + found.count;
  spent_ += found.steps + count;
  text_ += found.text;
  return spent_ <= kMostSteps;
}

auto Programs::run(std::size_t begin, std::size_t end, Document& document) -> bool {
  values_.clear();
  frames_.clear();
  open_.clear();
  spent_ = 0;
  text_ = 0;
  scribe_.begin(kMostText);
  auto program = std::uint32_t{0};
  auto frame = Frame{};
  if (!instance(begin, end, program, frame) || programs_[program - 1].container) return false;
  frames_.push_back(frame);
  const auto root = document.open(Kind::kObject, {});
  while (!frames_.empty()) {
    auto& top = frames_.back();
    if (top.at == top.end) {
      values_.resize(top.values);
      frames_.pop_back();
      continue;
    }
    // Copies: a nested instance may compile further steps.
    const auto now = top;
    if (!step(steps_[top.at++], now, document)) return false;
    if (document.size() > kMostNodes) return false;
  }
  document.close(root);
  return scribe_.flaws() == 0 && text_ + (kMostText - scribe_.left()) <= kMostText;
}

auto Programs::step(const Step& step, const Frame& frame, Document& document) -> bool {
  switch (step.what) {
    case Step::Do::kLeaf:
      return leaf(step, frame, document);
    case Step::Do::kData:
      return data(step, frame, document);
    case Step::Do::kOpen: {
      open_.push_back(document.open(Kind::kObject, step.key));
      return attributes(step, frame, document);
    }
    case Step::Do::kClose: {
      const auto object = open_.back();
      open_.pop_back();
      document.close(object);
      auto& node = document.node(object);
      if (node.size == 1) node.kind = Kind::kNull;
      return true;
    }
    case Step::Do::kNested:
      return nested(step, frame);
    case Step::Do::kList:
      return list(step, frame, document);
  }
  return false;
}

// A value as a member; nothing is written for an empty one. False: it is not
// this path's.
auto Programs::put(const Part& part, const Frame& frame, std::string_view key, Document& document)
    -> bool {
  if (part.slot == kNoSlot) {
    if (!part.text.empty()) document.add(Kind::kText, key, part.text);
    return true;
  }
  const auto value = raw(part, frame);
  if (value.is(Type::kString)) {
    // The most frequent: empty if nothing is left of it.
    const auto text = scribe_.utf16(value.bytes);
    if (!text.empty()) document.add(Kind::kText, key, text);
    return true;
  }
  if (is_empty(value)) return true;
  if (value.is(Type::kBinXml) || (value.is_array() && member_count(value) > 1)) return false;
  const auto scalar = scribe_.scalar(value);
  document.add(scalar.kind, key, scalar.text);
  return true;
}

// Writes `#attributes` if one is not empty.
auto Programs::attributes(const Step& step, const Frame& frame, Document& document) -> bool {
  if (step.count == 0) return true;
  const auto before = document.size();
  auto object = before;
  for (auto i = step.first; i < step.first + step.count; ++i) {
    const auto& attribute = attributes_[i];
    if (attribute.part.slot != kNoSlot && is_empty(raw(attribute.part, frame))) continue;
    if (document.size() == before) object = document.open(Kind::kObject, "#attributes");
    if (!put(attribute.part, frame, attribute.name, document)) return false;
  }
  if (document.size() != before) document.close(object);
  return true;
}

auto Programs::leaf(const Step& step, const Frame& frame, Document& document) -> bool {
  if (step.count != 0) {
    const auto object = document.open(Kind::kObject, step.key);
    if (!attributes(step, frame, document)) return false;
    if (document.size() > object + 1) {
      if (!put(step.part, frame, "#text", document)) return false;
      document.close(object);
      return true;
    }
    // Without attributes its text is the value itself.
    auto& node = document.node(object);
    node.kind = Kind::kNull;
    if (step.part.slot == kNoSlot) {
      if (!step.part.text.empty()) {
        node.kind = Kind::kText;
        node.text = step.part.text;
      }
      return true;
    }
    const auto value = raw(step.part, frame);
    if (is_empty(value)) return true;
    if (value.is(Type::kBinXml) || (value.is_array() && member_count(value) > 1)) return false;
    const auto scalar = scribe_.scalar(value);
    node.kind = scalar.kind;
    node.text = scalar.text;
    return true;
  }
  const auto before = document.size();
  if (!put(step.part, frame, step.key, document)) return false;
  if (document.size() == before) document.add(Kind::kNull, step.key);
  return true;
}

auto Programs::data(const Step& step, const Frame& frame, Document& document) -> bool {
  const auto value = raw(step.part, frame);
  if (value.is_array()) {
    const auto members = member_count(value);
    if (members > 1) {
      if (document.size() + members > kMostNodes) return false;
      auto offset = std::size_t{0};
      for (auto i = std::size_t{0}; i < members; ++i) {
        const auto member = next_member(value, offset);
        const auto scalar = is_empty(member) ? Scalar{} : scribe_.scalar(member);
        document.add(scalar.kind, step.key, scalar.text);
      }
      return true;
    }
  }
  const auto before = document.size();
  if (!put(step.part, frame, step.key, document)) return false;
  if (document.size() == before) document.add(Kind::kText, step.key);
  return true;
}

auto Programs::list(const Step& step, const Frame& frame, Document& document) -> bool {
  auto count = std::size_t{0};
  for (auto i = step.first; i < step.first + step.count; ++i)
    count += member_count(raw(attributes_[i].part, frame));
  if (document.size() + count > kMostNodes) return false;
  const auto object = document.open(Kind::kObject, "Data");
  const auto many = count > 1;
  const auto array = many ? document.open(Kind::kArray, "#text") : 0;
  const auto key = many ? std::string_view{} : "#text";
  for (auto i = step.first; i < step.first + step.count; ++i) {
    auto one = Step{};
    one.key = key;
    one.part = attributes_[i].part;
    if (!data(one, frame, document)) return false;
  }
  if (many) document.close(array);
  document.close(object);
  return true;
}

auto Programs::nested(Step step, const Frame& frame) -> bool {
  const auto value = raw(step.part, frame);
  if (is_empty(value)) return true;
  if (!value.is(Type::kBinXml) || frames_.size() >= kMostInstances) return false;
  const auto begin = static_cast<std::size_t>(value.bytes.data() - chunk_.bytes.data());
  auto program = std::uint32_t{0};
  auto inner = Frame{};
  if (!instance(begin, begin + value.bytes.size(), program, inner)) return false;
  const auto name = programs_[program - 1].root;
  if (step.container && name == "Data") return false;
  for (auto i = step.first; i < step.first + step.count; ++i)
    if (siblings_[i] == name) return false;
  frames_.push_back(inner);
  return true;
}

}  // namespace serjeant::evtx
