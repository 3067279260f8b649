#include "share/picture.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace serjeant {
namespace {

constexpr auto kWidth = std::int64_t{900};
constexpr auto kLeft = std::int64_t{170};
constexpr auto kLane = std::int64_t{30};

class Kind {
 public:
  // Only names of ours become classes.
  static auto markup(std::string_view kind) -> Markup {
    if (kind == "campaign") return "mark campaign";
    if (kind == "takeover") return "mark takeover";
    if (kind == "gap") return "mark gap";
    return "mark finding";
  }
};

void tick(Html& page, std::int64_t x, std::int64_t height, Nanos at, Markup anchor) {
  page.raw("<line class=\"grid\" x1=\"").plain(x).raw("\" x2=\"").plain(x);
  page.raw("\" y1=\"0\" y2=\"").plain(height).raw("\"/><text class=\"axis\" x=\"").plain(x);
  page.raw("\" y=\"").plain(height + 16).raw("\" text-anchor=\"").raw(anchor).raw("\">");
  page.text(format_date(at)).raw("</text>\n");
}

}  // namespace

void draw_timeline(const std::vector<Lane>& lanes, Html& page) {
  auto first = std::optional<Nanos>{};
  auto last = std::optional<Nanos>{};
  for (const auto& lane : lanes)
    for (const auto& mark : lane.marks) {
      if (!first || mark.from < *first) first = mark.from;
      if (!last || mark.to > *last) last = mark.to;
    }
  if (!first) return;
  const auto span = std::max<Nanos>(*last - *first, kHour);
  const auto x_of = [&](Nanos at) {
    return kLeft +
           static_cast<std::int64_t>(static_cast<double>(at - *first) / static_cast<double>(span) *
                                     static_cast<double>(kWidth - kLeft - 10));
  };
  const auto height = static_cast<std::int64_t>(lanes.size()) * kLane + 6;
  page.raw("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Timeline\">");
  page.raw("<svg role=\"img\" viewBox=\"0 0 ").plain(kWidth).raw(" ").plain(height + 24);
  page.raw("\" aria-labelledby=\"tl-t tl-d\"><title id=\"tl-t\">What happened when</title>");
  page.raw("<desc id=\"tl-d\">From ")
      .text(format_time(*first))
      .raw(" to ")
      .text(format_time(*last));
  page.raw(": ");
  for (const auto& lane : lanes) {
    page.text(lane.name).raw(", ").number(static_cast<std::int64_t>(lane.marks.size()));
    page.raw(" marks. ");
  }
  page.raw("</desc>\n");
  for (auto i = 0; i <= 4; ++i)
    tick(page, x_of(*first + span / 4 * i), height, *first + span / 4 * i,
         i == 0   ? Markup("start")
         : i == 4 ? Markup("end")
                  : Markup("middle"));
  auto y = std::int64_t{6};
  for (const auto& lane : lanes) {
    page.raw("<text class=\"lane\" x=\"0\" y=\"").plain(y + 15).raw("\">");
    page.text(lane.name.size() > 26 ? lane.name.substr(0, 25) + "~" : lane.name).raw("</text>");
    for (const auto& mark : lane.marks) {
      const auto x = x_of(mark.from);
      page.raw("<rect class=\"").raw(Kind::markup(lane.kind)).raw("\" x=\"").plain(x);
      page.raw("\" y=\"").plain(y).raw("\" height=\"20\" width=\"");
      page.plain(std::max<std::int64_t>(3, x_of(mark.to) - x)).raw("\"><title>");
      page.text(mark.words).raw("</title></rect>");
    }
    page.raw("\n");
    y += kLane;
  }
  page.raw("</svg></div>\n");
}

void draw_ladder(const std::vector<Rung>& rungs, Html& page) {
  auto most = std::int64_t{1};
  for (const auto& rung : rungs) most = std::max(most, rung.count);
  const auto height = static_cast<std::int64_t>(rungs.size()) * 26 + 4;
  page.raw("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Ladder\">");
  page.raw("<svg role=\"img\" viewBox=\"0 0 ").plain(kWidth).raw(" ").plain(height);
  page.raw("\" aria-labelledby=\"la-t\"><title id=\"la-t\">Accounts by the highest rung reached: ");
  for (const auto& rung : rungs) page.text(rung.name).raw(" ").number(rung.count).raw("; ");
  page.raw("</title>\n");
  auto y = std::int64_t{2};
  for (const auto& rung : rungs) {
    const auto length =
        rung.count == 0
            ? std::int64_t{0}
            : std::max<std::int64_t>(
                  3, static_cast<std::int64_t>(
                         std::sqrt(static_cast<double>(rung.count) / static_cast<double>(most)) *
                         560));
    page.raw("<text class=\"lane\" x=\"0\" y=\"").plain(y + 16).raw("\">").text(rung.name);
    page.raw("</text><rect class=\"mark rung\" x=\"230\" y=\"")
        .plain(y)
        .raw("\" height=\"20\" width=\"");
    page.plain(length).raw("\"/><text class=\"axis\" x=\"").plain(238 + length).raw("\" y=\"");
    page.plain(y + 15).raw("\">").number(rung.count).raw("</text>\n");
    y += 26;
  }
  page.raw("</svg></div>\n");
}

}  // namespace serjeant
