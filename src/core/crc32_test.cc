#include "core/crc32.h"

#include <gtest/gtest.h>

#include <string>

namespace serjeant {
namespace {

// Bit by bit, as the standard has it.
auto slowly(std::string_view bytes) -> std::uint32_t {
  auto sum = ~std::uint32_t{0};
  for (const auto c : bytes) {
    sum ^= static_cast<unsigned char>(c);
    for (auto bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xedb88320u : 0u);
  }
  return ~sum;
}

TEST(Crc32, GivesTheCheckValueOfItsDefinition) {
  EXPECT_EQ(crc32("123456789"), 0xcbf43926u);
  EXPECT_EQ(crc32(""), 0u);
}

TEST(Crc32, IsTheSameForEveryLength) {
  auto bytes = std::string{};
  for (auto i = 0; i < 400; ++i) {
    EXPECT_EQ(crc32(bytes), slowly(bytes)) << bytes.size();
    EXPECT_EQ(crc32(std::string_view(bytes).substr(bytes.size() / 3),
                    crc32(std::string_view(bytes).substr(0, bytes.size() / 3))),
              slowly(bytes));
    bytes += static_cast<char>(i * 37 + 11);
  }
}

}  // namespace
}  // namespace serjeant
