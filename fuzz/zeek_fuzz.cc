#include <cstddef>
#include <cstdint>

#include "promise.h"
#include "read/zeek/open.h"

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  serjeant::fuzz::run(
      serjeant::open_zeek_reader, {reinterpret_cast<const char*>(data), size},
      "#separator \\x09\n#path\ta\n#fields\tts\tu\n#types\ttime\tset[string]\n1.5\ta,b\n",
      "\t\t\n\n#,-\\x09(empty)fields\1", "a.log");
  return 0;
}
