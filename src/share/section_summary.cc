#include "core/time.h"
#include "share/sections.h"

// The first page: plain sentences with their evidence, then the picture of time.
namespace serjeant {

auto rung_name(std::int64_t stage) -> std::string_view {
  switch (stage) {
    case 0:
      return "T0 targeted";
    case 1:
      return "T1 delivered";
    case 2:
      return "T2 opened";
    case 3:
      return "T3 clicked or entered";
    case 4:
      return "T4 log-in attempted";
    case 5:
      return "T5 taken over";
    case 6:
      return "T6 data reachable";
    case 7:
      return "T7 data accessed";
    case 8:
      return "T8 data left";
    case 9:
      return "T9 onward abuse";
    default:
      return "none";
  }
}

auto write_summary(Page& page) -> Result<> {
  auto& html = page.html;
  const auto& reader = page.reader;
  html.raw("<section id=\"summary\" class=\"lead\"><h2>Summary</h2>\n");

  // What was looked at.
  SJ_TRY(const auto sources, reader.number("SELECT count(*) FROM source WHERE kind='evidence'"));
  SJ_TRY(const auto records, reader.number("SELECT coalesce(sum(records),0) FROM coverage c JOIN "
                                           "source s ON s.id=c.source WHERE s.kind='evidence'"));
  html.raw("<p>").number(sources).raw(sources == 1 ? Markup(" source") : Markup(" sources"));
  html.raw(" of evidence with ").number(records).raw(" records were read");
  SJ_DO(reader.query("SELECT min(held0), max(held1) FROM claim WHERE predicate=102 AND held0>0",
                     [&](const Row& row) {
                       if (row.is_null(0) || row.is_null(1)) return;
                       html.raw("; the logs in them speak of ").text(format_date(row.integer(0)));
                       html.raw(" to ").text(format_date(row.integer(1)));
                     }));
  html.raw(".</p>\n");

  // Which campaigns.
  SJ_TRY(const auto campaigns, reader.number("SELECT count(*) FROM campaign"));
  if (campaigns == 0) html.raw("<p>No mails were found to belong to a campaign.</p>\n");
  SJ_DO(reader.query(
      "SELECT c.label, c.purpose, c.t0, c.t1, (SELECT count(*) FROM campaign_member m WHERE "
      "m.campaign=c.id), (SELECT id FROM claim k WHERE k.subject=c.id ORDER BY k.id LIMIT 1) "
      "FROM campaign c ORDER BY 5 DESC, c.label LIMIT 5",
      [&](const Row& row) {
        html.raw("<p><strong>").number(row.integer(4)).raw(" mails are one campaign</strong> of ");
        html.text(row.text(1)).raw(" (").text(row.text(0)).raw(")");
        if (!row.is_null(2))
          html.raw(", sent from ")
              .text(format_date(row.integer(2)))
              .raw(" to ")
              .text(format_date(row.integer(3)));
        html.raw(".");
        page.citations.cite_claim(row.id(5), html, 3);
        html.raw("</p>\n");
      }));

  // Which accounts.
  SJ_TRY(const auto accounts, reader.number("SELECT count(*) FROM account"));
  SJ_TRY(const auto entered,
         reader.number("SELECT count(DISTINCT subject) FROM exposure WHERE stage>=5 AND likely>0"));
  if (entered == 0)
    html.raw("<p>In what the logs cover, no account was found to be taken over, of ")
        .number(accounts)
        .raw(" that the evidence speaks of.</p>\n");
  else
    html.raw("<p><strong>")
        .number(entered)
        .raw(entered == 1 ? Markup(" account was") : Markup(" accounts were"))
        .raw(" taken over</strong>, of ")
        .number(accounts)
        .raw(" that the evidence speaks of.</p>\n");
  SJ_DO(reader.query(
      "SELECT c.id, c.words, e.value FROM claim c LEFT JOIN entity e ON e.id=c.subject WHERE "
      "c.predicate=45 AND c.literal IN ('taken_over','token_granted_and_used','token_used') "
      "ORDER BY c.held0, c.id LIMIT 12",
      [&](const Row& row) {
        html.raw("<p><strong>").text(row.text(2)).raw("</strong>: ").text(row.text(1));
        page.citations.cite_claim(row.id(0), html, 3);
        html.raw("</p>\n");
      }));
  SJ_TRY(const auto open, reader.number("SELECT count(DISTINCT subject) FROM claim WHERE "
                                        "predicate=45 AND literal='undecidable'"));
  if (open > 0)
    html.raw("<p>Of ")
        .number(open)
        .raw(open == 1 ? Markup(" account") : Markup(" accounts"))
        .raw(
            " the logs cannot tell whether the owner or somebody else acted; both readings stand "
            "with <a href=\"#verdicts\">the verdicts</a>.</p>\n");

  // What was read.
  SJ_TRY(const auto read,
         reader.number("SELECT count(DISTINCT r.item) FROM item_read r JOIN strand t ON "
                       "t.session=r.session AND t.n=r.strand WHERE r.proven=1 AND t.verdict>=5"));
  if (read > 0)
    html.raw("<p><strong>")
        .number(read)
        .raw(
            " messages or files were read</strong> in sessions of an intruder, at least; what else "
            "may have been stands with each account.</p>\n");

  // What cannot be known.
  SJ_TRY(const auto gaps, reader.number("SELECT count(*) FROM gap"));
  html.raw("<p>").number(gaps).raw(gaps == 1 ? Markup(" gap") : Markup(" gaps"));
  html.raw(" in the logs limit what can be said; see <a href=\"#coverage\">what cannot be ");
  html.raw("known</a>. Nothing here rests on what was not seen.</p>\n");

  // Who did it.
  SJ_TRY(const auto hypotheses, reader.number("SELECT count(*) FROM hypothesis"));
  SJ_TRY(const auto named, reader.number("SELECT count(*) FROM assessment WHERE named=1"));
  if (hypotheses == 0)
    html.raw(
        "<p>Who did it: nothing is said, since no knowledge base was given or nothing observed "
        "is in it.</p>\n");
  else if (named == 0)
    html.raw(
        "<p>Who did it: <strong>unattributed</strong>. Rival hypotheses and what would change "
        "the answer stand <a href=\"#hypotheses\">below</a>.</p>\n");
  html.raw("</section>\n");
  return {};
}

auto write_timeline(Page& page) -> Result<> {
  auto& html = page.html;
  auto lanes = std::vector<Lane>{};
  auto campaigns = Lane{"campaigns", "campaign", {}};
  SJ_DO(page.reader.query(
      "SELECT label, t0, t1, purpose FROM campaign WHERE t0 IS NOT NULL "
      "ORDER BY t0, label LIMIT 50",
      [&](const Row& row) {
        campaigns.marks.push_back({row.integer(1), row.integer(2),
                                   std::string(row.text(0)) + ", " + std::string(row.text(3))});
      }));
  auto takeovers = Lane{"accounts entered", "takeover", {}};
  SJ_DO(page.reader.query(
      "SELECT e.value, min(x.t0), max(x.t1) FROM exposure x LEFT JOIN entity e ON e.id=x.subject "
      "WHERE x.stage>=5 AND x.likely>0 AND x.t0 IS NOT NULL AND x.t1 IS NOT NULL GROUP BY "
      "x.subject ORDER BY 2, 1 "
      "LIMIT 50",
      [&](const Row& row) {
        takeovers.marks.push_back({row.integer(1), row.integer(2), std::string(row.text(0))});
      }));
  auto findings = Lane{"findings, high", "finding", {}};
  SJ_DO(page.reader.query(
      "SELECT f.ts/86400000000000, min(f.ts), max(f.ts), count(*) FROM finding f WHERE f.level>=3 "
      "AND "
      "f.ts IS NOT NULL GROUP BY 1 ORDER BY 1 LIMIT 400",
      [&](const Row& row) {
        findings.marks.push_back(
            {row.integer(1), row.integer(2),
             std::to_string(row.integer(3)) + " findings on " + format_date(row.integer(1))});
      }));
  auto gaps = Lane{"gaps in the logs", "gap", {}};
  SJ_DO(page.reader.query(
      "SELECT kind, t0, t1 FROM gap WHERE t0 IS NOT NULL AND t1 IS NOT NULL "
      "ORDER BY t0, id LIMIT 200",
      [&](const Row& row) {
        gaps.marks.push_back({row.integer(1), row.integer(2),
                              std::string(row.text(0)) + " from " + format_time(row.integer(1)) +
                                  " to " + format_time(row.integer(2))});
      }));
  for (auto& lane : {campaigns, takeovers, findings, gaps})
    if (!lane.marks.empty()) lanes.push_back(lane);
  html.raw("<section id=\"timeline\"><h2>Timeline</h2>\n");
  if (lanes.empty())
    html.raw("<p>Nothing in this case has a time to draw.</p>\n");
  else
    draw_timeline(lanes, html);
  html.raw("</section>\n");
  return {};
}

}  // namespace serjeant
