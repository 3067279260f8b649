#include <fmt/core.h>

#include "cli/build_id.h"
#include "cli/help.h"
#include "cli/run.h"
#include "cli/terminal.h"
#include "core/text.h"

namespace serjeant::cli {

auto run_manual(const Arguments& arguments) -> int {
  const auto kind = arguments.one("KIND");
  auto out = Output{};
  if (kind == "man")
    out.text() = manual_page(kVersion);
  else if (kind == "bash")
    out.text() = bash_completion();
  else if (kind == "zsh")
    out.text() = zsh_completion();
  else if (kind == "fish")
    out.text() = fish_completion();
  else if (const auto* const verb = find_verb(kind))
    out.text() = verb_page(*verb);
  else
    return say(
        Error{Code::kMalformed,
              fmt::format("there is no '{}'; it is man, bash, zsh, fish, or a verb for its page",
                          printable(kind)),
              {}});
  if (const auto written = out.finish(); !written) return say(written.error());
  return kDone;
}

}  // namespace serjeant::cli
