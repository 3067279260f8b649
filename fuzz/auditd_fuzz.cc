#include <cstddef>
#include <cstdint>

#include "promise.h"
#include "read/auditd/open.h"

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  serjeant::fuzz::run(serjeant::open_auditd_reader, {reinterpret_cast<const char*>(data), size},
                      "type=EXECVE msg=audit(1.5:7): argc=1 a0=6C73\n",
                      " \n\n\"'=typemsgaudit(1.5:7)ae0\1", "audit.log");
  return 0;
}
