#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exercise/truth.h"
#include "exercise/world.h"

// Who gets which mail, when, and in which file it lies: decided for all mails
// before any is written, so that the trace, the proxy log and the mailboxes
// tell of the same mails.
namespace serjeant::exercise {

enum class MailKind : std::uint8_t { kLure, kNewsletter, kTraining, kEveryday, kJunk, kHook };

constexpr auto kLures = 10'412u;
constexpr auto kTemplates = 38u;
constexpr auto kAccounts = 10u;
constexpr auto kBurst = 1'037u;
constexpr auto kBurstAccounts = 412u;
constexpr auto kDelivered = 41u;  // targets 0 .. 40; to 41 and 42 nothing got through
constexpr auto kOpened = 17u;     // targets 0 .. 16
constexpr auto kOpenedOwn = 8u;   // of these from the parliament's network: 0 .. 7
constexpr auto kClicked = 3u;     // targets 0 .. 2
constexpr auto kCampaignYears = 6u;

// An address that mail goes to.
struct Recipient {
  std::string name, address, role;  // role: member, staff, spouse
  std::int32_t person = -1;         // index of ours, or none
};

struct Mail {
  Seconds at = 0;  // when it was sent
  MailKind kind = MailKind::kLure;
  std::uint8_t account = 0;  // mail-house account 1 .. 10, newsletter 0 .. 2, drill 0 .. 5
  std::uint16_t piece = 0;   // template 1 .. 38, issue, folder of an everyday mail
  std::uint32_t recipient = 0;
  std::uint32_t sender = 0;  // everyday: index into recipients
  std::uint32_t serial = 0;  // position in the plan; names its streams
  std::uint32_t id_of = 0;   // serial of the mail whose Message-ID it bears
  bool to_alias = false;
};

struct MailFile {
  std::string path;
  bool mbox = true;                  // else one message
  std::vector<std::uint32_t> mails;  // serials, in order of time
};

struct MailPlan {
  std::vector<Recipient> recipients;           // our people first, by index
  std::vector<Mail> mails;                     // by serial
  std::vector<MailFile> files;                 // sorted by path
  std::vector<std::uint32_t> lure_recipients;  // all that a lure went to
};

auto plan_mails(const World& world) -> MailPlan;

// What a mail shows to the logs of others.
auto message_id(const World& world, const MailPlan& plan, const Mail& mail) -> std::string;
auto mail_token(const World& world, const Mail& mail) -> std::string;  // "" if it has none
auto mail_sender(const MailPlan& plan, const Mail& mail) -> std::string;
auto mail_subject(const World& world, const Mail& mail) -> std::string;
auto mail_address(const World& world, const MailPlan& plan, const Mail& mail) -> std::string;
auto beacon_host(const Mail& mail) -> std::string_view;  // of a lure's picture
auto beacon_path(const Mail& mail, std::string_view token) -> std::string;
auto link_host(const Mail& mail) -> std::string_view;     // of its link, from template 31 on
auto template_name(std::uint32_t number) -> std::string;  // "t07"
auto folder_of(const Mail& mail) -> std::string_view;     // of an everyday mail
constexpr auto kBudgetFolder = std::string_view{"\\Archive\\Budget 2021"};
constexpr auto kBudgetMails = 184u;    // of the victim, in that folder
constexpr auto kForwardedMails = 14u;  // came to the victim while C had them forwarded

}  // namespace serjeant::exercise
