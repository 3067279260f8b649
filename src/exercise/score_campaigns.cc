#include <algorithm>
#include <set>
#include <unordered_map>

#include "core/file.h"
#include "core/sha256.h"
#include "exercise/score_parts.h"

namespace serjeant::exercise {
namespace {

auto id_of(std::string_view bytes) -> Id {
  return id_from_bytes(view(sha256(bytes)).substr(0, 16));
}

// Clusters of the case, as numbers from 1, by the id of their mails.
auto read_clusters(const CaseReader& reader) -> Result<std::unordered_map<Id, std::uint32_t>> {
  auto numbers = std::unordered_map<Id, std::uint32_t>{};
  auto cluster_of = std::unordered_map<Id, std::uint32_t>{};
  // The likeliest campaign of a mail, the first by id where two are as likely.
  SJ_DO(
      reader.query("SELECT campaign, member FROM campaign_member ORDER BY member, p DESC, campaign",
                   [&](const Row& row) {
                     const auto fresh = static_cast<std::uint32_t>(numbers.size() + 1);
                     const auto number = numbers.try_emplace(row.id(0), fresh).first->second;
                     cluster_of.try_emplace(row.id(1), number);
                   }));
  return cluster_of;
}

struct Clustered {
  std::vector<std::uint32_t> cluster, label;  // by mail of the truth that the case holds
  std::vector<const MailTruth*> mails;
  std::uint64_t unreadable = 0;
};

auto cluster_mails(const ScoreInput& input) -> Result<Clustered> {
  SJ_TRY(const auto cluster_of, read_clusters(input.reader));
  auto out = Clustered{};
  auto labels = std::map<std::string, std::uint32_t>{};
  auto file = MappedFile{};
  auto open = std::string{};
  for (const auto& mail : input.truth.mails) {
    if (input.sources.find(mail.file) == input.sources.end()) continue;
    if (open != mail.file) {
      SJ_TRY(file, MappedFile::open(input.dir + "/" + mail.file));
      open = mail.file;
    }
    if (mail.offset > file.bytes().size() || mail.length > file.bytes().size() - mail.offset) {
      return fail(Code::kMalformed, "a locator of the truth lies outside its file", mail.file);
    }
    auto cluster = std::uint32_t{0};
    for (const auto& id :
         mail_ids(file.bytes().substr(mail.offset, mail.length), mail.file.ends_with(".mbox"))) {
      if (const auto found = cluster_of.find(id); found != cluster_of.end()) {
        cluster = found->second;
        break;
      }
    }
    const auto fresh = static_cast<std::uint32_t>(labels.size() + 1);
    out.cluster.push_back(cluster);
    out.label.push_back(
        mail.campaign.empty() ? 0 : labels.try_emplace(mail.campaign, fresh).first->second);
    out.mails.push_back(&mail);
  }
  return out;
}

}  // namespace

auto mail_ids(std::string_view bytes, bool mbox) -> std::vector<Id> {
  auto ids = std::vector<Id>{id_of(bytes)};
  if (!mbox) return ids;
  const auto body = bytes.substr(std::min(bytes.find('\n'), bytes.size() - 1) + 1);
  ids.push_back(id_of(body));
  for (auto cut = 1u; cut <= 2 && cut <= body.size(); ++cut) {
    ids.push_back(id_of(body.substr(0, body.size() - cut)));
  }
  return ids;
}

auto b_cubed(const std::vector<std::uint32_t>& cluster, const std::vector<std::uint32_t>& label)
    -> BCubed {
  auto cluster_size = std::unordered_map<std::uint32_t, std::uint64_t>{};
  auto label_size = std::unordered_map<std::uint32_t, std::uint64_t>{};
  auto both = std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t>{};
  for (auto i = std::size_t{0}; i < cluster.size(); ++i) {
    ++cluster_size[cluster[i]];
    if (label[i] == 0) continue;
    ++label_size[label[i]];
    ++both[{cluster[i], label[i]}];
  }
  auto precision = std::uint64_t{0}, recall = std::uint64_t{0}, elements = std::uint64_t{0};
  for (const auto& [pair, shared] : both) {
    const auto [c, l] = pair;
    const auto alone = c == 0;
    precision += alone ? shared * 1'000'000 : shared * shared * 1'000'000 / cluster_size[c];
    recall += (alone ? shared : shared * shared) * 1'000'000 / label_size[l];
    elements += shared;
  }
  if (elements == 0) return {};
  auto out = BCubed{precision / elements, recall / elements, 0};
  const auto sum = out.precision_ppm + out.recall_ppm;
  out.f1_ppm = sum == 0 ? 0 : 2 * out.precision_ppm * out.recall_ppm / sum;
  return out;
}

auto score_campaigns(const ScoreInput& input, std::vector<Measure>& out) -> Result<> {
  const auto f1_bar = std::string{"B-cubed F1 >= 0.98"};
  if (!input.has("P/mail/") && !input.has("P/quarantine/")) {
    for (const auto* name : {"campaign.f1", "campaign.clusters", "campaign.decoys"}) {
      out.push_back(not_testable(name, f1_bar, "no mail of the exercise is in the case"));
    }
    return {};
  }
  SJ_TRY(const auto mails, cluster_mails(input));
  const auto score = b_cubed(mails.cluster, mails.label);

  // The clusters that hold lures: how many of each campaign, and what else.
  auto lures = std::map<std::uint32_t, std::uint64_t>{};
  auto alone = std::vector<Miss>{}, merged = std::vector<Miss>{};
  auto labelled = std::uint64_t{0}, decoys = std::uint64_t{0};
  for (auto i = std::size_t{0}; i < mails.mails.size(); ++i) {
    if (mails.label[i] == 0) continue;
    ++labelled;
    if (mails.cluster[i] != 0) {
      ++lures[mails.cluster[i]];
    } else if (mails.mails[i]->campaign == "c1") {
      const auto& mail = *mails.mails[i];
      alone.push_back({"in no campaign: " + mail.template_id, mail.file, mail.offset, mail.length});
    }
  }
  for (auto i = std::size_t{0}; i < mails.mails.size(); ++i) {
    if (mails.label[i] != 0 || mails.cluster[i] == 0) continue;
    if (lures.find(mails.cluster[i]) == lures.end()) continue;
    const auto& mail = *mails.mails[i];
    ++decoys;
    merged.push_back({mail.kind + " among lures", mail.file, mail.offset, mail.length});
  }
  const auto largest = std::max_element(
      lures.begin(), lures.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const auto held = largest == lures.end() ? std::uint64_t{0} : largest->second;
  out.push_back(judged("campaign.f1", ratio(score.f1_ppm, 1'000'000), f1_bar,
                       score.f1_ppm >= 980'000,
                       Detail{}
                           .note("precision", ratio(score.precision_ppm, 1'000'000))
                           .note("recall", ratio(score.recall_ppm, 1'000'000))
                           .count("lures", static_cast<std::int64_t>(labelled))
                           .count("mails", static_cast<std::int64_t>(mails.mails.size()))
                           .count("in_no_campaign", static_cast<std::int64_t>(alone.size()))
                           .worst(std::move(alone))
                           .end()));
  out.push_back(judged("campaign.clusters", std::to_string(lures.size()), "one cluster a campaign",
                       lures.size() <= input.truth.campaigns.size() && held * 100 >= labelled * 98,
                       Detail{}.count("largest", static_cast<std::int64_t>(held)).end()));
  out.push_back(judged("campaign.decoys", std::to_string(decoys), "decoys merged: 0", decoys == 0,
                       Detail{}.worst(std::move(merged)).end()));
  return {};
}

}  // namespace serjeant::exercise
