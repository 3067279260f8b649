#include "campaign/features.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "campaign/shared_services.h"
#include "core/text.h"

namespace serjeant::campaign {
namespace {

constexpr auto kBackgroundSenders = 1000.0;
constexpr auto kMostRarity = 9.0;

auto shared_services() -> const std::set<std::string, std::less<>>& {
  static const auto all = [] {
    auto out = std::set<std::string, std::less<>>{};
    for (const auto& [name, text] : kSharedServices)
      for (const auto line : split(text, '\n'))
        if (!line.empty() && line.front() != '#') out.emplace(trim(line));
    return out;
  }();
  return all;
}

// Header fields by which vendors of phishing exercises mark their own mails
// ("X-PHISHTEST" and its like). Anybody can write such a field: what bears it is
// set apart and said, never silently dropped.
auto announces_exercise(const mail::MailFacts& facts) -> bool {
  for (const auto& tenant : facts.tenants) {
    if (tenant.header.find("threatsim") != std::string_view::npos) return true;
    if (tenant.header.find("phish") == std::string_view::npos) continue;
    for (const auto* word : {"test", "drill", "sim", "train"})
      if (tenant.header.find(word) != std::string_view::npos) return true;
  }
  return false;
}

auto domain_of(std::string_view address) -> std::string_view {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

// The URL's pattern without its host, if there is enough of it to be a habit.
auto grammar_of(std::string_view url_template) -> std::string_view {
  const auto scheme = url_template.find("://");
  if (scheme == std::string_view::npos) return {};
  const auto path = url_template.find('/', scheme + 3);
  if (path == std::string_view::npos) return {};
  const auto grammar = url_template.substr(path);
  return grammar.find('{') != std::string_view::npos && grammar.size() >= 12 ? grammar
                                                                             : std::string_view{};
}

}  // namespace

auto family_word(Family family) -> std::string_view {
  switch (family) {
    case Family::kText:
      return "text";
    case Family::kDom:
      return "dom";
    case Family::kInfra:
      return "infra";
    case Family::kRecipients:
      return "recipients";
    case Family::kTime:
      return "time";
    case Family::kPersona:
      return "persona";
  }
  return "infra";
}

// One pass over the messages; the same message in several mailboxes is one.
class Gatherer {
 public:
  void add(const mail::MailFacts& facts) {
    if (!out_.mails_.empty() && out_.mails_.back().uid == facts.uid) {
      for (const auto& recipient : facts.recipients) recipient_of(out_.mails_.back(), recipient);
      return;
    }
    finish_last();
    auto& mail = out_.mails_.emplace_back();
    mail.uid = facts.uid;
    mail.at = facts.at;
    mail.basis = facts.basis;
    mail.span = facts.span;
    mail.sender = sender(facts.from_domain);
    mail.bulk = facts.list || facts.bulk || !facts.unsubscribe_host.empty();
    mail.simulated = announces_exercise(facts);
    mail.active = !facts.attachments.empty() || !facts.receipts.empty();
    mail.shingles = facts.shingles;
    mail.text = facts.text;
    for (const auto& recipient : facts.recipients) recipient_of(mail, recipient);
    identity(facts, mail);
    transit(facts, mail);
    references(facts, mail);
    for (const auto& habit : facts.persona) note(mail, Family::kPersona, "habit:", habit);
    if (!facts.from_name.empty()) note(mail, Family::kPersona, "name:", fold_case(facts.from_name));
    if (!facts.mailer.empty()) note(mail, Family::kPersona, "mailer:", facts.mailer);
    if (facts.elements >= 4) note(mail, Family::kDom, "skeleton:", hex(facts.dom_exact));
    for (const auto& attachment : facts.attachments)
      note(mail, Family::kInfra, "attachment:", hex(attachment.sha256));
  }

  auto finish() -> Mails {
    finish_last();
    find_own_house();
    count_senders();
    find_mail_houses();
    out_.senders_ = senders_.size();
    return std::move(out_);
  }

 private:
  auto sender(std::string_view domain) -> std::uint32_t {
    return senders_.emplace(std::string(domain), static_cast<std::uint32_t>(senders_.size()))
        .first->second;
  }

  void recipient_of(Mail& mail, const mail::Recipient& recipient) {
    const auto [at, fresh] = names_.emplace(std::string(recipient.address),
                                            static_cast<std::uint32_t>(out_.names_.size()));
    if (fresh) out_.names_.emplace_back(recipient.address);
    mail.recipients.push_back(at->second);
  }

