#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "campaign/campaign.h"
#include "core/id.h"
#include "core/span.h"
#include "core/time.h"

// What of a mail is compared with other mails, as small numbers.
namespace serjeant::campaign {

// Independent kinds of evidence; within one, only the strongest tie counts.
enum class Family : std::uint8_t { kText, kDom, kInfra, kRecipients, kTime, kPersona };
constexpr auto kFamilies = std::size_t{6};
auto family_word(Family family) -> std::string_view;

struct Feature {
  Family family = Family::kInfra;
  std::string text;           // "open-host:px.example", "tenant:feedback-id=...", ...
  std::uint32_t mails = 0;    // distinct messages that show it
  std::uint32_t senders = 0;  // distinct From domains that show it
  bool shared = false;        // a service that everybody uses
};

// A remote reference that fires when the mail is shown.
struct Beacon {
  std::uint32_t template_feature = 0;
  std::uint32_t token = 0;      // interned value; 0 = none
  bool maps_recipient = false;  // the token is computable from the recipient's address
  bool hidden = false;
  bool off_story = false;  // its domain is neither the sender's nor that of any link
};

struct Mail {
  Id uid;
  Nanos at = 0;
  TimeBasis basis = TimeBasis::kNone;
  Span span;
  std::uint32_t sender = 0;               // interned From domain
  std::vector<std::uint32_t> features;    // sorted, each once
  std::vector<std::uint32_t> recipients;  // interned addresses, sorted, each once
  std::vector<Beacon> beacons;
  std::uint32_t clicks_with_token = 0;
  bool bulk = false;       // list or bulk headers, or a way to unsubscribe
  bool internal = false;   // From a domain of the recipients' own house
  bool simulated = false;  // announces itself as a phishing exercise
  bool active = false;     // carries or fetches something that is more than text
  std::uint32_t shingles = 0;
  mail::TextSignature text{};
};

// All distinct messages in order of uid, and everything they show.
class Mails {
 public:
  static auto gather(const MailStream& stream) -> Result<Mails>;

  auto mails() const -> const std::vector<Mail>& { return mails_; }
  auto features() const -> const std::vector<Feature>& { return features_; }
  auto senders() const -> std::size_t { return senders_; }
  auto recipient(std::uint32_t number) const -> const std::string& { return names_[number]; }

  // How much it says that two mails share this, in nats: the logarithm of how
  // rare it is among senders. Counting senders and not mails keeps a campaign
  // from making its own marks look common. To the senders seen, a background
  // of a thousand unseen ones is added, so that a handful of mails proves
  // little and a large mailbox more. Never below 0; 0 for shared services.
  auto rarity(std::uint32_t feature) const -> double;

 private:
  friend class Gatherer;
  std::vector<Mail> mails_;
  std::vector<Feature> features_;
  std::vector<std::string> names_;
  std::size_t senders_ = 0;
};

}  // namespace serjeant::campaign
