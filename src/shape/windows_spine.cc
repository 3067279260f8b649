// The spine of a Windows event. What an event id means is a table: who acts, on
// what, and which OCSF class that is. Ids are unique only together with their
// log; the table names logs by a short word, found by provider and channel.
// Meanings: Sysmon's manifest, Microsoft's "Security auditing" reference, and
// the providers' own manifests.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/text.h"
#include "shape/accounts.h"
#include "shape/addresses.h"
#include "shape/windows.h"

namespace serjeant::windows {
namespace {

enum class Log : std::uint8_t {
  kOther,
  kSysmon,
  kSecurity,
  kEventlog,  // Microsoft-Windows-Eventlog: logs cleared and full
  kPowerShell,
  kServices,  // Service Control Manager
  kTasks,
  kDefender,
  kSessions,  // TerminalServices, local sessions
  kRemote,    // TerminalServices, remote connections
  kWmi,
};

// Whose names say who acted and who was acted upon.
enum class Who : std::uint8_t {
  kAny,      // User, else the subject, else the target, else the SID of System
  kUser,     // User
  kSubject,  // the subject acts
  kLogon,    // the target is who logs on; the subject only asked
  kOnto,     // the subject acts, and the target is acted upon
  kMember,   // the subject acts, and MemberName is acted upon
  kParam,    // Param2\Param1 (RemoteConnectionManager)
  kTaskUser  // UserContext or UserName
};

struct Act {
  Log log = Log::kOther;
  std::uint32_t id = 0;
  std::uint32_t class_uid = 0;  // OCSF
  std::uint16_t activity = 0;
  Who who = Who::kAny;
  Outcome outcome = Outcome::kUnknown;
  ObjectKind kind = ObjectKind::kNone;
  std::array<std::string_view, 2> object;  // fields, the first that is there
  std::string_view app = {};
};

using enum Log;
using enum Who;
constexpr auto kNo = Outcome::kUnknown;
constexpr auto kGood = Outcome::kSuccess;
constexpr auto kFile = ObjectKind::kFile;
constexpr auto kElse = ObjectKind::kOther;

// In order of log and id.
constexpr Act kActs[] = {
    {kSysmon, 1, 1007, 1, kUser, kGood, kFile, {"Image"}, "ParentImage"},
    {kSysmon, 2, 1001, 6, kUser, kGood, kFile, {"TargetFilename"}, "Image"},
    {kSysmon, 3, 4001, 1, kUser, kNo, kElse, {"DestinationHostname", "DestinationIp"}, "Image"},
    {kSysmon, 5, 1007, 2, kUser, kGood, kFile, {"Image"}},
    {kSysmon, 6, 1002, 1, kAny, kGood, kFile, {"ImageLoaded"}},
    {kSysmon, 7, 1005, 1, kUser, kGood, kFile, {"ImageLoaded"}, "Image"},
    {kSysmon, 8, 1007, 4, kAny, kGood, kFile, {"TargetImage"}, "SourceImage"},
    {kSysmon, 9, 1001, 2, kUser, kGood, kElse, {"Device"}, "Image"},
    {kSysmon, 10, 1007, 3, kAny, kGood, kFile, {"TargetImage"}, "SourceImage"},
    {kSysmon, 11, 1001, 1, kUser, kGood, kFile, {"TargetFilename"}, "Image"},
    {kSysmon, 12, 201001, 99, kUser, kGood, kElse, {"TargetObject"}, "Image"},
    {kSysmon, 13, 201002, 2, kUser, kGood, kElse, {"TargetObject"}, "Image"},
    {kSysmon, 14, 201001, 5, kUser, kGood, kElse, {"TargetObject"}, "Image"},
    {kSysmon, 15, 1001, 1, kUser, kGood, kFile, {"TargetFilename"}, "Image"},
    {kSysmon, 17, 0, 0, kUser, kGood, kElse, {"PipeName"}, "Image"},
    {kSysmon, 18, 0, 0, kUser, kGood, kElse, {"PipeName"}, "Image"},
    {kSysmon, 19, 0, 0, kUser, kGood, kElse, {"Name"}},
    {kSysmon, 20, 0, 0, kUser, kGood, kElse, {"Destination", "Name"}},
    {kSysmon, 21, 0, 0, kUser, kGood, kElse, {"Consumer"}},
    {kSysmon, 22, 4003, 1, kUser, kNo, kElse, {"QueryName"}, "Image"},
    {kSysmon, 23, 1001, 4, kUser, kGood, kFile, {"TargetFilename"}, "Image"},
    {kSysmon, 26, 1001, 4, kUser, kGood, kFile, {"TargetFilename"}, "Image"},
    {kSysmon, 27, 1001, 1, kUser, Outcome::kBlocked, kFile, {"TargetFilename"}, "Image"},
    {kSysmon, 28, 1001, 4, kUser, Outcome::kBlocked, kFile, {"TargetFilename"}, "Image"},
    {kSysmon, 29, 1001, 1, kUser, kGood, kFile, {"TargetFilename"}, "Image"},
    {kSecurity, 4624, 3002, 1, kLogon, kGood, ObjectKind::kNone, {}, "ProcessName"},
    {kSecurity, 4625, 3002, 1, kLogon, Outcome::kFailure, ObjectKind::kNone, {}, "ProcessName"},
    {kSecurity, 4634, 3002, 2, kLogon, kGood, ObjectKind::kNone, {}},
    {kSecurity, 4647, 3002, 2, kLogon, kGood, ObjectKind::kNone, {}},
    {kSecurity, 4648, 3002, 1, kOnto, kNo, kElse, {"TargetServerName"}, "ProcessName"},
    {kSecurity, 4656, 0, 0, kSubject, kNo, kElse, {"ObjectName"}, "ProcessName"},
    {kSecurity, 4657, 201002, 2, kSubject, kNo, kElse, {"ObjectName"}, "ProcessName"},
    {kSecurity, 4660, 1001, 4, kSubject, kNo, kElse, {"ObjectName"}, "ProcessName"},
    {kSecurity, 4663, 1001, 99, kSubject, kNo, kElse, {"ObjectName"}, "ProcessName"},
    {kSecurity, 4672, 3002, 99, kSubject, kNo, ObjectKind::kNone, {}},
    {kSecurity, 4688, 1007, 1, kSubject, kNo, kFile, {"NewProcessName"}, "ParentProcessName"},
    {kSecurity, 4689, 1007, 2, kSubject, kNo, kFile, {"ProcessName"}},
    {kSecurity, 4697, 0, 0, kSubject, kNo, kElse, {"ServiceName"}, "ServiceFileName"},
    {kSecurity, 4698, 1006, 1, kSubject, kNo, kElse, {"TaskName"}},
    {kSecurity, 4699, 1006, 3, kSubject, kNo, kElse, {"TaskName"}},
    {kSecurity, 4700, 1006, 4, kSubject, kNo, kElse, {"TaskName"}},
    {kSecurity, 4701, 1006, 5, kSubject, kNo, kElse, {"TaskName"}},
    {kSecurity, 4702, 1006, 2, kSubject, kNo, kElse, {"TaskName"}},
    {kSecurity, 4720, 3001, 1, kOnto, kNo, ObjectKind::kNone, {}},
    {kSecurity, 4722, 3001, 2, kOnto, kNo, ObjectKind::kNone, {}},
    {kSecurity, 4723, 3001, 3, kOnto, kNo, ObjectKind::kNone, {}},
    {kSecurity, 4724, 3001, 4, kOnto, kNo, ObjectKind::kNone, {}},
    {kSecurity, 4725, 3001, 5, kOnto, kNo, ObjectKind::kNone, {}},
    {kSecurity, 4726, 3001, 6, kOnto, kNo, ObjectKind::kNone, {}},
    {kSecurity, 4728, 3006, 3, kMember, kNo, kElse, {"TargetUserName"}},
    {kSecurity, 4729, 3006, 4, kMember, kNo, kElse, {"TargetUserName"}},
    {kSecurity, 4732, 3006, 3, kMember, kNo, kElse, {"TargetUserName"}},
    {kSecurity, 4733, 3006, 4, kMember, kNo, kElse, {"TargetUserName"}},
    {kSecurity, 4738, 3001, 99, kOnto, kNo, ObjectKind::kNone, {}},
    {kSecurity, 4740, 3001, 9, kOnto, kNo, ObjectKind::kNone, {}},
    {kSecurity, 4756, 3006, 3, kMember, kNo, kElse, {"TargetUserName"}},
    {kSecurity, 4757, 3006, 4, kMember, kNo, kElse, {"TargetUserName"}},
    {kSecurity, 4767, 3001, 99, kOnto, kNo, ObjectKind::kNone, {}},
    {kSecurity, 4768, 3002, 3, kLogon, kNo, kElse, {"ServiceName"}},
    {kSecurity, 4769, 3002, 4, kLogon, kNo, kElse, {"ServiceName"}},
    {kSecurity, 4771, 3002, 3, kLogon, Outcome::kFailure, kElse, {"ServiceName"}},
    {kSecurity, 4776, 3002, 1, kLogon, kNo, kElse, {"Workstation"}},
    {kSecurity, 4778, 3002, 1, kAny, kNo, ObjectKind::kNone, {}},
    {kSecurity, 4779, 3002, 2, kAny, kNo, ObjectKind::kNone, {}},
    {kSecurity, 5140, 0, 0, kSubject, kNo, kElse, {"ShareName"}},
    {kSecurity, 5145, 0, 0, kSubject, kNo, kElse, {"RelativeTargetName", "ShareName"}},
    {kSecurity, 5156, 4001, 1, kAny, kGood, kElse, {"DestAddress"}, "Application"},
    {kSecurity, 5157, 4001, 5, kAny, Outcome::kBlocked, kElse, {"DestAddress"}, "Application"},
    {kEventlog, 104, 1008, 1, kSubject, kGood, kElse, {"Channel"}},
    {kEventlog, 1102, 1008, 1, kSubject, kGood, ObjectKind::kNone, {}},
    {kPowerShell, 4103, 1007, 99, kAny, kNo, ObjectKind::kNone, {}},
    {kPowerShell, 4104, 1007, 99, kAny, kNo, kFile, {"Path"}},
    {kServices, 7045, 0, 0, kAny, kGood, kElse, {"ServiceName"}, "ImagePath"},
    {kTasks, 106, 1006, 1, kTaskUser, kGood, kElse, {"TaskName"}},
    {kTasks, 140, 1006, 2, kTaskUser, kGood, kElse, {"TaskName"}},
    {kTasks, 141, 1006, 3, kTaskUser, kGood, kElse, {"TaskName"}},
    {kTasks, 200, 1006, 6, kTaskUser, kGood, kElse, {"TaskName"}, "ActionName"},
    {kDefender, 1116, 2004, 1, kAny, kNo, kFile, {"Path"}, "Process Name"},
    {kDefender, 1117, 2004, 2, kAny, kNo, kFile, {"Path"}, "Process Name"},
    {kSessions, 21, 3002, 1, kUser, kGood, ObjectKind::kNone, {}},
    {kSessions, 23, 3002, 2, kUser, kGood, ObjectKind::kNone, {}},
    {kSessions, 24, 3002, 2, kUser, kGood, ObjectKind::kNone, {}},
    {kSessions, 25, 3002, 1, kUser, kGood, ObjectKind::kNone, {}},
    {kRemote, 1149, 3002, 1, kParam, kNo, ObjectKind::kNone, {}},
    {kWmi, 5861, 0, 0, kUser, kNo, kElse, {"CONSUMER"}},
};
static_assert(std::is_sorted(std::begin(kActs), std::end(kActs), [](const Act& a, const Act& b) {
  return a.log != b.log ? a.log < b.log : a.id < b.id;
}));

struct LogName {
  std::string_view provider;
  Log log;
};
constexpr LogName kLogs[] = {
    {"Linux-Sysmon", kSysmon},
    {"Microsoft-Windows-Eventlog", kEventlog},
    {"Microsoft-Windows-PowerShell", kPowerShell},
    {"Microsoft-Windows-Security-Auditing", kSecurity},
    {"Microsoft-Windows-Sysmon", kSysmon},
    {"Microsoft-Windows-TaskScheduler", kTasks},
    {"Microsoft-Windows-TerminalServices-LocalSessionManager", kSessions},
    {"Microsoft-Windows-TerminalServices-RemoteConnectionManager", kRemote},
    {"Microsoft-Windows-WMI-Activity", kWmi},
    {"Microsoft-Windows-Windows Defender", kDefender},
    {"PowerShellCore", kPowerShell},
    {"Service Control Manager", kServices},
};

auto log_of(std::string_view provider, std::string_view channel, std::uint32_t id) -> Log {
  for (const auto& known : kLogs)
    if (equals_ignoring_ascii_case(known.provider, provider)) return known.log;
  if (!provider.empty()) return kOther;
  // Some exports leave the provider out.
  if (equals_ignoring_ascii_case(channel, "Security")) return id == 1102 ? kEventlog : kSecurity;
  if (equals_ignoring_ascii_case(channel, "Microsoft-Windows-Sysmon/Operational")) return kSysmon;
  return kOther;
}

constexpr auto kAnyAct = Act{};

auto act_of(Log log, std::uint32_t id) -> const Act& {
  const auto* const found = std::lower_bound(
      std::begin(kActs), std::end(kActs), id,
      [&](const Act& act, std::uint32_t) { return act.log != log ? act.log < log : act.id < id; });
  return found != std::end(kActs) && found->log == log && found->id == id ? *found : kAnyAct;
}

// The audit bits of Keywords (winmeta.xml: 0x20000000000000 audit success,
// 0x10000000000000 audit failure), written in hexadecimal, as a signed number,
// or in words.
auto audited(Value keywords) -> Outcome {
  auto value = unwrap(keywords);
  if (value.is_array()) value = value.begin() == value.end() ? Value{} : *value.begin();
  const auto text = value.text();
  if (starts_with_ignoring_case(text, "0x")) {
    auto bits = std::uint64_t{0};
    const auto [stop, error] =
        std::from_chars(text.data() + 2, text.data() + text.size(), bits, 16);
    if (error != std::errc{} || stop != text.data() + text.size()) return kNo;
    return (bits & 0x10000000000000) != 0   ? Outcome::kFailure
           : (bits & 0x20000000000000) != 0 ? Outcome::kSuccess
                                            : kNo;
  }
  if (const auto number = to_int(text)) {
    const auto bits = static_cast<std::uint64_t>(*number);
    return (bits & 0x10000000000000) != 0   ? Outcome::kFailure
           : (bits & 0x20000000000000) != 0 ? Outcome::kSuccess
                                            : kNo;
  }
  if (equals_ignoring_ascii_case(text, "Audit Success")) return Outcome::kSuccess;
  if (equals_ignoring_ascii_case(text, "Audit Failure")) return Outcome::kFailure;
  return kNo;
}

class Filler {
 public:
  Filler(Value record, Arena& arena, Event& event)
      : parts_(parts_of(record)), arena_(arena), event_(event) {}

