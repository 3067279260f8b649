#pragma once

#include <string>

#include "cli/verbs.h"

namespace serjeant::cli {

auto program_help() -> std::string;
auto verb_help(const Verb& verb) -> std::string;
auto manual_page(std::string_view version) -> std::string;  // man(7) macros
auto verb_page(const Verb& verb) -> std::string;            // Markdown, for docs/verbs
auto bash_completion() -> std::string;
auto zsh_completion() -> std::string;
auto fish_completion() -> std::string;

}  // namespace serjeant::cli