  auto feature(Family family, std::string text, bool shared = false) -> std::uint32_t {
    const auto [at, fresh] =
        numbers_.emplace(std::move(text), static_cast<std::uint32_t>(out_.features_.size()));
    if (fresh) out_.features_.push_back({family, at->first, 0, 0, shared});
    return at->second;
  }

  auto note(Mail& mail, Family family, std::string_view kind, std::string_view value,
            bool shared = false) -> std::uint32_t {
    const auto number = feature(family, std::string(kind) + std::string(value), shared);
    mail.features.push_back(number);
    return number;
  }

  void identity(const mail::MailFacts& facts, Mail& mail) {
    const auto is_shared = [](std::string_view domain) {
      return shared_services().contains(domain);
    };
    if (!facts.from_domain.empty())
      note(mail, Family::kInfra, "from-domain:", facts.from_domain, is_shared(facts.from_domain));
    for (const auto& address : {facts.from, facts.reply_to, facts.return_path})
      if (!address.empty()) note(mail, Family::kInfra, "address:", address);
    for (const auto& signature : facts.signatures)
      if (!signature.domain.empty())
        note(mail, Family::kInfra, "dkim:", signature.domain, is_shared(signature.domain));
    for (const auto& tenant : facts.tenants)
      note(mail, Family::kInfra,
           "tenant:", std::string(tenant.header) + "=" + std::string(tenant.value));
    const auto id_host = domain_of(
        facts.message_id.substr(0, facts.message_id.empty() ? 0 : facts.message_id.size() - 1));
    if (!id_host.empty()) note(mail, Family::kInfra, "id-host:", id_host);
    if (!facts.unsubscribe_host.empty())
      note(mail, Family::kInfra, "unsubscribe:", facts.unsubscribe_host);
  }

  void transit(const mail::MailFacts& facts, Mail& mail) {
    for (const auto& hop : facts.hops)
      if (!hop.ip.empty()) note(mail, Family::kInfra, "hop:", format_ip(hop.ip));
    if (!facts.originating_ip.empty()) note(mail, Family::kInfra, "origin:", facts.originating_ip);
  }

  void references(const mail::MailFacts& facts, Mail& mail) {
    // A beacon is off the story if nothing that the mail shows as its own leads
    // to the same place: detection 3 of the mail notes.
    auto story = std::set<std::string_view>{facts.from_domain};
    for (const auto& ref : facts.refs)
      if (ref.fetch == mail::Fetch::kClick) story.insert(ref.domain);
    for (const auto& ref : facts.refs) {
      if (ref.host.empty() || ref.fetch == mail::Fetch::kNever) continue;
      const auto shared = shared_services().contains(ref.domain);
      const auto opens = ref.fetch == mail::Fetch::kOpen || ref.fetch == mail::Fetch::kClient;
      mail.active = true;
      // A link that is the same for everybody leads to somebody else's page: the
      // story that a lure tells is a genuine one, and says nothing of its sender.
      if (!opens && ref.tokens.empty()) continue;
      note(mail, Family::kInfra, opens ? "open-host:" : "link-host:", ref.host, shared);
      note(mail, Family::kInfra, "domain:", ref.domain, shared);
      const auto shape = note(mail, Family::kInfra,
                              opens ? "open-template:" : "link-template:", ref.template_, shared);
      if (const auto grammar = grammar_of(ref.template_); opens && !grammar.empty())
        note(mail, Family::kInfra, "grammar:", grammar);
      if (!opens) {
        mail.clicks_with_token += ref.tokens.empty() ? 0u : 1u;
        continue;
      }
      auto beacon = Beacon{};
      beacon.template_feature = shape;
      beacon.hidden = ref.visibility == mail::Visibility::kHidden;
      beacon.off_story = !shared && !story.contains(ref.domain) &&
                         !facts.unsubscribe_host.ends_with(ref.domain) &&
                         !domain_of(facts.return_path).ends_with(ref.domain);
      if (!ref.tokens.empty()) {
        beacon.token = token(ref.tokens.front().value);
        for (const auto& value : ref.tokens)
          beacon.maps_recipient = beacon.maps_recipient || value.maps == mail::Maps::kYes;
      }
      mail.beacons.push_back(beacon);
    }
  }

  auto token(std::string_view value) -> std::uint32_t {
    return tokens_.emplace(std::string(value), static_cast<std::uint32_t>(tokens_.size() + 1))
        .first->second;
  }

