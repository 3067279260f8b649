#include "campaign/campaign.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <filesystem>

#include "campaign/features.h"
#include "campaign/kits.h"
#include "campaign/purpose.h"
#include "campaign/ties.h"
#include "core/text.h"

namespace serjeant::campaign {
namespace {

// Mails made by hand; texts live as long as the box.
class Box final : public MailStream {
 public:
  auto text(std::string value) -> std::string_view { return texts_.emplace_back(std::move(value)); }

  auto add(std::string_view from_domain, std::string_view to) -> mail::MailFacts& {
    auto& facts = mails_.emplace_back();
    const auto number = mails_.size();
    facts.uid = IdBuilder("mail").add(static_cast<std::uint64_t>(number)).finish();
    facts.span = {number * 1000, 900, 1};
    facts.at = static_cast<Nanos>(number) * kHour + 18000 * kDay;
    facts.basis = TimeBasis::kExplicit;
    facts.from_domain = text(std::string(from_domain));
    facts.from = text("desk@" + std::string(from_domain));
    facts.recipients.push_back({text(std::string(to)), {}, mail::AddressKind::kTo});
    facts.message_id = text("<" + std::to_string(number) + "@" + std::string(from_domain) + ">");
    return facts;
  }

  void refer(mail::MailFacts& facts, std::string_view host, std::string_view shape,
             mail::Fetch fetch, std::string token) {
    auto ref = mail::Reference{};
    ref.host = ref.domain = text(std::string(host));
    ref.template_ = text(std::string(shape));
    ref.fetch = fetch;
    if (!token.empty())
      ref.tokens.push_back({.value = text(std::move(token)), .where = "path", .transform = {}});
    facts.refs.push_back(ref);
  }

  void change(const std::function<void(mail::MailFacts&)>& how) {
    for (auto& facts : mails_) how(facts);
  }

  auto each(const std::function<void(const mail::MailFacts&)>& take) const -> Result<> override {
    auto order = std::vector<const mail::MailFacts*>{};
    for (const auto& facts : mails_) order.push_back(&facts);
    std::sort(order.begin(), order.end(),
              [](const auto* a, const auto* b) { return a->uid < b->uid; });
    for (const auto* facts : order) take(*facts);
    return {};
  }

