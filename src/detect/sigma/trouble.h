#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"
#include "core/yaml.h"

// What can be wrong with a rule: the closed list of diagnostics SJ01xx, each
// with the reason word that ledgers and cases show. Documented one by one in
// docs/diagnostics.md; codes are never reused.
namespace serjeant::sigma {

enum class Trouble : std::uint16_t {
  kYaml = 101,
  kYamlReference = 102,
  kYamlDuplicateKey = 103,
  kYamlNumber = 104,
  kYamlLimit = 105,
  kNotARule = 106,
  kAction = 107,
  kTitle = 110,
  kLogSource = 111,
  kUnknownModifier = 112,
  kDetection = 113,
  kEmptySelection = 114,
  kModifierType = 115,
  kModifierOrder = 116,
  kRegex = 117,
  kRegexFeature = 118,
  kCidr = 119,
  kPlaceholder = 120,
  kConditionSyntax = 121,
  kConditionUndefined = 122,
  kConditionEmptyPattern = 123,
  kSigma1Aggregation = 124,
  kSigma1Timeframe = 125,
  kDuplicateId = 126,
  kReference = 127,
  kCycle = 128,
  kCorrelationType = 130,
  kCorrelationRules = 131,
  kCorrelationTimespan = 132,
  kCorrelationCondition = 133,
  kCorrelationField = 134,
  kCorrelationGroupBy = 135,
  kCorrelationAlias = 136,
  kCorrelationExpression = 137,
  kFilterRules = 140,
  kFilterCondition = 141,
  // lints: the rule is loaded
  kLintAllOfOne = 150,
  kLintNullInList = 151,
  kLintFilterNarrows = 152,
  kLintUnusedSelection = 153,
  kLintLevel = 154,
  kLintThreshold = 155,
  kLintFilterUnused = 156,
};

struct TroubleInfo {
  Trouble trouble;
  std::string_view reason;  // the ledger's word; of lints too
  bool lint;
  std::string_view says;  // one line, for docs and `--explain`
};
auto all_troubles() -> std::span<const TroubleInfo>;
auto info_of(Trouble trouble) -> const TroubleInfo&;
auto code_of(Trouble trouble) -> std::string;  // "SJ0112"

// Collects the diagnostics of one document of one file. At most 50 are kept;
// further ones are counted in a note of the last.
class Complaints {
 public:
  Complaints(std::string_view file, std::string_view text) : file_(file), text_(text) {}

  void add(Trouble trouble, YamlMark at, std::string message, std::string help = {});
  void note(std::string note);  // to the latest one
  void also_at(YamlMark at);    // a further place of the latest one, in the same file
  void also_at(const Place& place);
  // A part of a scalar or key, if it stands in the file as it was read; else all of it.
  auto inside(YamlMark whole, std::string_view read, std::size_t at, std::size_t length) const
      -> YamlMark;

  auto failed() const -> bool { return failed_; }
  // Reason word and message of the first error; empty if there was none.
  auto reason() const -> std::string_view { return reason_; }
  auto message() const -> const std::string& { return message_; }
  auto place() const -> Place;  // of the first error
  auto help() const -> std::string;
  auto lints() const -> const std::vector<std::string>& { return lints_; }  // "all-of-one: ..."
  auto diagnostics() const -> const std::vector<Diagnostic>& { return diagnostics_; }
  auto file() const -> std::string_view { return file_; }
  auto text() const -> std::string_view { return text_; }

 private:
  std::string_view file_, text_;
  std::vector<Diagnostic> diagnostics_;
  std::vector<std::string> lints_;
  std::string_view reason_;
  std::string message_;
  bool failed_ = false;
  std::size_t first_error_ = 0;
  std::size_t left_out_ = 0;
};

// "did you mean 'contains'?" or "known: a, b, c".
auto did_you_mean(std::string_view word, const std::vector<std::string_view>& known) -> std::string;

}  // namespace serjeant::sigma
