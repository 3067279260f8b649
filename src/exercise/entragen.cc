#include "exercise/entragen.h"

#include <array>

#include "core/json.h"
#include "core/time.h"
#include "exercise/out.h"
#include "exercise/ual_record.h"

namespace serjeant::exercise {
namespace {

constexpr auto kFirstDay = kLogDays - kDirectoryDays;
constexpr auto kHomeApp = std::string_view{"4765445b-32c6-49b0-83e6-1d93765276ca"};
constexpr auto kDeskApp = std::string_view{"d3590ed6-52b3-4102-aeff-aad2292ab01c"};
constexpr auto kHandApp = std::string_view{"27922004-5251-4030-b22d-91ecd9a37ea4"};

struct Shape {
  std::string_view path;
  bool array = false;
};
auto shape_of(DirectoryLog log) -> Shape {
  switch (log) {
    case DirectoryLog::kInteractive:
      return {"P/entra/signins-interactive.json", true};
    case DirectoryLog::kRefresh:
      return {"P/entra/signins-noninteractive.ndjson", false};
    case DirectoryLog::kApplications:
      return {"P/entra/signins-serviceprincipal.ndjson", false};
    default:
      return {"P/entra/directory-audits.json", true};
  }
}

// What a log-in record tells, from a stub or a planned act.
struct Entry {
  const Person* person = nullptr;
  std::string_view agent, os, browser, device;
  std::string address, session, id, correlation;
  std::string_view app = kHomeApp, app_name = "OfficeHome";
  std::uint32_t error = 0;
  Seconds at = 0;
};

class DirectoryWriter {
 public:
  DirectoryWriter(const World& world, const StoryLine& story, DirectoryLog log,
                  const std::string& dir)
      : world_(world),
        story_(story),
        log_(log),
        shape_(shape_of(log)),
        file_(dir, std::string{shape_.path}) {
    if (shape_.array) file_.buffer += "[\n";
  }

  void day(std::uint32_t day, const std::vector<Stub>& stubs) {
    for (const auto& stub : stubs) {
      switch (log_) {
        case DirectoryLog::kInteractive:
          if (stub.op <= Op::kSignInPending && stub.who != kService) sign_in(stub, day, true);
          break;
        case DirectoryLog::kRefresh:
          refresh(stub, day);
          break;
        case DirectoryLog::kApplications:
          if (stub.op == Op::kAppFile) application(stub, day);
          break;
        default:
          if (stub.op == Op::kUpdateUser || stub.op == Op::kServiceUser ||
              stub.op == Op::kDeviceUpdate) {
            change(stub, day);
          }
      }
    }
  }

  auto finish() -> Result<LogTruth> {
    if (shape_.array) {
      file_.buffer += rows_ == 0 ? "]\n" : "\n]\n";
      if (!truth_.events.empty() && truth_.events.back().offset == last_start_) {
        --truth_.events.back().length;
      }
    }
    auto file = file_.finish();
    if (!file) return tl::unexpected<Error>(std::move(file).error());
    truth_.file = *std::move(file);
    return std::move(truth_);
  }

 private:
  auto entry_of(const Stub& stub, std::uint32_t day) const -> Entry {
    auto entry = Entry{};
    entry.person = &world_.people[stub.who];
    entry.at = stub.at;
    const auto ids = record_ids(world_, day, stub.serial);
    entry.id = ids.request;
    entry.correlation = ids.correlation;
    if (stub.act >= 0) {
      const auto& act = story_.acts[static_cast<std::size_t>(stub.act)];
      entry.agent = act.agent;
      entry.os = act.os;
      entry.browser = act.browser;
      entry.address = act.ip;
      entry.session = act.session;
      entry.error = act.error;
      return entry;
    }
    const auto& device = device_of(*entry.person, stub, day);
    entry.agent = device.agent;
    entry.os = device.os;
    entry.browser = device.browser;
    entry.device = device.id;
    entry.address = address_of(world_, *entry.person, stub);
    append_session(world_, stub, entry.session);
    if (stub.machine == 0) entry.app = kDeskApp, entry.app_name = "Microsoft Office";
    if (stub.machine == 1) entry.app = kHandApp, entry.app_name = "Outlook Mobile";
    entry.error = stub.op == Op::kSignInFailed    ? 50'126
                  : stub.op == Op::kSignInPending ? 50'074
                                                  : 0;
    return entry;
  }

