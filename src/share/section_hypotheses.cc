#include <fmt/core.h>

#include <cmath>
#include <map>

#include "core/json.h"
#include "core/time.h"
#include "share/sections.h"

// Who did it: hypotheses in rows, which keeps a reader from seeking what
// confirms the first one (Dhami et al. 2024).
namespace serjeant {
namespace {

constexpr auto kRows = std::size_t{12};
constexpr auto kColumns = std::size_t{10};

auto percent(std::int64_t ppm) -> std::string {
  return fmt::format("{}.{} %", ppm / 10'000, ppm / 1'000 % 10);
}

struct Hypothesis {
  Id id;
  std::string name, word, reasons;
  std::int64_t posterior = 0, low = 0, high = 0;
};

auto likeliest(const CaseReader& reader) -> Result<std::vector<Hypothesis>> {
  auto out = std::vector<Hypothesis>{};
  SJ_DO(reader.query(
      "SELECT h.id, h.kind, e.value, a.posterior, a.lo, a.hi, a.word, a.reasons FROM hypothesis h "
      "JOIN "
      "assessment a ON a.hypothesis=h.id LEFT JOIN entity e ON e.id=h.subject "
      "ORDER BY h.kind='unknown' DESC, h.kind='framed', a.posterior DESC, e.value LIMIT ?1",
      {std::int64_t{kRows}}, [&](const Row& row) {
        auto& h = out.emplace_back();
        h.id = row.id(0);
        h.name = row.text(1) == "unknown"  ? "unknown: somebody in no knowledge base"
                 : row.text(1) == "framed" ? "framed: " + std::string(row.text(2))
                                           : std::string(row.text(2));
        h.posterior = row.integer(3);
        h.low = row.integer(4);
        h.high = row.integer(5);
        h.word = row.text(6);
        h.reasons = row.text(7);
      }));
  return out;
}

// Ratios as log10 with a word beside the colour: the bands of ENFSI.
auto cell_words(std::int64_t micro_nats) -> std::string {
  const auto log10 = static_cast<double>(micro_nats) / 1e6 / std::log(10.0);
  return fmt::format("{:+.2f}", log10 == 0 ? 0.0 : log10);
}

void gate(Page& page, const std::string& reasons) {
  auto arena = Arena{};
  auto document = Document{};
  parse_json(reasons, "", document, arena);
  const auto failed = document.root().find("not_named_because");
  if (!failed) return;
  page.html.raw("<div class=\"box\"><p>No name is given, because:</p><ul>\n");
  for (const auto why : failed) page.html.raw("<li>").text(why.text()).raw("</li>\n");
  page.html.raw("</ul></div>\n");
}

}  // namespace

auto write_hypotheses(Page& page) -> Result<> {
  auto& html = page.html;
  html.raw("<section id=\"hypotheses\"><h2>Who did it</h2>\n");
  SJ_TRY(const auto rows, likeliest(page.reader));
  if (rows.empty()) {
    html.raw(
        "<p>Nothing is said: no knowledge base was given (<code>--intel</code>), or nothing that "
        "was "
        "observed is in it.</p></section>\n");
    return {};
  }
  html.raw(
      "<p>Techniques alone never name anybody. The figures measure agreement with what was "
      "published "
      "before, not truth; likelihood words are those of ICD 203.</p>\n");
  for (const auto& h : rows)
    if (h.reasons.find("not_named_because") != std::string::npos) gate(page, h.reasons);

  struct Item {
    Id id;
    std::string technique;
  };
  auto items = std::vector<Item>{};
  SJ_DO(page.reader.query(
      "SELECT i.id, e.value, max(f.lr_used)-min(f.lr_used) AS spread FROM item_of_evidence i JOIN "
      "claim c ON "
      "c.id=i.id JOIN entity e ON e.id=c.object JOIN factor f ON f.item=i.id GROUP BY i.id "
      "ORDER BY spread DESC, e.value LIMIT ?1",
      {std::int64_t{kColumns}}, [&](const Row& row) {
        items.push_back({row.id(0), std::string(row.text(1))});
      }));
  html.raw(
      "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Matrix of "
      "hypotheses\"><table><caption>Hypotheses in rows; evidence in columns, most telling first. A "
      "cell ");
  html.raw(
      "is the base-10 logarithm of the likelihood ratio used: +1 speaks ten to one for it, 0 says "
      "nothing.</caption>\n<thead><tr><th scope=\"col\">Hypothesis</th>");
  html.raw(
      "<th scope=\"col\" class=\"n\">Probability</th><th scope=\"col\">Range</th><th "
      "scope=\"col\">Word</th>");
  for (const auto& item : items) {
    html.raw("<th scope=\"col\" class=\"n\">").text(item.technique);
    page.citations.cite_claim(item.id, html, 1);
    html.raw("</th>");
  }
  html.raw("</tr></thead><tbody>\n");
  for (const auto& h : rows) {
    auto used = std::map<Id, std::int64_t>{};
    SJ_DO(page.reader.query("SELECT item, lr_used FROM factor WHERE hypothesis=?1", {h.id},
                            [&](const Row& row) { used[row.id(0)] = row.integer(1); }));
    html.raw("<tr><th scope=\"row\">")
        .text(h.name)
        .raw("</th><td class=\"n\">")
        .text(percent(h.posterior));
    html.raw("</td><td>")
        .text(percent(h.low))
        .raw(" to ")
        .text(percent(h.high))
        .raw("</td><td>")
        .text(h.word);
    html.raw("</td>");
    for (const auto& item : items) {
      const auto found = used.find(item.id);
      const auto value = found == used.end() ? 0 : found->second;
      html.raw(value > 0 ? Markup("<td class=\"n for\">") : Markup("<td class=\"n neutral\">"));
      html.text(cell_words(value)).raw("</td>");
    }
    html.raw("</tr>\n");
  }
  html.raw("</tbody></table></div>\n");
  SJ_TRY(const auto changed, page.reader.number("SELECT count(DISTINCT top) FROM sensitivity"));
  html.raw("<p>What would change the answer: with each item of evidence left out in turn, ");
  html.number(changed).raw(changed == 1 ? Markup(" hypothesis comes")
                                        : Markup(" different hypotheses come"));
  html.raw(" first.</p></section>\n");
  return {};
}

auto write_claims(Page& page) -> Result<> {
  auto& html = page.html;
  html.raw("<section id=\"claims\"><h2>Claims and denials</h2>\n");
  SJ_TRY(const auto claims, page.reader.number("SELECT count(*) FROM claim WHERE rung>=3"));
  if (claims == 0) {
    html.raw(
        "<p>This case claims of no group, organisation or state that it did this, and quotes "
        "nobody "
        "who does. So there is nothing that anybody could have been asked to "
        "deny.</p></section>\n");
    return {};
  }
  html.raw(
      "<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
      "aria-label=\"Table\"><table><caption>Who says what, and who denies "
      "it</caption><thead><tr><th scope=\"col\">Claim</th>");
  html.raw(
      "<th scope=\"col\">Stance</th><th scope=\"col\">Source grade</th><th "
      "scope=\"col\">Denial</th></tr></thead><tbody>\n");
  SJ_DO(page.reader.query(
      "SELECT c.id, c.words, c.stance, c.reliability, c.credibility, (SELECT d.words FROM answer a "
      "LEFT JOIN claim d "
      "ON d.id=a.answer WHERE a.claim=c.id ORDER BY a.n LIMIT 1) FROM claim c WHERE c.rung>=3 "
      "ORDER BY c.said0, c.id",
      [&](const Row& row) {
        html.raw("<tr><td>").text(row.text(1));
        page.citations.cite_claim(row.id(0), html, 3);
        html.raw("</td><td>")
            .text(row.integer(2) == 1    ? "asserts"
                  : row.integer(2) == -1 ? "denies"
                                         : "doubts");
        html.raw("</td><td>").text(row.text(3)).plain(row.integer(4)).raw("</td><td>");
        html.text(row.is_null(5) ? "none known" : row.text(5)).raw("</td></tr>\n");
      }));
  html.raw("</tbody></table></div></section>\n");
  return {};
}

}  // namespace serjeant
