// The hot loops, one lane at a time, for counting what they cost:
//
//   counts LANE [FILE]
//
// Lanes: `hash` (both hashes of a file), `read` (bytes to records), `shape`
// (read, then records to events). Without FILE a fixed input is made here:
// `csv-` and `ndjson-` before `read` and `shape` say which. The lane is run
// once to warm up and once inside `sj_counted`, which scripts/counts gives to
// callgrind as the only function to count in. Prints records, bytes and
// processor time of the second run.
#include <fmt/core.h>

#include <cstring>
#include <ctime>
#include <string>
#include <string_view>

#include "core/file.h"
#include "read/record.h"
#include "seal/fingerprint.h"
#include "shape/shape.h"

namespace serjeant {
namespace {

// An audit record of one of four operations, which come in runs, as they do
// when somebody pages through a folder or a script changes many mailboxes.
auto audit_record(std::size_t number) -> std::string {
  const auto digits = std::to_string(100'000'000 + number * 7919);
  const auto minute = std::to_string(10 + number / 60 % 50);
  const auto common = R"({"CreationTime":"2026-03-02T08:)" + minute +
                      R"(:29","Id":"e3da182e-0c4e-4e59-91f0-)" + digits + R"(","Operation":")";
  const auto who =
      R"(,"OrganizationId":"424b1fee-9709-4315-85d9-5954058b4714","UserKey":"10030360E2E7A724",)"
      R"("UserType":0,"Version":1,"ClientIP":"203.0.113.)" +
      std::to_string(number / 100 % 250) +
      R"(","UserId":"Mira.Tanner@arcadia-parliament.example",)";
  switch (number / 5 % 4) {
    case 0:
      return common + R"(MailItemsAccessed","RecordType":50,"ResultStatus":"Succeeded")" + who +
             R"("Workload":"Exchange","AppId":"00000002-0000-0ff1-ce00-000000000000",)"
             R"("ClientIPAddress":"203.0.113.77","ClientInfoString":"Client=REST;;",)"
             R"("ExternalAccess":false,"InternalLogonType":0,"LogonType":0,)"
             R"("LogonUserSid":"S-1-5-21-1-2-3-4",)"
             R"("MailboxGuid":"8a2ae9b0-9d5c-4a52-a8c4-6ac1f6c2b1ff",)"
             R"("MailboxOwnerUPN":"Mira.Tanner@arcadia-parliament.example",)"
             R"("OperationProperties":[{"Name":"MailAccessType","Value":"Bind"},)"
             R"({"Name":"IsThrottled","Value":"False"}],)"
             R"("OriginatingServer":"AM0PR01MB (15.20.4200.000)\r\n",)"
             R"("SessionId":"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",)"
             R"("Folders":[{"FolderItems":[{"Id":"RgAAAAB","InternetMessageId":)"
             R"("<AM0PR01MB5@example.com>","SizeInBytes":48212},{"Id":"RgAAAAC",)"
             R"("InternetMessageId":"<AM0PR01MB6@example.com>","SizeInBytes":9121}],)"
             R"("Id":"LgAAAAD","Path":"\\Inbox"}],"OperationCount":2})";
    case 1:
      return common + R"(UserLoggedIn","RecordType":15,"ResultStatus":"Success")" + who +
             R"("Workload":"AzureActiveDirectory","ObjectId":"00000002-0000-0ff1-ce00-0",)"
             R"("AzureActiveDirectoryEventType":1,"ExtendedProperties":[{"Name":"UserAgent",)"
             R"("Value":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"},)"
             R"({"Name":"RequestType","Value":"OAuth2:Authorize"}],"ModifiedProperties":[],)"
             R"("Actor":[{"ID":"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9","Type":0},)"
             R"({"ID":"Mira.Tanner@arcadia-parliament.example","Type":5}],)"
             R"("ActorContextId":"424b1fee-9709-4315-85d9-5954058b4714",)"
             R"("ActorIpAddress":"203.0.113.77","InterSystemsId":"4e5f-6071",)"
             R"("IntraSystemId":"5e5f-6071","Target":[{"ID":"00000002","Type":0}],)"
             R"("DeviceProperties":[{"Name":"OS","Value":"Windows 10"},{"Name":)"
             R"("BrowserType","Value":"Chrome"},{"Name":"SessionId","Value":"7a1b2c3d"}],)"
             R"("ErrorNumber":"0"})";
    case 2:
      return common + R"(Set-Mailbox","RecordType":1,"ResultStatus":"True")" + who +
             R"("Workload":"Exchange","ObjectId":"EURPR01A001.PROD\/Tanner",)"
             R"("ExternalAccess":true,"OrganizationName":"arcadia.onmicrosoft.example",)"
             R"x("OriginatingServer":"AM0PR01MB (15.20.4200.000)","Parameters":[{"Name":)x"
             R"("Identity","Value":"Mira.Tanner@arcadia-parliament.example"},{"Name":)"
             R"("DeliverToMailboxAndForward","Value":"True"},{"Name":"Force","Value":"True"}]})";
    default:
      return common + R"(FileAccessed","RecordType":6)" + who +
             R"("Workload":"SharePoint","CorrelationId":"d1a4a3a0-60f7-c000-5c3f-6bb5",)"
             R"("EventSource":"SharePoint","ItemType":"File",)"
             R"("ListId":"0c1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",)"
             R"("ListItemUniqueId":"0d1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",)"
             R"("ObjectId":"https:\/\/arcadia.sharepoint.example\/sites\/vote\/list.xlsx",)"
             R"("Site":"0e1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",)"
             R"("SiteUrl":"https:\/\/arcadia.sharepoint.example\/sites\/vote\/",)"
             R"("SourceFileExtension":"xlsx","SourceFileName":"list.xlsx",)"
             R"("SourceRelativeUrl":"Shared Documents","UserAgent":"Mozilla\/5.0",)"
             R"("WebId":"0f1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"})";
  }
}