 private:
  std::deque<std::string> texts_;
  std::deque<mail::MailFacts> mails_;
};

constexpr auto kPeople = 12;
auto person(int n) -> std::string { return "m" + std::to_string(n) + "@parliament.example"; }

// Two moulds on one private beacon host, sent in other people's names.
void add_lures(Box& box) {
  for (auto mould = 0; mould < 2; ++mould)
    for (auto n = 0; n < kPeople; ++n) {
      const auto outlet = "outlet" + std::to_string(mould) + ".example";
      auto& facts = box.add(outlet, person(n));
      facts.elements = 10;
      facts.dom_exact = IdBuilder("dom").add(static_cast<std::uint64_t>(mould)).finish();
      box.refer(facts, outlet, "https://" + outlet + "/story", mail::Fetch::kClick, "");
      box.refer(facts, "px.quiet.example", "https://px.quiet.example/i/{hex:16}.png",
                mail::Fetch::kOpen, std::to_string(mould) + "token" + std::to_string(n));
      facts.persona.push_back("message-id=h32@d");
      facts.tenants.push_back({"x-house-account", "t77"});
    }
}

// A newsletter with a tracking pixel of its own for each reader.
void add_newsletter(Box& box) {
  for (auto n = 0; n < kPeople; ++n) {
    auto& facts = box.add("weekly.example", person(n));
    facts.bulk = true;
    facts.unsubscribe_host = "weekly.example";
    facts.elements = 10;
    facts.dom_exact = IdBuilder("dom").add(std::uint64_t{99}).finish();
    box.refer(facts, "weekly.example", "https://weekly.example/read", mail::Fetch::kClick, "");
    box.refer(facts, "t.weekly.example", "https://t.weekly.example/o/{hex:16}.gif",
              mail::Fetch::kOpen, "news" + std::to_string(n));
  }
}

struct Found {
  std::vector<std::size_t> campaigns;  // sizes
  std::size_t bulk = 0;
};
auto find(const Box& box) -> Found {
  const auto mails = Mails::gather(box);
  const auto kits = make_kits(*mails);
  auto out = Found{};
  for (const auto& group : group_kits(kits, find_ties(*mails, kits))) {
    auto size = std::size_t{0};
    for (const auto k : group) size += kits[k].mails.size();
    const auto purpose = judge(*mails, kits, group).purpose;
    if (purpose == Purpose::kReconnaissance) out.campaigns.push_back(size);
    if (purpose == Purpose::kBulk) out.bulk += size;
  }
  return out;
}

TEST(Campaign, GathersMouldsOfOneHandAndLeavesNewslettersAlone) {
  auto box = Box{};
  add_lures(box);
  add_newsletter(box);
  const auto got = find(box);
  EXPECT_EQ(got.campaigns, std::vector<std::size_t>{2 * kPeople});
  EXPECT_EQ(got.bulk, std::size_t{kPeople});
}

// A newsletter and lures that go out through one mail house and bear its marks.
TEST(Campaign, AMailHouseTiesItsCustomersToNobody) {
  auto box = Box{};
  add_lures(box);
  add_newsletter(box);
  auto house = [&](mail::MailFacts& facts) {
    facts.signatures.push_back({"mergehouse.example", "k1"});
    facts.persona.push_back("mailer=MergeHouse 4");
    facts.mailer = "MergeHouse 4";
  };
  box.change(house);
  const auto got = find(box);
  EXPECT_EQ(got.campaigns, std::vector<std::size_t>{2 * kPeople});
  EXPECT_EQ(got.bulk, std::size_t{kPeople});
}

TEST(Campaign, ALonePixelIsNoVerdict) {
  auto box = Box{};
  auto& facts = box.add("somebody.example", person(1));
  facts.elements = 5;
  box.refer(facts, "px.elsewhere.example", "https://px.elsewhere.example/{hex:16}.gif",
            mail::Fetch::kOpen, "abc");
  EXPECT_TRUE(find(box).campaigns.empty());
}

TEST(Campaign, OneFamilyOfEvidenceTiesNothing) {
  auto box = Box{};
  for (auto n = 0; n < 6; ++n) {
    // The same private host in mails that share nothing else.
    auto& facts = box.add("s" + std::to_string(n) + ".example", person(n));
    facts.elements = 10;
    facts.dom_exact = IdBuilder("dom").add(static_cast<std::uint64_t>(n)).finish();
    box.refer(
        facts, "files.shared-one.example",
        "https://files.shared-one.example/" + std::string(static_cast<std::size_t>(n) + 1, 'a'),
        mail::Fetch::kClick, "");
  }
  const auto mails = Mails::gather(box);
  EXPECT_TRUE(find_ties(*mails, make_kits(*mails)).empty());
}

TEST(Campaign, SharedServicesWeighNothing) {
  auto box = Box{};
  for (auto n = 0; n < 4; ++n) {
    auto& facts = box.add("s" + std::to_string(n) + ".example", person(n));
    box.refer(facts, "fonts.googleapis.com", "https://fonts.googleapis.com/css", mail::Fetch::kOpen,
              "");
    facts.refs.back().domain = "googleapis.com";
  }
  const auto mails = Mails::gather(box);
  for (auto f = std::uint32_t{0}; f < mails->features().size(); ++f)
    if (mails->features()[f].text.find("googleapis") != std::string::npos) {
      EXPECT_EQ(mails->rarity(f), 0);
    }
}

TEST(Campaign, WhatOneSenderSendsOftenIsStillRareAmongSenders) {
  auto box = Box{};
  add_lures(box);
  for (auto n = 0; n < 300; ++n) box.add("s" + std::to_string(n) + ".example", person(n % kPeople));
  const auto mails = Mails::gather(box);
  for (auto f = std::uint32_t{0}; f < mails->features().size(); ++f)
    if (mails->features()[f].text == "open-host:px.quiet.example") {
      EXPECT_EQ(mails->features()[f].mails, 2u * kPeople);
      EXPECT_EQ(mails->features()[f].senders, 2u);
      EXPECT_GT(mails->rarity(f), 5.5);
    }
}

TEST(Campaign, WritesMembersLinksAndAimsOnce) {
  auto box = Box{};
  add_lures(box);
  const auto folder = std::filesystem::temp_directory_path() / "serjeant-campaign-test";
  std::filesystem::create_directories(folder);
  {
    auto out = CaseWriter(folder.string());
    const auto outcome = find_campaigns(box, out);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->campaigns, 1u);
    EXPECT_EQ(outcome->members, 2u * kPeople);
    ASSERT_EQ(outcome->aims.size(), std::size_t{2 * kPeople});
    EXPECT_EQ(outcome->aims.front().open_hosts, std::vector<std::string>{"px.quiet.example"});
    EXPECT_TRUE(
        std::is_sorted(outcome->aims.begin(), outcome->aims.end(),
                       [](const Aim& a, const Aim& b) { return a.recipient < b.recipient; }));
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace serjeant::campaign
