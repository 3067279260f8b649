#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/json_names.h"
#include "core/value.h"
#include "read/record.h"
#include "shape/m365_columns.h"
#include "shape/m365_names.h"
#include "shape/tree_hash.h"

namespace serjeant::m365 {

// One audit record, out of whatever dialect it was exported in, in the form of
// the Management Activity API: its names, its types, no wrapper around it.
//
// The native tree that results has, in this order: the record's own members
// under canonical names; then what the file calls them where that differs; the
// members of name-and-value lists as dotted names; the columns of the wrapper.
// Kept and reused from record to record; views and values are valid until the
// next `read`.
class Canonical {
 public:
  void read(const Record& record, Arena& arena);

  auto native() const -> Value { return document_.root(); }
  auto get(Slot slot) const -> Value {
    const auto index = slots_[static_cast<std::size_t>(slot)];
    return index == 0 ? Value{} : document_.at(index);
  }
  auto text(Slot slot) const -> std::string_view {
    const auto value = get(slot);
    return value.is_scalar() ? value.text() : std::string_view{};
  }
  // The value of `name` in a list of {Name, Value} (or {Name, NewValue}), in an
  // object, or among dotted names.
  auto property(Slot list, std::string_view name) const -> std::string_view;

  auto cut() const -> bool { return cut_; }  // JSON ended early
  auto time_from_wrapper() const -> bool { return wrapper_time_; }
  auto result_index() const -> std::int32_t { return result_index_; }
  auto result_count() const -> std::int32_t { return result_count_; }
  auto content_hash() const -> std::uint64_t { return hash_; }
  auto faults() const -> const std::vector<Fault>& { return faults_; }

 private:
  struct Alias {
    std::string_view key;
    std::uint32_t index;
  };

  void start();
  void read_json(std::string_view text, Span span, Arena& arena);
  void read_truncated_copy(std::string_view raw, Span span, Arena& arena);
  void read_office_activity(Value record, Span span, Arena& arena);
  void read_extra_properties(std::string_view text, Span span, Arena& arena);
  void read_dotted(Value record);
  void add_typed(const Name& name, Value value, Span span, Arena& arena);
  auto add_tree(std::string_view key, std::string_view text, Span span, Arena& arena) -> bool;

  auto root_end() const -> std::uint32_t { return document_.root().node()->size; }
  void grow_root() { document_.close(0); }
  void classify(Arena& arena);
  void rename_below(std::uint32_t index, Arena& arena);
  void take_slot(Slot slot, std::uint32_t at);
  void fill_from_wrapper(Span span, Arena& arena);
  void fill_time_from_wrapper(Span span, Arena& arena);
  void set(Slot slot, Kind kind, std::string_view text);
  void set_number(Slot slot, int number, Arena& arena);
  void add_aliases();
  void add_dotted(Slot list, Arena& arena);
  void add_wrapper(Arena& arena);

  Document document_;
  Document scratch_;
  std::array<std::uint32_t, static_cast<std::size_t>(Slot::kCount)> slots_{};
  std::vector<Alias> aliases_;
  std::vector<Fault> faults_;
  TreeHasher hasher_;
  NameMemory names_;
  Columns columns_;
  JsonNames json_names_;
  // What is known of a name by its number in `json_names_`.
  struct KnownName {
    bool plain = false;  // canonical as it stands
    Slot slot = Slot::kNone;
  };
  std::array<KnownName, JsonNames::kMost> known_{};
  bool cut_ = false;
  bool whole_ = false;  // the record's own JSON was complete
  bool wrapper_time_ = false;
  std::int32_t result_index_ = -1, result_count_ = -1;
  std::uint64_t hash_ = 0;
};

}  // namespace serjeant::m365
