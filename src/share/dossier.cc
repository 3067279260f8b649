#include "share/dossier.h"

#include <fmt/core.h>

#include "core/text.h"
#include "share/dossier_style.h"
#include "share/sections.h"

namespace serjeant {
namespace {

auto tlp_words(std::int64_t tlp) -> std::string_view {
  switch (tlp) {
    case 0:
      return "TLP:CLEAR";
    case 1:
      return "TLP:GREEN";
    case 2:
      return "TLP:AMBER";
    case 3:
      return "TLP:AMBER+STRICT";
    default:
      return "TLP:RED";
  }
}

// The style stands in the page and is named by its hash in the policy, so that
// nothing else can style or run.
void write_head(std::string_view name, Html& page) {
  static constexpr auto style = kDossierStyle.front().second;
  const auto hash = base64_encode(view(sha256(style)));
  page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
  page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ");
  page.raw("'sha256-").text(hash).raw("'; base-uri 'none'; form-action 'none'\">\n");
  page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" ");
  page.raw("content=\"light dark\">\n<title>Dossier: ").text(name).raw("</title>\n<style>");
  page.style(style).raw(
      "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#summary\">To the summary</a>\n");
}

void write_contents(Html& page) {
  page.raw("<nav aria-label=\"Chapters\"><ul>\n");
  page.raw("<li><a href=\"#summary\">Summary</a></li><li><a href=\"#timeline\">Timeline</a></li>");
  page.raw(
      "<li><a href=\"#campaigns\">Campaigns</a></li><li><a href=\"#targets\">Targets</a></li>");
  page.raw(
      "<li><a href=\"#accounts\">Accounts</a></li><li><a "
      "href=\"#verdicts\">Verdicts</a></li><li><a href=\"#items\">Items and "
      "persons</a></li>");
  page.raw(
      "<li><a href=\"#hypotheses\">Who did it</a></li><li><a href=\"#claims\">Claims and "
      "denials</a></li>");
  page.raw("<li><a href=\"#coverage\">What cannot be known</a></li>");
  page.raw(
      "<li><a href=\"#findings\">Findings</a></li><li><a "
      "href=\"#evidence\">Evidence</a></li>\n</ul></nav>\n");
}

}  // namespace

auto make_dossier(const CaseReader& reader, const EvidenceLookup& evidence) -> Result<std::string> {
  auto html = Html{};
  auto citations = Citations(reader);
  auto page = Page{reader, citations, html};
  auto key = std::string{};
  auto build = std::string{};
  auto tlp = std::int64_t{4};
  SJ_DO(reader.query("SELECT case_key, build_id, tlp FROM run", [&](const Row& row) {
    key = hex(row.blob(0));
    build = row.text(1);
    tlp = row.integer(2);
  }));
  const auto name = "Case " + key.substr(0, 8);
  write_head(name, html);
  html.raw("<header>\n<p class=\"tlp\">").text(tlp_words(tlp)).raw("</p>\n<h1>").text(name);
  html.raw(
      "</h1>\n<p class=\"dim\">Made from the evidence alone; the same evidence, rules and "
      "program ");
  html.raw("(build ").text(build).raw(
      ") give the same case, byte for byte. Case key <span class=\"hash\">");
  html.text(key).raw("</span></p>\n</header>\n");
  write_contents(html);
  html.raw("<main>\n");
  SJ_DO(write_summary(page));
  SJ_DO(write_timeline(page));
  SJ_DO(write_campaigns(page));
  SJ_DO(write_targets(page));
  SJ_DO(write_accounts(page));
  SJ_DO(write_verdicts(page));
  SJ_DO(write_items(page));
  SJ_DO(write_hypotheses(page));
  SJ_DO(write_claims(page));
  SJ_DO(write_coverage(page));
  SJ_DO(write_findings(page));
  html.raw(
      "<section id=\"evidence\"><h2>Evidence</h2>\n<p>Each number in brackets above leads here: ");
  html.raw("the source by its hash, the place in it, and the bytes that stand there. ");
  if (evidence)
    html.raw("Bytes that are no readable text are shown as \\xNN.</p>\n");
  else
    html.raw(
        "The evidence was not at hand when this page was made, so bytes are not quoted.</p>\n");
  citations.write_index(evidence, html);
  html.raw(
      "</section>\n</main>\n<footer><p class=\"dim\">This page runs no script and loads nothing. ");
  html.raw(
      "What it says can be checked with the evidence and the command <code>serjeant "
      "verify</code>.");
  html.raw("</p></footer>\n</body>\n</html>\n");
  return html.take();
}

}  // namespace serjeant
