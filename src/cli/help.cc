#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"

namespace serjeant::cli {
namespace {

constexpr auto kWidth = std::size_t{92};

// Breaks prose at blanks; a line that begins with a blank, and an empty one,
// stand as written.
auto wrap(std::string_view text, std::size_t indent) -> std::string {
  const auto margin = std::string(indent, ' ');
  auto out = std::string{};
  for (const auto paragraph : split(text, '\n')) {
    if (paragraph.empty() || paragraph.front() == ' ') {
      out += paragraph.empty() ? "\n" : fmt::format("{}{}\n", margin, paragraph);
      continue;
    }
    auto line = margin;
    for (const auto word : split(paragraph, ' ')) {
      if (line.size() > indent && line.size() + 1 + word.size() > kWidth) {
        out += line + "\n";
        line = margin;
      }
      if (line.size() > indent) line += ' ';
      line += word;
    }
    out += line + "\n";
  }
  return out;
}

auto spelling(const Option& option) -> std::string {
  auto out = option.short_name.empty() ? std::string(option.name)
                                       : fmt::format("{}, {}", option.short_name, option.name);
  if (!option.value.empty()) out += fmt::format(" {}", option.value);
  return out;
}

auto usage(const Verb& verb) -> std::string {
  auto out = fmt::format("serjeant {}", verb.name);
  for (const auto& p : verb.positionals) {
    const auto word = fmt::format("{}{}", p.name, p.many ? "..." : "");
    out += p.required ? " " + word : fmt::format(" [{}]", word);
  }
  for (const auto& o : verb.options) {
    const auto word = o.value.empty() ? std::string(o.name) : fmt::format("{} {}", o.name, o.value);
    const auto many = o.many ? "..." : "";
    out += o.required ? fmt::format(" {}{}", word, many) : fmt::format(" [{}]{}", word, many);
  }
  return out;
}

auto roff(std::string_view text) -> std::string {
  auto out = std::string{};
  for (const auto c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
      out += "\\&";
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

auto shown() -> std::vector<const Verb*> {
  auto out = std::vector<const Verb*>{};
  for (const auto& verb : verbs())
    if (!verb.hidden) out.push_back(&verb);
  return out;
}

// Text inside single quotes of a shell.
auto shell(std::string_view text) -> std::string {
  auto out = std::string{};
  for (const auto c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out;
}

constexpr auto kExit = std::string_view(
    "0  done\n"
    "1  done, but some evidence could not be read (said on standard error and in coverage)\n"
    "2  wrong usage or configuration; nothing was written\n"
    "3  internal error or failed disk; the case is untouched");

}  // namespace

auto program_help() -> std::string {
  auto out = std::string(
      "serjeant: from raw evidence of an intrusion to a case that anyone can check\n\n"
      "usage: serjeant VERB ARGUMENTS...\n\n");
  for (const auto* verb : shown()) out += fmt::format("  {:<12} {}\n", verb->name, verb->summary);
  out +=
      "\nBegin with:\n"
      "  serjeant investigate EVIDENCE... --case my.sjt\n"
      "  serjeant dossier my.sjt\n\n"
      "'serjeant VERB --help' teaches a verb with examples. Nothing is sent anywhere: the program\n"
      "reads what you give it and needs no network.\n\nExit status:\n";
  for (const auto line : split(kExit, '\n')) out += fmt::format("  {}\n", line);
  return out;
}

auto verb_help(const Verb& verb) -> std::string {
  auto out = fmt::format("serjeant {}: {}\n\nusage:\n{}\n{}", verb.name, verb.summary,
                         wrap(usage(verb), 2), wrap(verb.description, 0));
  if (!verb.positionals.empty()) {
    out += "\narguments:\n";
    for (const auto& p : verb.positionals) out += fmt::format("  {}\n{}", p.name, wrap(p.help, 6));
  }
  if (!verb.options.empty()) {
    out += "\noptions:\n";
    for (const auto& o : verb.options) {
      out += fmt::format("  {}\n{}", spelling(o), wrap(o.help, 6));
      if (!o.choices.empty()) out += fmt::format("      one of: {}\n", fmt::join(o.choices, ", "));
    }
  }
  out += "\nexamples:\n";
  for (const auto& example : verb.examples)
    out += fmt::format("  {}\n{}", example.command, wrap(example.does, 6));
  return out;
}

auto manual_page(std::string_view version) -> std::string {
  auto out = fmt::format(
      ".TH SERJEANT 1 \"\" \"serjeant {}\" \"User Commands\"\n.SH NAME\nserjeant \\- from raw "
      "evidence of an intrusion to a case that anyone can check\n.SH SYNOPSIS\n",
      version);
  for (const auto* verb : shown()) out += fmt::format(".B {}\n.br\n", roff(usage(*verb)));
  out +=
      ".SH DESCRIPTION\nReads mailboxes, audit logs and server logs that their owner holds, finds "
      "what happened in them,\nand writes a case in which every statement leads to bytes of the "
      "evidence.\nIt contacts nobody.\n";
  for (const auto* verb : shown()) {
    out += fmt::format(".SH {}\n{}.\n.PP\n{}\n", roff(verb->name), roff(verb->summary),
                       roff(verb->description));
    for (const auto& p : verb->positionals)
      out += fmt::format(".TP\n.I {}\n{}\n", roff(p.name), roff(p.help));
    for (const auto& o : verb->options)
      out += fmt::format(".TP\n.B {}\n{}\n", roff(spelling(o)), roff(o.help));
    for (const auto& example : verb->examples)
      out += fmt::format(".PP\n{}:\n.PP\n.nf\n.RS\n{}\n.RE\n.fi\n", roff(example.does),
                         roff(example.command));
  }
  out += ".SH EXIT STATUS\n";
  for (const auto line : split(kExit, '\n'))
    out += fmt::format(".TP\n.B {}\n{}\n", line.substr(0, 1), roff(line.substr(3)));
  return out;
}

auto verb_page(const Verb& verb) -> std::string {
  auto out = fmt::format("# serjeant {}\n\n{}.\n\n```\n{}```\n\n{}\n", verb.name, verb.summary,
                         wrap(usage(verb), 0), verb.description);
  if (!verb.positionals.empty()) {
    out += "\n## Arguments\n";
    for (const auto& p : verb.positionals) out += fmt::format("* `{}`: {}\n", p.name, p.help);
  }
  if (!verb.options.empty()) {
    out += "\n## Options\n";
    for (const auto& o : verb.options) {
      out += fmt::format("* `{}`: {}", spelling(o), o.help);
      if (!o.choices.empty()) out += fmt::format(" One of {}.", fmt::join(o.choices, ", "));
      out += '\n';
    }
  }
  out += "\n## Examples\n";
  for (const auto& example : verb.examples)
    out += fmt::format("{}\n\n```sh\n{}\n```\n", example.does, example.command);
  return out + "\n<!-- Made by scripts/verb_pages from the same definitions as --help. -->\n";
}

auto bash_completion() -> std::string {
  auto names = std::string{};
  for (const auto* verb : shown()) names += fmt::format("{} ", verb->name);
  auto out = fmt::format(
      "_serjeant() {{\n  local word=${{COMP_WORDS[COMP_CWORD]}} verb=${{COMP_WORDS[1]}}\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\"); return\n  fi\n"
      "  local options=''\n  case $verb in\n",
      names);
  for (const auto* verb : shown()) {
    auto options = std::string("--help ");
    for (const auto& o : verb->options) options += fmt::format("{} ", o.name);
    out += fmt::format("    {}) options='{}' ;;\n", verb->name, options);
  }
  out +=
      "  esac\n  case $word in\n"
      "    -*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\") ;;\n"
      "    *) mapfile -t COMPREPLY < <(compgen -f -- \"$word\") ;;\n  esac\n}\n"
      "complete -o filenames -F _serjeant serjeant\n";
  return out;
}

auto zsh_completion() -> std::string {
  auto out = std::string("#compdef serjeant\nlocal -a verbs\nverbs=(\n");
  for (const auto* verb : shown())
    out += fmt::format("  '{}:{}'\n", verb->name, shell(verb->summary));
  out += ")\nif (( CURRENT == 2 )); then _describe verb verbs; return; fi\ncase $words[2] in\n";
  for (const auto* verb : shown()) {
    out += fmt::format("  {}) _arguments", verb->name);
    for (const auto& o : verb->options) {
      auto help = std::string(o.help.substr(0, o.help.find('\n')));
      std::replace(help.begin(), help.end(), '[', '(');
      std::replace(help.begin(), help.end(), ']', ')');
      std::replace(help.begin(), help.end(), ':', ',');
      out += fmt::format(
          " '{}[{}]{}'", o.name, shell(help),
          o.value.empty() ? "" : fmt::format(":{}:{}", o.value, o.is_path ? "_files" : ""));
    }
    out += " '*:file:_files' ;;\n";
  }
  return out + "esac\n";
}

auto fish_completion() -> std::string {
  auto out = std::string{};
  for (const auto* verb : shown()) {
    out += fmt::format("complete -c serjeant -n __fish_use_subcommand -a {} -d '{}'\n", verb->name,
                       shell(verb->summary));
    for (const auto& o : verb->options)
      out +=
          fmt::format("complete -c serjeant -n '__fish_seen_subcommand_from {}' -l {}{} -d '{}'\n",
                      verb->name, o.name.substr(2), o.value.empty() ? "" : " -r",
                      shell(o.help.substr(0, o.help.find('\n'))));
  }
  return out;
}

}  // namespace serjeant::cli
