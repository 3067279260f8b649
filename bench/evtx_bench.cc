// How fast event logs become documents, one thread: bytes of records a second,
// not of files, which are preallocated. The log made here has the shape of
// Sysmon's process creation: 16 texts, some numbers, GUIDs and times in about
// 1.5 KB, one template in each chunk. Files named in SJ_BENCH_FILES (separated
// by colons) are measured together, as one log after the other. `slow` is the
// path that builds a tree of every record.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "core/file.h"
#include "core/text.h"
#include "read/evtx/build.h"
#include "read/evtx/open.h"

namespace serjeant::evtx {
namespace {

using test::number;
using test::Slot;
using test::Tokens;
using test::wide;

struct Count : RecordSink {
  void record(const Record& record) override {
    ++records;
    bytes += record.span.length;
    nodes += record.native.node()->size;
  }
  void fault(const Fault&) override { ++faults; }
  void account(Extent, Coverage, std::string_view) override {}
  std::size_t records = 0, bytes = 0, nodes = 0, faults = 0;
};

constexpr const char* kTexts[] = {
    "-",
    "2025-11-26 05:11:27.908",
    "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
    "10.0.26100.5074 (WinBuild.160101.0800)",
    "Windows PowerShell",
    "Microsoft Windows Operating System",
    "Microsoft Corporation",
    "PowerShell.EXE",
    "powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\\ProgramData\\run.ps1",
    "C:\\Users\\mira\\AppData\\Local\\Temp\\",
    "ARCADIA\\mira",
    "Medium",
    "MD5=88DF27B6E794E3FD5F93F28B1CA1D3D0,SHA256="
    "F8810179AB033A9B79CD7006C1A74FBCDE6ED0451C92FBB8C7CE15B52499353A",
    "C:\\Windows\\System32\\cmd.exe",
    "\"C:\\WINDOWS\\system32\\cmd.exe\"",
    "ARCADIA\\mira"};

auto sysmon(Tokens& record, std::size_t& definition, std::size_t& inner) -> void {
  record.fragment();
  if (definition == 0) {
    definition = record.here() + 10;
    record.instance(7, [](Tokens& body) {
      body.fragment().open("Event", true).attribute("xmlns").text("urn:event").close_start();
      body.open("System").close_start().open("Provider", true).attribute("Name");
      body.text("Microsoft-Windows-Sysmon").attribute("Guid").slot(1, Type::kGuid).close_empty();
      body.leaf("EventID", 2, Type::kUInt16).leaf("Level", 3, Type::kUInt8);
      body.leaf("Keywords", 4, Type::kHex64).open("TimeCreated", true).attribute("SystemTime");
      body.slot(5, Type::kFileTime).close_empty().leaf("EventRecordID", 6, Type::kUInt64);
      body.open("Correlation").close_empty().open("Execution", true).attribute("ProcessID");
      body.slot(7, Type::kUInt32).attribute("ThreadID").slot(7, Type::kUInt32).close_empty();
      body.leaf("Channel", 8, Type::kString).leaf("Computer", 9, Type::kString).close();
      body.slot(0, Type::kBinXml).close().end();
    });
  } else {
    record.instance(7, definition);
  }
  auto value = Tokens(record.here() + 4 + 10 * 4);
  if (inner == 0) {
    inner = value.here() + 10;
    value.instance(8, [](Tokens& body) {
      body.fragment().open("EventData").close_start();
      for (auto i = std::size_t{0}; i < std::size(kTexts); ++i)
        body.data("Field" + std::to_string(i), i, Type::kString);
      body.data("ProcessGuid", 16, Type::kGuid).data("ProcessId", 17, Type::kUInt32);
      body.data("LogonId", 18, Type::kHex64).close().end();
    });
  } else {
    value.instance(8, inner);
  }
  auto slots = std::vector<Slot>{};
  for (const auto* text : kTexts) slots.push_back({Type::kString, wide(text)});
  slots.push_back({Type::kGuid, "0123456789abcdef"});
  slots.push_back({Type::kUInt32, number(4460u)});
  slots.push_back({Type::kHex64, number(std::uint64_t{0x3b5e64})});
  value.values(slots).end();
  record.values({{Type::kBinXml, value.bytes()},
                 {Type::kGuid, "fedcba9876543210"},
                 {Type::kUInt16, number(std::uint16_t{1})},
                 {Type::kUInt8, "\4"},
                 {Type::kHex64, number(std::uint64_t{1} << 63)},
                 {Type::kFileTime, number(std::uint64_t{134'000'000'000'000'000})},
                 {Type::kUInt64, number(std::uint64_t{142649})},
                 {Type::kUInt32, number(3544u)},
                 {Type::kString, wide("Microsoft-Windows-Sysmon/Operational")},
                 {Type::kString, wide("arcadia-pc-17")}});
  record.end();
}

auto made() -> std::string {
  auto chunks = std::vector<std::string>{};
  auto first = std::uint64_t{1};
  for (auto c = 0; c < 128; ++c) {
    auto chunk = test::ChunkBuilder(first);
    auto definition = std::size_t{0}, inner = std::size_t{0};
    while (chunk.body() < kChunkSize - 4096)
      chunk.record([&](Tokens& record) { sysmon(record, definition, inner); });
    first = chunk.next_id();
    chunks.push_back(chunk.finish());
  }
  return test::file(chunks);
}

void measure(benchmark::State& state, const std::vector<std::string_view>& logs, bool slow) {
  auto total = std::size_t{0}, records = std::size_t{0};
  auto arena = Arena{};
  for (auto _ : state) {
    auto count = Count{};
    for (const auto log : logs) {
      const auto reader = slow ? open_slowly(log, 1) : open_evtx_reader(log, 1);
      if (!reader) continue;
      for (const auto chunk : reader->plan(std::uint64_t{1} << 20)) {
        reader->read(chunk, arena, count);
        arena.reset();
      }
    }
    benchmark::DoNotOptimize(count.nodes);
    total += count.bytes;
    records += count.records;
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(total));
  state.SetItemsProcessed(static_cast<std::int64_t>(records));
}

void checksum(benchmark::State& state) {
  const auto bytes = std::string(kChunkSize, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(crc32(bytes));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}

}  // namespace
}  // namespace serjeant::evtx

auto main(int argc, char** argv) -> int {
  using namespace serjeant;
  benchmark::Initialize(&argc, argv);
  const auto log = evtx::made();
  auto files = std::vector<MappedFile>{};
  auto views = std::vector<std::string_view>{};
  const auto* const named = std::getenv("SJ_BENCH_FILES");
  for (const auto path : split(named == nullptr ? "" : named, ':')) {
    if (path.empty()) continue;
    auto file = MappedFile::open(std::string(path));
    if (!file) continue;
    views.push_back(file->bytes());
    files.push_back(*std::move(file));
  }
  benchmark::RegisterBenchmark("checksum", evtx::checksum);
  for (const auto slow : {false, true}) {
    const auto suffix = std::string(slow ? "/slow" : "");
    benchmark::RegisterBenchmark(("made" + suffix).c_str(), [&, slow](benchmark::State& state) {
      evtx::measure(state, {log}, slow);
    });
    if (!views.empty())
      benchmark::RegisterBenchmark(("files" + suffix).c_str(), [&, slow](benchmark::State& state) {
        evtx::measure(state, views, slow);
      });
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
