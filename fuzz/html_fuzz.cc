#include <string>

#include "core/check.h"
#include "detect/mail/facts.h"
#include "detect/mail/html.h"
#include "detect/mail/page.h"

// Tokens tile the text; attributes lie in their tag; a page's references are in
// bounds; and the facts of a mail with that body survive being coded.
namespace {

using namespace serjeant;
using namespace serjeant::mail;

auto onto_alphabet(std::string_view input) -> std::string {
  constexpr std::string_view words[] = {"<",
                                        ">",
                                        "/",
                                        "<!--",
                                        "-->",
                                        "<!--[if mso]>",
                                        "<![endif]-->",
                                        "<style>",
                                        "</style>",
                                        "<img src=",
                                        "https://a.example/x1y2z3?e=",
                                        "\"",
                                        "'",
                                        "<a href=",
                                        "&amp;",
                                        "&#x41;",
                                        "&not",
                                        " style=\"",
                                        "display:none;",
                                        "width:1px;",
                                        "background:url(",
                                        ")",
                                        "{",
                                        "}",
                                        ".c",
                                        "@media x",
                                        "<div class=c ",
                                        "<template>",
                                        "</template>",
                                        "<picture><source srcset=",
                                        "\0",
                                        "<svg><image href=",
                                        "=",
                                        " ",
                                        "a",
                                        "<textarea>",
                                        "</textarea",
                                        "<base href=",
                                        "\xff",
                                        "!important",
                                        "<link href=x rel=",
                                        "<meta http-equiv=refresh content=",
                                        "a-relation-too-long-for-the-short-string stylesheet"};
  auto out = std::string{};
  for (const auto c : input.substr(0, 4096))
    out += words[static_cast<unsigned char>(c) % std::size(words)];
  return out;
}

void check(std::string_view html) {
  auto arena = Arena{};
  auto tokenizer = HtmlTokenizer(html, arena);
  auto token = HtmlToken{};
  auto end = std::size_t{0};
  while (tokenizer.next(token)) {
    SJ_CHECK(token.begin == end && token.end > token.begin);
    end = token.end;
    for (const auto& attribute : token.attributes)
      SJ_CHECK(attribute.at >= token.begin && attribute.at + attribute.length <= token.end);
  }
  SJ_CHECK(end == html.size());
  const auto page = read_page(html, false, arena);
  SJ_CHECK(page.refs.size() <= kMostReferences);

  const auto mail =
      "From: a@b.example\nTo: c@d.example\nContent-Type: text/html\n\n" + std::string(html);
  const auto message = read_message(mail, {0, 0, 1}, arena).value;
  const auto facts = mail_facts(message, arena);
  for (const auto& ref : facts.refs) SJ_CHECK(ref.span.offset + ref.span.length <= mail.size());
  auto coded = std::string{}, again = std::string{};
  encode_mail_facts(facts, coded);
  auto decoded = MailFacts{};
  SJ_CHECK(decode_mail_facts(coded, decoded));
  encode_mail_facts(decoded, again);
  SJ_CHECK(coded == again);
  // Cut and spoilt bytes are refused or decoded, never read beyond.
  SJ_CHECK(!decode_mail_facts(std::string_view(coded).substr(0, coded.size() / 2), decoded));
  if (!html.empty()) {
    coded[html.size() % coded.size()] = html[0];
    (void)decode_mail_facts(coded, decoded);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::string_view(reinterpret_cast<const char*>(data), size);
  check(input);
  const auto mapped = onto_alphabet(input);
  check(mapped);
  return 0;
}
