#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "detect/sigma/address.h"
#include "detect/sigma/number.h"
#include "detect/sigma/pattern.h"
#include "detect/sigma/regex.h"

// Rules of Sigma 2.1 after parsing and type checking: what the evaluators
// judge by. Plain data, constant once loaded, shared by all workers. Numbers
// in brackets (D8, F1, C3, ...) are the decisions listed in docs/rules.md.
namespace serjeant::sigma {

// How a time part is taken from a time (D17).
enum class TimePart : std::uint8_t { kMinute, kHour, kDay, kWeek, kMonth, kYear };

// How two fields are compared (D18): the field of the item against another.
enum class FieldRelation : std::uint8_t { kEqual, kContains, kStartsWith, kEndsWith };

// One test on the values of a field.
struct Test {
  enum class Kind : std::uint8_t {
    kText,    // `pattern` meets a value's text
    kNumber,  // equal to a number, or to its canonical text (D3)
    kBool,    // equal to a boolean, or to its word (D4)
    kNull,    // missing or null (D5)
    kExists,  // present (D7), or absent if `flag` is false
    kRegex,
    kNetwork,
    kFieldRef,  // (D18)
    kCompare,   // lt lte gt gte (D16)
    kTimePart,  // (D17)
  };
  Kind kind = Kind::kText;
  Pattern pattern;    // kText; finished
  Number number;      // kNumber, kCompare, kTimePart
  std::string text;   // kNumber: canonical text; kFieldRef: the other field
  bool flag = false;  // kBool, kExists
  Comparison comparison = Comparison::kEqual;  // kCompare, kTimePart
  TimePart part = TimePart::kHour;
  FieldRelation relation = FieldRelation::kEqual;
  Network network;
  std::shared_ptr<const Regex> regex;  // shared by copies of the test
};

// A value of an item: the tests that it became, any of which is enough, and
// the value as the rule has it.
struct Alternative {
  std::vector<Test> tests;
  std::string shown;
};

// `field|modifiers: values`. Any value is enough, or all are needed; each may
// be met by another member of the field (D9).
struct Item {
  std::string field;      // empty: a keyword, judged on every value of the event (D12)
  std::string modifiers;  // as written, "contains|all"
  std::vector<Alternative> values;
  bool all = false;
  bool negated = false;  // neq (D8)
};

// A tree of and, or and not over items and selections, in one array of nodes.
struct Node {
  enum class Kind : std::uint8_t { kAnd, kOr, kNot, kItem, kSelection };
  Kind kind = Kind::kAnd;
  std::uint32_t index = 0;              // kItem: in `items`; kSelection: in `selections`
  std::vector<std::uint32_t> children;  // in `nodes`
};

struct Selection {
  std::string name;
  std::uint32_t root = 0;  // in `nodes`
};

// A condition with everything that it names.
struct Judgement {
  std::vector<Item> items;
  std::vector<Node> nodes;
  std::vector<Selection> selections;
  std::uint32_t root = 0;
};

struct LogSource {
  std::string product, category, service;  // folded; empty = not stated
  auto operator<=>(const LogSource&) const = default;
};
// Does `wide` cover `narrow`: is everything that it states stated there too?
auto covers(const LogSource& wide, const LogSource& narrow) -> bool;
// "windows/process_creation/sysmon", "-" for what is not stated.
auto text_of(const LogSource& source) -> std::string;

struct Filter {
  std::uint32_t document = 0;
  LogSource source;
  bool any = false;                // F2
  std::vector<std::string> rules;  // ids or names
  Judgement judgement;
};

struct Rule {
  std::uint32_t document = 0;  // index into the rule set's documents
  LogSource source;
  Judgement judgement;
  // Conditions of filters, each with its own names (F1, F4): document of the
  // filter and its judgement. The rule holds if its own and all of these do.
  std::vector<std::pair<std::uint32_t, std::shared_ptr<const Judgement>>> filters;
  bool silent = false;              // referenced by a correlation that does not say `generate`
  bool correlated = false;          // some correlation wants its matches
  std::vector<std::uint32_t> kept;  // fields that correlations need; index into `kept_fields`
  std::vector<std::string> fields;  // all that it asks for, sorted, unique
};

enum class CorrelationType : std::uint8_t {
  kEventCount,
  kValueCount,
  kTemporal,
  kTemporalOrdered,
  kValueSum,
  kValueAvg,
  kValuePercentile,
  kValueMedian
};

struct Threshold {
  Comparison comparison = Comparison::kGreaterEqual;
  Wide value = 0;  // in 1e-9
};

// A boolean expression over the referenced rules (C13), as nodes; kItem's
// index is that of the reference.
struct Expression {
  std::vector<Node> nodes;
  std::uint32_t root = 0;
  bool has_not = false;
};

// A step of an ordered expression: rule `reference`, with no match of any of
// `none_before` since the step before.
struct OrderedStep {
  std::uint32_t reference = 0;
  std::vector<std::uint32_t> none_before;
};

struct Reference {
  std::string word;            // id or name as written
  std::uint32_t document = 0;  // what it means
  // For each group-by name and each value field: which field of this rule's
  // events has it (index into kept_fields), or nothing (C11).
  std::vector<std::optional<std::uint32_t>> group_fields;
  std::vector<std::optional<std::uint32_t>> value_fields;
};

struct Correlation {
  std::uint32_t document = 0;
  CorrelationType type = CorrelationType::kEventCount;
  std::vector<Reference> references;
  std::vector<std::string> group_by;      // names as written, aliases among them
  std::vector<std::uint32_t> group_kept;  // each as a field of inner matches (C12), in kept_fields
  std::vector<std::string> value_fields;
  Nanos timespan = 0;
  std::vector<Threshold> thresholds;     // all must hold
  std::optional<Wide> percentile;        // in 1e-9
  std::optional<Expression> expression;  // temporal
  std::vector<OrderedStep> steps;        // temporal_ordered with an expression
  bool at_close = false;                 // C8
  bool generate = false;
  bool silent = false;
  bool correlated = false;
};

// All that was loaded. Correlations stand after those that they reference.
struct Compiled {
  std::vector<Rule> rules;
  std::vector<Correlation> correlations;
  std::vector<Filter> filters;
  std::vector<std::string> kept_fields;
};

}  // namespace serjeant::sigma