  void fill() {
    event_.operation = system("EventID");
    event_.device = system("Computer");
    const auto provider = system("Provider_Name");
    const auto id = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(to_uint(event_.operation).value_or(0), 0xffff'ffff));
    const auto log = log_of(provider, system("Channel"), id);
    const auto& act = act_of(log, id);
    event_.class_uid = act.class_uid;
    event_.activity_id = act.activity;
    event_.outcome = act.outcome;
    if (event_.outcome == kNo) event_.outcome = audited(system_value(parts_, "Keywords"));
    for (const auto name : act.object)
      if (event_.object.empty() && !name.empty()) event_.object = text(name);
    if (!event_.object.empty()) event_.object_kind = act.kind;
    if (!act.app.empty()) event_.app = text(act.app);
    people(act.who);
    if (event_.actor.empty()) event_.actor = folded_into(system("Security_UserID"), arena_);
    if (!event_.actor.empty()) event_.actor_kind = kind_of(event_.actor);
    origin(act);
    if (event_.outcome == Outcome::kFailure || event_.outcome == Outcome::kUnknown) error(log, id);
    identity();
  }

 private:
  auto system(std::string_view name) const -> std::string_view {
    return unwrap(system_value(parts_, name)).text();
  }

  // A field of the event; "-" says that there is none.
  auto text(std::string_view name) const -> std::string_view {
    auto value = parts_.data.find(name);
    if (!value) value = parts_.user_data.find(name);
    if (!value && !parts_.data && !parts_.user_data) value = parts_.root.find(name);
    value = unwrap(value);
    if (value.is_array()) value = value.begin() == value.end() ? Value{} : *value.begin();
    const auto found = value.text();
    return found == "-" ? std::string_view{} : found;
  }

  // "domain\name" without difference of case; a name that says its realm itself
  // stays as it is. A Defender or Sysmon `User` has the domain already.
  auto account(std::string_view domain, std::string_view name) -> std::string_view {
    if (domain.empty() || name.empty() || name.find_first_of("\\@") != std::string_view::npos)
      return account_key(name, arena_);
    auto* const out = arena_.take(domain.size() + 1 + name.size());
    std::copy(domain.begin(), domain.end(), out);
    out[domain.size()] = '\\';
    std::copy(name.begin(), name.end(), out + domain.size() + 1);
    return folded_into({out, domain.size() + 1 + name.size()}, arena_);
  }
  auto subject() -> std::string_view {
    return account(text("SubjectDomainName"), text("SubjectUserName"));
  }
  auto target() -> std::string_view {
    return account(text("TargetDomainName"), text("TargetUserName"));
  }
  auto user() -> std::string_view {
    auto name = text("User");
    if (name.empty()) name = text("SourceUser");
    return account({}, name);
  }

  void people(Who who) {
    switch (who) {
      case kAny: {
        event_.actor = user();
        if (event_.actor.empty()) event_.actor = subject();
        if (event_.actor.empty()) event_.actor = target();
        if (event_.actor.empty())
          event_.actor = account(text("AccountDomain"), text("AccountName"));
        session({"LogonId", "SubjectLogonId", "TargetLogonId", "LogonID"});
        return;
      }
      case kUser:
        event_.actor = user();
        session({"LogonId", "SessionID"});
        return;
      case kSubject:
        event_.actor = subject();
        session({"SubjectLogonId"});
        return;
      case kLogon:
        event_.actor = target();
        session({"TargetLogonId", "LogonGuid"});
        return;
      case kOnto:
        event_.actor = subject();
        event_.target = target();
        session({"SubjectLogonId"});
        return;
      case kMember:
        event_.actor = subject();
        event_.target = account({}, text("MemberName"));
        if (event_.target.empty()) event_.target = account({}, text("MemberSid"));
        session({"SubjectLogonId"});
        return;
      case kParam:
        event_.actor = account(text("Param2"), text("Param1"));
        return;
      case kTaskUser:
        event_.actor = account({}, text("UserContext"));
        if (event_.actor.empty()) event_.actor = account({}, text("UserName"));
        return;
    }
  }

  // Logon ids count from each machine's start, so they are keys only together
  // with its name; zero is none.
  void session(std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
      const auto id = text(name);
      if (id.empty() || id.find_first_not_of("0x{}-") == std::string_view::npos) continue;
      const auto size = event_.device.size() + 1 + id.size();
      auto* const out = arena_.take(size);
      std::copy(event_.device.begin(), event_.device.end(), out);
      out[event_.device.size()] = '/';
      std::copy(id.begin(), id.end(), out + event_.device.size() + 1);
      event_.session = folded_into({out, size}, arena_);
      return;
    }
  }

