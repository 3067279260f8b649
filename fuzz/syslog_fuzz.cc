#include <cstddef>
#include <cstdint>

#include "promise.h"
#include "read/syslog/open.h"

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  serjeant::fuzz::run(
      serjeant::open_syslog_reader, {reinterpret_cast<const char*>(data), size},
      "<34>1 2026-03-02T09:00:01Z h su - - [a x=\"1\"] m\nMar  2 09:00:01 h a[1]: b\n",
      "  \n\n<>1[]\"\\=:;%-Mar0\1", "a.log");
  return 0;
}
