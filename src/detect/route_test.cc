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

// Log source of the event, and a field as a rule of `wanted` sees it.
auto seen_as(World& world, std::string_view json, sigma::LogSource native, const char* wanted,
             std::string_view field) -> std::string {
  world.document.clear();
  EXPECT_TRUE(parse_json(json, {}, world.document, world.arena).complete) << json;
  world.event = {};
  world.event.profile = "p";
  world.event.product = native.product;
  world.event.category = native.category;
  world.event.service = native.service;
  world.event.native = world.document.root();
  world.view.reset(world.event, {});
  for (const auto& source : world.router.route(world.view).sources)
    if (sigma::text_of(source.source) == wanted) return world.text(field, source.map);
  return "(no such source)";
}

TEST(Route, KnowsTheNamesOfCloudLogs) {
  auto world = World{};
  const auto admin = sigma::LogSource{"gcp", "", "google_workspace.admin"};
  constexpr auto kActivity =
      R"({"id":{"applicationName":"admin"},"events":[{"name":"A","parameters":[)"
      R"({"name":"SETTING_NAME","value":"x"},{"name":"NEW_VALUE","boolValue":false}]}]})";
  const auto as_admin = [&](std::string_view field) {
    return seen_as(world, kActivity, admin, "gcp/-/google_workspace.admin", field);
  };
  EXPECT_EQ(as_admin("eventService"), "admin.googleapis.com");
  EXPECT_EQ(as_admin("eventName"), "A");
  EXPECT_EQ(as_admin("setting_name"), "x");
  EXPECT_EQ(as_admin("new_value"), "false");

  const auto audit = sigma::LogSource{"azure", "", "auditlogs"};
  constexpr auto kAudit =
      R"({"category":"AuditLogs","operationName":"Update user","properties":{"category":"UserManagement",)"
      R"("targetResources":[{"type":"ServicePrincipal","modifiedProperties":[{"displayName":"P","newValue":"v"}]}]}})";
  const auto as_audit = [&](std::string_view field) {
    return seen_as(world, kAudit, audit, "azure/-/auditlogs", field);
  };
  EXPECT_EQ(as_audit("category"), "UserManagement");
  EXPECT_EQ(as_audit("OperationName"), "Update user");
  EXPECT_EQ(as_audit("TargetResources.ModifiedProperties.NewValue"), "v");
  EXPECT_EQ(as_audit("targetResources.type"), "Service Principal");
  EXPECT_EQ(
      as_audit("properties.targetResources"),
      R"([{"type":"ServicePrincipal","modifiedProperties":[{"displayName":"P","newValue":"v"}]}])");
}

TEST(Route, KnowsTheNamesThatMicrosoftsAlertsHad) {
  auto world = World{};
  const auto native = sigma::LogSource{"m365", "", ""};
  const auto as = [&](std::string_view json, std::string_view field) {
    return seen_as(world, json, native, "m365/-/threat_management", field);
  };
  constexpr auto kAlert =
      R"({"Workload":"SecurityComplianceCenter","Operation":"AlertTriggered","Name":"Impossible travel activity","Status":"Active"})";
  EXPECT_EQ(as(kAlert, "eventSource"), "SecurityComplianceCenter");
  EXPECT_EQ(as(kAlert, "eventName"), "Impossible travel activity|AlertTriggered");
  EXPECT_EQ(as(kAlert, "status"), "success");
  constexpr auto kRule =
      R"({"Workload":"Exchange","Operation":"New-InboxRule","ResultStatus":"True","Parameters":[{"Name":"MarkAsRead","Value":"True"}]})";
  EXPECT_EQ(as(kRule, "status"), "success");
  EXPECT_EQ(as(kRule, "Parameters"), R"([{"Name":"MarkAsRead","Value":"True"}])");
}

TEST(Route, KnowsWhatSensorsAndDaemonsSaw) {
  auto world = World{};
  EXPECT_EQ(seen_as(world, R"({"uri":"/a/b.exe?c=1","id.resp_h":"192.0.2.1"})",
                    {"zeek", "", "http"}, "-/proxy/-", "c-uri-extension"),
            "exe");
  EXPECT_EQ(
      seen_as(
          world, R"({"type":["SYSCALL","EXECVE"],"a0":["55d0","ls"],"argc":"2","a1":["7ff","-l"]})",
          {"linux", "process_creation", "auditd"}, "linux/process_creation/auditd", "CommandLine"),
      "ls -l");
  EXPECT_EQ(seen_as(world, R"({"argc":"x","a0":"ls"})", {"linux", "process_creation", "auditd"},
                    "linux/process_creation/auditd", "CommandLine"),
            "(missing)");
  EXPECT_EQ(
      seen_as(world, R"({"program":"sshd"})", {"linux", "", "sshd"}, "linux/-/auth", "program"),
      "sshd");
}

TEST(Route, SeesRegistryAndNetworkEventsOfTheSecurityLog) {
  auto world = World{};
  constexpr auto kSet =
      R"({"Channel":"Security","Provider_Name":"Microsoft-Windows-Security-Auditing","EventID":4657,)"
      R"("ObjectName":"\\REGISTRY\\MACHINE\\SOFTWARE\\Run","ObjectValueName":"a","OperationType":"%%1904",)"
      R"("NewValue":"b","ProcessName":"C:\\c.exe","ProcessId":"0x10"})";
  const auto set = world.route(kSet);
  EXPECT_EQ(set.key, "windows/-/security windows/registry_set/security");
  EXPECT_EQ(world.text("TargetObject", set.sources[1].map), R"(HKLM\SOFTWARE\Run\a)");
  EXPECT_EQ(world.text("EventType", set.sources[1].map), "SetValue");
  EXPECT_EQ(world.text("ProcessId", set.sources[1].map), "16");
  const auto open = world.route(
      R"({"Channel":"Security","Provider_Name":"Microsoft-Windows-Security-Auditing","EventID":5156,)"
      R"("Application":"\\device\\a.exe","Direction":"%%14593","DestPort":"443","Protocol":"6"})");
  EXPECT_EQ(open.key, "windows/-/security windows/network_connection/security");
  EXPECT_EQ(world.text("Initiated", open.sources[1].map), "true");
  EXPECT_EQ(world.text("Protocol", open.sources[1].map), "tcp");
}

TEST(Route, ARuleThatAsksForOtherChannelsIsJudgedByThem) {
  const auto fires = [](std::string_view channels) {
    const auto rules = load_rule_texts(
        {{"a.yml",
          "title: t\nlogsource: {product: windows, service: security}\ndetection: {s: {Channel: " +
              std::string(channels) + ", EventID: 300}, condition: s}\n"}});
    auto world = World{};
    world.route(R"({"Channel":"OAlerts","Provider_Name":"x","EventID":300})");
    auto out = std::vector<Finding>{};
    make_reference_matcher(rules)->match(world.event, out);
    return !out.empty();
  };
  EXPECT_TRUE(fires("OAlerts"));
  EXPECT_FALSE(fires("[Security, OAlerts]"));
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
