#pragma once

#include <memory>
#include <string>

#include "cli/arguments.h"
#include "core/result.h"
#include "detect/matcher.h"
#include "shape/shape.h"

// What arguments mean, for the verbs that share them.
namespace serjeant::cli {

// --jobs, at least 1; by default the processors that this process may use.
auto jobs_of(const Arguments& arguments) -> Result<std::size_t>;

// --zone and --profiles. Mistakes are told as diagnostics before this fails.
auto profiles_of(const Arguments& arguments) -> Result<Profiles>;

// --rules, --placeholder, --no-builtin. Rules that do not load are in the set
// with the reason; only a path that cannot be read fails.
auto rules_of(const Arguments& arguments) -> Result<std::unique_ptr<RuleSet>>;

// --engine; the fast one if it is not given.
auto engine_of(const Arguments& arguments) -> Engine;

// What the names of a case's work folders begin with: the case's own path, or
// its name under --work.
auto work_base(const Arguments& arguments, const std::string& case_path) -> std::string;

// A folder for what a run makes on the way (members of archives, the case while
// it is sealed): emptied when made, gone when this goes. Call it with the case's
// lock held.
class FreshDir {
 public:
  static auto make(std::string path) -> Result<FreshDir>;
  FreshDir(FreshDir&& other) noexcept;
  auto operator=(FreshDir&&) -> FreshDir& = delete;
  ~FreshDir();
  auto path() const -> const std::string& { return path_; }

 private:
  explicit FreshDir(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// A folder of our own under --work or the system's temporary folder, gone when
// this goes.
class ScratchDir {
 public:
  static auto make(const Arguments& arguments) -> Result<ScratchDir>;
  ScratchDir(ScratchDir&& other) noexcept;
  auto operator=(ScratchDir&&) -> ScratchDir& = delete;
  ~ScratchDir();
  auto path() const -> const std::string& { return path_; }

 private:
  explicit ScratchDir(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace serjeant::cli
