#include "detect/sigma/trouble.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "core/check.h"
#include "core/narrow.h"
#include "core/text.h"

namespace serjeant::sigma {
namespace {

constexpr auto kMost = std::size_t{50};

constexpr auto kTroubles = std::to_array<TroubleInfo>({
    {Trouble::kYaml, "yaml", false, "the document is not YAML"},
    {Trouble::kYamlReference, "yaml", false, "anchors, aliases and tags are not taken"},
    {Trouble::kYamlDuplicateKey, "yaml", false, "a key stands twice in one mapping"},
    {Trouble::kYamlNumber, "yaml", false, "a number is not finite"},
    {Trouble::kYamlLimit, "yaml", false, "the document is too large or too deep"},
    {Trouble::kNotARule, "yaml", false, "the document is no rule, correlation or filter"},
    {Trouble::kAction, "yaml", false, "an unknown action of a rule collection"},
    {Trouble::kTitle, "title", false, "the title is missing or too long"},
    {Trouble::kLogSource, "logsource", false, "the log source is missing or states nothing"},
    {Trouble::kUnknownModifier, "unknown-modifier", false, "no such modifier"},
    {Trouble::kDetection, "detection", false, "the detection is missing or malformed"},
    {Trouble::kEmptySelection, "empty-selection", false, "a selection holds nothing"},
    {Trouble::kModifierType, "modifier-type", false, "a modifier on a value that it does not take"},
    {Trouble::kModifierOrder, "modifier-order", false,
     "a modifier at a place where it may not stand"},
    {Trouble::kRegex, "regex", false, "a regular expression that cannot be read"},
    {Trouble::kRegexFeature, "regex-feature", false,
     "a regular expression that needs more than linear time"},
    {Trouble::kCidr, "cidr", false, "no network"},
    {Trouble::kPlaceholder, "placeholder", false, "a placeholder without values"},
    {Trouble::kConditionSyntax, "condition-syntax", false, "the condition cannot be read"},
    {Trouble::kConditionUndefined, "condition-undefined", false,
     "the condition names no selection"},
    {Trouble::kConditionEmptyPattern, "condition-empty-pattern", false,
     "a pattern that names no selection"},
    {Trouble::kSigma1Aggregation, "sigma1-aggregation", false, "an aggregation of Sigma 1"},
    {Trouble::kSigma1Timeframe, "sigma1-timeframe", false, "a timeframe of Sigma 1"},
    {Trouble::kDuplicateId, "duplicate-id", false, "an id or name that another document has"},
    {Trouble::kReference, "reference", false, "a reference to a rule that is not loaded"},
    {Trouble::kCycle, "cycle", false, "correlations that reference each other"},
    {Trouble::kCorrelationType, "correlation-type", false, "no such type of correlation"},
    {Trouble::kCorrelationRules, "correlation-rules", false, "a correlation without rules"},
    {Trouble::kCorrelationTimespan, "correlation-timespan", false,
     "the timespan is missing or malformed"},
    {Trouble::kCorrelationCondition, "correlation-condition", false,
     "the condition of a correlation is missing or malformed"},
    {Trouble::kCorrelationField, "correlation-field", false,
     "the field of a correlation is missing or malformed"},
    {Trouble::kCorrelationGroupBy, "correlation-group-by", false, "group-by is malformed"},
    {Trouble::kCorrelationAlias, "correlation-alias", false,
     "an alias is malformed or for a rule that is not referenced"},
    {Trouble::kCorrelationExpression, "correlation-expression", false,
     "the expression of a correlation cannot be read"},
    {Trouble::kFilterRules, "filter-rules", false, "a filter without rules"},
    {Trouble::kFilterCondition, "filter-condition", false,
     "the condition of a filter is missing or no text"},
    {Trouble::kLintAllOfOne, "all-of-one", true, "`all` on a single value"},
    {Trouble::kLintNullInList, "null-in-list", true, "null among the values of a list"},
    {Trouble::kLintFilterNarrows, "filter-narrows", true,
     "a filter without `not` keeps only what it selects"},
    {Trouble::kLintUnusedSelection, "unused-selection", true,
     "a selection that the condition does not use"},
    {Trouble::kLintLevel, "level", true, "an unknown level"},
    {Trouble::kLintThreshold, "threshold", true, "a threshold that can never be met"},
    {Trouble::kLintFilterUnused, "filter-unused", true, "a filter that applies to no rule"},
});

}  // namespace

auto all_troubles() -> std::span<const TroubleInfo> { return kTroubles; }

auto info_of(Trouble trouble) -> const TroubleInfo& {
  const auto* const found = std::find_if(kTroubles.begin(), kTroubles.end(),
                                         [&](const auto& info) { return info.trouble == trouble; });
  SJ_CHECK(found != kTroubles.end());
  return *found;
}

auto code_of(Trouble trouble) -> std::string {
  return fmt::format("SJ{:04}", static_cast<unsigned>(trouble));
}

void Complaints::add(Trouble trouble, YamlMark at, std::string message, std::string help) {
  const auto& info = info_of(trouble);
  if (!info.lint && !failed_) {
    failed_ = true;
    reason_ = info.reason;
    message_ = message;
    first_error_ = diagnostics_.size();
    if (first_error_ >= kMost) {  // lints took all the room; the error has a right to it
      diagnostics_.pop_back();
      first_error_ = diagnostics_.size();
    }
  }
  if (info.lint && lints_.size() < kMost)
    lints_.push_back(fmt::format("{}: {}", info.reason, message));
  if (diagnostics_.size() >= kMost) {
    ++left_out_;
    return;
  }
  auto out = Diagnostic{};
  out.severity = info.lint ? Diagnostic::Severity::kWarning : Diagnostic::Severity::kError;
  out.code = code_of(trouble);
  out.message = std::move(message);
  out.help = std::move(help);
  out.places.push_back(place_of(at, text_, file_));
  diagnostics_.push_back(std::move(out));
}

void Complaints::note(std::string note) {
  if (!diagnostics_.empty() && left_out_ == 0) diagnostics_.back().notes.push_back(std::move(note));
}

void Complaints::also_at(YamlMark at) { also_at(place_of(at, text_, file_)); }

void Complaints::also_at(const Place& place) {
  if (!diagnostics_.empty() && left_out_ == 0) diagnostics_.back().places.push_back(place);
}

auto Complaints::inside(YamlMark whole, std::string_view read, std::size_t at,
                        std::size_t length) const -> YamlMark {
  for (const auto quote : {std::size_t{0}, std::size_t{1}}) {
    const auto from = whole.offset + quote;
    if (from > text_.size() || !text_.substr(from).starts_with(read)) continue;
    auto part = whole;
    part.offset = narrow<std::uint32_t>(from + std::min(at, read.size()));
    part.length = narrow<std::uint32_t>(length);
    const auto before = text_.substr(whole.offset, part.offset - whole.offset);
    part.line += narrow<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
    return part;
  }
  return whole;
}

auto Complaints::place() const -> Place {
  return failed_ ? diagnostics_[first_error_].places.front() : Place{};
}

auto Complaints::help() const -> std::string {
  return failed_ ? diagnostics_[first_error_].help : std::string{};
}

auto did_you_mean(std::string_view word, const std::vector<std::string_view>& known)
    -> std::string {
  if (const auto near = nearest_word(word, known)) return fmt::format("did you mean '{}'?", *near);
  auto out = std::string{};
  for (const auto name : known) {
    if (out.size() > 200) return out + ", ...";
    out += out.empty() ? "known: " : ", ";
    out += name;
  }
  return out;
}

}  // namespace serjeant::sigma
