#include "core/time.h"
#include "share/sections.h"

namespace serjeant {

auto write_campaigns(Page& page) -> Result<> {
  auto& html = page.html;
  html.raw("<section id=\"campaigns\"><h2>Campaigns</h2>\n");
  SJ_TRY(const auto count, page.reader.number("SELECT count(*) FROM campaign"));
  if (count == 0) html.raw("<p>None found in the mails at hand.</p>\n");
  auto ids = std::vector<Id>{};
  SJ_DO(page.reader.query("SELECT id FROM campaign ORDER BY t0, label LIMIT 20",
                          [&](const Row& row) { ids.push_back(row.id(0)); }));
  for (const auto& id : ids) {
    SJ_DO(page.reader.query(
        "SELECT c.label, c.purpose, c.t0, c.t1, (SELECT count(*) FROM campaign_member m WHERE "
        "m.campaign=c.id), "
        "(SELECT max(wave) FROM campaign_member m WHERE m.campaign=c.id), k.words, k.id, "
        "json_extract(k.quantity,'$.recipients') FROM campaign c LEFT JOIN claim k ON "
        "k.subject=c.id AND "
        "k.extractor='campaign' WHERE c.id=?1",
        {id}, [&](const Row& row) {
          html.raw("<h3>").text(row.text(0)).raw("</h3>\n<p>").text(row.text(6));
          page.citations.cite_claim(row.id(7), html, 5);
          html.raw("</p>\n<p>").number(row.integer(4)).raw(" mails to ").number(row.integer(8));
          html.raw(" addresses in ").number(row.integer(5)).raw(" waves");
          if (!row.is_null(2))
            html.raw(", from ")
                .text(format_time(row.integer(2)))
                .raw(" to ")
                .text(format_time(row.integer(3)));
          html.raw(".</p>\n");
        }));
    html.raw(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
        "aria-label=\"Table\"><table><caption>What ties its mails together, by kind of "
        "evidence</caption><thead><tr>");
    html.raw(
        "<th scope=\"col\">Kind</th><th scope=\"col\">Shared</th><th scope=\"col\" "
        "class=\"n\">Ties</th><th scope=\"col\" class=\"n\">Weight, "
        "nats</th></tr></thead><tbody>\n");
    SJ_DO(page.reader.query(
        "SELECT family, shared, count(*), max(llr) FROM campaign_link l WHERE l.a IN (SELECT "
        "member FROM "
        "campaign_member WHERE campaign=?1) GROUP BY family, shared ORDER BY count(*) DESC, "
        "family, shared LIMIT 12",
        {id}, [&](const Row& row) {
          html.raw("<tr><th scope=\"row\">").text(row.text(0)).raw("</th><td>").text(row.text(1));
          html.raw("</td><td class=\"n\">").number(row.integer(2)).raw("</td><td class=\"n\">");
          html.plain(row.integer(3) / 1'000'000).raw(".").plain(row.integer(3) / 100'000 % 10);
          html.raw("</td></tr>\n");
        }));
    html.raw("</tbody></table></div>\n");
  }
  html.raw("</section>\n");
  return {};
}

}  // namespace serjeant
