#include "attribute/parameters.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "attribute/weights.h"
#include "core/check.h"
#include "core/json.h"

namespace serjeant::neutral {
namespace {

template <class Names>
void write_names(JsonWriter& json, const Names& names) {
  json.begin_array();
  for (const auto name : names) json.text(name);
  json.end_array();
}

void write_weights(JsonWriter& json, const std::vector<double>& weights) {
  json.begin_array();
  for (const auto weight : weights) json.raw(fmt::format("{}", weight));
  json.end_array();
}

template <class Names>
auto same_names(Value list, const Names& names) -> bool {
  auto n = std::size_t{0};
  for (const auto member : list)
    if (n >= names.size() || member.text() != names[n++]) return false;
  return n == names.size();
}

auto integer(Value value) -> std::int64_t {
  auto out = std::int64_t{0};
  const auto text = value.text();
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// kWidth finite numbers, or nothing.
auto read_weights(Value list) -> std::vector<double> {
  auto out = std::vector<double>{};
  for (const auto member : list) {
    auto number = 0.0;
    const auto text = member.text();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number))
      return {};
    out.push_back(number);
  }
  if (out.size() != kWidth) out.clear();
  return out;
}

auto wrong(std::string_view what) {
  return fail(Code::kMalformed, fmt::format("these are no parameters of this program: {}", what));
}

}  // namespace

auto Parameters::without(FoldSet folds) const -> const WeightSet& {
  SJ_CHECK(folds < sets.size());
  return sets[folds];
}

auto write_parameters(const Parameters& parameters) -> std::string {
  auto out = std::string{};
  auto json = JsonWriter(out);
  json.begin_object();
  json.field("data", std::string_view(parameters.data));
  json.field("release", std::string_view(parameters.release));
  json.field("newest", std::int64_t{parameters.newest});
  json.field("cases", parameters.cases);
  json.field("questions", parameters.questions);
  json.field("planted", parameters.planted);
  json.key("features");
  write_names(json, kFeatureNames);
  json.key("question");
  write_names(json, kQuestionNames);
  json.key("sets").begin_array();
  for (const auto& set : parameters.sets) {
    out += "\n";  // a set a line
    json.begin_object();
    json.key("without").begin_array();
    for (auto k = std::size_t{0}; k < kFolds; ++k)
      if ((set.left_out >> k & 1) != 0) json.unsigned_number(k);
    json.end_array();
    json.key("honest");
    write_weights(json, set.honest);
    json.key("wary");
    write_weights(json, set.wary);
    json.end_object();
  }
  json.end_array().end_object();
  return out + "\n";
}

auto read_parameters(std::string_view text) -> Result<Parameters> {
  auto document = Document{};
  auto arena = Arena{};
  const auto outcome = parse_json(text, "", document, arena);
  const auto root = document.root();
  if (!outcome.complete || !root.is_object()) return wrong("no JSON object");
  if (!same_names(root.find("features"), kFeatureNames) ||
      !same_names(root.find("question"), kQuestionNames))
    return wrong("other features");
  auto out = Parameters{};
  out.data = root.find("data").text();
  out.release = root.find("release").text();
  out.newest = static_cast<std::int32_t>(integer(root.find("newest")));
  out.cases = integer(root.find("cases"));
  out.questions = integer(root.find("questions"));
  out.planted = integer(root.find("planted"));
  out.sets.resize(kAllFolds);
  for (const auto member : root.find("sets")) {
    auto set = WeightSet{};
    for (const auto fold : member.find("without")) {
      const auto k = integer(fold);
      if (k < 0 || k >= static_cast<std::int64_t>(kFolds)) return wrong("a fold too many");
      set.left_out |= FoldSet{1} << k;
    }
    set.honest = read_weights(member.find("honest"));
    set.wary = read_weights(member.find("wary"));
    if (set.honest.empty() || set.wary.empty()) return wrong("a weight is missing");
    if (set.left_out >= kAllFolds) return wrong("a set without any fold");
    const auto at = set.left_out;
    out.sets[at] = std::move(set);
  }
  for (const auto& set : out.sets)
    if (set.honest.empty()) return wrong("a set is missing");
  return out;
}

auto built_in_parameters() -> Result<Parameters> {
  return read_parameters(kAttributionWeights[0].second);
}

}  // namespace serjeant::neutral
