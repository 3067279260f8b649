#include "read/mail/header.h"

#include <gtest/gtest.h>

namespace serjeant::mail {
namespace {

TEST(SplitHeader, KeepsFoldedLinesInOneField) {
  auto got = split_header("Subject: one\r\n two\r\nTo: a@b\r\n\r\nbody", {});
  ASSERT_EQ(got.value.fields.size(), 2u);
  EXPECT_EQ(got.value.fields[0].value, " one\r\n two");
  EXPECT_TRUE(got.faults.empty());
}

TEST(SplitHeader, StopsBehindTheBlankLine) {
  auto got = split_header("To: a@b\r\n\r\nNot: a field\r\n", {});
  EXPECT_EQ(got.value.fields.size(), 1u);
  EXPECT_EQ(got.value.size, 11u);
}

TEST(SplitHeader, DoesNotFoldTheBodyIntoTheBlankLine) {
  auto got = split_header("To: a@b\n\n  indented body\n", {});
  EXPECT_EQ(got.value.fields.size(), 1u);
  EXPECT_EQ(got.value.size, 9u);
}

TEST(SplitHeader, ReportsALineWithoutColonAndReadsOn) {
  auto got = split_header("garbage\r\nTo: a@b\r\n", {.offset = 100, .length = 18, .source = 7});
  ASSERT_EQ(got.faults.size(), 1u);
  EXPECT_EQ(got.faults[0].kind, FaultKind::kBadHeader);
  EXPECT_EQ(got.faults[0].span, (Span{.offset = 100, .length = 9, .source = 7}));
  ASSERT_EQ(got.value.fields.size(), 1u);
  EXPECT_EQ(got.value.fields[0].span, (Span{.offset = 109, .length = 9, .source = 7}));
}

TEST(SplitHeader, SaysWhereTheByteLimitStoppedIt) {
  auto got = split_header("To: a@b\r\nCc: c@d\r\n", {}, {.bytes = 9});
  ASSERT_EQ(got.faults.size(), 1u);
  EXPECT_EQ(got.faults[0].kind, FaultKind::kTooLong);
  EXPECT_EQ(got.faults[0].span.offset, 9u);
  EXPECT_EQ(got.value.fields.size(), 1u);
}

TEST(SplitHeader, SaysWhereTheFieldLimitStoppedIt) {
  auto got = split_header("A: 1\nB: 2\nC: 3\n", {}, {.fields = 2});
  ASSERT_EQ(got.faults.size(), 1u);
  EXPECT_EQ(got.faults[0].kind, FaultKind::kTooMany);
  EXPECT_EQ(got.faults[0].span.offset, 10u);
}

}  // namespace
}  // namespace serjeant::mail
