#include "share/html.h"

#include <gtest/gtest.h>

namespace serjeant {
namespace {

TEST(Html, EscapesWhateverTextSays) {
  auto page = Html{};
  page.raw("<p title=\"").text("a\"b'c").raw("\">").text("<script>alert(1)</script>&").raw("</p>");
  EXPECT_EQ(page.view(),
            "<p title=\"a&quot;b&#39;c\">&lt;script&gt;alert(1)&lt;/script&gt;&amp;</p>");
}

TEST(Html, NamesWhatWouldReorderAndReplacesWhatIsNoText) {
  auto page = Html{};
  page.text(
      "a\xe2\x80\xae"
      "b\x1b\xff");
  EXPECT_EQ(page.view(), "a[bidi]b\xef\xbf\xbd\xef\xbf\xbd");
}

}  // namespace
}  // namespace serjeant
