// Small valid event logs with bytes of the input written over them, or the
// input as it is, behind the magic of a chunk. Promises: every byte is
// accounted for once, chunks change nothing, a record read again is the same,
// and the fast path writes what the slow one does.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "read/collect.h"
#include "read/evtx/build.h"
#include "read/evtx/bytes.h"
#include "read/evtx/open.h"

namespace serjeant::evtx {
namespace {

using test::ChunkBuilder;
using test::number;
using test::Slot;
using test::Tokens;
using test::wide;

void event_data(Tokens& body) {
  body.fragment().open("EventData", true).attribute("Name").slot(3, Type::kString).close_start();
  body.data("a", 0, Type::kString).data("b", 1, Type::kUInt32).leaf("Data", 2, Type::kString);
  body.leaf("Binary", 3, Type::kBinary).close().end();
}
void event(Tokens& body) {
  body.fragment().open("Event", true).attribute("xmlns").text("u").close_start();
  body.open("System").close_start().open("Provider", true).attribute("Name").text("p");
  body.attribute("Guid").slot(1, Type::kGuid).close_empty().leaf("EventID", 2, Type::kUInt16);
  body.leaf("T", 3, Type::kFileTime).leaf("T", 4, Type::kSid).leaf("R", 5, Type::kReal64);
  body.open("Q", true).attribute("x").slot(6, Type::kHex64).close_start().slot(7, Type::kBool);
  body.close().close().slot(0, Type::kBinXml).close().end();
}

// Three records of one template, each with another template inside; a record
// without one.
auto valid_chunk() -> std::string {
  auto chunk = ChunkBuilder{};
  auto outer = std::size_t{0}, inner = std::size_t{0};
  for (auto i = 0; i < 3; ++i)
    chunk.record([&](Tokens& record) {
      record.fragment();
      if (i == 0) {
        outer = record.here() + 10;
        record.instance(7, event);
      } else {
        record.instance(7, outer);
      }
      auto value = Tokens(record.here() + 4 + 8 * 4);
      if (i == 0) {
        inner = value.here() + 10;
        value.instance(8, event_data);
      } else {
        value.instance(8, inner);
      }
      value.values({{Type::kString, wide("text")},
                    {Type::kUInt32, number(5u)},
                    {Type::kString, wide(std::string_view("x\0y\0", 4)), i == 1},
                    {Type::kNull, ""}});
      value.end();
      record.values({{Type::kBinXml, value.bytes()},
                     {Type::kGuid, "0123456789abcdef"},
                     {Type::kUInt16, number(std::uint16_t{4104})},
                     {Type::kFileTime, number(std::uint64_t{133'500'000'000'000'000})},
                     {Type::kSid, std::string("\1\1\0\0\0\0\0\5\x12\0\0\0", 12)},
                     {Type::kReal64, number(0.5)},
                     {Type::kHex64, number(std::uint64_t{1} << 63)},
                     {Type::kBool, number(1u)}});
      record.end();
    });
  chunk.record([](Tokens& record) {
    record.fragment().open("Event", false, false).close_start().u8(0x09).name("lt").u8(0x08);
    record.u16(0x41).u8(0x0a).name("pi").u8(0x0b).u16(1).raw(wide("p")).close().end();
  });
  return chunk.finish(2560);
}

void hold(const std::string& bytes, std::uint64_t target) {
  const auto reader = open_evtx_reader(bytes, 1);
  if (!reader) return;
  auto broken = serjeant::test::broken_promise(*reader, bytes, target);
  const auto slow = open_slowly(bytes, 1);
  const auto ours = serjeant::test::read_all(*reader, ~std::uint64_t{0});
  const auto twins = serjeant::test::read_all(*slow, ~std::uint64_t{0});
  if (ours.records != twins.records) broken = "the fast path differs from the slow one";
  if (broken.empty()) return;
  std::fprintf(stderr, "%s\n", broken.c_str());
  std::abort();
}

}  // namespace
}  // namespace serjeant::evtx

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  using namespace serjeant;
  static const auto kChunk = evtx::valid_chunk();
  auto input = std::string_view(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  const auto choice = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  auto bytes = kChunk;
  if ((choice & 1) != 0) {
    bytes.resize(evtx::kChunkHead);
    bytes += input;
  } else {
    // Two bytes of place, one of count, and as many to be written there.
    while (input.size() >= 3) {
      const auto at = evtx::u16_at(input, 0) % bytes.size();
      const auto count = static_cast<unsigned char>(input[2]) % 9u;
      input.remove_prefix(3);
      const auto with = input.substr(0, std::min<std::size_t>(count, bytes.size() - at));
      bytes.replace(at, with.size(), with);
      input.remove_prefix(with.size());
    }
    if ((choice & 2) != 0) bytes = evtx::test::file({bytes + std::string(3072, '\0'), kChunk});
  }
  evtx::hold(bytes, 1 + choice / 8);
  return 0;
}
