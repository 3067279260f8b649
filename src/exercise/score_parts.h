#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/id.h"
#include "exercise/score.h"
#include "exercise/truth_read.h"

// What the parts of the score share. Each part fills measures of one subject.
namespace serjeant::exercise {

struct ScoreInput {
  const CaseReader& reader;
  const Truth& truth;
  const Manifest& manifest;
  std::string dir;                               // of the exercise
  std::map<std::string, std::uint32_t> sources;  // path to the case's source id, where it has it
  std::map<std::uint32_t, std::string> paths;    // and back

  auto has(std::string_view prefix) const -> bool;  // any evidence below this path in the case?
};

// A miss with its place, for people to look at.
struct Miss {
  std::string what, file;
  std::uint64_t offset = 0, length = 0;
};
constexpr auto kWorst = std::size_t{5};

// Builds the `detail` of a measure.
class Detail {
 public:
  auto count(std::string_view name, std::int64_t value) -> Detail&;
  auto note(std::string_view name, std::string_view value) -> Detail&;
  auto worst(std::vector<Miss> misses) -> Detail&;  // the first few
  auto end() -> std::string;

 private:
  void begin(std::string_view name);
  std::string json_;
};

auto ratio(std::uint64_t part, std::uint64_t whole) -> std::string;  // "0.9873"; "1" of nothing
auto judged(std::string name, std::string value, std::string bar, bool ok, std::string detail)
    -> Measure;
auto not_testable(std::string name, std::string bar, std::string_view why) -> Measure;

auto score_campaigns(const ScoreInput& input, std::vector<Measure>& out) -> Result<>;
auto score_takeovers(const ScoreInput& input, std::vector<Measure>& out) -> Result<>;
auto score_rungs(const ScoreInput& input, std::vector<Measure>& out) -> Result<>;
auto score_items(const ScoreInput& input, std::vector<Measure>& out) -> Result<>;
auto score_coverage(const ScoreInput& input, std::vector<Measure>& out) -> Result<>;
auto score_attribution(const ScoreInput& input, std::vector<Measure>& out) -> Result<>;

// The ids under which the case may know a mail: SHA-256 of the message as a
// reader cuts it out of its file (with or without the From line and the blank
// line of an mbox).
auto mail_ids(std::string_view bytes, bool mbox) -> std::vector<Id>;

// Mean precision and recall of each element's cluster, over the elements that
// have a label (Bagga and Baldwin 1998). `cluster` and `label` are numbers, 0
// for none; an element without a cluster is alone in one.
struct BCubed {
  std::uint64_t precision_ppm = 0, recall_ppm = 0, f1_ppm = 0;
};
auto b_cubed(const std::vector<std::uint32_t>& cluster, const std::vector<std::uint32_t>& label)
    -> BCubed;

}  // namespace serjeant::exercise
