#include <fmt/core.h>

#include "attribute/answers.h"
#include "attribute/neutral.h"
#include "attribute/parameters.h"
#include "attribute/tables.h"
#include "cli/run.h"
#include "cli/terminal.h"
#include "core/file.h"
#include "core/text.h"

// `attribute`: the hypotheses of a case; or, without a case, questions in the
// neutral form answered from published knowledge, and how good the answers are.
namespace serjeant::cli {
namespace {

auto deliver(const Arguments& arguments, const std::string& text) -> Result<> {
  const auto path = arguments.one("--out");
  if (!path.empty()) return write_file(path, text);
  auto out = Output();
  out.text() += text;
  return out.finish();
}

// The tables of the plain scorers, for comparison with the reference's.
auto measure(const Arguments& arguments) -> Result<> {
  SJ_TRY(const auto library, neutral::read_library(arguments.one("--tables"), {}));
  auto figures = neutral::Figures{};
  neutral::campaign_table(library, figures);
  neutral::case_table(library, figures);
  neutral::release_table(library, figures);
  neutral::odds_tables(library, figures);
  neutral::toy_table(library, figures);
  return deliver(arguments, neutral::figures_json(figures));
}

auto parameters_of(const Arguments& arguments) -> Result<neutral::Parameters> {
  const auto path = arguments.one("--parameters");
  if (path.empty()) return neutral::built_in_parameters();
  SJ_TRY(const auto text, read_file(path));
  return neutral::read_parameters(text);
}

auto answer(const Arguments& arguments) -> Result<> {
  const auto folder = arguments.one("--knowledge");
  if (folder.empty())
    return fail(Code::kMalformed, "'attribute --cases' needs --knowledge DIR to answer from");
  SJ_TRY(const auto parameters, parameters_of(arguments));
  SJ_TRY(const auto library, neutral::read_library(folder, arguments.one("--cases")));
  SJ_TRY(const auto lines, neutral::answer_trials(library, parameters));
  return deliver(arguments, lines);
}

auto learn(const Arguments& arguments) -> Result<> {
  const auto folder = arguments.one("--fit");
  SJ_TRY(const auto library, neutral::read_library(folder, folder + "/trials.jsonl"));
  SJ_TRY(const auto parameters, neutral::fit_parameters(library));
  return deliver(arguments, neutral::write_parameters(parameters));
}

auto run_one(const Arguments& arguments) -> Result<> {
  auto wanted = 0;
  for (const auto* act : {"CASE", "--cases", "--fit", "--tables"})
    wanted += arguments.has(act) ? 1 : 0;
  if (wanted != 1)
    return fail(Code::kMalformed, "'attribute' needs one of CASE, --cases, --fit and --tables");
  if (arguments.has("--cases")) return answer(arguments);
  return arguments.has("--fit") ? learn(arguments) : measure(arguments);
}

}  // namespace

auto run_attribute(const Arguments& arguments) -> int {
  if (arguments.has("CASE") && !arguments.has("--cases") && !arguments.has("--fit") &&
      !arguments.has("--tables"))
    return show_hypotheses(arguments);
  const auto outcome = run_one(arguments);
  return outcome ? kDone : say(outcome.error());
}

}  // namespace serjeant::cli
