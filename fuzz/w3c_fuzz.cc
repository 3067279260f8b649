#include <cstddef>
#include <cstdint>

#include "promise.h"
#include "read/w3c/open.h"

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  serjeant::fuzz::run(
      serjeant::open_w3c_reader, {reinterpret_cast<const char*>(data), size},
      "#Date: 2020-01-01 00:00:00\n#Fields: time c-ip cs-method\n00:00:01 192.0.2.1 GET\n",
      "  \n\n##-,\"\tFieldsDate:ab\1", "a.log");
  return 0;
}
