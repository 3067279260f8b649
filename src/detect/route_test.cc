#include "detect/route.h"

#include <gtest/gtest.h>

#include "core/json.h"
#include "detect/matcher.h"

namespace serjeant {
namespace {

// Keeps what an event's view points to.
struct World {
  Arena arena;
  Document document;
  Event event;
  EventView view;
  Router router;

  auto route(std::string_view json, std::string_view profile = "unknown") -> const Route& {
    document.clear();
    EXPECT_TRUE(parse_json(json, {}, document, arena).complete) << json;
    event = {};
    event.profile = profile;
    event.native = document.root();
    view.reset(event, {});
    return router.route(view);
  }
  auto text(std::string_view field, const FieldMap* map = nullptr) -> std::string {
    const auto& found = view.field(field, map);
    if (!found.present) return "(missing)";
    auto out = std::string{};
    for (const auto leaf : found.leaves) out += (out.empty() ? "" : "|") + std::string(leaf.text());
    return out;
  }
};

constexpr auto kDump = R"({"Event":{"#attributes":{"xmlns":"x"},"System":{
  "Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon","Guid":"G"}},"EventID":1,
  "Channel":"Microsoft-Windows-Sysmon/Operational","Execution":{"#attributes":{"ProcessID":7}},
  "Security":{"#attributes":{"UserID":"S-1-5-18"}}},
  "EventData":{"Image":"C:\\a.exe","Channel":"of the data"}}})";

TEST(Route, KnowsWindowsRecordsWhateverWroteThem) {
  auto world = World{};
  const auto sysmon = std::string("windows/-/sysmon windows/process_creation/sysmon");
  EXPECT_EQ(world.route(kDump).key, sysmon);
  EXPECT_EQ(world
                .route(R"({"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,
                            "Provider_Name":"Microsoft-Windows-Sysmon"})")
                .key,
            sysmon);
  EXPECT_EQ(world
                .route(R"({"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":"1",
                            "SourceName":"Microsoft-Windows-Sysmon"})")
                .key,
            sysmon);
  EXPECT_EQ(world
                .route(R"({"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational",
      "provider_name":"Microsoft-Windows-Sysmon","event_id":"1","event_data":{"Image":"x"}}})")
                .key,
            sysmon);
  EXPECT_EQ(world.text("Image"), "x");
  EXPECT_EQ(world.route(R"({"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1})").key,
            sysmon);
}

TEST(Route, ReadsSystemAttributesAndLetsTheDataShadowThem) {
  auto world = World{};
  world.route(kDump);
  EXPECT_EQ(world.text("Provider_Name"), "Microsoft-Windows-Sysmon");
  EXPECT_EQ(world.text("Execution_ProcessID"), "7");
  EXPECT_EQ(world.text("Security_UserID"), "S-1-5-18");
  EXPECT_EQ(world.text("Channel"), "of the data");
  EXPECT_EQ(world.text("Image"), "C:\\a.exe");
  EXPECT_EQ(world.text("Nothing"), "(missing)");
}

TEST(Route, UnwrapsElementsWithAttributes) {
  auto world = World{};
  world.route(R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"MSSQLSERVER"}},
      "EventID":{"#attributes":{"Qualifiers":16384},"#text":15457},"Channel":"Application"},
      "EventData":{"Data":{"#text":["xp_cmdshell","0"]}}}})");
  EXPECT_EQ(world.view.event_id(), "15457");
  EXPECT_EQ(world.text("Data"), "xp_cmdshell|0");
}

TEST(Route, SplitsClassicPowerShellIntoItsLines) {
  auto world = World{};
  const auto& route = world.route(
      R"({"Channel":"Windows PowerShell","Provider_Name":"PowerShell","EventID":400,
          "Data":["Available","\tHostName=ConsoleHost\n\tHostApplication=powershell -enc x\n"]})");
  EXPECT_EQ(route.key, "windows/-/powershell-classic windows/ps_classic_start/powershell-classic");
  EXPECT_EQ(world.text("HostApplication"), "powershell -enc x");
  EXPECT_EQ(world.text("HostName"), "ConsoleHost");
}

