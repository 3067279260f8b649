#include "cli/settings.h"

#include <fmt/core.h>
#include <sched.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "cli/terminal.h"
#include "core/file.h"
#include "core/text.h"

namespace serjeant::cli {
namespace {

// "+05:30", "-0800", "Z": seconds east of UTC.
auto parse_offset(std::string_view text) -> std::optional<std::int32_t> {
  if (text == "Z" || text == "z" || text == "UTC") return 0;
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  auto digits = std::string{};
  for (const auto c : text.substr(1))
    if (c != ':') digits += c;
  if (digits.size() == 2) digits += "00";
  const auto number = to_int(digits);
  if (digits.size() != 4 || !number || *number / 100 > 14 || *number % 100 > 59)
    return std::nullopt;
  const auto seconds = static_cast<std::int32_t>(*number / 100 * 3600 + *number % 100 * 60);
  return text[0] == '-' ? -seconds : seconds;
}

}  // namespace

auto jobs_of(const Arguments& arguments) -> Result<std::size_t> {
  if (!arguments.has("--jobs")) {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return std::size_t{1};
    return static_cast<std::size_t>(std::max(1, CPU_COUNT(&allowed)));
  }
  const auto text = arguments.one("--jobs");
  const auto number = to_uint(text);
  if (!number || *number < 1 || *number > 1024)
    return fail(Code::kMalformed,
                fmt::format("--jobs takes a number from 1 to 1024, not '{}'", printable(text)));
  return static_cast<std::size_t>(*number);
}

auto profiles_of(const Arguments& arguments) -> Result<Profiles> {
  auto options = ShapeOptions{};
  options.profile_dirs = arguments.all("--profiles");
  for (const auto& zone : arguments.all("--zone")) {
    const auto equals = zone.rfind('=');
    const auto offset = equals == std::string::npos
                            ? std::nullopt
                            : parse_offset(std::string_view(zone).substr(equals + 1));
    if (!offset)
      return fail(Code::kMalformed,
                  fmt::format("--zone takes NAME=+HH:MM, not '{}'", printable(zone)));
    options.zones.emplace_back(zone.substr(0, equals), *offset);
  }
  return Profiles::load(options);
}

auto engine_of(const Arguments& arguments) -> Engine {
  const auto given = arguments.one("--engine", "fast");
  return given == "reference" ? Engine::kReference
         : given == "both"    ? Engine::kBoth
                              : Engine::kFast;
}

auto rules_of(const Arguments& arguments) -> Result<std::unique_ptr<RuleSet>> {
  auto request = RuleRequest{};
  if (!arguments.has("--no-builtin")) request.paths.emplace_back("builtin");
  for (const auto& path : arguments.all("--rules")) request.paths.push_back(path);
  for (const auto& given : arguments.all("--placeholder")) {
    const auto equals = given.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(Code::kMalformed,
                  fmt::format("--placeholder takes NAME=VALUE, not '{}'", printable(given)));
    request.placeholders[given.substr(0, equals)].push_back(given.substr(equals + 1));
  }
  SJ_TRY(request.jobs, jobs_of(arguments));
  SJ_TRY(auto loaded, load_rules(request));
  return std::make_unique<RuleSet>(std::move(loaded));
}

auto work_base(const Arguments& arguments, const std::string& case_path) -> std::string {
  const auto given = arguments.one("--work");
  if (given.empty()) return case_path;
  return (std::filesystem::path(given) / std::filesystem::path(case_path).filename()).string();
}

auto FreshDir::make(std::string path) -> Result<FreshDir> {
  auto error = std::error_code{};
  std::filesystem::remove_all(path, error);
  if (::mkdir(path.c_str(), 0700) != 0)
    return tl::unexpected<Error>(io_error("make the folder", path));
  return FreshDir(std::move(path));
}

FreshDir::FreshDir(FreshDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}

FreshDir::~FreshDir() {
  if (path_.empty()) return;
  auto ignored = std::error_code{};
  std::filesystem::remove_all(path_, ignored);
}

auto ScratchDir::make(const Arguments& arguments) -> Result<ScratchDir> {
  auto parent = arguments.one("--work");
  if (parent.empty()) {
    const auto* const system = std::getenv("TMPDIR");
    parent = system != nullptr && *system != '\0' ? system : "/tmp";
  }
  auto path = parent + "/serjeant-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr)
    return tl::unexpected<Error>(io_error("make a folder in", parent));
  return ScratchDir(std::move(path));
}

ScratchDir::ScratchDir(ScratchDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}

ScratchDir::~ScratchDir() {
  if (path_.empty()) return;
  auto ignored = std::error_code{};
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace serjeant::cli
