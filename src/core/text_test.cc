#include "core/text.h"

#include <gtest/gtest.h>

namespace serjeant {
namespace {

TEST(Text, TellsWellFormedUtf8) {
  EXPECT_TRUE(is_utf8("plain, \xc3\xa9, \xe2\x82\xac, \xf0\x9f\x98\x80"));
  for (const auto* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"})
    EXPECT_FALSE(is_utf8(bad));
  EXPECT_EQ(replace_bad_utf8("a\xe2\x82z"), "a\xef\xbf\xbd\xef\xbf\xbdz");
}

TEST(Text, ConvertsUtf16OfBothOrders) {
  auto bad = false;
  EXPECT_EQ(utf16_to_utf8(std::string_view("a\0=\xd8\0\xde", 6), true, bad), "a\xf0\x9f\x98\x80");
  EXPECT_EQ(utf16_to_utf8(std::string_view("\0a", 2), false, bad), "a");
  EXPECT_FALSE(bad);
  EXPECT_EQ(utf16_to_utf8(std::string_view("\0\xd8x", 3), true, bad), "\xef\xbf\xbd");
  EXPECT_TRUE(bad);
}

TEST(Text, FoldsOneCodePointToOne) {
  EXPECT_EQ(fold_case("ABC\xc3\x89\xe1\xba\x9e"), "abc\xc3\xa9\xc3\x9f");
  EXPECT_EQ(fold_case("\xff"
                      "A"),
            "\xff"
            "a");
}

TEST(Text, ShowsControlsInsteadOfSendingThem) {
  EXPECT_EQ(printable("a\x1b[2J\n\xc2\x9b\xff\xc3\xa9"), "a\\x1b[2J\\x0a\\xc2\\x9b\\xff\xc3\xa9");
}

TEST(Text, OffersTheNearestWordOrNone) {
  EXPECT_EQ(nearest_word("contians", {"contains", "endswith"}), "contains");
  EXPECT_EQ(nearest_word("zzz", {"contains", "endswith"}), std::nullopt);
}

TEST(Text, CountsASwapOfNeighboursAsOneSlip) {
  EXPECT_EQ(nearest_word("tabel", {"csv", "table"}), "table");
  EXPECT_EQ(nearest_word("csv", {"vcs", "scv"}), "scv");
  EXPECT_EQ(nearest_word("lbate", {"table"}), std::nullopt);
  EXPECT_EQ(nearest_word("Q", {"S"}), std::nullopt);
}

TEST(Text, ReadsHexAndWritesBase64) {
  EXPECT_EQ(from_hex("00fF"), std::string("\0\xff", 2));
  EXPECT_EQ(from_hex("0g"), std::nullopt);
  EXPECT_EQ(base64_encode("ab"), "YWI=");
  EXPECT_EQ(base64_encode("abc"), "YWJj");
}

TEST(Text, Base64IsReadBackAndOtherTextIsNone) {
  for (const auto* bytes : {"", "f", "fo", "foo", "foob", "\xff\xfe"})
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
  for (const auto* wrong : {"Zg", "Zg=", "Zg=\n", "Zm9v!A==", "====", "=Zg="})
    EXPECT_FALSE(base64_decode(wrong)) << wrong;
}

}  // namespace
}  // namespace serjeant
