#pragma once

#include <span>
#include <string_view>
#include <vector>

// Every verb with its arguments, said once: the parser, --help, the manual page
// and the shell completions are all made from this.
namespace serjeant::cli {

struct Option {
  std::string_view name;        // "--rules"
  std::string_view short_name;  // "-o", or empty
  std::string_view value;       // name of its value, or empty for a flag
  std::string_view help;
  bool many = false;  // may be given more than once
  bool required = false;
  std::vector<std::string_view> choices = {};  // allowed values; empty = any
  bool is_path = false;                        // completions offer files
};

struct Positional {
  std::string_view name;
  std::string_view help;
  bool many = false;
  bool required = true;
};

struct Example {
  std::string_view command;
  std::string_view does;
};

struct Verb {
  std::string_view name;
  std::string_view summary;      // one line, no full stop
  std::string_view description;  // a paragraph or more
  std::vector<Positional> positionals;
  std::vector<Option> options;
  std::vector<Example> examples;
  bool hidden = false;
};

auto verbs() -> std::span<const Verb>;
auto find_verb(std::string_view name) -> const Verb*;

}  // namespace serjeant::cli
