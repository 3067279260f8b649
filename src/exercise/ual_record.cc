#include "exercise/ual_record.h"

#include <array>

#include "core/json.h"
#include "core/time.h"
#include "exercise/words.h"

namespace serjeant::exercise {
namespace {

constexpr auto kMailApp = std::string_view{"00000002-0000-0ff1-ce00-000000000000"};
constexpr auto kHomeApp = std::string_view{"4765445b-32c6-49b0-83e6-1d93765276ca"};
constexpr auto kDeskApp = std::string_view{"d3590ed6-52b3-4102-aeff-aad2292ab01c"};
constexpr auto kHandApp = std::string_view{"27922004-5251-4030-b22d-91ecd9a37ea4"};

auto local_time(Seconds at) -> std::string {
  auto text = format_time(at * kSecond);
  text.pop_back();  // the log writes UTC without saying so
  return text;
}

auto with_port(std::string_view address, std::uint32_t port) -> std::string {
  const auto v6 = address.find(':') != std::string_view::npos;
  return (v6 ? "[" + std::string{address} + "]" : std::string{address}) + ":" +
         std::to_string(port);
}

// A short JSON list of {"Name","Value"}.
class Pairs {
 public:
  explicit Pairs(std::string& out) : out_(out) {
    out_.clear();
    out_ += '[';
  }
  auto add(std::string_view name, std::string_view value) -> Pairs& {
    out_ += out_.size() > 1 ? ",{\"Name\":" : "{\"Name\":";
    append_json_text(out_, name);
    out_ += ",\"Value\":";
    append_json_text(out_, value);
    out_ += '}';
    return *this;
  }
  auto end() -> std::string_view {
    out_ += ']';
    return out_;
  }

 private:
  std::string& out_;
};

}  // namespace

void AuditRecord::clear() {
  fields_.clear();
  values_.clear();
  object.clear();
  address.clear();
  user.clear();
  user_type = 0;
}

void AuditRecord::put(std::string_view key, Kind kind, std::string_view value) {
  fields_.push_back({key, kind, static_cast<std::uint32_t>(values_.size()),
                     static_cast<std::uint32_t>(value.size())});
  values_ += value;
  if (key == "ObjectId") object = value;
  if (key == "ClientIP" || key == "ClientIPAddress") address = value;
}

void AuditRecord::number(std::string_view key, std::uint64_t value) {
  put(key, Kind::kNumber, std::to_string(value));
}

auto record_ids(const World& world, std::uint32_t day, std::uint32_t serial) -> RecordIds {
  auto draw = Stream{world.key("record"), day, serial};
  auto ids = RecordIds{};
  draw.guid(ids.id);
  draw.guid(ids.correlation);
  ids.request = ids.id;  // a log-in record bears the id of its request
  return ids;
}

// The actor of one record.
struct RecordMaker::Who {
  const Person* person = nullptr;
  const Person* owner = nullptr;  // of the mailbox
  const Act* act = nullptr;
  std::string_view agent, client, os, browser, device;
  std::string address, session;
  std::uint8_t machine = 0;
};

auto RecordMaker::who(const Stub& stub, std::uint32_t day, Stream& draw) const -> Who {
  auto who = Who{};
  if (stub.who == kService) return who;
  who.person = who.owner = &world_.people[stub.who];
  who.machine = stub.machine;
  if (stub.act >= 0) {
    const auto& act = story_.acts[static_cast<std::size_t>(stub.act)];
    who.act = &act;
    who.owner = &world_.people[act.target];
    who.agent = act.agent;
    who.client = act.client;
    who.os = act.os;
    who.browser = act.browser;
    who.session = act.session;
    who.address =
        act.port && world_.traps.v6_port ? with_port(act.ip, 30'000 + draw.below(30'000)) : act.ip;
    return who;
  }
  const auto& device = device_of(*who.person, stub, day);
  who.agent = device.agent;
  who.client = device.client;
  who.os = device.os;
  who.browser = device.browser;
  who.device = device.id;
  who.address = address_of(world_, *who.person, stub);
  append_session(world_, stub, who.session);
  return who;
}

