#include "cli/help.h"

#include <gtest/gtest.h>

#include <variant>

#include "cli/arguments.h"
#include "core/text.h"

namespace serjeant::cli {
namespace {

TEST(Help, TeachesEachVerbByExamplesThatParse) {
  for (const auto& verb : verbs()) {
    EXPECT_FALSE(verb.examples.empty()) << verb.name;
    for (const auto& example : verb.examples) {
      // Split as a shell would, as far as our examples go: blanks, and single quotes.
      auto words = std::vector<std::string>{};
      auto word = std::string{};
      auto quoted = false;
      for (const auto c : std::string(example.command) + " ") {
        if (c == '\'') {
          quoted = !quoted;
        } else if (c == ' ' && !quoted) {
          if (!word.empty()) words.push_back(std::move(word));
          word.clear();
        } else {
          word += c;
        }
      }
      ASSERT_EQ(words.at(0), "serjeant");
      words.erase(words.begin());
      EXPECT_TRUE(std::holds_alternative<Arguments>(parse_arguments(words))) << example.command;
    }
  }
}

TEST(Help, FitsATerminal) {
  for (const auto& verb : verbs())
    for (const auto line : split(verb_help(verb), '\n')) EXPECT_LE(line.size(), 132u) << line;
  for (const auto line : split(program_help(), '\n')) EXPECT_LE(line.size(), 100u) << line;
}

TEST(Help, NamesEveryOptionEverywhere) {
  const auto man = manual_page("1");
  const auto bash = bash_completion();
  const auto fish = fish_completion();
  for (const auto& verb : verbs()) {
    if (verb.hidden) continue;
    const auto help = verb_help(verb);
    for (const auto& option : verb.options) {
      EXPECT_NE(help.find(option.name), std::string::npos);
      EXPECT_NE(bash.find(option.name), std::string::npos);
      EXPECT_NE(fish.find(std::string("-l ") + std::string(option.name.substr(2))),
                std::string::npos);
    }
    EXPECT_NE(man.find(std::string(".SH ") + std::string(verb.name)), std::string::npos);
  }
}

}  // namespace
}  // namespace serjeant::cli
