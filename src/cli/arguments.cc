#include "cli/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "core/text.h"

// The only file that knows CLI11. It splits and counts; what a mistake means to
// the user is said here.
namespace serjeant::cli {
namespace {

auto in_quotes(std::string_view text) -> std::string {
  return fmt::format("'{}'", printable(text));
}

auto mistake(std::string code, std::string message, std::string help) -> Diagnostic {
  auto out = Diagnostic{};
  out.code = std::move(code);
  out.message = std::move(message);
  out.help = std::move(help);
  return out;
}

auto did_you_mean(std::string_view word, const std::vector<std::string_view>& known,
                  std::string otherwise) -> std::string {
  if (const auto near = nearest_word(word, known)) return fmt::format("did you mean '{}'?", *near);
  return otherwise;
}

auto see_help(const Verb& verb) -> std::string {
  return fmt::format("'serjeant {} --help' shows what it takes, with examples", verb.name);
}

// The first argument that looks like an option and is none of the verb's, or has
// a value where it takes none, or none where it needs one.
auto wrong_option(const Verb& verb, const std::vector<std::string>& rest)
    -> std::optional<Diagnostic> {
  auto known = std::vector<std::string_view>{"--help"};
  for (const auto& option : verb.options) {
    known.push_back(option.name);
    if (!option.short_name.empty()) known.push_back(option.short_name);
  }
  auto value_follows = false;
  const Option* open = nullptr;  // the one whose value follows
  for (const auto& argument : rest) {
    if (argument == "--") break;
    if (value_follows) {
      value_follows = false;
      continue;
    }
    if (argument.size() < 2 || argument[0] != '-' || argument == "-h") continue;
    const auto name = std::string_view(argument).substr(0, argument.find('='));
    if (argument[1] != '-' && to_int(argument)) continue;
    const auto found =
        std::find_if(verb.options.begin(), verb.options.end(), [&](const Option& option) {
          return option.name == name ||
                 (!option.short_name.empty() && name.substr(0, 2) == option.short_name);
        });
    if (found == verb.options.end()) {
      if (name == "--help") continue;
      return mistake("SJ0003", fmt::format("'{}' has no option {}", verb.name, in_quotes(name)),
                     did_you_mean(name, known, see_help(verb)));
    }
    const auto whole = name == found->name || name == found->short_name;
    if (found->value.empty() && whole && name.size() < argument.size())
      return mistake("SJ0005", fmt::format("{} takes no value", found->name),
                     std::string(found->help));
    value_follows = !found->value.empty() && name.size() == argument.size() && whole;
    if (value_follows) open = &*found;
  }
  if (value_follows)
    return mistake("SJ0004", fmt::format("{} needs a value: {}", open->name, open->value),
                   std::string(open->help));
  return std::nullopt;
}

auto parse_verb(const Verb& verb, const std::vector<std::string>& rest)
    -> std::variant<Arguments, HelpWanted, VersionWanted, Diagnostic> {
  for (const auto& argument : rest) {
    if (argument == "--") break;
    if (argument == "--help" || argument == "-h") return HelpWanted{&verb};
  }
  if (auto unknown = wrong_option(verb, rest)) return *std::move(unknown);

  auto app = CLI::App{};
  app.set_help_flag();
  auto out = Arguments{&verb, {}};
  auto flags = std::map<std::string, bool>{};
  auto values = std::map<std::string, std::vector<std::string>>{};
  for (const auto& option : verb.options) {
    auto spelling = std::string(option.name);
    if (!option.short_name.empty()) spelling = fmt::format("{},{}", option.short_name, option.name);
    const auto name = std::string(option.name);
    if (option.value.empty()) {
      app.add_flag(spelling, flags[name]);
    } else {
      auto* const added = app.add_option(spelling, values[name]);
      added->type_size(1);
      added->expected(1);
      added->multi_option_policy(option.many ? CLI::MultiOptionPolicy::TakeAll
                                             : CLI::MultiOptionPolicy::TakeLast);
      added->allow_extra_args(false);
    }
  }
  auto positional = std::vector<std::string>{};
  if (!verb.positionals.empty())
    app.add_option("positional", positional)->expected(0, std::numeric_limits<int>::max() / 2);

  try {
    auto reversed = std::vector<std::string>(rest.rbegin(), rest.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::Error& error) {
    return mistake("SJ0005", fmt::format("'{}': {}", verb.name, error.what()), see_help(verb));
  }

  for (const auto& [name, given] : flags)
    if (given) out.values[name] = {};
  for (auto& [name, given] : values)
    if (!given.empty()) out.values[name] = std::move(given);

  for (const auto& option : verb.options) {
    const auto name = std::string(option.name);
    if (option.required && !out.has(name))
      return mistake("SJ0006",
                     fmt::format("'{}' needs {} {}", verb.name, option.name, option.value),
                     std::string(option.help));
    if (option.choices.empty()) continue;
    for (const auto& value : out.all(name))
      if (std::find(option.choices.begin(), option.choices.end(), value) == option.choices.end())
        return mistake(
            "SJ0007", fmt::format("{} cannot be {}", option.name, in_quotes(value)),
            did_you_mean(value, option.choices,
                         fmt::format("it is one of: {}", fmt::join(option.choices, ", "))));
  }

  auto at = std::size_t{0};
  for (const auto& wanted : verb.positionals) {
    auto& into = out.values[std::string(wanted.name)];
    while (at < positional.size() && (wanted.many || into.empty()))
      into.push_back(positional[at++]);
    if (!into.empty()) continue;
    out.values.erase(std::string(wanted.name));
    if (wanted.required)
      return mistake(
          "SJ0008",
          fmt::format("'{}' needs {}{}", verb.name, wanted.name, wanted.many ? "..." : ""),
          std::string(wanted.help));
  }
  if (at < positional.size())
    return mistake("SJ0009",
                   fmt::format("'{}' does not take a further argument {}", verb.name,
                               in_quotes(positional[at])),
                   see_help(verb));
  return out;
}

}  // namespace

auto parse_arguments(const std::vector<std::string>& arguments)
    -> std::variant<Arguments, HelpWanted, VersionWanted, Diagnostic> {
  if (arguments.empty()) return HelpWanted{};
  const auto& first = arguments.front();
  if (first == "--version" || first == "-V" || first == "version") return VersionWanted{};
  if (first == "--help" || first == "-h") return HelpWanted{};
  if (first == "help") {
    if (arguments.size() == 1) return HelpWanted{};
    if (const auto* verb = find_verb(arguments[1])) return HelpWanted{verb};
  }
  auto known = std::vector<std::string_view>{"help"};
  for (const auto& verb : verbs())
    if (!verb.hidden) known.push_back(verb.name);
  const auto& wanted = first == "help" ? arguments[1] : first;
  const auto* const verb = find_verb(wanted);
  if (verb == nullptr)
    return mistake(wanted.starts_with("-") ? "SJ0001" : "SJ0002",
                   wanted.starts_with("-")
                       ? fmt::format("a verb comes first; {} is an option", in_quotes(wanted))
                       : fmt::format("there is no verb {}", in_quotes(wanted)),
                   did_you_mean(wanted, known, "'serjeant --help' lists the verbs"));
  return parse_verb(*verb, {arguments.begin() + 1, arguments.end()});
}

}  // namespace serjeant::cli
