// A case file may come from anybody. Whatever its bytes are, opening it gives
// a reader or an error with a message, and then every table can be walked and
// every check of `verify` ends, again with an answer or an error.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "core/check.h"
#include "store/case_reader.h"
#include "store/case_writer.h"
#include "store/verify.h"

namespace {

using namespace serjeant;

// A source, and rows that cite it.
auto write(const std::string& folder, const std::string& path) -> Result<SealInfo> {
  auto writer = CaseWriter(folder);
  auto source = SourceRow();
  source.id = 1;
  source.size = 100'000;
  source.org = "Parliament";
  source.kind = "log";
  writer.add(source);
  writer.add(CoverageRow{1, 0, source.size, 1, "json", 1000, 0, ""});
  writer.add(RuleRow{1, 0, "rule", {}, "A rule", 3, 1, ""});
  for (auto i = 0u; i < 200; ++i) {
    auto event = EventRow();
    event.eid = event_id(source.sha256, i * 100, 100);
    event.source = 1;
    event.off = i * 100;
    event.len = 100;
    event.native = "{}";
    auto finding = FindingRow();
    finding.id = event.eid;
    finding.rule = finding.source = 1;
    finding.off = event.off;
    finding.len = event.len;
    finding.eid = event.eid;
    writer.add(event);
    writer.add(finding);
  }
  return writer.seal(Frame(), path);
}

struct Seed {
  std::string folder, path, bytes;
  Seed() {
    auto name = std::string("/tmp/case-fuzz-XXXXXX");
    folder = ::mkdtemp(name.data());
    path = folder + "/case.sjt";
    SJ_CHECK(write(folder, path).has_value());
    auto file = std::ifstream(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
};

}  // namespace

// The input is a list of changes to a whole case, four bytes each: where (three
// bytes) and what; so that what lies behind the first checks is reached too.
extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  static const auto seed = Seed();
  auto bytes = seed.bytes;
  for (auto i = std::size_t{0}; i + 4 <= size && i < 4000; i += 4) {
    const auto at = std::size_t{data[i]} << 16 | std::size_t{data[i + 1]} << 8 | data[i + 2];
    bytes[at % bytes.size()] = static_cast<char>(data[i + 3]);
  }
  std::ofstream(seed.path, std::ios::binary) << bytes;
  const auto reader = CaseReader::open(seed.path, CaseReader::Pages::kTrust);
  SJ_CHECK(reader.has_value() || !reader.error().message.empty());
  if (!reader) return 0;
  auto tables = std::vector<std::string>();
  const auto named = reader->query("SELECT name FROM sqlite_schema WHERE type='table'",
                                   [&](const Row& row) { tables.emplace_back(row.text(0)); });
  if (!named) return 0;
  for (const auto& table : tables) {
    const auto walked = reader->query("SELECT * FROM " + table, [](const Row& row) {
      for (auto i = 0; i < row.size(); ++i) SJ_CHECK(row.blob(i).size() < (1u << 30));
    });
    SJ_CHECK(walked.has_value() || !walked.error().message.empty());
  }
  const auto report = verify_case(seed.path, {});
  SJ_CHECK(report.steps.size() > 5);
  return 0;
}