auto made(std::string_view lane, std::size_t records) -> std::string {
  auto out = std::string{};
  const auto csv = lane.starts_with("csv-");
  if (csv) out = "RecordId,CreationDate,RecordType,Operation,UserId,AuditData\n";
  for (auto i = std::size_t{0}; i < records; ++i) {
    const auto record = audit_record(i);
    if (!csv) {
      out += record + '\n';
      continue;
    }
    out += "e3da182e,2026-03-02T08:32:29.0000000Z,50,MailItemsAccessed,mira@example,\"";
    for (const auto c : record) {
      out += c;
      if (c == '"') out += c;
    }
    out += "\"\n";
  }
  return out;
}

class Lane final : public RecordSink, public EventSink {
 public:
  Lane(const Reader& reader, Shaper* shaper) : reader_(reader), shaper_(shaper) {}
  void run(const std::vector<Extent>& chunks) {
    records = 0;
    for (const auto& chunk : chunks) {
      reader_.read(chunk, arena_, *this);
      arena_.reset();
    }
  }
  void record(const Record& record) override {
    ++records;
    sum += record.native.node()->size;
    if (shaper_ != nullptr) shaper_->shape(record, arena_, *this);
  }
  void event(const Event& event) override { sum ^= event.content_hash; }
  void fault(const Fault&) override {}
  void account(Extent, Coverage, std::string_view) override {}
  std::uint64_t records = 0, sum = 0;

 private:
  const Reader& reader_;
  Shaper* shaper_;
  Arena arena_;
};

}  // namespace
}  // namespace serjeant

using namespace serjeant;

// What callgrind is told to count in; it must keep this name.
extern "C" [[gnu::noinline]] void sj_counted(Lane& lane, const std::vector<Extent>& chunks) {
  lane.run(chunks);
}
extern "C" [[gnu::noinline]] auto sj_counted_hash(Fingerprinter& print, std::string_view bytes)
    -> std::uint64_t {
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 1 << 18)))
    print.add(bytes.substr(0, 1 << 18));
  return print.finish().sha256[0];
}

static auto seconds() -> double {
  struct timespec now = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

auto main(int count, char** words) -> int {
  const auto lane = std::string_view(count > 1 ? words[1] : "");
  if (count < 2 || count > 3 || lane.size() < 4) {
    fmt::print(stderr, "usage: counts LANE [FILE]\n");
    return 2;
  }
  auto text = std::string{};
  if (count == 3) {
    auto file = read_file(words[2]);
    if (!file) return 2;
    text = std::move(*file);
  } else {
    text = made(lane, 500);
  }
  if (lane == "hash") {
    auto print = Fingerprinter{};
    const auto began = seconds();
    const auto sum = sj_counted_hash(print, text);
    const auto spent = seconds() - began;
    fmt::print("{}\t{} bytes\t{:.1f} MB/s\t{}\n", lane, text.size(),
               static_cast<double>(text.size()) / spent / 1e6, sum);
    return 0;
  }
  const auto profiles = Profiles::load({});
  const auto reader = open_reader(text, 1, "audit");
  const auto* profile = profiles->recognise(*reader, "audit");
  auto shaper = Shaper(*profile, "audit");
  auto run = Lane(*reader, lane.ends_with("shape") ? &shaper : nullptr);
  const auto chunks = reader->plan(std::uint64_t{1} << 22);
  run.run(chunks);
  const auto began = seconds();
  sj_counted(run, chunks);
  const auto spent = seconds() - began;
  fmt::print("{}\t{}\t{} records\t{} bytes\t{:.3f} s\t{:.0f} records/s\t{:x}\n", lane,
             profile_name(*profile), run.records, text.size(), spent,
             static_cast<double>(run.records) / spent, run.sum);
  return 0;
}
