#include "campaign/purpose.h"

#include <fmt/core.h>

#include <map>
#include <set>

namespace serjeant::campaign {
namespace {

// Per URL pattern: does each recipient have a token of his own? Two recipients
// at least, and no token that two of them share.
struct TokenUse {
  std::map<std::uint32_t, std::set<std::uint32_t>> recipients_of;  // token -> recipient sets
  std::set<std::uint32_t> recipients;
  auto personal() const -> bool {
    if (recipients.size() < 2 || recipients_of.size() < recipients.size()) return false;
    for (const auto& [token, people] : recipients_of)
      if (people.size() > 1) return false;
    return true;
  }
};

}  // namespace

auto purpose_word(Purpose purpose) -> std::string_view {
  switch (purpose) {
    case Purpose::kNone:
      return "unknown";
    case Purpose::kBulk:
      return "bulk, benign features";
    case Purpose::kExercise:
      return "exercise, by its own words";
    case Purpose::kReconnaissance:
      return "reconnaissance";
  }
  return "unknown";
}

auto judge(const Mails& mails, const std::vector<Kit>& kits,
           const std::vector<std::uint32_t>& group) -> Judgement {
  auto total = std::size_t{0};
  auto bulk = std::size_t{0};
  auto exercise = std::size_t{0};
  auto uses = std::map<std::uint32_t, TokenUse>{};
  for (const auto k : group)
    for (const auto index : kits[k].mails) {
      const auto& mail = mails.mails()[index];
      ++total;
      bulk += mail.bulk ? 1u : 0u;
      exercise += mail.simulated ? 1u : 0u;
      for (const auto& beacon : mail.beacons) {
        if (beacon.token == 0 || mail.recipients.size() != 1) continue;
        auto& use = uses[beacon.template_feature];
        use.recipients_of[beacon.token].insert(mail.recipients.front());
        use.recipients.insert(mail.recipients.front());
      }
    }

  // Asked once a pattern: a campaign of a hundred thousand mails has as many tokens.
  auto patterns = std::set<std::uint32_t>{};
  for (const auto& [pattern, use] : uses)
    if (use.personal()) patterns.insert(pattern);
  auto personal = std::size_t{0};   // mails with a token that stands for the recipient
  auto off_story = std::size_t{0};  // of those, on a host that the story does not name
  auto hidden = std::size_t{0};
  for (const auto k : group)
    for (const auto index : kits[k].mails) {
      const auto& mail = mails.mails()[index];
      auto mine = false;
      auto off = false;
      auto unseen = false;
      for (const auto& beacon : mail.beacons) {
        const auto bound = beacon.maps_recipient ||
                           (beacon.token != 0 && patterns.count(beacon.template_feature) > 0);
        mine = mine || bound;
        off = off || (bound && beacon.off_story);
        unseen = unseen || (bound && beacon.hidden);
      }
      personal += mine ? 1u : 0u;
      off_story += off ? 1u : 0u;
      hidden += unseen ? 1u : 0u;
    }

  auto out = Judgement{};
  const auto most = [&](std::size_t count) { return count * 2 > total; };
  if (most(exercise)) {
    out.purpose = Purpose::kExercise;
    out.reasons.push_back(fmt::format(
        "{} of {} mails carry a header field by which vendors mark phishing exercises; anybody can "
        "write it, so ask the vendor",
        exercise, total));
    return out;
  }
  if (most(bulk)) {
    out.purpose = Purpose::kBulk;
    out.reasons.push_back(
        fmt::format("{} of {} mails are list or bulk mail by their own fields", bulk, total));
    return out;
  }
  if (total >= 2 && most(off_story)) {
    out.purpose = Purpose::kReconnaissance;
    out.reasons.push_back(
        fmt::format("{} of {} mails load something with a value that stands for one recipient",
                    personal, total));
    out.reasons.push_back(fmt::format(
        "in {} it lies on a host of which neither the sender nor any link in the mail speaks",
        off_story));
    if (hidden > 0)
      out.reasons.push_back(fmt::format("in {} it is hidden from the reader", hidden));
    out.reasons.push_back(fmt::format("{} of {} offer no way to unsubscribe", total - bulk, total));
  }
  return out;
}

}  // namespace serjeant::campaign
