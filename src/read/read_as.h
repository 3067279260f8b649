#pragma once

#include <gtest/gtest.h>

#include "read/collect.h"

namespace serjeant::test {

// Reads a source that is called `name`; it must be taken for `format`, and its
// reader must keep its promises.
inline auto read_as(std::string_view format, std::string_view bytes, std::string_view name)
    -> Collector {
  const auto reader = open_reader(bytes, 1, name);
  EXPECT_EQ(reader->format(), format) << bytes;
  EXPECT_EQ(broken_promise(*reader, bytes, 8), "") << bytes;
  return read_all(*reader, 1 << 20);
}

}  // namespace serjeant::test
