// How fast sources are cut into records and records into fields, one thread,
// by format. Inputs are made here, with the shapes and sizes of real ones:
// audit records of about 1.5 KB with doubled quotes in CSV, web server lines of
// about 250 bytes. Files named in SJ_BENCH_FILES (separated by colons) are
// measured as well.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <map>

#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "read/record.h"

namespace serjeant {
namespace {

constexpr auto kBytes = std::size_t{32} << 20;

auto audit_record(std::size_t number) -> std::string {
  const auto digits = std::to_string(100'000'000 + number);
  return R"({"CreationTime":"2026-03-02T08:32:29","Id":"e3da182e-0c4e-4e59-91f0-)" + digits +
         R"(","Operation":"MailItemsAccessed","OrganizationId":"424b1fee-9709-4315-85d9-5954058b4714",)"
         R"("RecordType":50,"ResultStatus":"Succeeded","UserKey":"10030360E2E7A724","UserType":0,)"
         R"("Version":1,"Workload":"Exchange","ClientIP":"203.0.113.77",)"
         R"("UserId":"Mira.Tanner@arcadia-parliament.example","AppId":"00000002-0000-0ff1-ce00-000000000000",)"
         R"("ClientIPAddress":"203.0.113.77","ClientInfoString":"Client=REST;Client=RESTSystem;;",)"
         R"("ExternalAccess":false,"InternalLogonType":0,"LogonType":0,"LogonUserSid":"S-1-5-21-1-2-3-4",)"
         R"("MailboxGuid":"8a2ae9b0-9d5c-4a52-a8c4-6ac1f6c2b1ff","MailboxOwnerUPN":"Mira.Tanner@arcadia-parliament.example",)"
         R"("OperationProperties":[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}],)"
         R"("OriginatingServer":"AM0PR01MB (15.20.4200.000)\r\n","SessionId":"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",)"
         R"("Folders":[{"FolderItems":[{"Id":"RgAAAAB","InternetMessageId":"<AM0PR01MB5@example.com>","SizeInBytes":48212},)"
         R"({"Id":"RgAAAAC","InternetMessageId":"<AM0PR01MB6@example.com>","SizeInBytes":9121}],)"
         R"("Id":"LgAAAAD","Path":"\\Inbox"}],"OperationCount":2})";
}

auto doubled(std::string_view text) -> std::string {
  auto out = std::string("\"");
  for (const auto c : text) {
    out += c;
    if (c == '"') out += c;
  }
  return out + '"';
}

auto make(const std::string& what) -> std::string {
  auto out = std::string{};
  out.reserve(kBytes + 4096);
  if (what == "csv")
    out = "RecordId,CreationDate,RecordType,Operation,UserId,AuditData\n";
  else if (what == "narrow-csv")
    out = "time,source,target,bytes\n";
  else if (what == "w3c")
    out =
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
        "cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n";
  else if (what == "json")
    out = "[\n";
  for (auto i = std::size_t{0}; out.size() < kBytes; ++i) {
    if (what == "ndjson")
      out += audit_record(i) + "\n";
    else if (what == "json")
      out += audit_record(i) + ",\n";
    else if (what == "csv")
      out += "e3da182e,2026-03-02T08:32:29.0000000Z,50,MailItemsAccessed,mira@example," +
             doubled(audit_record(i)) + "\n";
    else if (what == "narrow-csv")
      out += "2026-03-02T08:32:29Z,192.0.2.1,198.51.100.7," + std::to_string(i) + "\n";
    else if (what == "w3c")
      out +=
          "2021-04-01 00:00:21 192.0.2.1 GET /foo/bar/baz.asp - 80 - 198.51.100.7 "
          "Mozilla/5.0+(Windows+NT+5.1)+AppleWebKit/537.36+(KHTML,+like+Gecko)+Chrome/"
          "35.0.2309.372+Safari/537.36 http://192.0.2.1/ 200 0 0 65\n";
    else
      out +=
          "192.0.2.1 - - [13/Jan/2016:19:31:17 +0000] \"GET /wp-content/a.php?b=c HTTP/1.1\" "
          "200 1063 \"-\" \"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_8_2) AppleWebKit/537.11 "
          "(KHTML, like Gecko) Chrome/23.0.1271.6 Safari/537.11\"\n";
  }
  return out;
}

class Counter : public RecordSink {
 public:
  void record(const Record& record) override {
    ++records;
    // Whoever reads a record looks at its fields.
    nodes += record.native.node()->size;
  }
  void fault(const Fault&) override {}
  void account(Extent, Coverage, std::string_view) override {}
  std::size_t records = 0;
  std::size_t nodes = 0;
};

void read_source(benchmark::State& state, std::string_view bytes, std::string_view name) {
  const auto reader = open_reader(bytes, 1, name);
  auto arena = Arena{};
  auto counter = Counter{};
  for (auto _ : state) {
    counter = {};
    for (const auto chunk : reader->plan(std::size_t{4} << 20)) {
      reader->read(chunk, arena, counter);
      arena.reset();
    }
    benchmark::DoNotOptimize(counter.nodes);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
  state.counters["records/s"] = benchmark::Counter(
      static_cast<double>(counter.records) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}

void plan_source(benchmark::State& state, std::string_view bytes, std::string_view name) {
  const auto reader = open_reader(bytes, 1, name);
  for (auto _ : state) benchmark::DoNotOptimize(reader->plan(std::size_t{4} << 20).size());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

void parse_lines(benchmark::State& state, std::string_view bytes) {
  auto document = Document{};
  auto arena = Arena{};
  for (auto _ : state) {
    for (auto at = std::size_t{0}; at < bytes.size();) {
      document.clear();
      at += parse_json(bytes.substr(at), {}, document, arena).consumed + 1;
    }
    arena.reset();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

}  // namespace
}  // namespace serjeant

auto main(int argc, char** argv) -> int {
  using namespace serjeant;
  auto texts = std::map<std::string, std::string>{};
  for (const auto* what : {"ndjson", "json", "csv", "narrow-csv", "w3c", "access"})
    texts[what] = make(what);
  for (const auto& [what, bytes] : texts) {
    benchmark::RegisterBenchmark(("read/" + what).c_str(), read_source, bytes, "");
    benchmark::RegisterBenchmark(("plan/" + what).c_str(), plan_source, bytes, "");
  }
  benchmark::RegisterBenchmark("parse_json", parse_lines, texts["ndjson"]);
  auto files = std::vector<MappedFile>{};
  const auto* const named = std::getenv("SJ_BENCH_FILES");
  for (const auto path : split(named == nullptr ? "" : named, ':')) {
    if (path.empty()) continue;
    auto file = MappedFile::open(std::string(path));
    if (!file) continue;
    const auto bytes = file->bytes();
    files.push_back(*std::move(file));
    const auto label = std::string(path.substr(path.rfind('/') + 1));
    benchmark::RegisterBenchmark(("read/" + label).c_str(), read_source, bytes, path);
    benchmark::RegisterBenchmark(("plan/" + label).c_str(), plan_source, bytes, path);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
