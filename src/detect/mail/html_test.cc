#include "detect/mail/html.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "detect/mail/css.h"
#include "detect/mail/page.h"

namespace serjeant::mail {
namespace {

auto only(const Page& page) -> const PageReference& {
  static const auto none = PageReference{};
  return page.refs.size() == 1 ? page.refs[0] : none;
}

TEST(Tokenizer, CoversEveryByteOfBrokenMarkup) {
  for (const auto* html : {"<", "<a", "<a href=\"x", "</", "</>", "<!", "<!--", "<!-->x", "<style>",
                           "<style></styl", "a<b<c>", "<?x", "<![CDATA[x]]>y", "<a/b=c d='>'>"}) {
    auto arena = Arena{};
    auto tokenizer = HtmlTokenizer(html, arena);
    auto token = HtmlToken{};
    auto end = std::size_t{0};
    while (tokenizer.next(token)) {
      EXPECT_EQ(token.begin, end) << html;
      end = token.end;
    }
    EXPECT_EQ(end, std::string_view(html).size()) << html;
  }
}

TEST(Tokenizer, IsLinearInUnclosedThings) {
  auto arena = Arena{};
  for (const auto* piece : {"<a ", "<!-- ", "<style>", "<b><", "&#", "</style ", "\"<a href="}) {
    auto html = std::string{};
    while (html.size() < (std::size_t{2} << 20)) html += piece;
    read_page(html, false, arena);
    arena.reset();
  }
}

TEST(References, DecodeAsBrowsersDo) {
  auto arena = Arena{};
  EXPECT_EQ(decode_references("&amp;&copy;&#65;&#x42;&notit;&unknown;&#0;", false, arena),
            "&\xc2\xa9"
            "AB\xc2\xacit;&unknown;\xef\xbf\xbd");
  EXPECT_EQ(decode_references("a?b=1&copy=2", true, arena), "a?b=1&copy=2");
}

TEST(Page, HidesByEachOfTheWays) {
  const auto hidden = [](const std::string& around, const std::string& style) {
    auto arena = Arena{};
    const auto html =
        around + "<img src=\"https://a.example/x\" width=300 height=200 style=\"" + style + "\">";
    return only(read_page(html, false, arena)).visibility == Visibility::kHidden;
  };
  EXPECT_FALSE(hidden("", ""));
  EXPECT_FALSE(hidden("<div style='overflow:hidden;height:20px'>", "opacity:0.5"));
  for (const auto* style : {"display:none", "visibility:hidden", "opacity:0", "max-height:0",
                            "width:1px", "position:absolute;left:-9999px", "transform:scale(0)",
                            "position:absolute;clip:rect(0,0,0,0)", "clip-path:inset(50%)",
                            "filter:opacity(0)", "margin-left:-5000px", "d\\69splay:none"})
    EXPECT_TRUE(hidden("", style)) << style;
  EXPECT_TRUE(hidden("<div style='height:0;overflow:hidden'>", ""));
  EXPECT_TRUE(hidden("<div><p hidden>", ""));
  EXPECT_TRUE(hidden("<div style='text-indent:-9999px;overflow:hidden'>", ""));
  EXPECT_TRUE(
      hidden("<style>div.x img{display:none!important}</style><div class='y x'>", "display:block"));
  EXPECT_FALSE(hidden("<style>div.x > img:hover{display:none}</style><div class=x>", ""));
  EXPECT_FALSE(hidden("<style>@media print{img{display:none}}</style>", ""));
}

TEST(Page, LeavesUnknownWhatCannotBeKnown) {
  auto arena = Arena{};
  EXPECT_EQ(only(read_page("<img src=https://a.example/x>", false, arena)).visibility,
            Visibility::kUnknown);
}

TEST(Page, NeverLoadsCommentsTemplatesAndTextAreas) {
  auto arena = Arena{};
  const auto page = read_page(
      "<!-- <img src=https://a.example/1> --><template><img src=https://a.example/2></template>"
      "<textarea><img src=https://a.example/3></textarea>",
      false, arena);
  ASSERT_EQ(page.refs.size(), 3u);
  for (const auto& reference : page.refs) EXPECT_EQ(reference.fetch, Fetch::kNever);
}

TEST(Page, ReadsConditionalCommentsForThoseWhoDo) {
  auto arena = Arena{};
  const auto page = read_page(
      "<!--[if mso]><v:rect style='width:1px;height:1px'><v:imagedata "
      "src=https://a.example/v></v:rect><![endif]-->",
      false, arena);
  EXPECT_EQ(only(page).context, "vml.imagedata");
  EXPECT_EQ(only(page).fetch, Fetch::kClient);
  EXPECT_EQ(only(page).visibility, Visibility::kHidden);
}

TEST(Page, NamesALinkByItsSheetElseByItsFirstRelation) {
  auto arena = Arena{};
  const auto page = read_page(
      "<link rel='Alternate StyleSheet' href=https://a.example/1>"
      "<link rel='DNS-Prefetch of-some-further-relations' href=https://a.example/2>"
      "<link rel=canonical href=https://a.example/3><link rel href=https://a.example/4>",
      false, arena);
  auto contexts = std::vector<std::string>{};
  for (const auto& ref : page.refs) contexts.emplace_back(ref.context);
  EXPECT_EQ(contexts, (std::vector<std::string>{"link.stylesheet", "link.dns_prefetch",
                                                "link.canonical", "link."}));
}

TEST(Page, ShowsOnlyVisibleText) {
  auto arena = Arena{};
  const auto page = read_page(
      "<p>seen<span style='display:none'>secret</span></p><title>no</title>", false, arena);
  EXPECT_NE(page.text.find("seen"), std::string::npos);
  EXPECT_EQ(page.text.find("secret"), std::string::npos);
  EXPECT_EQ(page.hidden_text, 6u);
}

TEST(Page, SpendsNoMoreThanItsBudgetOnStyles) {
  auto html = std::string("<style>");
  for (auto i = 0; i < 5000; ++i) html += "a b c d e *{color:red}";
  html += "</style>";
  for (auto i = 0; i < 20'000; ++i) html += "<a><b><c>";
  auto arena = Arena{};
  EXPECT_TRUE(read_page(html, false, arena).cut);
}

TEST(Css, FindsAddressesInEveryPlace) {
  auto arena = Arena{};
  auto sheet = StyleSheet{};
  sheet.add(
      "@import 'https://a.example/1.css'; @font-face{src:url(https://a.example/2.woff)} x{y:z",
      arena);
  ASSERT_EQ(sheet.references().size(), 2u);
  EXPECT_EQ(sheet.references()[0].context, "css.import");
  EXPECT_EQ(sheet.references()[1].context, "css.font_face");
}

}  // namespace
}  // namespace serjeant::mail
