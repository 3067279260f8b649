#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/file.h"
#include "core/text.h"
#include "detect/matcher.h"
#include "detect/rules.h"

namespace serjeant {
namespace {

namespace fs = std::filesystem;

auto is_rule_file(const fs::path& path) -> bool {
  const auto extension = lower_ascii(path.extension().string());
  return extension == ".yml" || extension == ".yaml";
}

auto files_below(const std::string& directory) -> Result<std::vector<std::string>> {
  auto out = std::vector<std::string>{};
  auto error = std::error_code{};
  auto at = fs::recursive_directory_iterator(directory, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    auto ignored = std::error_code{};
    if (at->is_regular_file(ignored) && is_rule_file(at->path()))
      out.push_back(at->path().string());
  }
  if (error) return fail(Code::kIo, "cannot list the directory: " + error.message(), directory);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

auto builtin_rules() -> std::vector<RuleText> {
  auto out = std::vector<RuleText>{};
  for (const auto& [name, text] : SJ_RULES) {
    const auto slash = name.rfind('/');
    out.push_back({"builtin/" + std::string(name.substr(slash + 1)), std::string(text)});
  }
  return out;
}

auto load_rules(const RuleRequest& request) -> Result<RuleSet> {
  auto texts = std::vector<RuleText>{};
  auto seen = std::set<std::string>{};  // a file given twice is read once
  for (const auto& path : request.paths) {
    if (path == "builtin") {
      if (seen.insert(path).second)
        for (auto& text : builtin_rules()) texts.push_back(std::move(text));
      continue;
    }
    auto error = std::error_code{};
    auto files = std::vector<std::string>{path};
    if (fs::is_directory(path, error)) {
      SJ_TRY(files, files_below(path));
    }
    for (const auto& file : files) {
      auto canonical = fs::weakly_canonical(file, error);
      if (!seen.insert(error ? file : canonical.string()).second) continue;
      SJ_TRY(auto text, read_file(file));
      texts.push_back({file, std::move(text)});
    }
  }
  return load_rule_texts(std::move(texts), request.placeholders, request.jobs);
}

}  // namespace serjeant
