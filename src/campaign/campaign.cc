#include "campaign/campaign.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "campaign/features.h"
#include "campaign/kits.h"
#include "campaign/purpose.h"
#include "campaign/ties.h"
#include "core/json.h"

namespace serjeant {
namespace {

using namespace campaign;

constexpr auto kWaveGap = 7 * kDay;
constexpr auto kCitedMembers = std::size_t{20};

auto micro(double nats) -> std::int64_t { return std::llround(nats * 1e6); }
// How sure a membership is: the odds of its tie against none.
auto membership(double nats) -> std::int64_t {
  return std::llround(1e6 * std::min(0.999, 1 / (1 + std::exp(-nats))));
}

// One campaign on its way into the case.
class Rows {
 public:
  Rows(const Mails& mails, const std::vector<Kit>& kits, const std::vector<Tie>& ties,
       CaseWriter& out)
      : mails_(mails), kits_(kits), out_(out) {
    for (const auto& tie : ties) {
      ties_of_[tie.a].push_back(&tie);
      ties_of_[tie.b].push_back(&tie);
    }
  }

  // Gives the campaign's id and its members' uids.
  auto add(const std::vector<std::uint32_t>& group, const Judgement& judgement) -> Id {
    auto members = std::vector<std::uint32_t>{};
    for (const auto k : group)
      members.insert(members.end(), kits_[k].mails.begin(), kits_[k].mails.end());
    std::sort(members.begin(), members.end());  // by uid, as mails are
    auto builder = IdBuilder("campaign");
    for (const auto index : members) builder.add(mails_.mails()[index].uid);
    const auto id = builder.finish();

    const auto waves = waves_of(members);
    const auto certainty = certainties(group);
    auto row = CampaignRow{};
    row.id = id;
    row.label = "campaign-" + hex(id).substr(0, 8);
    row.purpose = purpose_word(judgement.purpose);
    for (const auto index : members) {
      const auto& mail = mails_.mails()[index];
      if (mail.basis == TimeBasis::kNone) continue;
      if (!row.t0 || mail.at < *row.t0) row.t0 = mail.at;
      if (!row.t1 || mail.at > *row.t1) row.t1 = mail.at;
    }
    for (const auto index : members)
      out_.add(CampaignMemberRow{.campaign = id,
                                 .member = mails_.mails()[index].uid,
                                 .wave = waves.at(index),
                                 .p = certainty.at(index)});
    claim(row, members, judgement);
    out_.add(std::move(row));
    links(group);
    return id;
  }

 private:
  // A pause of more than a week begins a new wave.
  auto waves_of(const std::vector<std::uint32_t>& members) const
      -> std::map<std::uint32_t, std::uint32_t> {
    auto by_time = members;
    std::stable_sort(by_time.begin(), by_time.end(), [&](std::uint32_t a, std::uint32_t b) {
      return mails_.mails()[a].at < mails_.mails()[b].at;
    });
    auto out = std::map<std::uint32_t, std::uint32_t>{};
    auto wave = std::uint32_t{1};
    auto before = Nanos{0};
    for (auto i = std::size_t{0}; i < by_time.size(); ++i) {
      const auto& mail = mails_.mails()[by_time[i]];
      if (i > 0 && mail.at - before > kWaveGap) ++wave;
      before = mail.at;
      out[by_time[i]] = wave;
    }
    return out;
  }

  auto certainties(const std::vector<std::uint32_t>& group) const
      -> std::map<std::uint32_t, std::int64_t> {
    auto out = std::map<std::uint32_t, std::int64_t>{};
    for (const auto k : group) {
      auto best = 0.0;
      const auto ties = ties_of_.find(k);
      if (ties != ties_of_.end())
        for (const auto* tie : ties->second) best = std::max(best, tie->total());
      if (kits_[k].mails.size() > 1) {
        auto within = 0.0;
        for (const auto& reason : reasons_within(mails_, kits_[k])) within += reason.nats;
        best = std::max(best, within);
      }
      for (const auto index : kits_[k].mails) out[index] = membership(best);
    }
    return out;
  }

  void link(std::uint32_t a, std::uint32_t b, const std::array<Reason, kFamilies>& reasons) {
    auto first = mails_.mails()[a].uid;
    auto second = mails_.mails()[b].uid;
    if (second < first) std::swap(first, second);
    for (auto f = std::size_t{0}; f < kFamilies; ++f)
      if (reasons[f].nats > 0.5)
        out_.add(CampaignLinkRow{.a = first,
                                 .b = second,
                                 .family = std::string(family_word(static_cast<Family>(f))),
                                 .llr = micro(reasons[f].nats),
                                 .shared = reasons[f].shared});
  }

  // Each mail to the first of its kit; each kit by its strongest ties, which is
  // more than anybody asks who wants to know why a mail is here.
  void links(const std::vector<std::uint32_t>& group) {
    constexpr auto kTies = std::size_t{8};
    auto kept = std::set<const Tie*>{};
    for (const auto k : group) {
      const auto& kit = kits_[k];
      const auto within = reasons_within(mails_, kit);
      for (auto i = std::size_t{1}; i < kit.mails.size(); ++i)
        link(kit.mails.front(), kit.mails[i], within);
      const auto found = ties_of_.find(k);
      if (found == ties_of_.end()) continue;
      auto ties = found->second;
      std::stable_sort(ties.begin(), ties.end(),
                       [](const Tie* x, const Tie* y) { return x->total() > y->total(); });
      ties.resize(std::min(kTies, ties.size()));
      kept.insert(ties.begin(), ties.end());
    }
    for (const auto* tie : kept)
      link(kits_[tie->a].mails.front(), kits_[tie->b].mails.front(), tie->reasons);
  }

