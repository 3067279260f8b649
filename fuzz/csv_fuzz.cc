#include <cstddef>
#include <cstdint>

#include "promise.h"
#include "read/csv/open.h"

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  serjeant::fuzz::run(serjeant::open_csv_reader, {reinterpret_cast<const char*>(data), size},
                      "name,place,\"what\"\r\nx,y,\"a \"\"b\"\"\r\nc\"\r\n",
                      "\"\"\",,,\n\n\rab;\t \1", "a.csv");
  return 0;
}