auto RecordMaker::make(const Stub& stub, std::uint32_t day) -> const AuditRecord& {
  auto draw = Stream{world_.key("audit"), day, stub.serial};
  ids_ = record_ids(world_, day, stub.serial);
  record_.clear();
  record_.at = stub.at;
  record_.id = ids_.id;
  const auto actor = who(stub, day, draw);
  switch (stub.op) {
    case Op::kSignIn:
    case Op::kSignInFailed:
    case Op::kSignInPending:
      sign_in(stub, actor, draw);
      break;
    case Op::kBind:
      bind(stub, actor, draw, day);
      break;
    case Op::kSync:
      sync(actor, draw);
      break;
    case Op::kSend:
    case Op::kCreate:
      item(stub, actor, draw);
      break;
    case Op::kMove:
    case Op::kSoftDelete:
      moved(stub, actor, draw);
      break;
    case Op::kFileAccessed:
    case Op::kFileModified:
    case Op::kFileDownloaded:
    case Op::kFileSynced:
    case Op::kFilePreviewed:
    case Op::kSharing:
      file(stub, actor, draw, day);
      break;
    case Op::kSearch:
      search(actor, draw);
      break;
    case Op::kTeams:
      teams(actor, draw);
      break;
    case Op::kNewRule:
    case Op::kRemoveRule:
    case Op::kForward:
      admin(stub, actor, draw);
      break;
    case Op::kUpdateUser:
    case Op::kWide:
      directory(stub, actor, draw);
      break;
    default:
      noise(stub, draw);
  }
  return record_;
}

void RecordMaker::head(std::string_view operation, std::uint32_t type, std::string_view status,
                       std::string_view workload, const Who& who, bool lower_user) {
  record_.operation = operation;
  record_.record_type = type;
  record_.workload = workload;
  if (who.person != nullptr) {
    const auto plain = lower_user || !world_.traps.aliases;
    record_.user = plain ? who.person->lower : who.person->upn;
    if (who.person->index == kAdmin) record_.user_type = 2;
  }
  record_.text("CreationTime", local_time(record_.at));
  record_.text("Id", ids_.id);
  record_.text("Operation", operation);
  record_.text("OrganizationId", world_.tenant);
  record_.number("RecordType", type);
  if (!status.empty()) record_.text("ResultStatus", status);
  record_.text("UserKey", who.person != nullptr ? std::string_view{who.person->user_key}
                                                : std::string_view{record_.user});
  record_.number("UserType", record_.user_type);
  record_.number("Version", 1);
  record_.text("Workload", workload);
  record_.text("UserId", record_.user);
}

void RecordMaker::sign_in(const Stub& stub, const Who& who, Stream& draw) {
  const auto success = stub.op == Op::kSignIn;
  const auto error = who.act != nullptr && who.act->error != 0 ? who.act->error
                     : success                                 ? 0u
                     : stub.op == Op::kSignInPending           ? 50'074u
                                                               : 50'126u;
  head(success ? "UserLoggedIn" : "UserLoginFailed", 15, success ? "Success" : "Failed",
       "AzureActiveDirectory", who, false);
  const auto app = who.act != nullptr && success ? kHomeApp
                   : who.machine == 1            ? kHandApp
                   : who.machine == 0            ? kDeskApp
                                                 : kHomeApp;
  record_.text("ClientIP", who.address);
  record_.text("ObjectId", success ? kMailApp : std::string_view{"Unknown"});
  record_.number("AzureActiveDirectoryEventType", 1);
  record_.json("ExtendedProperties",
               Pairs{scratch_}
                   .add("ResultStatusDetail", success ? "Success" : "UserError")
                   .add("UserAgent", who.agent)
                   .add("RequestType", app == kHomeApp ? "OAuth2:Authorize" : "OAuth2:Token")
                   .end());
  record_.json("ModifiedProperties", "[]");
  scratch_ = "[{\"ID\":\"" + who.person->oid + "\",\"Type\":0},{\"ID\":\"" + record_.user +
             "\",\"Type\":5}]";
  record_.json("Actor", scratch_);
  record_.text("ActorContextId", world_.tenant);
  record_.text("ActorIpAddress", who.address);
  record_.text("InterSystemsId", ids_.correlation);
  record_.text("IntraSystemId", ids_.request);
  record_.text("SupportTicketId", "");
  scratch_ = "[{\"ID\":\"" + std::string{kMailApp} + "\",\"Type\":0}]";
  record_.json("Target", scratch_);
  record_.text("TargetContextId", world_.tenant);
  record_.text("ApplicationId", app);
  auto pairs = Pairs{scratch_};
  if (!who.device.empty()) pairs.add("Id", who.device);
  pairs.add("OS", who.os).add("BrowserType", who.browser);
  if (!who.session.empty()) pairs.add("SessionId", who.session);
  record_.json("DeviceProperties", pairs.end());
  record_.text("ErrorNumber", std::to_string(error));
  if (!success) {
    record_.text("LogonError", error == 50'126   ? "InvalidUserNameOrPassword"
                               : error == 50'076 ? "UserStrongAuthClientAuthNRequired"
                                                 : "UserStrongAuthClientAuthNRequiredInterrupt");
  }
  (void)draw;
}

