#include <cstddef>
#include <cstdint>

#include "promise.h"
#include "read/patterned/open.h"

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  serjeant::fuzz::run(serjeant::open_patterned_reader, {reinterpret_cast<const char*>(data), size},
                      "2022-04-12 00:24:24.741 UTC [9158] a@b LOG:  one\n"
                      "2022-04-12 00:24:24.741 UTC [9158] a@b DETAIL:  two\n\tthree\n",
                      "\t \n\n#\"=[]<>:,-019LOG\1", "a.log");
  return 0;
}
