#include "core/uuid.h"

#include <gtest/gtest.h>

namespace serjeant {
namespace {

TEST(Uuid, IsThatOfRfc9562) {
  // Appendix A.4: the DNS namespace and "www.example.com".
  EXPECT_EQ(uuid5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com"),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

TEST(Uuid, IsToldByItsForm) {
  EXPECT_TRUE(is_uuid("2ed6657d-e927-568b-95e1-2665a8aea6a2"));
  EXPECT_TRUE(is_uuid("2ED6657D-E927-568B-95E1-2665A8AEA6A2"));
  EXPECT_FALSE(is_uuid("2ed6657d-e927-568b-95e1-2665a8aea6ag"));
  EXPECT_FALSE(is_uuid("2ed6657de927-568b-95e1-2665a8aea6a2-"));
  EXPECT_FALSE(is_uuid("{2ed6657d-e927-568b-95e1-2665a8aea6a2}"));
  EXPECT_FALSE(is_uuid(""));
}

}  // namespace
}  // namespace serjeant
