#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/diagnostic.h"
#include "core/result.h"
#include "detect/finding.h"
#include "shape/event.h"

// Events to findings by Sigma rules, in two steps. A matcher, one a worker,
// judges events one by one; what correlations need of the matches is kept
// aside. When all events were seen, `correlate` makes findings of those.
//
//   auto rules = load_rules({paths, placeholders});
//   auto matcher = make_matcher(*rules);                // one a worker
//   matcher->match(event, findings);                    // for every event
//   gather(all, matcher->take_matches());               // once per worker
//   correlate(*rules, std::move(all), findings);        // once
//
// The result does not depend on the number of workers or on the order of
// events among them. What the rule language means here is in docs/rules.md.
namespace serjeant {

namespace sigma {
struct Compiled;
namespace fast {
class RuleGroups;
}
}  // namespace sigma

using Placeholders = std::map<std::string, std::vector<std::string>, std::less<>>;

// A text that may hold rules, and the name to call it by.
struct RuleText {
  std::string file;
  std::string text;
};

// All documents that were offered, loaded or not. Constant, shared by workers,
// which it must outlive.
class RuleSet {
 public:
  struct Impl;
  explicit RuleSet(std::unique_ptr<const Impl> impl);
  RuleSet(RuleSet&&) noexcept;
  auto operator=(RuleSet&&) noexcept -> RuleSet&;
  ~RuleSet();

  // One entry a document, in order of the files; `Finding::rule` is an index.
  auto rules() const -> std::span<const RuleInfo>;
  // What is wrong or odd, with the document's index, in order.
  auto diagnostics() const -> std::span<const std::pair<std::uint32_t, Diagnostic>>;
  auto loaded() const -> std::size_t;
  auto compiled() const -> const sigma::Compiled&;
  // What fast matchers share; filled as routes are met, safe for all workers.
  auto groups() const -> sigma::fast::RuleGroups&;

 private:
  std::unique_ptr<const Impl> impl_;
};

struct RuleRequest {
  // Files, or directories, of which all *.yml and *.yaml below are taken in
  // order of name; "builtin" is the pack that is part of the program.
  std::vector<std::string> paths;
  Placeholders placeholders;
  std::size_t jobs = 1;  // files parsed at a time; the result does not depend on it
};
// Fails only if a path cannot be read. A document that cannot be loaded is
// listed with its reason and does no harm to the others.
auto load_rules(const RuleRequest& request) -> Result<RuleSet>;
auto load_rule_texts(std::vector<RuleText> texts, const Placeholders& placeholders = {},
                     std::size_t jobs = 1) -> RuleSet;
// The built-in pack, as "builtin/NAME.yml".
auto builtin_rules() -> std::vector<RuleText>;

// A match of a rule that a correlation wants, with the fields that it asks for.
struct BaseMatch {
  std::uint32_t document = 0;
  Span span;
  Nanos at = 0;
  TimeBasis basis = TimeBasis::kNone;
  Id eid;
  // Index into the rule set's kept fields, and the values there (texts; null
  // is left out), sorted by index.
  std::vector<std::pair<std::uint32_t, std::vector<std::string>>> fields;
};

// What a worker saw, for the ledger. Sums and unions: the same for any split
// of the events among workers.
struct MatchCounts {
  struct Source {
    std::uint64_t events = 0;
    std::set<std::string, std::less<>> fields;  // of those that rules ask for: seen at least once
  };
  std::map<std::string, Source> sources;  // by the key of a route (detect/route.h)
  std::vector<std::uint64_t> matches;     // per document; of filters: what they removed
  std::vector<std::uint64_t> candidates;  // per document: events that were judged one by one
  std::vector<std::uint64_t> no_group;    // per document: matches without a group key (C5)
  void merge(const MatchCounts& other);
};

class Matcher {
 public:
  virtual ~Matcher() = default;
  // Judges one event and appends its findings, in order of the rules. `raw` is
  // the record's own text where the source is text, for keywords (D12); it may
  // be empty. The event need not outlive the call.
  virtual void match(const Event& event, std::string_view raw, std::vector<Finding>& out) = 0;
  void match(const Event& event, std::vector<Finding>& out) { match(event, {}, out); }
  // Hands over what was kept for `correlate` so far.
  virtual auto take_matches() -> std::vector<BaseMatch> = 0;
  virtual auto counts() const -> const MatchCounts& = 0;
  // Of Engine::kBoth: the first event of which the engines said different things,
  // and what; else empty.
  virtual auto difference() const -> std::string { return {}; }
};

// The slow matcher: rules as trees, no index. It is the meaning of the rules;
// any other matcher must give the same findings.
auto make_reference_matcher(const RuleSet& rules) -> std::unique_ptr<Matcher>;

// The fast matcher: indexes wake the few rules that may hold for an event, and
// only those are judged (sigma/fast/). Its findings are those of the reference
// matcher; `candidates` counts what was judged. Allocates nothing for an event
// that fires no rule, once events of its kind were seen.
auto make_fast_matcher(const RuleSet& rules) -> std::unique_ptr<Matcher>;

// kBoth judges by both and compares; findings, matches and counts are those of
// the fast one.
enum class Engine : std::uint8_t { kFast, kReference, kBoth };
auto make_matcher(const RuleSet& rules, Engine engine = Engine::kFast) -> std::unique_ptr<Matcher>;

// Judges the correlations of `rules` over all base matches, in any order.
// Appends findings in order of rule, group and time. Memory beyond the matches
// is that of the largest window of one group.
void correlate(const RuleSet& rules, std::vector<BaseMatch> matches, std::vector<Finding>& out,
               MatchCounts& counts);

// The ids of findings are content-derived: of the rule's hash and the event's
// `eid` (SHA-256 of source, offset, length), or of the events of a correlation.
// One line of NDJSON, without the line break (overview: The command line).
// `event` may be null for correlations, whose own members it then has alone.
void write_finding(const Finding& finding, const Event* event, std::string_view path,
                   const Digest& sha256, const RuleInfo& rule, std::string& out);

// The ledger, NDJSON: a line a document, then totals by reason and by log
// source (docs/rules.md).
void write_ledger(const RuleSet& rules, const MatchCounts& counts, std::string& out);

}  // namespace serjeant