  void claim(const CampaignRow& row, const std::vector<std::uint32_t>& members,
             const Judgement& judgement) {
    auto claim = ClaimRow{};
    claim.id = IdBuilder("claim").add("campaign").add(row.id).finish();
    claim.subject = row.id;
    claim.predicate = Predicate::kSent;
    claim.asserter = entity_id("identity", "serjeant");
    claim.words = fmt::format("{} mails belong together, for {}:", members.size(), row.purpose);
    for (const auto& reason : judgement.reasons) claim.words += " " + reason + ";";
    claim.words.back() = '.';
    claim.rung = 1;
    claim.held0 = row.t0;
    claim.held1 = row.t1;
    claim.extractor = "campaign";
    auto quantity = std::string{};
    auto recipients = std::set<std::uint32_t>{};
    for (const auto index : members)
      recipients.insert(mails_.mails()[index].recipients.begin(),
                        mails_.mails()[index].recipients.end());
    JsonWriter(quantity)
        .begin_object()
        .field("kind", "campaign")
        .field("mails", static_cast<std::int64_t>(members.size()))
        .field("recipients", static_cast<std::int64_t>(recipients.size()))
        .end_object();
    claim.quantity = quantity;
    const auto id = claim.id;
    out_.add(EntityRow{.id = claim.asserter,
                       .kind = "identity",
                       .value = "serjeant",
                       .stix_id = {},
                       .df = 0,
                       .tlp = Tlp::kClear});
    out_.add(std::move(claim));
    // Some of the members as evidence, spread over the whole; all are in the table.
    const auto step = std::max<std::size_t>(1, members.size() / kCitedMembers);
    auto n = std::uint32_t{0};
    for (auto i = std::size_t{0}; i < members.size() && n < kCitedMembers; i += step) {
      const auto& span = mails_.mails()[members[i]].span;
      out_.add(ClaimEvidenceRow{.claim = id,
                                .n = n++,
                                .polarity = 1,
                                .source = span.source,
                                .off = span.offset,
                                .len = span.length,
                                .finding = {},
                                .premise = {}});
    }
  }

  const Mails& mails_;
  const std::vector<Kit>& kits_;
  CaseWriter& out_;
  std::map<std::uint32_t, std::vector<const Tie*>> ties_of_;
};

// The deliveries of campaign mails, one a mail and recipient.
auto find_aims(const MailStream& stream, const std::map<Id, Id>& campaign_of)
    -> Result<std::vector<Aim>> {
  auto out = std::vector<Aim>{};
  auto seen = std::set<std::pair<Id, std::string>>{};
  SJ_DO(stream.each([&](const mail::MailFacts& facts) {
    const auto campaign = campaign_of.find(facts.uid);
    if (campaign == campaign_of.end()) return;
    for (const auto& recipient : facts.recipients) {
      if (!seen.emplace(facts.uid, recipient.address).second) continue;
      auto& aim = out.emplace_back();
      aim.campaign = campaign->second;
      aim.mail = facts.uid;
      aim.recipient = recipient.address;
      aim.mailbox = facts.custodian;
      aim.message_id = facts.message_id;
      aim.span = facts.span;
      aim.at = facts.at;
      aim.basis = facts.basis;
      for (const auto& ref : facts.refs) {
        if (ref.host.empty() || ref.fetch == mail::Fetch::kNever) continue;
        const auto opens = ref.fetch != mail::Fetch::kClick;
        // A link that is the same for everybody is somebody else's page: going
        // there is no sign of this mail.
        if (!opens && ref.tokens.empty()) continue;
        (opens ? aim.open_hosts : aim.click_hosts).emplace_back(ref.host);
        for (const auto& token : ref.tokens) aim.tokens.emplace_back(token.value);
      }
      for (auto* list : {&aim.open_hosts, &aim.click_hosts, &aim.tokens}) {
        std::sort(list->begin(), list->end());
        list->erase(std::unique(list->begin(), list->end()), list->end());
      }
    }
  }));
  std::sort(out.begin(), out.end(), [](const Aim& a, const Aim& b) {
    return std::tie(a.recipient, a.at, a.mail) < std::tie(b.recipient, b.at, b.mail);
  });
  return out;
}

}  // namespace

auto find_campaigns(const MailStream& stream, CaseWriter& out) -> Result<CampaignOutcome> {
  SJ_TRY(const auto mails, Mails::gather(stream));
  const auto kits = make_kits(mails);
  const auto ties = find_ties(mails, kits);
  auto rows = Rows(mails, kits, ties, out);
  auto outcome = CampaignOutcome{};
  outcome.messages = mails.mails().size();
  auto campaign_of = std::map<Id, Id>{};
  for (const auto& group : group_kits(kits, ties)) {
    const auto judgement = judge(mails, kits, group);
    auto members = std::uint64_t{0};
    for (const auto k : group) members += kits[k].mails.size();
    if (judgement.purpose == Purpose::kBulk || judgement.purpose == Purpose::kExercise)
      outcome.bulk += members;
    if (judgement.purpose != Purpose::kReconnaissance) continue;
    const auto id = rows.add(group, judgement);
    ++outcome.campaigns;
    outcome.members += members;
    for (const auto k : group)
      for (const auto index : kits[k].mails) campaign_of[mails.mails()[index].uid] = id;
  }
  SJ_TRY(outcome.aims, find_aims(stream, campaign_of));
  return outcome;
}

}  // namespace serjeant