  void write_entry(const Entry& entry, bool interactive, Stream& draw, std::string& out) {
    auto json = JsonWriter{out};
    json.begin_object().field("id", entry.id);
    json.field("createdDateTime", format_time(entry.at * kSecond));
    json.field("userDisplayName", entry.person->display);
    json.field("userPrincipalName", entry.person->lower).field("userId", entry.person->oid);
    json.field("appId", entry.app).field("appDisplayName", entry.app_name);
    json.field("ipAddress", entry.address);
    json.field("clientAppUsed", interactive ? "Browser" : "Mobile Apps and Desktop clients");
    json.field("correlationId", entry.correlation).field("conditionalAccessStatus", "notApplied");
    json.field("originalRequestId", "").key("isInteractive").boolean(interactive);
    json.field("tokenIssuerName", "").field("tokenIssuerType", "AzureAD");
    json.field("processingTimeInMilliseconds", std::int64_t{90 + draw.below(400)});
    json.field("riskDetail", "none").field("riskLevelAggregated", "none");
    json.field("riskState", "none").field("resourceDisplayName", "Office 365 Exchange Online");
    json.field("resourceId", "00000002-0000-0ff1-ce00-000000000000");
    json.field("authenticationProtocol", "none").field("incomingTokenType", "none");
    json.field("userAgent", entry.agent);
    json.key("authenticationRequirement");
    json.text(entry.error == 50'074 || entry.error == 50'076 ? "multiFactorAuthentication"
                                                             : "singleFactorAuthentication");
    auto token = std::string{};
    draw.letters(token, 22);
    json.field("uniqueTokenIdentifier", token).field("sessionId", entry.session);
    json.key("status").begin_object().field("errorCode", std::int64_t{entry.error});
    json.field("failureReason", entry.error == 0 ? "Other."
                                : entry.error == 50'126
                                    ? "Error validating credentials due to invalid username or "
                                      "password."
                                    : "Strong Authentication is required.");
    json.key("additionalDetails").null().end_object();
    json.key("deviceDetail").begin_object().field("deviceId", entry.device);
    json.field("displayName", "").field("operatingSystem", entry.os);
    json.field("browser", entry.browser).key("isCompliant").boolean(!entry.device.empty());
    json.key("isManaged").boolean(!entry.device.empty()).field("trustType", "");
    json.end_object();
    json.key("location").begin_object().field("city", "").field("state", "");
    json.field("countryOrRegion", "").end_object().end_object();
  }

  // Begins a row after the separator of the one before.
  auto begin() -> std::uint64_t {
    if (shape_.array && rows_ > 0) file_.buffer += ",\n";
    return file_.offset();
  }
  void end(const Stub& stub, std::uint64_t start) {
    if (!shape_.array) file_.buffer += '\n';
    // A row's separator belongs to it: ",\n" in an array, but "\n" after the last.
    const auto length = file_.offset() - start + (shape_.array ? 2 : 0);
    last_start_ = start;
    ++rows_;
    ++truth_.distinct;
    if (stub.act >= 0) {
      const auto& act = story_.acts[static_cast<std::size_t>(stub.act)];
      if (act.actor != "none") {
        truth_.events.push_back({std::string{shape_.path}, start, length, act.actor, act.campaign,
                                 act.stage, act.strand});
      }
    }
    file_.end_row();
  }

  void sign_in(const Stub& stub, std::uint32_t day, bool interactive) {
    auto draw = Stream{world_.key("entra"), day, stub.serial};
    const auto start = begin();
    write_entry(entry_of(stub, day), interactive, draw, file_.buffer);
    end(stub, start);
  }

  // Clients refresh tokens by themselves: seen for one act in three.
  void refresh(const Stub& stub, std::uint32_t day) {
    const auto planned =
        stub.act >= 0 && !story_.acts[static_cast<std::size_t>(stub.act)].session.empty();
    if (stub.who == kService || stub.op <= Op::kSignInPending) return;
    if (stub.act >= 0 && !planned) return;
    if (stub.serial % 3 != 0 && stub.act < 0) return;
    auto draw = Stream{world_.key("entra-refresh"), day, stub.serial};
    auto entry = entry_of(stub, day);
    entry.error = 0;
    entry.id.clear();
    draw.guid(entry.id);
    const auto start = begin();
    file_.buffer += "{\"time\":\"" + format_time(entry.at * kSecond) +
                    "\",\"resourceId\":\"/tenants/" + world_.tenant +
                    "/providers/Microsoft.aadiam\",\"operationName\":\"Sign-in activity\","
                    "\"operationVersion\":\"1.0\",\"category\":\"NonInteractiveUserSignInLogs\","
                    "\"tenantId\":\"" +
                    world_.tenant + "\",\"resultType\":\"0\",\"callerIpAddress\":\"" +
                    entry.address + "\",\"properties\":";
    write_entry(entry, false, draw, file_.buffer);
    file_.buffer += '}';
    end(stub, start);
  }

