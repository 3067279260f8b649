#include <gtest/gtest.h>

#include <set>

#include "core/arena.h"
#include "core/file.h"
#include "core/json.h"
#include "core/time.h"
#include "detect/matcher.h"

// The rules of our own, each with events that must and must not fire it:
// rules/tests/*.json.
namespace serjeant {
namespace {

auto builtin() -> const RuleSet& {
  static const auto rules = load_rule_texts(builtin_rules());
  return rules;
}

// Plays the events of every case to its rules; adds to `shown` and `silent`
// the rules that fired in some case, and that did not in another.
void play(const std::string& name, std::set<std::string>& shown, std::set<std::string>& silent) {
  const auto text = read_file(std::string(SJ_SOURCE_DIR) + "/src/detect/rules/tests/" + name);
  ASSERT_TRUE(text) << name;
  auto arena = Arena{};
  auto document = Document{};
  ASSERT_TRUE(parse_json(*text, {}, document, arena).complete) << name;
  const auto root = document.root();
  for (const auto one : root.find("cases")) {
    const auto matcher = make_reference_matcher(builtin());
    auto findings = std::vector<Finding>{};
    auto index = std::uint64_t{0};
    for (const auto native : one.find("events")) {
      auto event = Event{};
      event.profile = root.find("profile").text();
      event.product = root.find("product").text();
      event.category = root.find("category").text();
      event.service = root.find("service").text();
      event.native = native;
      event.span = {index++, 1, 1};
      if (const auto at = parse_iso_time(native.find(root.find("time").text()).text())) {
        event.at = at->at;
        event.basis = TimeBasis::kDefined;
      }
      matcher->match(event, findings);
    }
    auto counts = matcher->counts();
    correlate(builtin(), matcher->take_matches(), findings, counts);
    auto fired = std::set<std::string>{};
    for (const auto& finding : findings) fired.insert(builtin().rules()[finding.rule].name);
    auto expected = std::set<std::string>{};
    for (const auto word : one.find("fires")) expected.emplace(word.text());
    EXPECT_EQ(fired, expected) << name << ": " << one.find("shows").text();
    shown.insert(fired.begin(), fired.end());
    for (const auto& info : builtin().rules())
      if (!fired.contains(info.name)) silent.insert(info.name);
  }
}

TEST(BuiltinRules, AllLoadWithoutLint) {
  for (const auto& info : builtin().rules()) {
    EXPECT_TRUE(info.loaded) << info.file << ": " << info.why;
    EXPECT_TRUE(info.lints.empty()) << info.file << ": " << info.lints[0];
    EXPECT_FALSE(info.description.empty()) << info.file;
    EXPECT_FALSE(info.falsepositives.empty()) << info.file;
    EXPECT_FALSE(info.tags.empty()) << info.file;
    EXPECT_FALSE(info.author.empty()) << info.file;
    EXPECT_EQ(info.file, "builtin/" + info.name + ".yml");
  }
}

TEST(BuiltinRules, FireAndStaySilentAsTheirCasesSay) {
  auto shown = std::set<std::string>{};
  auto silent = std::set<std::string>{};
  for (const auto* name : {"m365.json", "entra.json", "webserver.json", "windows.json"})
    play(name, shown, silent);
  // Rules that only serve a correlation give no finding of their own.
  auto inner = std::set<std::string>{"m365_login_failed", "m365_login_success", "m365_spray_inner",
                                     "m365_mail_read_by_app", "m365_file_download"};
  for (const auto& info : builtin().rules())
    EXPECT_NE(shown.contains(info.name), inner.contains(info.name)) << info.name;
  for (const auto& info : builtin().rules()) EXPECT_TRUE(silent.contains(info.name)) << info.name;
}

}  // namespace
}  // namespace serjeant