TEST(Route, KeepsFormsOfUnknownSourceForAllRules) {
  auto world = World{};
  EXPECT_TRUE(world.route(R"({"Image":"x"})").unknown);
  EXPECT_TRUE(world.route(R"({"EventID":1})").unknown);
  EXPECT_TRUE(world.route("5").unknown);
}

TEST(Route, GivesOneLogItsSeveralNames) {
  auto world = World{};
  world.document.clear();
  ASSERT_TRUE(parse_json(R"({"Operation":"x"})", {}, world.document, world.arena).complete);
  world.event.profile = "m365-audit";
  world.event.product = "m365";
  world.event.native = world.document.root();
  world.view.reset(world.event, {});
  EXPECT_EQ(
      world.router.route(world.view).key,
      "m365/-/- m365/-/audit m365/-/exchange m365/-/threat_management m365/-/threat_detection");
}

TEST(Route, NamesTheFieldsOfWebLogsAsRulesDo) {
  auto world = World{};
  ASSERT_TRUE(parse_json(R"j({"cs-uri-stem":"/a","cs-uri-query":"b=1","cs(User-Agent)":"x"})j", {},
                         world.document, world.arena)
                  .complete);
  world.event.profile = "iis-w3c";
  world.event.product = "iis";
  world.event.category = "webserver";
  world.event.native = world.document.root();
  world.view.reset(world.event, {});
  const auto& route = world.router.route(world.view);
  ASSERT_FALSE(route.sources.empty());
  const auto* map = route.sources[0].map;
  EXPECT_EQ(world.text("c-uri", map), "/a?b=1");
  EXPECT_EQ(world.text("cs-user-agent", map), "x");
  EXPECT_EQ(world.text("cs-uri-stem", map), "/a");
}

TEST(Ledger, SaysWhichFieldsNoEventHad) {
  const auto rules =
      load_rule_texts({{"t.yml",
                        "title: t\nlogsource: {category: process_creation, product: windows}\n"
                        "detection: {s: {Image: a, OriginalFileName: b}, condition: s}\n"}});
  const auto matcher = make_reference_matcher(rules);
  auto world = World{};
  auto out = std::vector<Finding>{};
  world.route(R"({"Channel":"Security","Provider_Name":"Microsoft-Windows-Security-Auditing",
                  "EventID":4688,"NewProcessName":"a"})");
  matcher->match(world.event, out);
  world.route(R"({"Channel":"System","Provider_Name":"x","EventID":1})");
  matcher->match(world.event, out);
  auto text = std::string{};
  write_ledger(rules, matcher->counts(), text);
  EXPECT_NE(
      text.find(
          R"("events_seen":1,"candidates":1,"findings":0,"not_answerable":["OriginalFileName"])"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find(R"({"logsource":"windows/process_creation/-","rules":1,"events":1})"),
            std::string::npos);
  EXPECT_NE(text.find(R"({"evidence":"windows/-/system","events":1,"rules":0})"),
            std::string::npos);
}

TEST(Findings, AreWrittenInTheFormOfTheCommandLine) {
  const auto rules =
      load_rule_texts({{"t.yml",
                        "title: t\nid: 1-2\nauthor: a\nlevel: high\nlogsource: {category: x}\n"
                        "detection: {s: {A|contains: b}, condition: s}\n"}});
  auto world = World{};
  world.route(R"({"A":"abc"})");
  world.event.at = kSecond;
  world.event.basis = TimeBasis::kDefined;
  world.event.span = {10, 11, 1};
  auto out = std::vector<Finding>{};
  make_reference_matcher(rules)->match(world.event, out);
  ASSERT_EQ(out.size(), 1u);
  auto text = std::string{};
  write_finding(out[0], &world.event, "log.json", Digest{}, rules.rules()[0], text);
  const auto expected =
      R"({"finding":")" + hex(out[0].id) +
      R"(","rule":{"id":"1-2","title":"t","level":"high","author":"a"},"time":"1970-01-01T00:00:01Z",)"
      R"("source":{"path":"log.json","sha256":")" +
      std::string(64, '0') +
      R"(","offset":10,"length":11},"logsource":"unknown","fields":{"A":"abc"},)"
      R"("matched":[{"field":"A","value":"abc","pattern":"contains: b"}]})";
  EXPECT_EQ(text, expected);
}

}  // namespace
}  // namespace serjeant