  void application(const Stub& stub, std::uint32_t day) {
    auto draw = Stream{world_.key("entra-app"), day, stub.serial};
    const auto start = begin();
    auto json = JsonWriter{file_.buffer};
    auto id = std::string{};
    draw.guid(id);
    json.begin_object().field("id", id).field("createdDateTime", format_time(stub.at * kSecond));
    json.field("servicePrincipalName", "Library Catalogue Sync");
    json.field("servicePrincipalId", "7c7d9d56-1f0e-4c59-9d2e-0d8f3a1b2c4d");
    json.field("appId", "5b0c1f9e-51d6-4b61-9b5c-f0c5a7f6e1aa");
    json.field("appDisplayName", "Library Catalogue Sync").field("ipAddress", draw.pick(kProvider));
    json.field("resourceDisplayName", "Microsoft Graph");
    json.key("signInEventTypes").begin_array().text("servicePrincipal").end_array();
    json.key("status").begin_object().field("errorCode", std::int64_t{0}).end_object().end_object();
    end(stub, start);
  }

  void change(const Stub& stub, std::uint32_t day) {
    auto draw = Stream{world_.key("entra-change"), day, stub.serial};
    const auto ids = record_ids(world_, day, stub.serial);
    const auto planned = stub.act >= 0;
    const auto device = stub.op == Op::kDeviceUpdate;
    const auto& target = planned
                             ? world_.people[story_.acts[static_cast<std::size_t>(stub.act)].target]
                             : world_.people[draw.below(kPeople)];
    const auto start = begin();
    auto json = JsonWriter{file_.buffer};
    json.begin_object().field("id", "Directory_" + ids.correlation + "_" +
                                        std::to_string(10'000'000 + draw.below(80'000'000)));
    json.field("category", device ? "Device" : "UserManagement");
    json.field("correlationId", ids.correlation).field("result", "success");
    json.field("resultReason", "");
    json.field("activityDisplayName", device ? "Update device" : "Update user");
    json.field("activityDateTime", format_time(stub.at * kSecond));
    json.field("loggedByService", "Core Directory").field("operationType", "Update");
    json.key("initiatedBy").begin_object();
    if (planned) {
      const auto& act = story_.acts[static_cast<std::size_t>(stub.act)];
      json.key("app").null().key("user").begin_object();
      json.field("id", world_.people[act.person].oid);
      json.field("userPrincipalName", world_.people[act.person].lower);
      json.field("ipAddress", act.ip).end_object();
    } else {
      json.key("user").null().key("app").begin_object();
      json.field("displayName", "Device Registration Service").key("appId").null().end_object();
    }
    json.end_object().key("targetResources").begin_array().begin_object();
    json.field("id", device ? target.devices[0].id : target.oid);
    json.field("displayName", target.display).field("type", device ? "Device" : "User");
    json.field("userPrincipalName", device ? std::string_view{} : std::string_view{target.lower});
    json.key("modifiedProperties").begin_array().begin_object();
    json.field("displayName", planned  ? "StrongAuthenticationMethod"
                              : device ? "DeviceOSVersion"
                                       : "StsRefreshTokensValidFrom");
    json.key("oldValue").null();
    json.field("newValue",
               planned ? "[{\"MethodType\":6,\"Default\":true},{\"MethodType\":7}]" : "[]");
    json.end_object().end_array().end_object().end_array();
    json.key("additionalDetails").begin_array().end_array().end_object();
    end(stub, start);
  }

  const World& world_;
  const StoryLine& story_;
  DirectoryLog log_;
  Shape shape_;
  OutFile file_;
  LogTruth truth_;
  std::uint64_t rows_ = 0, last_start_ = 0;
};

}  // namespace

auto write_directory(const World& world, const StoryLine& story, const Life& life, DirectoryLog log,
                     const std::string& dir) -> Result<LogTruth> {
  auto out = DirectoryWriter{world, story, log, dir};
  for (auto day = kFirstDay; day < kLogDays; ++day) out.day(day, life.day(day));
  auto truth = out.finish();
  // 30 of the 180 days: the directory keeps no more.
  if (truth && log == DirectoryLog::kInteractive) {
    truth->gaps.push_back({"P", "entra", "retention", "", kLogStart, day_start(kFirstDay), -1});
  }
  return truth;
}

}  // namespace serjeant::exercise
