#include "expose/expose.h"

#include <algorithm>
#include <map>
#include <memory>

#include "core/text.h"
#include "expose/apps.h"
#include "expose/attacks.h"
#include "expose/background.h"
#include "expose/event_row.h"
#include "expose/rows.h"
#include "expose/stays.h"
#include "expose/stories.h"

namespace serjeant {

// Three walks over the events. The first learns what is usual in each
// organisation; the second goes account by account, writes down facts and
// weighs what is odd; then, with all accounts known, verdicts and rungs are
// given; the third fetches the rows of the events that something cites.
auto expose(const ExposeInput& input, CaseWriter& out) -> Result<ExposeSummary> {
  auto summary = ExposeSummary{};
  auto tlp = Tlp::kClear;
  for (const auto& source : input.sources) tlp = std::max(tlp, source.tlp);
  if (input.sources.empty()) tlp = Tlp::kAmber;

  auto background = Background{};
  if (input.by_account != nullptr) SJ_DO(background.learn(*input.by_account, summary));
  for (const auto* stream : {input.deliveries, input.fetches})
    if (stream != nullptr) SJ_DO(background.cover(*stream));
  if (input.export_rows != nullptr) SJ_DO(background.coverage.read_index(*input.export_rows));
  background.finish(input.sources);

  auto facts = CaseFacts(out, tlp, background.agents);
  auto stories = Stories(background, facts, input.roster);
  if (input.by_account != nullptr) SJ_DO(stories.read(*input.by_account));
  SJ_TRY(auto reach, find_reach(input.aims, input.deliveries, input.fetches));
  stories.aimed_at(input.aims, reach);
  if (input.deliveries != nullptr) SJ_DO(stories.follow_forwards(*input.deliveries));
  stories.judge(summary);

  for (const auto& gap : background.coverage.gaps()) facts.gap(gap);
  for (const auto& log : background.coverage.logs()) facts.log(log);
  summary.gaps = background.coverage.gaps().size();

  if (!facts.cited().empty())
    for (const auto* stream : {input.by_account, input.deliveries, input.fetches})
      if (stream != nullptr)
        SJ_DO(stream->each([&](const Event& event) {
          if (facts.cited().count(event.eid) != 0) out.add(to_event_row(event));
        }));
  return summary;
}

}  // namespace serjeant
