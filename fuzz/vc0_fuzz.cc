#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "read/collect.h"
#include "read/vc0/open.h"

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  auto bytes = std::string(8'192, '\0');
  bytes[0] = '\5';
  bytes.append("\5").append(reinterpret_cast<const char*>(data), size);
  const auto reader = serjeant::open_vc0_reader(bytes, 1);
  if (!reader) std::abort();
  const auto broken = serjeant::test::broken_promise(*reader, bytes, 1 + size / 4);
  if (broken.empty()) return 0;
  std::fprintf(stderr, "%s\n", broken.c_str());
  std::abort();
}
