#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/json.h"
#include "shape/event.h"

// Bytes that are taken for an event can be walked, and give themselves again
// when they are written and read once more.
extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  using namespace serjeant;
  const auto bytes = std::string_view(reinterpret_cast<const char*>(data), size);
  auto arena = Arena{};
  auto document = Document{};
  auto event = Event{};
  if (!decode_event(bytes, arena, document, event)) return 0;
  auto first = std::string{};
  write_spine(event, first);
  JsonWriter(first).value(event.native);
  auto written = std::string{};
  encode_event(event, written);
  auto nodes = Document{};
  auto again = Event{};
  if (!decode_event(written, arena, nodes, again)) std::abort();
  auto second = std::string{};
  write_spine(again, second);
  JsonWriter(second).value(again.native);
  if (first != second) std::abort();
  return 0;
}
