#include <cstddef>
#include <cstdint>

#include "promise.h"
#include "read/json/open.h"

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  serjeant::fuzz::run(serjeant::open_json_reader, {reinterpret_cast<const char*>(data), size},
                      "[{\"a\":1,\"b\":{\"c\":\"x\\\\\\\"\"}},\n", "\"\"\"{}{}[],,:: \n\\\\abu0\1",
                      "a.json");
  return 0;
}
