#include "core/time.h"
#include "share/sections.h"

// What was looked at, what the logs cannot show, and every finding.
namespace serjeant {
namespace {

constexpr auto kFindings = std::int64_t{300};
constexpr auto kGaps = std::int64_t{200};

auto level_word_of(std::int64_t level) -> std::string_view {
  switch (level) {
    case 0:
      return "informational";
    case 1:
      return "low";
    case 2:
      return "medium";
    case 3:
      return "high";
    default:
      return "critical";
  }
}

}  // namespace

auto write_coverage(Page& page) -> Result<> {
  auto& html = page.html;
  html.raw(
      "<section id=\"coverage\"><h2>What cannot be known</h2>\n<p>\"Nothing found\" means nothing "
      "in what "
      "was covered. These stretches were not, or not fully:</p>\n");
  SJ_TRY(const auto gaps, page.reader.number("SELECT count(*) FROM gap"));
  if (gaps == 0) html.raw("<p>No gap was found in the logs at hand.</p>\n");
  if (gaps > 0) {
    html.raw(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
        "aria-label=\"Table\"><table><caption>Gaps</caption><thead><tr><th "
        "scope=\"col\">Kind</th><th scope=\"col\">Source</th>");
    html.raw(
        "<th scope=\"col\">From</th><th scope=\"col\">To</th><th scope=\"col\">What it "
        "means</th></tr></thead><tbody>\n");
    SJ_DO(page.reader.query(
        "SELECT kind, source, t0, t1, effect FROM gap ORDER BY t0 IS NULL, t0, kind, id LIMIT ?1",
        {kGaps}, [&](const Row& row) {
          html.raw("<tr><th scope=\"row\">").text(row.text(0)).raw("</th><td>");
          if (!row.is_null(1))
            html.text(page.citations.source_name(static_cast<std::uint32_t>(row.integer(1))));
          html.raw("</td><td>");
          if (!row.is_null(2)) html.text(format_time(row.integer(2)));
          html.raw("</td><td>");
          if (!row.is_null(3)) html.text(format_time(row.integer(3)));
          html.raw("</td><td>").text(row.text(4)).raw("</td></tr>\n");
        }));
    html.raw("</tbody></table></div>\n");
    if (gaps > kGaps)
      html.raw("<p class=\"dim\">")
          .number(gaps - kGaps)
          .raw(" more: <code>serjeant show CASE coverage</code></p>\n");
  }
  html.raw(
      "<details><summary>Every source, and how much of it was read</summary><div "
      "class=\"scroll\"><table>");
  html.raw(
      "<caption>Sources</caption><thead><tr><th scope=\"col\">Source</th><th scope=\"col\">What it "
      "is</th><th scope=\"col\" class=\"n\">Bytes</th>");
  html.raw(
      "<th scope=\"col\" class=\"n\">Records</th><th scope=\"col\" class=\"n\">Flaws</th><th "
      "scope=\"col\" class=\"n\">Bytes not read</th></tr></thead><tbody>\n");
  SJ_DO(page.reader.query(
      "SELECT s.id, coalesce(s.profile, s.kind), s.size, coalesce(sum(c.records),0), "
      "coalesce(sum(c.faults),0), "
      "coalesce(sum(CASE WHEN c.state=3 OR c.why='unknown format' THEN c.len ELSE 0 END),0) FROM "
      "source s LEFT JOIN "
      "coverage c ON c.source=s.id WHERE s.kind NOT IN ('rules') GROUP BY s.id ORDER BY 6 DESC, "
      "s.size DESC, s.id LIMIT 400",
      [&](const Row& row) {
        html.raw("<tr><th scope=\"row\">");
        html.text(page.citations.source_name(static_cast<std::uint32_t>(row.integer(0))));
        html.raw("</th><td>").text(row.text(1)).raw("</td>");
        for (auto column = 2; column <= 5; ++column)
          html.raw("<td class=\"n\">").number(row.integer(column)).raw("</td>");
        html.raw("</tr>\n");
      }));
  html.raw("</tbody></table></div></details></section>\n");
  return {};
}

auto write_findings(Page& page) -> Result<> {
  auto& html = page.html;
  html.raw("<section id=\"findings\"><h2>Findings</h2>\n");
  SJ_TRY(const auto total, page.reader.number("SELECT count(*) FROM finding"));
  SJ_TRY(const auto rejected, page.reader.number("SELECT count(*) FROM rule WHERE state<>1"));
  SJ_TRY(const auto loaded, page.reader.number("SELECT count(*) FROM rule WHERE state=1"));
  html.raw("<p>")
      .number(total)
      .raw(" findings by ")
      .number(loaded)
      .raw(" rules; ")
      .number(rejected);
  html.raw(
      " rules could not be used.</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
      "aria-label=\"Table\"><table><caption>By "
      "rule</caption><thead><tr><th scope=\"col\">Rule</th>");
  html.raw(
      "<th scope=\"col\">Level</th><th scope=\"col\" class=\"n\">Findings</th><th "
      "scope=\"col\">First</th><th scope=\"col\">Last</th></tr></thead><tbody>\n");
  SJ_DO(
      page.reader.query("SELECT r.title, r.level, count(*), min(f.ts), max(f.ts) FROM finding f "
                        "JOIN rule r ON r.id=f.rule GROUP BY r.id "
                        "ORDER BY r.level DESC, 3 DESC, r.title LIMIT 200",
                        [&](const Row& row) {
                          html.raw("<tr><th scope=\"row\">")
                              .text(row.text(0))
                              .raw("</th><td>")
                              .text(level_word_of(row.integer(1)));
                          html.raw("</td><td class=\"n\">").number(row.integer(2)).raw("</td><td>");
                          if (!row.is_null(3)) html.text(format_time(row.integer(3)));
                          html.raw("</td><td>");
                          if (!row.is_null(4)) html.text(format_time(row.integer(4)));
                          html.raw("</td></tr>\n");
                        }));
  html.raw(
      "</tbody></table></div>\n<details><summary>The findings one by one, gravest "
      "first</summary><div class=\"scroll\" tabindex=\"0\" role=\"group\" "
      "aria-label=\"Table\"><table><caption>Findings</caption>");
  html.raw(
      "<thead><tr><th scope=\"col\">Time</th><th scope=\"col\">Level</th><th "
      "scope=\"col\">Rule</th><th scope=\"col\">Account</th></tr></thead><tbody>\n");
  SJ_DO(
      page.reader.query("SELECT f.ts, f.level, r.title, e.value, f.source, f.off, f.len FROM "
                        "finding f JOIN rule r ON r.id=f.rule LEFT JOIN "
                        "event v ON v.eid=f.eid LEFT JOIN entity e ON e.id=v.actor_acct ORDER BY "
                        "f.level DESC, f.ts IS NULL, f.ts, f.id LIMIT ?1",
                        {kFindings}, [&](const Row& row) {
                          html.raw("<tr><td>");
                          if (!row.is_null(0)) html.text(format_time(row.integer(0)));
                          html.raw("</td><td>")
                              .text(level_word_of(row.integer(1)))
                              .raw("</td><td>")
                              .text(row.text(2));
                          page.citations.cite(static_cast<std::uint32_t>(row.integer(4)),
                                              static_cast<std::uint64_t>(row.integer(5)),
                                              static_cast<std::uint64_t>(row.integer(6)), html);
                          html.raw("</td><td>").text(row.text(3)).raw("</td></tr>\n");
                        }));
  html.raw("</tbody></table></div></details>\n");
  if (total > kFindings)
    html.raw("<p class=\"dim\">")
        .number(total - kFindings)
        .raw(" more: <code>serjeant show CASE findings</code></p>\n");
  html.raw("</section>\n");
  return {};
}

}  // namespace serjeant
