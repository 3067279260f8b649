#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.h"

// Data markings of STIX objects (STIX 2.1, section 7.2): of the whole object
// (`object_marking_refs`) and of parts of it (`granular_markings`: a marking
// definition or a language, and selectors such as "labels.[0]").
namespace serjeant::stix {

enum class MarkingFault : std::uint8_t {
  kNone,
  kBadSelector,  // names nothing in the object, or none was given
  kNotFound,     // what is to be removed is not there
  kBadValue,     // a marking that is no text, or an empty one
  kRevoked,      // a revoked object has no further version
};
auto marking_fault_word(MarkingFault fault) -> std::string_view;  // "no such selector"

// One granular marking on one selector.
struct GranularMarking {
  std::string mark;      // a marking-definition id or a language tag
  std::string selector;  // "a.b.[0]"
  bool language = false;
  friend auto operator<=>(const GranularMarking&, const GranularMarking&) = default;
};

// All markings of an object, taken apart. Sets, because their order says nothing.
struct Markings {
  std::set<std::string> whole;
  std::set<GranularMarking> parts;
};
auto read_markings(Value object) -> Markings;

// What is asked for or to be changed. No selectors at all = the object as a whole.
struct MarkingQuery {
  bool of_object = true;
  std::vector<std::string> selectors = {};
  std::vector<std::string> marks = {};
  bool inherited = false;    // markings of what contains the selected part, too
  bool descendants = false;  // markings of what the selected part contains, too
  bool references = true;    // marking definitions
  bool languages = true;
};

// Does the selector name a part of the object that is not empty?
auto selects(Value object, std::string_view selector) -> bool;
// As `selects`, or an empty one.
auto is_there(Value object, std::string_view selector) -> bool;

struct Marked {
  MarkingFault fault = MarkingFault::kNone;
  std::set<std::string> marks;
};
// The markings that apply to any of the selected parts.
auto get_markings(Value object, const MarkingQuery& query) -> Marked;

struct IsMarked {
  MarkingFault fault = MarkingFault::kNone;
  bool marked = false;
};
// With `marks`: is the object marked by any of them; are the selected parts
// marked by all of them? Without: by anything?
auto is_marked(Value object, const MarkingQuery& query) -> IsMarked;

enum class MarkingChange : std::uint8_t { kAdd, kRemove, kSet, kClear };
struct Remarked {
  MarkingFault fault = MarkingFault::kNone;
  Markings markings;
};
// The markings after the change; those of the other kind (object or parts) stay.
auto change_markings(Value object, MarkingChange change, const MarkingQuery& query) -> Remarked;

}  // namespace serjeant::stix
