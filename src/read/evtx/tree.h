#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/span.h"
#include "core/value.h"
#include "read/evtx/value.h"

// Binary XML as a tree, and the tree as the native document of a record. This
// is the slow, plain path: it takes everything that the format allows, and
// everything that it does not. What `program.h` makes of clean records must
// equal it.
namespace serjeant::evtx {

// A record of 64 KiB cannot hold more tokens than bytes, but its templates can
// be pointed to again and again; hence budgets for what becomes of it.
struct TreeLimits {
  std::size_t depth = 64;        // elements, templates and values inside each other
  std::size_t elements = 4096;   // elements, repeated ones included
  std::size_t steps = 1u << 17;  // tokens
  std::size_t nodes = 1u << 15;  // of the document
  std::size_t text = 1u << 20;   // bytes of decoded text
};
constexpr auto kMostFaults = std::size_t{16};  // kept for one record

// A stretch of bytes that names and templates are addressed in, by offsets
// from its begin: 64 KiB, or what is left of them.
struct Chunk {
  std::string_view bytes;
  Span at;  // where it lies
};

// Collects the faults of a record, by place in its chunk.
class Flaws {
 public:
  explicit Flaws(std::vector<Fault>& out) : out_(out) {}
  void begin(const Chunk& chunk) { chunk_ = chunk.at; }
  void add(FaultKind kind, std::size_t offset, std::size_t length);

 private:
  std::vector<Fault>& out_;
  Span chunk_;
};

class Tree {
 public:
  static constexpr auto kNone = ~std::uint32_t{0};
  enum class What : std::uint8_t { kText, kValue, kSlot, kElement };

  // Something inside an element or an attribute, in order.
  struct Node {
    What what = What::kText;
    bool optional = false;      // of a slot
    std::uint16_t slot = 0;     // of a slot
    std::uint8_t type = 0;      // of a slot: as declared
    std::uint32_t element = 0;  // of an element
    std::uint32_t members = 1;  // of a value: more than 1 repeat what holds it
    std::uint32_t next = kNone;
    std::uint32_t member = 0;  // of an array: one that was looked at last,
    std::size_t offset = 0;    // and where it begins
    Raw value;                 // of a value
    std::string_view text;     // of a text: decoded
  };
  struct Attribute {
    std::string_view name;
    std::uint32_t first = kNone, last = kNone;  // nodes
    std::uint32_t next = kNone;
  };
  struct Element {
    std::string_view name;
    std::uint32_t first = kNone, last = kNone;                      // nodes
    std::uint32_t first_attribute = kNone, last_attribute = kNone;  // attributes
    std::uint32_t times = 1;  // how often it stands there, for arrays inside it
    bool has_elements = false;
    bool positional = false;  // its Data elements have no names, whatever its own name is
  };

  Tree(Arena& arena, Scribe& scribe, Flaws& flaws)
      : arena_(arena), scribe_(scribe), flaws_(flaws) {}

  // Reads the binary XML of a record: [begin, end) of `chunk`. `id` and `ticks`
  // are those of the record's head, for records whose template is missing.
  void read_record(const Chunk& chunk, std::size_t begin, std::size_t end, std::uint64_t id,
                   std::uint64_t ticks);
  // Reads the definition of a template, which keeps its slots. False if it
  // is flawed.
  auto read_definition(const Chunk& chunk, std::size_t begin, std::size_t end) -> bool;
  // Writes what was read, as one object.
  void write(Document& document);

  // Tokens that were read, and bytes of text decoded for them.
  auto steps() const -> std::size_t { return steps_; }
  auto text() const -> std::size_t { return limits_.text - scribe_.left(); }
  auto roots() const -> const std::vector<std::uint32_t>& { return roots_; }
  auto element(std::uint32_t index) const -> const Element& { return elements_[index]; }
  auto attribute(std::uint32_t index) const -> const Attribute& { return attributes_[index]; }
  auto node(std::uint32_t index) const -> const Node& { return nodes_[index]; }

 private:
  friend class TreeReader;
  friend class TreeWriter;
  void clear();
  auto element_at(std::uint32_t index) -> Element& { return elements_[index]; }
  auto add_element(std::string_view name, std::uint32_t parent) -> std::uint32_t;
  auto add_attribute(std::uint32_t element, std::string_view name) -> std::uint32_t;
  void add_node(std::uint32_t element, std::uint32_t attribute, const Node& node);
  void repeat(std::uint32_t element, std::size_t members);

  Arena& arena_;
  Scribe& scribe_;
  Flaws& flaws_;
  TreeLimits limits_;
  Chunk chunk_;
  std::size_t begin_ = 0;  // of what was read, in its chunk
  std::size_t steps_ = 0;
  std::vector<Element> elements_;
  std::vector<Attribute> attributes_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> roots_;
};

// Where a template's definition lies in a chunk, by its 4-byte identifier and
// the offset that an instance gives. When the offset leads elsewhere, the
// chunk's own table of templates is asked.
struct Definition {
  std::size_t begin = 0, end = 0;  // of its binary XML
  std::size_t guid = 0;            // where its 16-byte identifier lies
};
auto find_definition(std::string_view chunk, std::uint32_t id, std::size_t offset, Definition& out)
    -> bool;

// Name of an element or attribute at `offset` of a chunk: link, hash, count,
// UTF-16, NUL. The text as it lies there, and the bytes that all of it takes;
// nothing if it reaches beyond the chunk.
struct NameAt {
  std::string_view utf16;
  std::size_t size = 0;
};
auto name_at(std::string_view chunk, std::size_t offset, NameAt& out) -> bool;

}  // namespace serjeant::evtx
