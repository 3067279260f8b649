#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/value.h"
#include "read/evtx/tree.h"
#include "read/evtx/value.h"

// The fast path. The definition of a template is compiled once in each chunk
// into steps that write the document of an instance from its table of values,
// without a tree. It knows only what clean logs have, and gives up at anything
// else: then the record takes the slow path of `tree.h`, from its begin. So
// what it writes must equal what that one writes, and has no faults.
namespace serjeant::evtx {

class Programs {
 public:
  Programs(Arena& arena, Scribe& scribe)
      : scribe_(scribe),
        names_scribe_(arena),
        flaws_(faults_),
        tree_(arena, names_scribe_, flaws_) {}

  // Forgets the templates of the last chunk.
  void begin_chunk(const Chunk& chunk);
  // Writes the document of the record whose binary XML is [begin, end) of the
  // chunk. False: it gave up, and what it wrote is of no use.
  auto run(std::size_t begin, std::size_t end, Document& document) -> bool;

 private:
  static constexpr auto kNoSlot = ~std::uint32_t{0};
  // A text, a slot, or nothing.
  struct Part {
    std::string_view text;
    std::uint32_t slot = kNoSlot;
  };
  struct Attribute {
    std::string_view name;
    Part part;
  };
  struct Step {
    enum class Do : std::uint8_t {
      kLeaf,    // an element without elements
      kData,    // <Data Name="key"> of a container
      kOpen,    // an element with elements, or with a value that may have some
      kClose,   // ... its end
      kNested,  // a value that is an instance
      kList,    // the Data without names of a container: `count` parts
    };
    Do what = Do::kLeaf;
    bool container = false;              // of kNested: stands in one
    std::uint32_t first = 0, count = 0;  // attributes; of kNested: names of its siblings
    std::string_view key;
    Part part;
  };
  struct Program {
    std::size_t offset = 0;  // of the definition, the key
    std::uint32_t id = 0;
    bool usable = false;
    bool container = false;              // its root is EventData or UserData
    std::uint32_t first = 0, count = 0;  // steps
    std::string_view root;
    std::size_t steps = 0, text = 0;  // what it costs the slow path
  };
  // An instance that is being written.
  struct Frame {
    std::uint32_t at = 0, end = 0;  // steps
    std::size_t values = 0, count = 0;
  };

  auto program_at(std::size_t offset, std::uint32_t id) -> std::uint32_t;
  void compile(Program& program);
  auto compile_element(std::uint32_t index, std::string_view key, bool container, bool& open)
      -> bool;
  auto compile_children() -> bool;
  auto compile_data(const Tree::Element& element, Part& part, std::string_view& name) -> bool;
  auto attributes_of(const Tree::Element& element, Step& step) -> bool;
  auto single(std::uint32_t first, Part& part) const -> bool;

  auto instance(std::size_t begin, std::size_t end, std::uint32_t& program, Frame& frame) -> bool;
  auto step(const Step& step, const Frame& frame, Document& document) -> bool;
  auto leaf(const Step& step, const Frame& frame, Document& document) -> bool;
  auto data(const Step& step, const Frame& frame, Document& document) -> bool;
  auto list(const Step& step, const Frame& frame, Document& document) -> bool;
  auto nested(Step step, const Frame& frame) -> bool;
  auto attributes(const Step& step, const Frame& frame, Document& document) -> bool;
  auto put(const Part& part, const Frame& frame, std::string_view key, Document& document) -> bool;
  auto raw(const Part& part, const Frame& frame) const -> Raw {
    return part.slot < frame.count ? values_[frame.values + part.slot] : Raw{};
  }

  Scribe& scribe_;
  // Definitions are read apart from records.
  Scribe names_scribe_;
  std::vector<Fault> faults_;
  Flaws flaws_;
  Tree tree_;
  Chunk chunk_;

  std::vector<Program> programs_;
  std::vector<Step> steps_;
  std::vector<Attribute> attributes_;
  std::vector<std::string_view> siblings_;
  std::array<std::uint16_t, 256> slots_{};  // of the hash table of programs, by offset; 0: free

  struct Pending {
    std::uint32_t node = 0;
    std::size_t names = 0;
    bool container = false;
    bool listed = false;
  };
  std::vector<Pending> pending_;
  std::vector<std::pair<std::string_view, std::uint32_t>> names_;

  std::vector<Frame> frames_;
  std::vector<std::size_t> open_;
  std::vector<Raw> values_;
  std::size_t spent_ = 0;  // steps that the slow path would need
  std::size_t text_ = 0;
};

}  // namespace serjeant::evtx
