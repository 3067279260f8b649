#pragma once

#include <string>
#include <vector>

#include "exercise/mailplan.h"
#include "exercise/world.h"

// What was planned to happen, besides everyday life: the takeover by C, the
// spraying, the mailbox whose log pauses. Facts here are the same in every size.
namespace serjeant::exercise {

enum class Op : std::uint8_t {
  kSignIn,
  kSignInFailed,   // wrong password
  kSignInPending,  // right password, second factor asked
  kBind,
  kSync,
  kSend,
  kCreate,
  kMove,
  kSoftDelete,
  kFileAccessed,
  kFileModified,
  kFileDownloaded,
  kFileSynced,
  kFilePreviewed,
  kSharing,
  kSearch,
  kTeams,
  kNewRule,
  kRemoveRule,
  kForward,
  kUpdateUser,
  // service noise
  kMailboxPlan,
  kServiceUser,
  kTeamsSync,
  kRestRead,
  kAppFile,
  kDeviceUpdate,
  kWide,
};

// One planned record of the audit log.
struct Act {
  Seconds at = 0;
  Op op = Op::kSignIn;
  std::uint32_t person = 0;  // who did it, by the log
  std::uint32_t target = 0;  // whose mailbox or account it was done to
  std::string ip, agent, client, os, browser, session;
  bool port = false;             // the log writes the address with a port
  std::string detail;            // rule name, forwarding address, query, folder, subject
  std::vector<std::string> ids;  // Message-IDs
  std::uint32_t error = 0;
  bool throttled = false;
  std::string actor = "none", campaign, stage, strand;
};

struct StoryLine {
  std::vector<Act> acts;              // sorted by time
  std::vector<std::string> read_ids;  // that C opened
  Seconds entered = 0, last = 0;      // C's first and last act
  Seconds rule_set = 0, rule_unset = 0, forward_set = 0, forward_unset = 0, factor_set = 0,
          factor_unset = 0;
  Seconds throttled_from = 0;
  std::string session;
  std::vector<std::string> origins;
};

constexpr auto kHookHost = std::string_view{"203.0.113.77"};  // stands between victim and provider
constexpr auto kDropBox = std::string_view{"archive@ledger-sync.example"};

auto write_story(const World& world, const MailPlan& plan) -> StoryLine;

}  // namespace serjeant::exercise