void RecordMaker::mail_fields(const Who& who, Stream& draw) {
  record_.text("ClientIPAddress", who.address);
  record_.text("ClientInfoString", who.client);
  record_.boolean("ExternalAccess", false);
  record_.number("InternalLogonType", 0);
  record_.number("LogonType", 0);
  record_.text("LogonUserSid", who.person->sid);
  record_.text("MailboxGuid", who.owner->mailbox_guid);
  record_.text("MailboxOwnerUPN", who.owner->upn);
  record_.text("OrganizationName", kDomain);
  const auto server = 1000 + draw.below(9000);
  record_.text("OriginatingServer", "EX" + std::to_string(server) + " (15.20.3846.0" +
                                        std::to_string(10 + server % 90) + ")\r\n");
  record_.text("AppId", kMailApp);
  record_.text("ClientAppId", "");
}

void RecordMaker::context(const Who& who, Stream& draw, std::uint32_t day) {
  if (who.session.empty()) return;
  // One token an (account, session, day).
  auto token = std::string{};
  auto key = std::uint64_t{day};
  for (const auto c : who.session) key = key * 1'099'511'628'211u + static_cast<unsigned char>(c);
  Stream{world_.key("tokens"), key}.letters(token, 22);
  scratch_ = "{\"AADSessionId\":\"" + who.session + "\",\"IssuedAtTime\":\"" +
             local_time(record_.at - 300 - draw.below(2'400)) + "\",\"UniqueTokenId\":\"" + token +
             "\"}";
  record_.json("AppAccessContext", scratch_);
}

void RecordMaker::bind(const Stub& stub, const Who& who, Stream& draw, std::uint32_t day) {
  head("MailItemsAccessed", 50, "Succeeded", "Exchange", who, false);
  mail_fields(who, draw);
  constexpr auto kCounts = std::array<std::uint16_t, 6>{50, 20, 12, 8, 6, 4};
  const auto told = who.act != nullptr && !who.act->ids.empty();
  const auto count = told ? who.act->ids.size() : 1 + draw.weighted(kCounts);
  const auto throttled = who.act != nullptr && who.act->throttled;
  record_.number("OperationCount", count);
  record_.json("OperationProperties", Pairs{scratch_}
                                          .add("MailAccessType", "Bind")
                                          .add("IsThrottled", throttled ? "True" : "False")
                                          .end());
  scratch_ = "[{\"FolderItems\":[";
  for (auto i = std::size_t{0}; i < count; ++i) {
    scratch_ += i == 0 ? "{\"Id\":\"RgAAAA" : ",{\"Id\":\"RgAAAA";
    draw.upper_hex(scratch_, 20);
    scratch_ += "\",\"InternetMessageId\":\"";
    if (told) {
      scratch_ += who.act->ids[i];
    } else {
      scratch_ += '<';
      draw.upper_hex(scratch_, 32);
      scratch_ += "@mail.arcadia-parliament.example>";
    }
    scratch_ += "\",\"SizeInBytes\":" + std::to_string(3'000 + draw.below(200'000)) + "}";
  }
  scratch_ += "],\"Id\":\"LgAAAA";
  draw.upper_hex(scratch_, 20);
  scratch_ += "\",\"Path\":";
  append_json_text(scratch_, told ? std::string_view{who.act->detail} : draw.pick(kFolders));
  scratch_ += "}]";
  record_.json("Folders", scratch_);
  if (!who.session.empty()) record_.text("SessionId", who.session);
  if (who.act != nullptr || stub.serial % 3 != 0) context(who, draw, day);
}

void RecordMaker::sync(const Who& who, Stream& draw) {
  head("MailItemsAccessed", 2, "Succeeded", "Exchange", who, false);
  mail_fields(who, draw);
  record_.json("OperationProperties",
               Pairs{scratch_}.add("MailAccessType", "Sync").add("IsThrottled", "False").end());
  const auto path = who.act != nullptr ? std::string_view{who.act->detail} : draw.pick(kFolders);
  scratch_ = "{\"Id\":\"LgAAAA";
  draw.upper_hex(scratch_, 20);
  scratch_ += "\",\"ParentFolder\":{\"Id\":\"LgAAAA";
  draw.upper_hex(scratch_, 20);
  scratch_ += "\",\"Name\":";
  append_json_text(scratch_, path.substr(path.rfind('\\') + 1));
  scratch_ += ",\"Path\":";
  append_json_text(scratch_, path);
  scratch_ += "}}";
  record_.json("Item", scratch_);
  if (!who.session.empty()) record_.text("SessionId", who.session);
}

void RecordMaker::item(const Stub& stub, const Who& who, Stream& draw) {
  head(stub.op == Op::kSend ? "Send" : "Create", 2, "Succeeded", "Exchange", who, false);
  mail_fields(who, draw);
  scratch_ = "{\"Id\":\"RgAAAA";
  draw.upper_hex(scratch_, 20);
  scratch_ += "\",\"InternetMessageId\":\"<";
  draw.upper_hex(scratch_, 32);
  scratch_ += "@mail.arcadia-parliament.example>\",\"ParentFolder\":{\"Id\":\"LgAAAA";
  draw.upper_hex(scratch_, 20);
  scratch_ +=
      "\",\"Path\":\"\\\\Drafts\"},\"SizeInBytes\":" + std::to_string(2'000 + draw.below(90'000)) +
      ",\"Subject\":";
  if (who.act != nullptr) {
    append_json_text(scratch_, who.act->detail);
  } else {
    append_json_text(scratch_, (draw.chance(500'000) ? "Re: " : "") +
                                   std::string{draw.pick(kFileNames)} + " " +
                                   std::to_string(draw.between(1, 60)));
  }
  scratch_ += "}";
  record_.json("Item", scratch_);
  if (!who.session.empty()) record_.text("SessionId", who.session);
}

void RecordMaker::moved(const Stub& stub, const Who& who, Stream& draw) {
  const auto move = stub.op == Op::kMove;
  head(move ? "MoveToDeletedItems" : "SoftDelete", 3, "Succeeded", "Exchange", who, false);
  mail_fields(who, draw);
  scratch_ = "[{\"Id\":\"RgAAAA";
  draw.upper_hex(scratch_, 20);
  scratch_ += "\",\"InternetMessageId\":\"<";
  draw.upper_hex(scratch_, 32);
  scratch_ += "@mail.arcadia-parliament.example>\",\"ParentFolder\":{\"Id\":\"LgAAAA";
  draw.upper_hex(scratch_, 20);
  scratch_ +=
      "\",\"Path\":\"\\\\Inbox\"},\"Subject\":\"" + std::string{draw.pick(kFileNames)} + "\"}]";
  record_.json("AffectedItems", scratch_);
  record_.boolean("CrossMailboxOperation", false);
  if (move) record_.json("DestFolder", "{\"Id\":\"LgAAAAB1\",\"Path\":\"\\\\Deleted Items\"}");
  record_.json("Folder", "{\"Id\":\"LgAAAAC2\",\"Path\":\"\\\\Inbox\"}");
  if (!who.session.empty()) record_.text("SessionId", who.session);
}

void RecordMaker::file(const Stub& stub, const Who& who, Stream& draw, std::uint32_t day) {
  constexpr auto kNames =
      std::array<std::string_view, 6>{"FileAccessed",           "FileModified",  "FileDownloaded",
                                      "FileSyncDownloadedFull", "FilePreviewed", "SharingSet"};
  const auto sharing = stub.op == Op::kSharing;
  const auto own = draw.chance(400'000);
  head(kNames[static_cast<std::size_t>(stub.op) - static_cast<std::size_t>(Op::kFileAccessed)],
       sharing ? 14 : 6, {}, own ? "OneDrive" : "SharePoint", who, true);
  const auto box = who.person->lower.substr(0, who.person->lower.find('@'));
  const auto extension = draw.pick(kExtensions);
  // A person works with a few files again and again.
  const auto name = std::string{draw.pick(kFileNames)} + " " +
                    std::to_string(who.person->community * 8 + draw.below(8)) + "." +
                    std::string{extension};
  const auto site = own ? "https://arcadia-my.sharepoint.example/personal/" + box + "/"
                        : "https://arcadia.sharepoint.example/sites/" +
                              std::string{kSites[who.person->community % kSites.size()]} + "/";
  const auto folder = own ? std::string_view{"Documents"} : std::string_view{"Shared Documents"};
  record_.text("ClientIP", who.address);
  record_.text("ObjectId", site + std::string{folder} + "/" + name);
  record_.text("ItemType", "File");
  record_.text("EventSource", "SharePoint");
  for (const auto key : {"Site", "ListId", "ListItemUniqueId", "WebId", "CorrelationId"}) {
    scratch_.clear();
    draw.guid(scratch_);
    record_.text(key, scratch_);
  }
  record_.text("SiteUrl", site);
  record_.text("SourceFileExtension", extension);
  record_.text("SourceFileName", name);
  record_.text("SourceRelativeUrl", folder);
  record_.text("UserAgent", stub.op == Op::kFileSynced
                                ? "Microsoft SkyDriveSync 21.016.0124.0003 ship; Windows NT 10.0 "
                                  "(19042)"
                                : who.agent);
  if (sharing) {
    record_.text("EventData", "<Permissions granted>Contribute</Permissions granted>");
    record_.text("TargetUserOrGroupName", world_.people[draw.below(kPeople)].lower);
    record_.text("TargetUserOrGroupType", "Member");
  }
  record_.text("ApplicationId", "");
  context(who, draw, day);
  if (stub.op == Op::kFileDownloaded || stub.op == Op::kFileSynced) {
    record_.number("FileSizeBytes", 9'000 + draw.below(3'000'000));
  }
}

void RecordMaker::search(const Who& who, Stream& draw) {
  head("SearchQueryInitiatedExchange", 137, "Succeeded", "Exchange", who, false);
  record_.text("ClientIP", who.address);
  record_.text("QueryText",
               who.act != nullptr ? std::string_view{who.act->detail} : draw.pick(kFileNames));
  record_.text("ScenarioName", "Microsoft.Outlook.Web");
  record_.text("QuerySource", "Outlook");
  record_.text("MailboxGuid", who.owner->mailbox_guid);
  if (!who.session.empty()) record_.text("SessionId", who.session);
}

void RecordMaker::teams(const Who& who, Stream& draw) {
  head("TeamsSessionStarted", 25, {}, "MicrosoftTeams", who, false);
  record_.text("ClientIP", who.address);
  record_.text("ObjectId", "Unknown (Unknown)");
  scratch_.clear();
  draw.guid(scratch_);
  record_.text("CorrelationId", scratch_);
}

void RecordMaker::admin(const Stub& stub, const Who& who, Stream& draw) {
  const auto forward = stub.op == Op::kForward;
  const auto remove = stub.op == Op::kRemoveRule;
  head(forward  ? "Set-Mailbox"
       : remove ? "Remove-InboxRule"
                : "New-InboxRule",
       1, "True", "Exchange", who, false);
  auto address = who.address;
  if (who.act == nullptr && world_.traps.v6_port) {
    address = with_port(address, 30'000 + draw.below(30'000));
  }
  record_.text("ClientIP", address);
  constexpr auto kRules = std::array<std::string_view, 4>{"Newsletters", "Committee", "Out of box",
                                                          "From the Table Office"};
  const auto name = who.act != nullptr ? std::string_view{who.act->detail} : draw.pick(kRules);
  record_.text("ObjectId", forward ? who.owner->upn : who.owner->upn + "\\" + std::string{name});
  record_.text("AppId", "");
  record_.text("ClientAppId", "");
  record_.boolean("ExternalAccess", false);
  record_.text("OrganizationName", kDomain);
  record_.text("OriginatingServer", "EX0001 (15.20.3846.041)");
  auto pairs = Pairs{scratch_};
  if (forward) {
    const auto on = !who.act->detail.empty();
    pairs.add("Identity", who.owner->upn);
    pairs.add("ForwardingSmtpAddress", on ? "smtp:" + who.act->detail : std::string{});
    pairs.add("DeliverToMailboxAndForward", on ? "True" : "False");
  } else if (remove) {
    pairs.add("Identity", who.owner->upn + "\\" + std::string{name}).add("Force", "True");
  } else if (who.act != nullptr) {
    pairs.add("Name", name);
    pairs.add("SubjectOrBodyContainsWords", "invoice;payment;bank details;hacked;phish");
    pairs.add("MoveToFolder", "RSS Feeds");
    pairs.add("MarkAsRead", "True").add("StopProcessingRules", "True");
  } else {
    pairs.add("Name", name).add("From", draw.pick(world_.people).lower);
    pairs.add("MoveToFolder", name).add("StopProcessingRules", "False");
  }
  record_.json("Parameters", pairs.end());
  if (!who.session.empty()) record_.text("SessionId", who.session);
}

void RecordMaker::directory(const Stub& stub, const Who& who, Stream& draw) {
  const auto wide = stub.op == Op::kWide;
  head(wide ? "Add service principal." : "Update user.", 8, "Success", "AzureActiveDirectory", who,
       false);
  record_.text("ClientIP", who.address);
  record_.text("ObjectId", wide ? std::string_view{"92e23af2-047a-4005-bfef-5ee16f0959bb"}
                                : std::string_view{who.owner->upn});
  record_.number("AzureActiveDirectoryEventType", 1);
  record_.json("ExtendedProperties",
               Pairs{scratch_}.add("additionalDetails", "{\"User-Agent\":\"EvoSTS\"}").end());
  scratch_ = "[{\"Name\":\"";
  if (wide) {
    auto list = std::string{"[\r\n"};
    for (auto i = 0; i < 96; ++i) {
      list += (i == 0 ? "  {\r\n" : ",\r\n  {\r\n") +
              std::string{
                  "    \"AddressType\": 0,\r\n    \"Address\": "
                  "\"https://desk-"} +
              std::to_string(100 + i) +
              ".arcadia-parliament.example/reply\",\r\n    \"ReplyAddressIndex\": null\r\n  }";
    }
    list += "\r\n]";
    scratch_ += "AppAddress\",\"NewValue\":";
    append_json_text(scratch_, list);
    scratch_ += ",\"OldValue\":\"[]\"}]";
  } else {
    const auto removed = who.act != nullptr && who.act->actor == "none";
    const auto two = std::string_view{"[{\"MethodType\":6,\"Default\":true},{\"MethodType\":7}]"};
    const auto one = std::string_view{"[{\"MethodType\":7,\"Default\":true}]"};
    scratch_ += "StrongAuthenticationMethod\",\"NewValue\":";
    append_json_text(scratch_, removed ? one : two);
    scratch_ += ",\"OldValue\":";
    append_json_text(scratch_, removed ? two : one);
    scratch_ +=
        "},{\"Name\":\"Included Updated Properties\",\"NewValue\":"
        "\"StrongAuthenticationMethod\",\"OldValue\":\"\"}]";
  }
  record_.json("ModifiedProperties", scratch_);
  scratch_ = "[{\"ID\":\"" + record_.user + "\",\"Type\":5}]";
  record_.json("Actor", scratch_);
  record_.text("ActorContextId", world_.tenant);
  record_.text("ActorIpAddress", who.address);
  record_.text("InterSystemsId", ids_.correlation);
  scratch_.clear();
  draw.guid(scratch_);
  record_.text("IntraSystemId", scratch_);
  record_.text("SupportTicketId", "");
  scratch_ = "[{\"ID\":\"User_" + who.owner->oid + "\",\"Type\":2},{\"ID\":\"" +
             (wide ? std::string{"Desk Booking"} : who.owner->upn) + "\",\"Type\":1}]";
  record_.json("Target", scratch_);
  record_.text("TargetContextId", world_.tenant);
}

void RecordMaker::noise(const Stub& stub, Stream& draw) {
  const auto& person = world_.people[draw.below(kPeople)];
  auto none = Who{};
  switch (stub.op) {
    case Op::kServiceUser:
    case Op::kDeviceUpdate: {
      const auto device = stub.op == Op::kDeviceUpdate;
      record_.user = device ? "ServicePrincipal_" + world_.tenant : "Certificate";
      record_.user_type = 4;
      head(device ? "Update device." : "Update user.", 8, "Success", "AzureActiveDirectory", none,
           false);
      record_.text("ClientIP", "");
      record_.text("ObjectId",
                   device ? std::string_view{person.devices[0].id} : std::string_view{person.upn});
      record_.number("AzureActiveDirectoryEventType", 1);
      record_.json("ModifiedProperties",
                   device ? "[{\"Name\":\"Included Updated Properties\",\"NewValue\":"
                            "\"DeviceOSVersion\",\"OldValue\":\"\"}]"
                          : "[{\"Name\":\"Included Updated Properties\",\"NewValue\":"
                            "\"StsRefreshTokensValidFrom\",\"OldValue\":\"\"}]");
      record_.text("ActorContextId", world_.tenant);
      record_.text("InterSystemsId", ids_.correlation);
      record_.text("TargetContextId", world_.tenant);
      break;
    }
    case Op::kTeamsSync:
      record_.user = "Microsoft Teams Sync";
      record_.user_type = 4;
      head("MemberAdded", 25, {}, "MicrosoftTeams", none, false);
      record_.text("CommunicationType", "Team");
      scratch_ = "[{\"DisplayName\":\"" + person.display + "\",\"Role\":1,\"UPN\":\"" + person.upn +
                 "\"}]";
      record_.json("Members", scratch_);
      record_.text("TeamName", "Committee " + std::to_string(person.community));
      break;
    case Op::kRestRead:
      // The provider's own systems, in a person's name, from the provider.
      none.person = none.owner = &person;
      none.address = draw.pick(kProvider);
      none.client = "Client=REST;Client=RESTSystem;;";
      head("MailItemsAccessed", 50, "Succeeded", "Exchange", none, false);
      mail_fields(none, draw);
      record_.number("OperationCount", 1);
      record_.json("OperationProperties",
                   Pairs{scratch_}.add("MailAccessType", "Bind").add("IsThrottled", "False").end());
      scratch_ = "[{\"FolderItems\":[{\"InternetMessageId\":\"<";
      draw.upper_hex(scratch_, 32);
      scratch_ += "@mail.arcadia-parliament.example>\"}],\"Id\":\"LgAAAA";
      draw.upper_hex(scratch_, 20);
      scratch_ += "\",\"Path\":\"\\\\Inbox\"}]";
      record_.json("Folders", scratch_);
      break;
    case Op::kAppFile: {
      record_.user = "app@sharepoint";
      record_.user_type = 5;
      head("FileModified", 6, {}, "SharePoint", none, true);
      const auto site =
          "https://arcadia.sharepoint.example/sites/" + std::string{draw.pick(kSites)} + "/";
      record_.text("ClientIP", draw.pick(kProvider));
      record_.text("ObjectId", site + "Search/index-" + std::to_string(draw.below(900)) + ".bin");
      record_.text("ItemType", "File");
      record_.text("EventSource", "SharePoint");
      record_.text("SiteUrl", site);
      record_.text("SourceFileExtension", "bin");
      record_.text("UserAgent", "MSWAC");
      break;
    }
    default:
      record_.user = "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)";
      record_.user_type = 3;
      head(draw.chance(500'000) ? "Set-MailboxPlan" : "Set-User", 1, "True", "Exchange", none,
           false);
      record_.text("ClientIP", "");
      record_.text("ObjectId", "EURP000/Hosted Organizations/arcadia-parliament.example/Plan");
      record_.text("AppId", "");
      record_.text("ClientAppId", "");
      record_.boolean("ExternalAccess", true);
      record_.text("OrganizationName", kDomain);
      record_.text("OriginatingServer", "EX0001 (15.20.3846.041)");
      record_.json("Parameters", Pairs{scratch_}
                                     .add("Identity", person.mailbox_guid)
                                     .add("ProhibitSendQuota", "99 GB (106,300,440,576 bytes)")
                                     .add("Force", "True")
                                     .end());
  }
}

}  // namespace serjeant::exercise
