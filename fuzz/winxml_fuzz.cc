#include <cstddef>
#include <cstdint>

#include "promise.h"
#include "read/winxml/open.h"

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  serjeant::fuzz::run(serjeant::open_winxml_reader, {reinterpret_cast<const char*>(data), size},
                      "<Event><System><EventID>1</EventID></System><EventData><Data Name='A'>x",
                      "<</>>Event System DataName='\"&;#x1![CDATA[]]--?\n\1", "a.xml");
  return 0;
}
