#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "core/narrow.h"

// The native fields of a record, whatever its format: one tree of objects,
// arrays and scalars, laid out as a flat list of nodes in reading order. JSON,
// CSV rows, web-log lines and mail headers all become such a tree, so that
// profiles, rules and outputs have one thing to look at.
namespace serjeant {

enum class Kind : std::uint8_t { kNull, kBool, kNumber, kText, kArray, kObject };

struct Node {
  std::string_view key;    // name in its object; empty for members of arrays and for roots
  std::string_view text;   // text: decoded; number: as written; bool: "true" or "false"
  std::uint32_t size = 1;  // nodes of this subtree, itself included
  Kind kind = Kind::kNull;
};

// A node and its subtree, or nothing. Cheap to copy; valid as long as the
// Document that it came from is not changed and its text lives.
class Value {
 public:
  Value() = default;
  explicit Value(const Node* at) : at_(at) {}

  explicit operator bool() const { return at_ != nullptr; }  // present (a JSON null is present)
  auto kind() const -> Kind { return at_ ? at_->kind : Kind::kNull; }
  auto key() const -> std::string_view { return at_ ? at_->key : std::string_view{}; }
  auto text() const -> std::string_view { return at_ ? at_->text : std::string_view{}; }
  auto is_null() const -> bool { return kind() == Kind::kNull; }
  auto is_text() const -> bool { return kind() == Kind::kText; }
  auto is_number() const -> bool { return kind() == Kind::kNumber; }
  auto is_bool() const -> bool { return kind() == Kind::kBool; }
  auto is_array() const -> bool { return kind() == Kind::kArray; }
  auto is_object() const -> bool { return kind() == Kind::kObject; }
  auto is_scalar() const -> bool { return at_ && kind() < Kind::kArray; }
  auto node() const -> const Node* { return at_; }

  class Iterator {
   public:
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;
    using pointer = const Value*;
    using reference = Value;
    Iterator() = default;
    explicit Iterator(const Node* at) : at_(at) {}
    auto operator*() const -> Value { return Value(at_); }
    auto operator++() -> Iterator& {
      at_ += at_->size;
      return *this;
    }
    auto operator++(int) -> Iterator {
      auto old = *this;
      ++*this;
      return old;
    }
    friend auto operator==(Iterator a, Iterator b) -> bool { return a.at_ == b.at_; }

   private:
    const Node* at_ = nullptr;
  };
  // The members of an object or array, in reading order.
  auto begin() const -> Iterator { return Iterator(at_ ? at_ + 1 : nullptr); }
  auto end() const -> Iterator { return Iterator(at_ ? at_ + at_->size : nullptr); }

  // The first member of that exact name; nothing if absent or not an object.
  auto find(std::string_view name) const -> Value {
    if (!is_object()) return {};
    for (auto member : *this)
      if (member.key() == name) return member;
    return {};
  }
  // Follows names: get("a", "b") is find("a").find("b").
  template <class... Names>
  auto get(std::string_view first, Names... rest) const -> Value {
    auto found = find(first);
    if constexpr (sizeof...(rest) == 0)
      return found;
    else
      return found.get(rest...);
  }

 private:
  const Node* at_ = nullptr;
};

// Owns the nodes, not their text. Kept and cleared from record to record, so
// that the steady state allocates nothing.
class Document {
 public:
  Document() = default;
  Document(const Document&) = default;
  auto operator=(const Document&) -> Document& = default;
  Document(Document&& other) noexcept { swap(other); }
  ~Document() = default;
  auto operator=(Document&& other) noexcept -> Document& {
    swap(other);
    return *this;
  }

  void clear() { size_ = 0; }
  auto empty() const -> bool { return size_ == 0; }
  auto size() const -> std::size_t { return size_; }
  // The first node, or nothing.
  auto root() const -> Value { return empty() ? Value{} : Value(nodes_.data()); }
  auto at(std::size_t index) const -> Value { return Value(nodes_.data() + index); }
  auto node(std::size_t index) -> Node& { return nodes_[index]; }

  void add(Kind kind, std::string_view key, std::string_view text = {}) {
    if (size_ == nodes_.size()) grow(1);
    // Member by member: a whole node would be built on the stack and copied.
    auto& node = nodes_.data()[size_++];
    node.key = key;
    node.text = text;
    node.size = 1;
    node.kind = kind;
  }
  // Begins an object or array; every node added until `close` of the returned
  // index belongs to it. Pointers from `root` and `at` do not survive this.
  auto open(Kind kind, std::string_view key) -> std::size_t {
    add(kind, key);
    return size_ - 1;
  }
  void close(std::size_t index) { nodes_[index].size = narrow<std::uint32_t>(size_ - index); }
  // Appends a copy of `value` under the name `key`. `value` must not be of
  // this document.
  void append(Value value, std::string_view key);

 private:
  // Nodes are only overwritten, so the vector is as long as it ever had to be
  // and `size_` says how many of them count.
  void grow(std::size_t count);
  void swap(Document& other) noexcept {
    nodes_.swap(other.nodes_);
    std::swap(size_, other.size_);
  }
  std::vector<Node> nodes_;
  std::size_t size_ = 0;
};

}  // namespace serjeant
