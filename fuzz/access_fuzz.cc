#include <cstddef>
#include <cstdint>

#include "promise.h"
#include "read/access/open.h"

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  serjeant::fuzz::run(
      serjeant::open_access_reader, {reinterpret_cast<const char*>(data), size},
      "192.0.2.1 - u [13/Jan/2016:19:31:16 +0000] \"GET /a?b HTTP/1.1\" 200 5 \"-\" \"x\"\n",
      "\"\\\n\r[] -/:1aG\1", "access.log");
  return 0;
}
