#include "expose/facts.h"

#include "core/text.h"
#include "expose/first_party.h"
#include "expose/native.h"

namespace serjeant {
namespace {

// A mail item's Message-ID as items are keyed: with its angle brackets.
auto item_of(const ItemRef& ref, Arena& arena) -> ItemFact {
  return {arena.copy(trim(ref.key)), arena.copy(ref.native_id), arena.copy(ref.container)};
}

auto is_mail(Act act) -> bool {
  return act == Act::kMailRead || act == Act::kMailSent || act == Act::kMailRemoved;
}

// Entra's own name of a sign-in error ("InvalidUserNameOrPassword") where the
// record has one, else the number or word of the spine.
auto error_of(const Event& event) -> std::string_view {
  auto word = native_text(event, "LogonError");
  return word.empty() ? event.error : word;
}

}  // namespace

void AccountFacts::clear() {
  key.clear();
  org.clear();
  profile.clear();
  kind = ActorKind::kUnknown;
  as_mailbox = false;
  records = 0;
  first = last = 0;
  deeds.clear();
  items.clear();
  arena.reset();
}

void add_event(const Event& event, ActKind kind, AgentNames& agents, AccountFacts& out) {
  if (event.basis != TimeBasis::kNone) {
    if (out.records == 0 || event.at < out.first) out.first = event.at;
    if (out.records == 0 || event.at > out.last) out.last = event.at;
  }
  ++out.records;
  auto owner = event.mailbox == out.key;
  out.as_mailbox = out.as_mailbox || (owner && is_mail(kind.act));
  if (event.actor == out.key && event.actor_kind != ActorKind::kUnknown)
    out.kind = event.actor_kind;
  // Machinery's acts are no story, but for what it did to mail items.
  if (kind.act == Act::kNone || (!is_mail(kind.act) && !by_person(event))) return;

  auto& arena = out.arena;
  auto deed = Deed{};
  deed.cite = {event.span, event.eid, event.at};
  deed.kind = kind;
  deed.ip = event.ip;
  deed.place = event.ip_role;
  auto agent = agents.number(event.agent);
  deed.agent = agent.full;
  deed.family = agent.family;
  deed.client = arena.copy(event.agent);
  deed.session = arena.copy(event.session);
  deed.token = arena.copy(event.token);
  deed.app = arena.copy(event.app);
  deed.client_app = arena.copy(event.client_app);
  deed.record = arena.copy(event.record_id);
  deed.object = arena.copy(event.object);
  deed.error = arena.copy(error_of(event));
  deed.actor = event.actor == out.key ? std::string_view(out.key) : arena.copy(event.actor);
  deed.device = arena.copy(event.device);
  deed.operation = arena.copy(trim(event.operation));
  deed.throttled = (event.flags & kThrottled) != 0;
  deed.delegate = (event.flags & kDelegate) != 0 ||
                  (is_mail(kind.act) && !event.mailbox.empty() && event.mailbox != event.actor &&
                   event.actor_kind == ActorKind::kPerson);
  deed.external = (event.flags & kExternal) != 0;
  deed.bytes = event.bytes_out != 0 ? event.bytes_out : event.bytes_in;
  if (deed.bytes == 0)
    if (auto size = to_uint(native_text(event, "FileSizeBytes"))) deed.bytes = *size;
  deed.items_first = narrow<std::uint32_t>(out.items.size());
  // A token renewed in the background is no sign-in of anybody.
  deed.fresh = kind.act == Act::kSignIn && event.service != "noninteractiveusersigninlogs" &&
               native_text(event, "isInteractive") != "false";
  if (kind.act == Act::kSignIn || kind.act == Act::kSignInFailed)
    deed.request = arena.copy(listed_text(event, "ExtendedProperties", "RequestType"));
  if (kind.act == Act::kMailRead) {
    if (out.profile.empty()) out.profile = std::string(event.profile);
    deed.sync = listed_text(event, "OperationProperties", "MailAccessType") == "Sync";
    if (listed_text(event, "OperationProperties", "IsThrottled") == "True") deed.throttled = true;
  }
  if (is_mail(kind.act))
    for (const auto& item : event.items)
      if (item.kind == "mail") out.items.push_back(item_of(item, arena));
  deed.items = narrow<std::uint32_t>(out.items.size()) - deed.items_first;
  if (kind.act == Act::kMailSent && deed.items == 0 && !event.message_id.empty()) {
    out.items.push_back({arena.copy(event.message_id), {}, {}});
    deed.items = 1;
  }
  out.deeds.push_back(deed);
}

auto read_origin(const Deed& deed) -> ReadOrigin {
  // The provider's workers are known by their place or by their application id,
  // which nobody else can sign in with.
  if (deed.client.find("Client=RESTSystem") != std::string_view::npos &&
      (deed.place == IpRole::kProvider || deed.ip.empty() ||
       first_party(deed.client_app) == FirstParty::kService))
    return {ReadBy::kProvider, "provider"};
  if (!deed.client_app.empty() && first_party(deed.client_app) != FirstParty::kClient)
    return {ReadBy::kApplication, "app:" + std::string(deed.client_app)};
  if (deed.delegate && !deed.actor.empty()) return {ReadBy::kDelegate, std::string(deed.actor)};
  return {ReadBy::kAddress, format_ip(deed.ip)};
}

auto read_origin_word(ReadBy kind) -> std::string_view {
  switch (kind) {
    case ReadBy::kAddress:
      return "address";
    case ReadBy::kApplication:
      return "application";
    case ReadBy::kProvider:
      return "provider-system";
    case ReadBy::kDelegate:
      return "delegate";
  }
  return "address";
}

}  // namespace serjeant
