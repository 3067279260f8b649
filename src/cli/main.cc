#include <fmt/core.h>

#include <array>
#include <csignal>
#include <new>
#include <string_view>
#include <utility>

#include "cli/build_id.h"
#include "cli/help.h"
#include "cli/run.h"
#include "cli/terminal.h"
#include "core/pool.h"

namespace serjeant::cli {
namespace {

constexpr auto kRun = std::to_array<std::pair<std::string_view, int (*)(const Arguments&)>>({
    {"investigate", run_investigate},
    {"detect", run_detect},
    {"search", run_search},
    {"read", run_read},
    {"mail", run_mail},
    {"intel", run_intel},
    {"attribute", run_attribute},
    {"show", run_show},
    {"dossier", run_dossier},
    {"export", run_export},
    {"verify", run_verify},
    {"exercise", run_exercise},
    {"score", run_score},
    {"manual", run_manual},
});

// The first Ctrl-C asks the workers to stop at the next border; the second one
// ends the program as usual. Either way no half-written case is left.
void on_signal(int number) {
  interrupt();
  std::signal(number, SIG_DFL);
}

auto run(const std::vector<std::string>& arguments) -> int {
  const auto parsed = parse_arguments(arguments);
  if (const auto* help = std::get_if<HelpWanted>(&parsed)) {
    auto out = Output{};
    out.text() = help->verb == nullptr ? program_help() : verb_help(*help->verb);
    if (const auto written = out.finish(); !written) return say(written.error());
    return arguments.empty() ? kUsage : kDone;
  }
  if (std::holds_alternative<VersionWanted>(parsed)) {
    fmt::print("serjeant {} (build {})\n", kVersion, kBuildId);
    return kDone;
  }
  if (const auto* mistake = std::get_if<Diagnostic>(&parsed)) {
    say(*mistake);
    return kUsage;
  }
  const auto& wanted = std::get<Arguments>(parsed);
  for (const auto& [name, function] : kRun)
    if (name == wanted.verb->name) return function(wanted);
  return kInternal;
}

}  // namespace
}  // namespace serjeant::cli

auto main(int count, char** values) -> int {
  // A reader that went away and a file-size limit are errors of a write, not ends.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGINT, serjeant::cli::on_signal);
  std::signal(SIGTERM, serjeant::cli::on_signal);
  try {
    return serjeant::cli::run({values + 1, values + count});
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "serjeant: out of memory; nothing was written\n");
    return serjeant::cli::kInternal;
  }
}