  void finish_last() {
    if (out_.mails_.empty()) return;
    auto& mail = out_.mails_.back();
    for (auto* list : {&mail.features, &mail.recipients}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    for (const auto number : mail.features) ++out_.features_[number].mails;
  }

  // The house is the domains to which most mail goes. Mail from there is
  // everyday business; what an intruder sends from inside is for expose/.
  void find_own_house() {
    auto counts = std::map<std::string, std::uint64_t>{};
    auto total = std::uint64_t{0};
    for (const auto& mail : out_.mails_)
      for (const auto recipient : mail.recipients) {
        ++counts[std::string(domain_of(out_.names_[recipient]))];
        ++total;
      }
    auto own = std::set<std::uint32_t>{};
    for (const auto& [domain, count] : counts) {
      if (count * 20 < total || count < 20 || shared_services().contains(domain)) continue;
      for (const auto& [name, number] : senders_)
        if (name == domain || domain.ends_with("." + name)) own.insert(number);
    }
    for (auto& mail : out_.mails_) mail.internal = own.contains(mail.sender);
  }

  void count_senders() {
    auto pairs = std::vector<std::uint64_t>{};
    for (const auto& mail : out_.mails_)
      for (const auto number : mail.features)
        pairs.push_back(std::uint64_t{number} << 32 | mail.sender);
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    for (const auto pair : pairs) ++out_.features_[pair >> 32].senders;
  }

  // A mail house signs for senders of many domains. What it stamps on all its
  // mails (its key, its hosts, its mailer, the grammar of its ids) is one fact,
  // however many fields show it, and true of all its customers; a customer is
  // told by his tenant id.
  void find_mail_houses() {
    constexpr auto kCustomers = std::uint32_t{3};
    auto houses = std::vector<std::string>{};
    auto house_of_feature = std::map<std::uint32_t, std::uint32_t>{};
    for (auto n = std::uint32_t{0}; n < out_.features_.size(); ++n) {
      auto& feature = out_.features_[n];
      if (!feature.text.starts_with("dkim:") || feature.senders < kCustomers) continue;
      feature.shared = true;
      house_of_feature[n] = static_cast<std::uint32_t>(houses.size() + 1);
      houses.push_back(feature.text.substr(5));
    }
    for (auto& feature : out_.features_)
      if (feature.text.starts_with("id-host:") || feature.text.starts_with("hop:") ||
          feature.text.starts_with("origin:"))
        feature.shared =
            feature.shared || feature.senders >= kCustomers ||
            std::any_of(houses.begin(), houses.end(), [&](const std::string& house) {
              return feature.text.ends_with("." + house) || feature.text.ends_with(":" + house);
            });

    // What nearly all customers of a house show, and hardly anybody else, is the house's.
    using Senders = std::set<std::uint32_t>;
    auto customers = std::map<std::uint32_t, Senders>{};
    auto carriers = std::map<std::pair<std::uint32_t, std::uint32_t>, Senders>{};
    for (const auto& mail : out_.mails_) {
      auto house = std::uint32_t{0};
      for (const auto number : mail.features)
        if (const auto found = house_of_feature.find(number); found != house_of_feature.end())
          house = found->second;
      if (house == 0) continue;
      customers[house].insert(mail.sender);
      for (const auto number : mail.features)
        if (out_.features_[number].family == Family::kPersona)
          carriers[{number, house}].insert(mail.sender);
    }
    for (const auto& [pair, senders] : carriers)
      if (senders.size() * 10 >= std::size_t{out_.features_[pair.first].senders} * 9 &&
          senders.size() * 10 >= customers[pair.second].size() * 8)
        out_.features_[pair.first].shared = true;
  }

  Mails out_;
  std::map<std::string, std::uint32_t> senders_;
  std::unordered_map<std::string, std::uint32_t> names_, numbers_, tokens_;
};

auto Mails::gather(const MailStream& stream) -> Result<Mails> {
  auto gatherer = Gatherer{};
  SJ_DO(stream.each([&](const mail::MailFacts& facts) { gatherer.add(facts); }));
  return gatherer.finish();
}

auto Mails::rarity(std::uint32_t number) const -> double {
  const auto& feature = features_[number];
  if (feature.shared) return 0;
  const auto all = static_cast<double>(senders_) + kBackgroundSenders;
  return std::clamp(std::log(all / (static_cast<double>(feature.senders) + 1)), 0.0, kMostRarity);
}

}  // namespace serjeant::campaign
