#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// The pattern language of STIX (STIX 2.1, section 9; STIX 2.0, part 5):
//
//   [file:name = 'a' AND file:size > 3] FOLLOWEDBY ([url:value LIKE 'b%'] OR
//   [mutex:name IN ('c', 'd')]) WITHIN 60 SECONDS
//
// Brackets hold comparisons of properties of one observed object; outside of
// them observations are combined. AND binds tighter than OR, and OR tighter than
// FOLLOWEDBY; qualifiers bind to what stands right before them.
namespace serjeant::stix {

enum class PatternVersion : std::uint8_t { k20, k21 };

enum class LiteralKind : std::uint8_t { kInteger, kFloat, kText, kBool, kTime, kHex, kBinary };

struct Literal {
  LiteralKind kind = LiteralKind::kText;
  std::string value;  // text: decoded UTF-8; hex, binary: the bytes; others as written,
                      // without quotes
  std::uint32_t offset = 0, length = 0;  // in the pattern, in bytes
};

struct PathStep {
  enum class Kind : std::uint8_t { kKey, kIndex, kAny };
  Kind kind = Kind::kKey;
  std::string key;          // decoded; of an index its digits as written
  std::uint64_t index = 0;  // of a negative one or one out of range: the largest number
  bool quoted = false;      // the key was written 'so'
};

enum class PatternOp : std::uint8_t {
  kEqual,
  kNotEqual,
  kGreater,
  kLess,
  kGreaterEqual,
  kLessEqual,
  kIn,
  kLike,
  kMatches,
  kIsSubset,
  kIsSuperset,
  kExists
};
auto pattern_op_word(PatternOp op) -> std::string_view;  // "=", "ISSUBSET"

enum class PatternKind : std::uint8_t {
  kCompare,      // leaf inside brackets
  kBothHold,     // AND inside brackets
  kEitherHolds,  // OR inside brackets
  kObservation,  // [ ... ]
  kAnd,
  kOr,
  kFollowedBy,
  kWithin,
  kRepeats,
  kStartStop,
};

struct PatternNode {
  PatternKind kind = PatternKind::kCompare;
  bool grouped = false;  // stands in parentheses of its own
  std::uint32_t offset = 0, length = 0;
  std::vector<std::uint32_t> children = {};  // in order; chains of one operator are one node
  // of kCompare
  std::string type = {};
  std::vector<PathStep> path = {};
  PatternOp op = PatternOp::kEqual;
  bool negated = false;
  std::string op_text = {};            // as written, without NOT: "==" is kEqual too
  std::vector<Literal> literals = {};  // one, or those of the set; none for EXISTS
  // of kWithin and kRepeats one number, of kStartStop two times
  std::vector<Literal> bounds = {};
};

// A parsed pattern. Valid only if parsing met no flaw. No node is more than
// 1,024 levels below the root, so that walking it by recursion is safe.
struct Pattern {
  std::vector<PatternNode> nodes;
  std::uint32_t root = 0;
  auto operator[](std::uint32_t at) const -> const PatternNode& { return nodes[at]; }
};

// What is wrong with a pattern, and where.
struct PatternFlaw {
  std::string message;                   // one line, no full stop
  std::string help;                      // what to do; may be empty
  std::uint32_t offset = 0, length = 1;  // bytes
};

struct PatternOutcome {
  Pattern pattern;
  std::vector<PatternFlaw> flaws;  // any = the pattern was not accepted
};

// Parses the whole text; stops at the first flaw. Nesting is limited to 256,
// the text to 1 MiB. Time is linear.
auto parse_pattern(std::string_view text, PatternVersion version) -> PatternOutcome;

// What grammar alone does not refuse: hashes whose value cannot be of their kind,
// and (2.1) a kind of qualifier twice on one observation.
auto check_pattern(const Pattern& pattern, PatternVersion version) -> std::vector<PatternFlaw>;

// A spelling of the pattern that parses into an equal one, with one blank
// between words. Of literals the spelling is one's own: 'a', 1, h'0a'.
auto print_pattern(const Pattern& pattern) -> std::string;

// What a pattern speaks of.
struct PatternContents {
  std::set<std::string> observation_ops;  // AND, OR, FOLLOWEDBY
  std::set<std::string> qualifiers;       // "WITHIN 5 SECONDS"
  struct Comparison {
    std::vector<PathStep> path;
    std::string op;       // "NOT IN"
    std::string literal;  // as written, without blanks; empty for EXISTS
  };
  std::map<std::string, std::vector<Comparison>> comparisons;  // by object type, in order
};
// `text` is what `pattern` was parsed from.
auto inspect_pattern(const Pattern& pattern, std::string_view text) -> PatternContents;

}  // namespace serjeant::stix
