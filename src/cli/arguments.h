#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/verbs.h"
#include "core/diagnostic.h"

namespace serjeant::cli {

// What the user asked for, checked against the verb's definition.
struct Arguments {
  const Verb* verb = nullptr;
  std::map<std::string, std::vector<std::string>, std::less<>>
      values;  // options and positionals by name

  auto has(std::string_view name) const -> bool { return values.find(name) != values.end(); }
  // The last value given, or `fallback`.
  auto one(std::string_view name, std::string_view fallback = {}) const -> std::string {
    const auto found = values.find(name);
    return found == values.end() || found->second.empty() ? std::string(fallback)
                                                          : found->second.back();
  }
  auto all(std::string_view name) const -> const std::vector<std::string>& {
    static const auto none = std::vector<std::string>{};
    const auto found = values.find(name);
    return found == values.end() ? none : found->second;
  }
};

// Asked for help instead: of a verb, or (null) of the program.
struct HelpWanted {
  const Verb* verb = nullptr;
};
struct VersionWanted {};

// `arguments` are argv[1] and on. Mistakes come back as a diagnostic with the
// nearest word that would have been right.
auto parse_arguments(const std::vector<std::string>& arguments)
    -> std::variant<Arguments, HelpWanted, VersionWanted, Diagnostic>;

}  // namespace serjeant::cli
