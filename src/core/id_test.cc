#include "core/id.h"

#include <gtest/gtest.h>

namespace serjeant {
namespace {

TEST(Id, DependsOnWhereFieldsEnd) {
  EXPECT_NE(IdBuilder("t").add("ab").add("c").finish(), IdBuilder("t").add("a").add("bc").finish());
  EXPECT_EQ(IdBuilder("t").add("ab").finish(), IdBuilder("t").add("ab").finish());
}

TEST(Id, HashesAsFips180Says) {
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  auto hasher = Sha256{};
  hasher.add("a").add("bc");
  EXPECT_EQ(hasher.finish(), sha256("abc"));
}

}  // namespace
}  // namespace serjeant
