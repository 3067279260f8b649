#include "cli/intel_stix.h"

#include <fmt/core.h>

#include <filesystem>
#include <string>

#include "cli/terminal.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "intel/stix/cases.h"

namespace serjeant::cli {
namespace {

constexpr auto kJsonLimits = JsonLimits{.depth = 256, .nodes = 1u << 24};

// The whole text as one JSON value.
auto whole_json(std::string_view text, const std::string& name, Document& out, Arena& arena)
    -> Result<Value> {
  const auto outcome = parse_json(text, "", out, arena, kJsonLimits);
  if (!outcome.complete || outcome.fault || !trim(text.substr(outcome.consumed)).empty())
    return fail(Code::kMalformed, fmt::format("{} is no JSON (byte {})", printable(name),
                                              outcome.fault ? outcome.fault_at : outcome.consumed));
  return out.root();
}

// All schemas below a folder, by their files' names; none if there is no folder.
auto read_schemas(const std::filesystem::path& folder) -> Result<stix::UserSchemas> {
  auto out = stix::UserSchemas{};
  auto error = std::error_code{};
  auto at = std::filesystem::recursive_directory_iterator(folder, error);
  for (; !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    if (at->path().extension() != ".json") continue;
    SJ_TRY(auto text, read_file(at->path().string()));
    out.texts.emplace(at->path().stem().string(), std::move(text));
  }
  return out;
}

// Answers the questions of one file of vectors, a line of JSON each.
auto answer_vectors(const std::string& path, Output& to) -> Result<> {
  const auto file = std::filesystem::path(path);
  auto cases = stix::CaseFile{.kind = file.stem().string()};
  if (!stix::knows_case_kind(cases.kind))
    return fail(Code::kUnsupported,
                fmt::format("{}: the name of a file of vectors says what they ask, and '{}' is "
                            "none of the kinds known",
                            printable(path), printable(cases.kind)));
  if (cases.kind.starts_with("validator")) {
    SJ_TRY(cases.schemas_20, read_schemas(file.parent_path() / "test_schemas/v20"));
    SJ_TRY(cases.schemas_21, read_schemas(file.parent_path() / "test_schemas/v21"));
  }
  auto observations = Document{};
  auto observations_arena = Arena{};
  auto observations_text = std::string{};
  if (cases.kind == "pattern-match") {
    const auto beside = (file.parent_path() / "pattern-match-observations.json").string();
    SJ_TRY(observations_text, read_file(beside));
    SJ_TRY(cases.observations,
           whole_json(observations_text, beside, observations, observations_arena));
  }
  SJ_TRY(const auto text, read_file(path));
  auto line_number = std::size_t{0};
  for (const auto line : split(text, '\n')) {
    ++line_number;
    if (trim(line).empty()) continue;
    auto document = Document{};
    auto arena = Arena{};
    SJ_TRY(const auto question,
           whole_json(line, fmt::format("{}, line {},", path, line_number), document, arena));
    const auto answer = stix::answer_case(cases, question);
    auto out = std::string{};
    auto json = JsonWriter(out);
    json.begin_object().field("id", question.find("id").text());
    if (answer)
      json.key("answer").raw(*answer);
    else
      json.field("refused", answer.error().message);
    json.end_object();
    (to.text() += out) += '\n';
    to.flush_some();
  }
  return {};
}

auto run_vectors(const Arguments& arguments) -> int {
  auto out = Output();
  for (const auto& path : arguments.all("PATH"))
    if (const auto done = answer_vectors(path, out); !done) return say(done.error());
  const auto done = out.finish();
  return done ? kDone : say(done.error());
}

}  // namespace

auto run_stix_act(const Arguments& arguments) -> int { return run_vectors(arguments); }

}  // namespace serjeant::cli
