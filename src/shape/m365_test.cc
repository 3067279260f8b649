#include "shape/m365.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/json.h"
#include "shape/m365_columns.h"
#include "shape/shape_try.h"

namespace serjeant {
namespace {

using test::built_in;
using test::shape_source;
using test::Shaped;

constexpr auto kRecord = std::string_view(
    R"({"CreationTime":"2026-03-02T10:15:39","Id":"63cd6a59-e62a-4735-b128-e1ce49687e79",)"
    R"("Operation":"MailItemsAccessed","OrganizationId":"t","RecordType":50,)"
    R"("ResultStatus":"Succeeded","UserKey":"1","UserType":0,"Version":1,"Workload":"Exchange",)"
    R"("UserId":"Ines.Castel@p.example","ClientIPAddress":"[2001:db8:bad::77]:44321",)"
    R"("ClientInfoString":"Client=REST;;","ExternalAccess":false,"LogonType":0,)"
    R"("MailboxOwnerUPN":"ines.castel@p.example","AppId":"a","ClientAppId":"c",)"
    R"("OperationProperties":[{"Name":"MailAccessType","Value":"Bind"},)"
    R"({"Name":"IsThrottled","Value":"True"}],"Folders":[{"FolderItems":[{"Id":"R1",)"
    R"("InternetMessageId":"<1@x>","SizeInBytes":5},{"Id":"R2","InternetMessageId":"<2@x>"}],)"
    R"("Id":"L","Path":"\\Boîte de réception"}],)"
    R"("SessionId":"s2","AppAccessContext":{"AADSessionId":"s1","UniqueTokenId":"tok"}})");

auto line(std::string_view json) -> std::string { return std::string(json) + "\n"; }

auto only(std::string_view text, std::string_view name) -> Shaped {
  auto profile = std::string{};
  auto events = shape_source(built_in(), text, name, &profile);
  EXPECT_EQ(profile, "m365-audit") << name;
  EXPECT_EQ(events.size(), 1u) << name;
  return events.empty() ? Shaped{} : events.front();
}

auto doubled(std::string_view text) -> std::string {
  auto out = std::string{};
  for (const auto c : text) out.append(c == '"' ? 2 : 1, c);
  return out;
}

// A record that has what is given and else only what every record has.
auto record(std::string_view members) -> std::string {
  return line(R"({"CreationTime":"2026-03-02T10:00:00","Id":"i","RecordType":8,)"
              R"("Workload":"AzureActiveDirectory",)" +
              std::string(members) + "}");
}

auto has(const Shaped& event, std::string_view part) -> bool {
  return event.spine.find(part) != std::string::npos;
}

TEST(Columns, AnEmptyWrapperHasNone) {
  auto arena = Arena{};
  auto document = Document{};
  ASSERT_TRUE(parse_json("{}", {}, document, arena).complete);
  auto columns = m365::Columns{};
  columns.read(document.root());
  EXPECT_FALSE(columns.find(m365::Column::kAuditData));
}

TEST(Audit, KeepsWhatStandsBeforeACutInTheJson) {
  const auto cut = kRecord.substr(0, kRecord.find("\"ClientInfoString\""));
  const auto csv =
      "CreationDate,UserIds,Operations,AuditData\n"
      "2026-03-02T10:15:39Z,u,MailItemsAccessed,\"" +
      doubled(cut) + "\"\n";
  const auto got = only(csv, "a.csv");
  EXPECT_TRUE(has(got, R"("ip":"2001:db8:bad::77")"));
  EXPECT_TRUE(has(got, R"("flags":["cut"])"));
  EXPECT_TRUE(has(got, R"("record_id":"63cd6a59-e62a-4735-b128-e1ce49687e79")"));
  EXPECT_NE(std::find(got.faults.begin(), got.faults.end(), FaultKind::kTruncated),
            got.faults.end());
  EXPECT_NE(got.native.find("AuditData"), std::string::npos) << "the text as it was stays";
}

TEST(Audit, SurvivesEveryCutOfItsJson) {
  for (auto size = std::size_t{0}; size <= kRecord.size(); ++size) {
    const auto csv = "CreationDate,UserIds,Operations,AuditData\n3/2/2026 7:15:52 PM,u@p,Op,\"" +
                     doubled(kRecord.substr(0, size)) + "\"\n";
    const auto got = only(csv, "a.csv");
    EXPECT_TRUE(has(got, "2026-03-02T1")) << size;
  }
}

TEST(Audit, TakesTheWrappersWordsWhereTheRecordHasNone) {
  const auto got = only(
      "CreationDate,UserIds,Operations,AuditData,Identity,RecordType\n"
      "02/03/2026 19:15:52,U@p.example,Send,not json,id-7,ExchangeItem\n",
      "a.csv");
  EXPECT_EQ(got.spine,
            R"({"profile":"m365-audit","time":"2026-03-02T19:15:52Z","basis":"defined",)"
            R"("uncertainty_ms":1000,"class_uid":4009,"activity_id":1,"operation":"Send",)"
            R"("actor":"u@p.example","actor_kind":"person","flags":["wrapper-time"],)"
            R"("record_id":"id-7"})");
  EXPECT_EQ(got.faults, (std::vector<FaultKind>{FaultKind::kBadSyntax, FaultKind::kTimeFromWrapper,
                                                FaultKind::kAmbiguous}));
}

TEST(Audit, RecoversARecordFromTheCutCopyOfALogSystem) {
  const auto cut = doubled(kRecord.substr(0, kRecord.find("\"Folders\"")));
  const auto raw = "\"outlook\",\"ExchangeItem\",\"3/2/2026 10:15:39 AM\",\"u\",\"Op\",\"" + cut;
  const auto got = only("AuditData,CreationDate,Operations,UserIds,_raw,meta\n,,,,\"" +
                            doubled(raw) + "\",truncated\n",
                        "splunk.csv");
  EXPECT_TRUE(has(got, R"("operation":"MailItemsAccessed")"));
  EXPECT_TRUE(has(got, R"("client_app":"c")"));
  EXPECT_TRUE(has(got, R"("flags":["cut","throttled"])"));
}

TEST(Audit, ReadsTheSameInEveryDialect) {
  const auto plain = only(line(kRecord), "a.ndjson");
  EXPECT_EQ(plain.spine,
            R"({"profile":"m365-audit","time":"2026-03-02T10:15:39Z","basis":"defined",)"
            R"("uncertainty_ms":121000,"class_uid":4009,"activity_id":99,"outcome":"success",)"
            R"("operation":"MailItemsAccessed","org":"t","actor":"ines.castel@p.example",)"
            R"("actor_kind":"person","mailbox":"ines.castel@p.example","session":"s1",)"
            R"("token":"tok","app":"a","client_app":"c","agent":"Client=REST;;",)"
            R"("ip":"2001:db8:bad::77","port":44321,"object_kind":"mail","item_count":2,)"
            R"("flags":["throttled"],"record_id":"63cd6a59-e62a-4735-b128-e1ce49687e79",)"
            R"("items":[{"kind":"mail","key":"<1@x>","native_id":"R1",)"
            R"("container":"\\Boîte de réception","bytes":5},{"kind":"mail","key":"<2@x>",)"
            R"("native_id":"R2","container":"\\Boîte de réception"}]})");
  EXPECT_EQ(plain.service, "exchange");
  EXPECT_EQ(plain.service_too, "audit");

  const auto search = only(
      "CreationDate,UserIds,Operations,AuditData,ResultIndex,ResultCount\n"
      "x,u,Op,\"" +
          doubled(kRecord) + "\",7,77\n",
      "a.csv");
  EXPECT_EQ(search.spine, plain.spine);
  EXPECT_EQ(search.hash, plain.hash);
  EXPECT_EQ(search.result_index, 7);
  EXPECT_EQ(search.result_count, 77);

  auto camel = std::string(kRecord);
  for (auto at = camel.find("\""); at != std::string::npos;) {
    const auto end = camel.find('"', at + 1);
    if (camel.compare(end, 2, "\":") == 0 && camel[at + 1] <= 'Z')
      camel[at + 1] = static_cast<char>(camel[at + 1] | 0x20);
    at = camel.find('"', end + 1);
  }
  const auto graph = only(line(R"({"id":"63cd6a59-e62a-4735-b128-e1ce49687e79",)"
                               R"("createdDateTime":"2026-03-02T10:15:39Z",)"
                               R"("auditLogRecordType":"exchangeItemAggregated",)"
                               R"("operation":"MailItemsAccessed","auditData":)" +
                               camel + "}"),
                          "g.ndjson");
  EXPECT_EQ(graph.spine, plain.spine);
  EXPECT_EQ(graph.hash, plain.hash);
}

TEST(Audit, KeepsWhatTheFileCallsItsFieldsBesideTheCanonicalNames) {
  const auto got =
      only(line(R"({"TenantId":"w","TimeGenerated":"2026-03-02T10:15:39Z","OfficeId":"x1",)"
                R"("Operation":"New-InboxRule","RecordType":"1","UserType":"Regular",)"
                R"("OfficeWorkload":"Exchange","UserId_":"other","UserId":"u@p.example",)"
                R"("Client_IPAddress":"192.0.2.1:80","Logon_Type":"Delegated",)"
                R"("ExternalAccess":"False","Start_Time":"2026-03-02T10:24:48Z",)"
                R"("Parameters":"[{\"Name\":\"ForwardTo\",\"Value\":\"x@y\"}]",)"
                R"("ExtraProperties":"[{\"Key\":\"SessionId\",\"Value\":\"s\"}]"})"),
           "o.ndjson");
  EXPECT_TRUE(has(got, R"("time":"2026-03-02T10:15:39Z")"));
  EXPECT_TRUE(has(got, R"("actor":"u@p.example")"));
  EXPECT_TRUE(has(got, R"("session":"s")"));
  EXPECT_TRUE(has(got, R"("ip":"192.0.2.1","port":80)"));
  for (const auto* part :
       {R"("ClientIPAddress":"192.0.2.1:80")", R"("Client_IPAddress":"192.0.2.1:80")",
        R"("LogonType":2)", R"("Logon_Type":"Delegated")", R"("RecordType":1)",
        R"("ExternalAccess":false)", R"("Parameters.ForwardTo":"x@y")", R"("SessionId":"s")",
        R"("Parameters":[{"Name":"ForwardTo","Value":"x@y"}])", R"("UserId_":"other")",
        R"("CreationTime":"2026-03-02T10:15:39")"})
    EXPECT_NE(got.native.find(part), std::string::npos) << part;
}

TEST(Audit, ReadsWhatElasticMakesOfARecord) {
  const auto nested = only(
      line(R"({"@timestamp":"2026-03-02T10:00:00Z","o365":{"audit":{"CreationTime":)"
           R"("2026-03-02T10:00:00","Id":"i","Operation":"UserLoggedIn","UserId":"U@p.example",)"
           R"("UserType":0,"ExtendedProperties":{"UserAgent":"ua"}}}})"),
      "e.ndjson");
  EXPECT_TRUE(has(nested, R"("outcome":"success","operation":"UserLoggedIn")"));
  EXPECT_TRUE(has(nested, R"("agent":"ua")"));
  const auto dotted = only(
      line(R"({"@timestamp":"2026-03-02T10:00:00Z","o365.audit.CreationTime":)"
           R"("2026-03-02T10:00:00","o365.audit.Id":"i","o365.audit.Operation":"UserLoggedIn",)"
           R"("o365.audit.UserId":"U@p.example"})"),
      "e.ndjson");
  EXPECT_TRUE(has(dotted, R"("actor":"u@p.example")"));
}

TEST(Audit, TellsFailuresThatProveThePasswordFromThoseThatDoNot) {
  const auto outcome = [](std::string_view error) {
    return only(record(R"("Operation":"UserLoginFailed","ResultStatus":"Success",)" +
                       std::string(error)),
                "a.ndjson")
        .spine;
  };
  EXPECT_NE(outcome(R"("ErrorNumber":"50074")").find("\"password-only\""), std::string::npos);
  EXPECT_NE(outcome(R"("LogonError":"DelegationDoesNotExist")").find("\"password-only\""),
            std::string::npos);
  EXPECT_NE(outcome(R"("ErrorNumber":"50126")").find("\"failure\""), std::string::npos);
  EXPECT_NE(outcome(R"("ErrorNumber":"50058")").find("\"failure\""), std::string::npos);
  EXPECT_NE(outcome(R"("ErrorNumber":"53003")").find("\"blocked\""), std::string::npos);
}

TEST(Audit, TellsPersonsFromServicesProvidersAndTheUnnamed) {
  const auto kind = [](std::string_view user, int type, std::string_view more = "") {
    const auto spine = only(record("\"Operation\":\"X\",\"UserId\":\"" + std::string(user) +
                                   "\",\"UserType\":" + std::to_string(type) + std::string(more)),
                            "a.ndjson")
                           .spine;
    const auto at = spine.find("\"actor_kind\":\"") + 14;
    return spine.substr(at, spine.find('"', at) - at);
  };
  EXPECT_EQ(kind("u@p.example", 0), "person");
  EXPECT_EQ(kind("u@p.example", 2), "person");
  EXPECT_EQ(kind("i:0#.f|membership|u@p.example", 0), "person");
  EXPECT_EQ(kind("NT AUTHORITY\\\\SYSTEM (w3wp)", 3), "service");
  EXPECT_EQ(kind("9d8001cb-a159-4252-a3a1-c2dc689f322a", 0), "service");
  EXPECT_EQ(kind("ServicePrincipal_51e09c12", 4), "service");
  EXPECT_EQ(kind("app@sharepoint", 0), "service");
  EXPECT_EQ(kind("i:0i.t|00000003|app@sharepoint", 0), "service");
  EXPECT_EQ(kind("urn:spo:anon#445f", 7), "anonymous");
  EXPECT_EQ(kind("NOT-FOUND", 5), "application");
  constexpr auto system = R"(,"ClientInfoString":"Client=REST;Client=RESTSystem;;")";
  EXPECT_EQ(kind("u@p.example", 0, std::string(system) + R"(,"ClientIP":"::1")"), "provider");
  EXPECT_EQ(kind("u@p.example", 0, std::string(system) + R"(,"ClientIP":"203.0.113.7")"), "person");
}

TEST(Audit, MarksTheServicesOwnHousekeepingAsNoise) {
  const auto text = line(R"({"CreationTime":"2026-03-02T19:15:52","Id":"n","Operation":)"
                         R"("Set-MailboxPlan","RecordType":1,"UserType":3,"Workload":"Exchange",)"
                         R"j("ResultStatus":"True","UserId":"NT AUTHORITY\\SYSTEM (x)"})j");
  EXPECT_TRUE(has(only(text, "a.ndjson"), R"("flags":["noise"])"));
}

TEST(Audit, NamesTheFolderOfASynchronisationAndTheAttachmentsOfAMail) {
  const auto sync =
      only(line(R"({"CreationTime":"2026-03-02T10:41:19","Id":"s","Operation":"MailItemsAccessed",)"
                R"("RecordType":2,"Workload":"Exchange","UserId":"u@p","OperationProperties":)"
                R"([{"Name":"MailAccessType","Value":"Sync"}],"Item":{"Id":"L","ParentFolder":)"
                R"({"Id":"L","Path":"\\Archive"}}})"),
           "a.ndjson");
  EXPECT_TRUE(has(sync, R"("items":[{"kind":"folder","key":"\\Archive","native_id":"L"}])"));
  const auto send = only(
      line(R"j({"CreationTime":"2026-03-02T10:41:19","Id":"s","Operation":"Send","RecordType":2,)j"
           R"j("Workload":"Exchange","UserId":"u@p","Item":{"Id":"R","InternetMessageId":"<m@x>",)j"
           R"j("SizeInBytes":9,"ParentFolder":{"Path":"\\Drafts"},)j"
           R"j("Attachments":"list (1).xlsx (20480b); b.pdf (1b)"}})j"),
      "a.ndjson");
  EXPECT_TRUE(has(send, R"("message_id":"<m@x>","item_count":1)"));
  EXPECT_TRUE(has(send, R"j("key":"list (1).xlsx","container":"\\Drafts","bytes":20480})j"));
  EXPECT_TRUE(has(send, R"("key":"b.pdf","container":"\\Drafts","bytes":1})"));
}

TEST(Audit, HashesContentAndNotItsWrapping) {
  const auto a = only(record(R"("Operation":"X","P":[{"a":"1"},{"a":"2"}])"), "a.ndjson").hash;
  EXPECT_EQ(
      only(record(R"("P":[{"a":"1"},{"a":"2"}],"Operation":"X","Version":1,"Q":"")"), "a.ndjson")
          .hash,
      a);
  EXPECT_NE(only(record(R"("Operation":"X","P":[{"a":"2"},{"a":"1"}])"), "a.ndjson").hash, a);
  EXPECT_NE(only(record(R"("Operation":"Y","P":[{"a":"1"},{"a":"2"}])"), "a.ndjson").hash, a);
}

TEST(Operation, IsComparedWithoutDashesAndBlanksThatLookAlike) {
  EXPECT_EQ(m365::fold_operation("Update application – Certificates and secrets management "),
            "Update application - Certificates and secrets management");
  EXPECT_EQ(m365::fold_operation("New-InboxRule"), "New-InboxRule");
}

}  // namespace
}  // namespace serjeant