  static auto kind_of(std::string_view actor) -> ActorKind {
    if (actor == "s-1-5-18" || actor == "s-1-5-19" || actor == "s-1-5-20" || actor.ends_with('$') ||
        actor.starts_with("nt authority\\") || actor.ends_with("\\system") || actor == "system")
      return ActorKind::kService;
    if (actor == "s-1-5-7" || actor.ends_with("anonymous logon")) return ActorKind::kAnonymous;
    return ActorKind::kUnknown;
  }

  void origin(const Act& act) {
    const auto names = std::to_array<std::string_view>(
        {"IpAddress", "SourceIp", "SourceAddress", "ClientAddress", "Address", "Param3"});
    for (const auto name : names) {
      if (name == "Param3" && act.who != kParam) continue;
      const auto endpoint = read_endpoint(text(name));
      if (endpoint.ip.empty()) continue;
      event_.ip = endpoint.ip;
      event_.ip_role = role_of(endpoint.ip);
      event_.port = endpoint.port;
      break;
    }
    if (event_.ip.empty()) return;
    for (const auto name : {"IpPort", "SourcePort"})
      if (const auto port = to_uint(text(name)); port && *port != 0 && *port <= 0xffff)
        event_.port = static_cast<std::uint16_t>(*port);
  }

  void error(Log log, std::uint32_t id) {
    for (const auto name : {"SubStatus", "Status", "Error Code", "ErrorCode"}) {
      const auto code = text(name);
      if (code.empty() || code.find_first_not_of("0x") == std::string_view::npos) continue;
      event_.error = code;
      break;
    }
    // STATUS_ACCOUNT_RESTRICTION: "user name and authentication information are
    // valid, but some user account restriction has prevented" it (MS-ERREF 2.3.1).
    if (log == kSecurity && id == 4625 && equals_ignoring_ascii_case(event_.error, "0xc000006e"))
      event_.outcome = Outcome::kPasswordOnly;
  }

  // A record's number counts within one channel of one machine.
  void identity() {
    const auto number = system("EventRecordID");
    const auto channel = system("Channel");
    if (number.empty() || event_.device.empty() || channel.empty()) return;
    const auto size = event_.device.size() + channel.size() + number.size() + 2;
    auto* out = arena_.take(size);
    const auto* const begin = out;
    out = std::copy(event_.device.begin(), event_.device.end(), out);
    *out++ = '/';
    out = std::copy(channel.begin(), channel.end(), out);
    *out++ = '/';
    std::copy(number.begin(), number.end(), out);
    event_.record_id = {begin, size};
  }

  Parts parts_;
  Arena& arena_;
  Event& event_;
};

}  // namespace

void fill_spine(Value record, Arena& arena, Event& event) { Filler(record, arena, event).fill(); }

}  // namespace serjeant::windows
