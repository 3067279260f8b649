#include <array>
#include <cstdlib>

#include "core/json.h"
#include "core/text.h"
#include "core/time.h"
#include "share/sections.h"

// Who was aimed at, how far it went, and what was read.
namespace serjeant {
namespace {

constexpr auto kAccounts = std::int64_t{150};
constexpr auto kItems = std::int64_t{200};
constexpr auto kVerdicts = std::int64_t{40};

void time_cell(Page& page, const Row& row, int column) {
  page.html.raw("<td>");
  if (!row.is_null(column)) page.html.text(format_time(row.integer(column)));
  page.html.raw("</td>");
}

void rest(Page& page, std::int64_t total, std::int64_t shown, std::string_view topic) {
  if (total <= shown) return;
  page.html.raw("<p class=\"dim\">").number(total - shown).raw(" more: <code>serjeant show CASE ");
  page.html.text(topic).raw("</code></p>\n");
}

// The first sentence says it; how far the logs reach is for who asks.
void why_not_higher(std::string_view words, Html& html) {
  const auto end = words.find(". ");
  if (end == std::string_view::npos || words.size() < 160) {
    html.text(words);
    return;
  }
  html.text(words.substr(0, end + 1)).raw("<details><summary>as far as the logs reach</summary>");
  html.text(words.substr(end + 2)).raw("</details>");
}

}  // namespace

auto write_targets(Page& page) -> Result<> {
  auto& html = page.html;
  html.raw("<section id=\"targets\"><h2>Targets by role</h2>\n");
  SJ_TRY(const auto roles, page.reader.number("SELECT count(*) FROM person_role"));
  if (roles == 0) {
    html.raw("<p>No roster was given, so accounts are not put to roles.</p></section>\n");
    return {};
  }
  html.raw(
      "<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
      "aria-label=\"Table\"><table><caption>Persons of the roster by their highest "
      "rung</caption><thead><tr>");
  html.raw(
      "<th scope=\"col\">Role</th><th scope=\"col\" class=\"n\">Persons</th><th scope=\"col\" "
      "class=\"n\">Aimed at</th>");
  html.raw(
      "<th scope=\"col\" class=\"n\">Opened or further</th><th scope=\"col\" class=\"n\">Taken "
      "over</th></tr></thead><tbody>\n");
  SJ_DO(page.reader.query(
      "SELECT r.role, count(DISTINCT r.person), count(DISTINCT CASE WHEN "
      "s.stage>=0 THEN r.person END), "
      "count(DISTINCT CASE WHEN s.stage>=2 THEN r.person END), count(DISTINCT "
      "CASE WHEN s.stage>=5 THEN r.person END) "
      "FROM person_role r LEFT JOIN (SELECT a.person AS person, max(x.stage) AS "
      "stage FROM account a JOIN exposure x "
      "ON x.subject=a.id WHERE x.likely>0 AND (x.campaign IS NOT NULL OR x.stage>=5) GROUP BY "
      "a.person) s ON s.person=r.person "
      "GROUP BY r.role ORDER BY 3 DESC, 2 DESC, 1 LIMIT 40",
      [&](const Row& row) {
        html.raw("<tr><th scope=\"row\">").text(row.text(0)).raw("</th>");
        for (auto column = 1; column <= 4; ++column)
          html.raw("<td class=\"n\">").number(row.integer(column)).raw("</td>");
        html.raw("</tr>\n");
      }));
  html.raw("</tbody></table></div></section>\n");
  return {};
}

auto write_accounts(Page& page) -> Result<> {
  auto& html = page.html;
  html.raw("<section id=\"accounts\"><h2>Accounts</h2>\n");
  auto rungs = std::vector<Rung>{};
  for (auto stage = std::int64_t{0}; stage <= 9; ++stage)
    rungs.push_back({std::string(rung_name(stage)), 0});
  SJ_DO(page.reader.query(
      "SELECT stage, count(*) FROM (SELECT max(stage) AS stage FROM exposure WHERE likely>0 "
      "GROUP BY subject) GROUP BY stage",
      [&](const Row& row) {
        const auto stage = static_cast<std::size_t>(row.integer(0));
        if (stage < rungs.size()) rungs[stage].count = row.integer(1);
      }));
  html.raw(
      "<p>How far it went, by the highest rung that the evidence proves. A rung is never "
      "concluded from a higher intention.</p>\n");
  draw_ladder(rungs, html);
  SJ_TRY(const auto total,
         page.reader.number("SELECT count(DISTINCT subject) FROM exposure WHERE likely>0"));
  html.raw(
      "<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
      "aria-label=\"Table\"><table><caption>Accounts, highest rung first</caption><thead><tr><th "
      "scope=\"col\">Account</th>");
  html.raw(
      "<th scope=\"col\">Rung</th><th scope=\"col\">From</th><th scope=\"col\">To</th><th "
      "scope=\"col\">What is known</th>");
  html.raw("<th scope=\"col\">Why not higher</th></tr></thead><tbody>\n");
  SJ_DO(page.reader.query(
      "SELECT e.value, x.stage, x.t0, x.t1, c.words, x.why_not_higher, x.id FROM exposure x "
      "LEFT JOIN entity e ON e.id=x.subject LEFT JOIN claim c ON c.id=x.id "
      "WHERE x.likely>0 AND NOT EXISTS (SELECT 1 FROM exposure y WHERE y.subject=x.subject AND "
      "y.likely>0 AND (y.stage>x.stage "
      "OR "
      "(y.stage=x.stage AND y.id<x.id))) ORDER BY x.stage DESC, x.t0, e.value LIMIT ?1",
      {kAccounts}, [&](const Row& row) {
        html.raw("<tr><th scope=\"row\">").text(row.text(0)).raw("</th><td>");
        html.text(rung_name(row.integer(1))).raw("</td>");
        time_cell(page, row, 2);
        time_cell(page, row, 3);
        html.raw("<td>").text(row.text(4));
        page.citations.cite_claim(row.id(6), html, 2);
        html.raw("</td><td>");
        why_not_higher(row.text(5), html);
        html.raw("</td></tr>\n");
      }));
  html.raw("</tbody></table></div>\n");
  rest(page, total, kAccounts, "accounts");
  html.raw("</section>\n");
  return {};
}

// Every verdict with the signs that led to it, their weights, and what speaks
// against it.
auto write_verdicts(Page& page) -> Result<> {
  auto& html = page.html;
  html.raw("<section id=\"verdicts\"><h2>Verdicts on accounts</h2>\n");
  SJ_TRY(const auto total, page.reader.number("SELECT count(*) FROM claim WHERE predicate=45"));
  if (total == 0)
    html.raw("<p>No account shows signs of a foreign hand in what was covered.</p>\n");
  SJ_DO(page.reader.query(
      "SELECT c.id, e.value, c.literal, json_extract(c.quantity,'$.certainty'), c.held0, c.held1, "
      "c.words, c.quantity, c.hedges FROM claim c LEFT JOIN entity e ON e.id=c.subject WHERE "
      "c.predicate=45 ORDER BY c.literal='taken_over' DESC, c.literal='undecidable', c.held0, c.id "
      "LIMIT ?1",
      {kVerdicts}, [&](const Row& row) {
        html.raw("<h3>").text(row.text(1)).raw(": ").text(row.text(2)).raw("</h3>\n<p>");
        html.raw("<span class=\"dim\">").text(row.text(3)).raw("</span> ").text(row.text(6));
        page.citations.cite_claim(row.id(0), html, 4);
        html.raw("</p>\n");
        auto arena = Arena{};
        auto document = Document{};
        parse_json(row.text(7), "", document, arena);
        const auto signs = document.root().find("signs");
        if (signs) html.raw("<details><summary>Signs and weights, in nats</summary><ul>\n");
        for (const auto sign : signs) {
          const auto weight = to_int(sign.find("weight").text()).value_or(0) / 100'000;
          html.raw("<li>").text(weight < 0 ? "-" : "+").plain(std::abs(weight) / 10).raw(".");
          html.plain(std::abs(weight) % 10).raw(" ").text(sign.find("family").text()).raw(": ");
          html.text(sign.find("words").text()).raw("</li>\n");
        }
        if (signs) html.raw("</ul></details>\n");
        auto against = Document{};
        parse_json(row.text(8), "", against, arena);
        if (against.root().is_array() && against.root().begin() != against.root().end()) {
          html.raw("<p>Against it, or to keep in mind:</p><ul>\n");
          for (const auto one : against.root()) html.raw("<li>").text(one.text()).raw("</li>\n");
          html.raw("</ul>\n");
        }
      }));
  rest(page, total, kVerdicts, "accounts");
  html.raw("</section>\n");
  return {};
}

auto write_items(Page& page) -> Result<> {
  auto& html = page.html;
  html.raw("<section id=\"items\"><h2>Items and persons</h2>\n");
  html.raw(
      "<p>What was read in sessions that were found to be an intruder's. \"Proven\" is what a log "
      "names; everything else is an upper bound.</p>\n");
  constexpr auto kWhere =
      " FROM item_read r JOIN item i ON i.id=r.item JOIN strand t ON t.session=r.session AND "
      "t.n=r.strand AND t.verdict>=5 ";
  SJ_TRY(const auto total, page.reader.number(std::string("SELECT count(*)") + kWhere));
  if (total == 0) {
    html.raw("<p>None in this case.</p></section>\n");
    return {};
  }
  html.raw(
      "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table><caption>By "
      "holder</caption><thead><tr><th "
      "scope=\"col\">Holder</th><th scope=\"col\">Kind</th>");
  html.raw(
      "<th scope=\"col\">How</th><th scope=\"col\" class=\"n\">Proven</th><th scope=\"col\" "
      "class=\"n\">Upper bound only</th></tr></thead><tbody>\n");
  SJ_DO(page.reader.query(
      std::string(
          "SELECT e.value, i.kind, r.mode, count(DISTINCT CASE WHEN r.proven=1 THEN r.item END), "
          "count(DISTINCT CASE WHEN r.proven=0 THEN r.item END)") +
          kWhere + "LEFT JOIN entity e ON e.id=i.holder GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
      [&](const Row& row) {
        html.raw("<tr><th scope=\"row\">").text(row.text(0)).raw("</th><td>").text(row.text(1));
        html.raw("</td><td>").text(row.text(2)).raw("</td><td class=\"n\">").number(row.integer(3));
        html.raw("</td><td class=\"n\">").number(row.integer(4)).raw("</td></tr>\n");
      }));
  html.raw(
      "</tbody></table></div>\n<details><summary>The items one by one</summary><div "
      "class=\"scroll\"><table>");
  html.raw(
      "<caption>Items</caption><thead><tr><th scope=\"col\">Item</th><th scope=\"col\">How</th><th "
      "scope=\"col\">First</th></tr></thead><tbody>\n");
  SJ_DO(page.reader.query(std::string("SELECT i.key, r.mode, r.t0, v.source, v.off, v.len") +
                              kWhere +
                              "LEFT JOIN event v ON v.eid=r.eid ORDER BY r.t0, i.key LIMIT ?1",
                          {kItems}, [&](const Row& row) {
                            html.raw("<tr><td>").text(row.text(0));
                            if (!row.is_null(3))
                              page.citations.cite(static_cast<std::uint32_t>(row.integer(3)),
                                                  static_cast<std::uint64_t>(row.integer(4)),
                                                  static_cast<std::uint64_t>(row.integer(5)), html);
                            html.raw("</td><td>").text(row.text(1)).raw("</td>");
                            time_cell(page, row, 2);
                            html.raw("</tr>\n");
                          }));
  html.raw("</tbody></table></div></details>\n");
  rest(page, total, kItems, "items");
  html.raw("</section>\n");
  return {};
}

}  // namespace serjeant
