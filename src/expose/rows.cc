#include "expose/rows.h"

#include <algorithm>
#include <map>

#include "core/json.h"
#include "core/text.h"
#include "expose/agent.h"
#include "expose/files.h"

namespace serjeant {
namespace {

void texts(JsonWriter& json, std::string_view name, const auto& list) {
  json.key(name).begin_array();
  for (const auto& text : list) json.text(text);
  json.end_array();
}

void time_field(JsonWriter& json, std::string_view name, Nanos at) {
  json.field(name, format_time(at));
}
void time_field(JsonWriter& json, std::string_view name, std::optional<Nanos> at) {
  if (at)
    json.field(name, format_time(*at));
  else
    json.key(name).null();
}

void basis_field(JsonWriter& json, const std::vector<BasisRecord>& basis) {
  json.key("basis").begin_array();
  for (const auto& one : basis) json.text(one.record.empty() ? hex(one.cite.eid) : one.record);
  json.end_array();
}

auto spans_of(const std::vector<BasisRecord>& basis) -> std::vector<Span> {
  auto out = std::vector<Span>{};
  for (const auto& one : basis) out.push_back(one.cite.span);
  return out;
}

auto confidence_of(std::string_view certainty) -> MaybeInt {
  if (certainty == "certain" || certainty == "strong") return 3;
  if (certainty == "probable") return 2;
  if (certainty == "possible") return 1;
  return 0;
}

auto plural(std::uint64_t count, std::string_view one, std::string_view many) -> std::string {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

auto deeds_of(const AccountFacts& facts, Act act) -> std::vector<const Deed*> {
  auto out = std::vector<const Deed*>{};
  for (const auto& deed : facts.deeds)
    if (deed.kind.act == act) out.push_back(&deed);
  return out;
}

auto address_text(const Ip& ip) -> std::string {
  return ip.empty() ? std::string{} : format_ip(ip);
}

auto kind_word(const AccountFacts& facts) -> std::string_view {
  switch (facts.kind) {
    case ActorKind::kPerson:
      return "person";
    case ActorKind::kService:
      return "service";
    case ActorKind::kApplication:
      return "application";
    case ActorKind::kProvider:
      return "provider";
    case ActorKind::kAnonymous:
      return "anonymous";
    case ActorKind::kUnknown:
      return facts.as_mailbox ? "mailbox" : "unknown";
  }
  return "unknown";
}

}  // namespace

CaseFacts::CaseFacts(CaseWriter& out, Tlp tlp, const AgentNames& agents)
    : out_(out), tlp_(tlp), agents_(agents), asserter_(entity_id("identity", "serjeant")) {
  out_.add(EntityRow{asserter_, "identity", "serjeant", {}, 0, tlp});
}

void CaseFacts::claim(std::string_view kind, std::string_view account, std::string_view org,
                      std::string quantity, std::string words, const std::vector<Span>& evidence) {
  if (evidence.empty()) return;
  auto row = ClaimRow{};
  row.id = IdBuilder("expose.fact").add(kind).add(org).add(account).finish();
  row.subject = account_id(account);
  row.predicate = Predicate::kObserved;
  row.literal = std::string(kind);
  row.words = std::move(words);
  row.asserter = asserter_;
  row.confidence = 3;
  row.quantity = std::move(quantity);
  row.extractor = "expose";
  row.tlp = tlp_;
  for (auto n = std::uint32_t{0}; n < evidence.size(); ++n)
    out_.add(ClaimEvidenceRow{
        row.id, n, 1, evidence[n].source, evidence[n].offset, evidence[n].length, {}, {}});
  out_.add(std::move(row));
}

void CaseFacts::account(const AccountFacts& facts, Id person) {
  out_.add(EntityRow{account_id(facts.key), "account", facts.key, {}, facts.records, tlp_});
  out_.add(AccountRow{account_id(facts.key), facts.org, std::string(kind_word(facts)), person});
}

void CaseFacts::sign_ins(const AccountFacts& facts, const std::vector<SignInGroup>& groups,
                         Listing limit) {
  auto quantity = std::string{};
  auto json = JsonWriter(quantity);
  auto evidence = std::vector<Span>{};
  auto success = std::uint64_t{0}, failed = std::uint64_t{0};
  json.begin_array();
  for (const auto& group : groups) {
    success += group.success;
    failed += group.failed;
    if (evidence.size() >= limit.entries) continue;
    json.begin_object().field("date", format_date(group.day * kDay));
    json.field("ip", address_text(group.ip));
    json.field("client", group.client);
    time_field(json, "first", group.first);
    time_field(json, "last", group.last);
    json.field("success", std::int64_t{group.success}).field("failed", std::int64_t{group.failed});
    json.field("password_right", std::int64_t{group.password_right});
    json.key("errors").begin_object();
    for (const auto& [error, count] : group.errors) json.field(error, std::int64_t{count});
    json.end_object().end_object();
    evidence.push_back(group.cite.span);
  }
  json.end_array();
  auto words = plural(success, "sign-in", "sign-ins") + " and " +
               plural(failed, "failure", "failures") + " of " + facts.key + " in " +
               plural(groups.size(), "group", "groups") + " of one address, client and day.";
  if (groups.size() > evidence.size())
    words += " Listed: the first " + std::to_string(evidence.size()) + ".";
  claim("signins", facts.key, facts.org, std::move(quantity), std::move(words), evidence);
}

void CaseFacts::mail_reads(const AccountFacts& facts, const std::vector<MailReadGroup>& groups,
                           const std::vector<Session>& sessions, bool all_sessions, Listing limit,
                           std::vector<StrandRow>& strands) {
  // Where each act with a session key lies.
  struct Place {
    const Session* session = nullptr;
    std::uint32_t strand = 0;
  };
  auto places = std::map<std::uint32_t, Place>{};
  auto shown = std::map<const Session*, bool>{};
  for (const auto& session : sessions) {
    shown[&session] = all_sessions || session.strands.size() > 1;
    for (auto n = std::uint32_t{0}; n < session.strands.size(); ++n)
      for (auto index : session.strands[n].deeds) places[index] = {&session, n};
  }
  auto account = account_id(facts.key);
  auto quantity = std::string{};
  auto json = JsonWriter(quantity);
  auto evidence = std::vector<Span>{};
  auto listed = std::size_t{0};
  auto items = std::uint64_t{0};
  json.begin_array();
  for (const auto& group : groups) {
    json.begin_object();
    json.field("origin_kind", read_origin_word(group.by)).field("origin", group.origin);
    json.field("mode", group.sync ? "Sync" : "Bind");
    time_field(json, "first", group.first);
    time_field(json, "last", group.last);
    json.key("records").begin_array();
    auto records = std::size_t{0};
    for (auto index : group.deeds)
      if (records++ < limit.entries) json.text(facts.deeds[index].record);
    json.end_array();
    json.field("record_count", static_cast<std::int64_t>(group.deeds.size()));
    texts(json, "addresses", group.addresses);
    texts(json, "clients", group.clients);
    texts(json, "sessions", group.sessions);
    json.key("throttled").boolean(group.throttled);
    texts(json, "folders", group.folders);
    json.field("references", static_cast<std::int64_t>(group.references));
    auto distinct = group.message_ids.size();
    json.field("distinct_message_ids", static_cast<std::int64_t>(distinct));
    // All or none: a list that is cut would pass for the whole.
    auto lists = listed + distinct <= limit.entries;
    json.key("listed").boolean(lists);
    json.key("message_ids").begin_array();
    if (lists)
      for (auto message_id : group.message_ids) json.text(message_id);
    json.end_array();
    json.field("at_least", static_cast<std::int64_t>(group.at_least));
    json.key("at_most");
    if (group.whole_mailbox || !group.whole_folders.empty())
      json.null();
    else
      json.number(static_cast<std::int64_t>(group.at_least));
    json.field("at_most_kind", group.whole_mailbox            ? "mailbox"
                               : !group.whole_folders.empty() ? "folders"
                                                              : "count");
    texts(json, "because", group.because);
    json.end_object();
    evidence.push_back(facts.deeds[group.deeds.front()].cite.span);
    items += group.at_least;
    if (!lists) continue;
    listed += distinct;

    // The same item in the same strand is one row, however often it was read.
    struct Read {
      Nanos first = 0, last = 0;
      Id eid;
    };
    auto reads = std::map<std::tuple<std::string, std::uint32_t, std::string_view>, Read>{};
    for (auto index : group.deeds) {
      const auto& deed = facts.deeds[index];
      auto native = std::string{};
      auto strand = std::uint32_t{0};
      if (auto place = places.find(index); group.by == ReadBy::kAddress && place != places.end()) {
        native = std::string(place->second.session->native);
        strand = place->second.strand;
        shown[place->second.session] = true;
      } else {
        native = group.by == ReadBy::kAddress    ? "address:" + group.origin
                 : group.by == ReadBy::kDelegate ? "delegate:" + group.origin
                                                 : group.origin;
        out_.add(SessionRow{session_id(facts.key, native), account, native, {}, {}});
      }
      for (auto n = std::uint32_t{0}; n < deed.items; ++n) {
        const auto& item = facts.items[deed.items_first + n];
        if (item.message_id.empty()) continue;
        auto [at, fresh] = reads.try_emplace({native, strand, item.message_id},
                                             Read{deed.cite.at, deed.cite.at, deed.cite.eid});
        at->second.last = std::max(at->second.last, deed.cite.at);
      }
    }
    for (const auto& [key, read] : reads) {
      const auto& [native, strand, message_id] = key;
      auto item = IdBuilder("item").add("mail").add(account).add(message_id).finish();
      out_.add(ItemRow{item, "mail", account, std::string(message_id), {}, {}, tlp_});
      out_.add(ItemReadRow{item, session_id(facts.key, native), strand,
                           group.sync ? "Sync" : "Bind", true, read.first, read.last, read.eid});
      cite(read.eid);
    }
  }
  json.end_array();
  auto words = "Reads of the mailbox " + facts.key + " by " +
               plural(groups.size(), "reader", "readers") + ": " +
               plural(items, "different mail", "different mails") + " named, summed over readers.";
  claim("mail_read", facts.key, facts.org, std::move(quantity), std::move(words), evidence);

  for (const auto& session : sessions) {
    if (!shown[&session]) continue;
    auto id = session_id(facts.key, session.native);
    out_.add(SessionRow{id, account, std::string(session.native), session.first, session.last});
    for (auto n = std::uint32_t{0}; n < session.strands.size(); ++n) {
      const auto& strand = session.strands[n];
      auto row = StrandRow{};
      row.session = id;
      row.n = n;
      row.ip.assign(reinterpret_cast<const char*>(strand.ip.bytes.data()), strand.ip.bytes.size());
      row.agent = agents_.name(strand.family);
      row.t0 = strand.first;
      row.t1 = strand.last;
      row.events = strand.deeds.size();
      for (auto index : strand.deeds)
        if (row.device.empty()) row.device = std::string(facts.deeds[index].device);
      strands.push_back(std::move(row));
    }
  }
}

void CaseFacts::mail_sent(const AccountFacts& facts, Listing limit) {
  auto quantity = std::string{};
  auto json = JsonWriter(quantity);
  auto evidence = std::vector<Span>{};
  auto sent = deeds_of(facts, Act::kMailSent);
  json.begin_array();
  for (const auto* deed : sent) {
    if (evidence.size() >= limit.entries) break;
    json.begin_object();
    time_field(json, "time", deed->cite.at);
    json.field("record", deed->record).field("op", deed->operation);
    json.field("ip", address_text(deed->ip)).field("client_app_id", deed->client_app);
    json.field("session", deed->session);
    json.field("message_id",
               deed->items > 0 ? facts.items[deed->items_first].message_id : std::string_view{});
    json.field("by", deed->actor == facts.key ? std::string_view{} : deed->actor);
    json.end_object();
    evidence.push_back(deed->cite.span);
  }
  json.end_array();
  claim("mail_sent", facts.key, facts.org, std::move(quantity),
        plural(sent.size(), "mail", "mails") + " sent from " + facts.key + ".", evidence);
}

void CaseFacts::mail_removed(const AccountFacts& facts, Listing limit) {
  auto quantity = std::string{};
  auto json = JsonWriter(quantity);
  auto evidence = std::vector<Span>{};
  auto removed = deeds_of(facts, Act::kMailRemoved);
  json.begin_array();
  for (const auto* deed : removed) {
    if (evidence.size() >= limit.entries) break;
    json.begin_object();
    time_field(json, "time", deed->cite.at);
    json.field("record", deed->record).field("op", deed->operation);
    json.field("ip", address_text(deed->ip)).field("session", deed->session);
    json.key("message_ids").begin_array();
    auto folder = std::string_view{};
    for (auto n = std::uint32_t{0}; n < deed->items; ++n) {
      const auto& item = facts.items[deed->items_first + n];
      if (folder.empty()) folder = item.folder;
      if (item.message_id.empty())
        json.null();
      else
        json.text(item.message_id);
    }
    json.end_array().field("folder", folder).end_object();
    evidence.push_back(deed->cite.span);
  }
  json.end_array();
  claim("mail_removed", facts.key, facts.org, std::move(quantity),
        plural(removed.size(), "act", "acts") + " of removing mail from " + facts.key + ".",
        evidence);
}

void CaseFacts::files(const AccountFacts& facts, Listing limit) {
  auto quantity = std::string{};
  auto json = JsonWriter(quantity);
  auto evidence = std::vector<Span>{};
  auto acts = deeds_of(facts, Act::kFile);
  json.begin_array();
  for (const auto* deed : acts) {
    if (evidence.size() >= limit.entries) break;
    json.begin_object();
    time_field(json, "time", deed->cite.at);
    json.field("record", deed->record).field("op", deed->operation);
    json.field("act", file_act_word(file_act(deed->operation))).field("object", deed->object);
    json.field("ip", address_text(deed->ip));
    json.field("client", agents_.name(deed->agent));
    json.field("app_id", deed->app);
    json.key("bytes");
    if (deed->bytes > 0)
      json.unsigned_number(deed->bytes);
    else
      json.null();
    json.key("rendering").boolean(is_rendering(deed->client));
    json.end_object();
    evidence.push_back(deed->cite.span);
  }
  json.end_array();
  claim("files", facts.key, facts.org, std::move(quantity),
        plural(acts.size(), "act", "acts") + " on files by " + facts.key + ".", evidence);
}

void CaseFacts::consents(std::string_view account, std::string_view org,
                         const std::vector<const Consent*>& consents) {
  auto quantity = std::string{};
  auto json = JsonWriter(quantity);
  auto evidence = std::vector<Span>{};
  json.begin_array();
  for (const auto* consent : consents) {
    json.begin_object();
    time_field(json, "time", consent->cite.at);
    json.field("record", consent->record).field("result", consent->result);
    json.field("app_id", consent->app_id).field("app_name", consent->app_name);
    json.field("resolved_app_id", consent->resolved);
    json.key("admin").boolean(consent->admin).key("all_users").boolean(consent->all_users);
    texts(json, "scopes", consent->scopes);
    json.field("reason", consent->reason).end_object();
    evidence.push_back(consent->cite.span);
    cite(consent->cite.eid);
  }
  json.end_array();
  claim("consents", account, org, std::move(quantity),
        plural(consents.size(), "consent", "consents") + " to applications by " +
            std::string(account) + ", refused ones included.",
        evidence);
}

void CaseFacts::changes(std::string_view account, std::string_view org,
                        const std::vector<const Change*>& changes) {
  auto quantity = std::string{};
  auto json = JsonWriter(quantity);
  auto evidence = std::vector<Span>{};
  json.begin_array();
  for (const auto* change : changes) {
    json.begin_object();
    time_field(json, "time", change->cite.at);
    json.field("record", change->record).field("op", change->operation);
    json.field("kind", control_word(change->control)).field("result", change->result);
    json.field("ip", address_text(change->ip)).field("session", change->session);
    json.key("detail").begin_object();
    for (const auto& [name, value] : change->detail) json.field(name, value);
    json.end_object();
    time_field(json, "undone", change->undone);
    json.field("weight", change->weight);
    texts(json, "reasons", change->reasons);
    json.end_object();
    evidence.push_back(change->cite.span);
    if (change->weight > 0) cite(change->cite.eid);
  }
  json.end_array();
  claim("control_changes", account, org, std::move(quantity),
        plural(changes.size(), "change", "changes") +
            " of rules, rights, roles or applications by " + std::string(account) + ".",
        evidence);
}

void CaseFacts::attacks(const AccountStory& story) {
  auto quantity = std::string{};
  auto json = JsonWriter(quantity);
  auto evidence = std::vector<Span>{};
  json.begin_array();
  for (const auto& attack : story.attacks) {
    if (attack.basis.empty()) continue;
    json.begin_object().field("kind", attack.kind);
    texts(json, "origins", attack.origins);
    time_field(json, "first", attack.first);
    time_field(json, "last", attack.last);
    json.field("failed", std::int64_t{attack.failed});
    json.key("errors").begin_object();
    for (const auto& [error, count] : attack.errors) json.field(error, std::int64_t{count});
    json.end_object();
    json.field("succeeded", static_cast<std::int64_t>(attack.success.size()));
    json.key("success_records").begin_array();
    for (const auto& one : attack.success) json.text(one.record);
    json.end_array();
    json.field("certainty", attack.certainty).field("note", attack.note).end_object();
    evidence.push_back(attack.basis.front().cite.span);
    cite(attack.basis.front().cite.eid);
  }
  json.end_array();
  claim("attacks", story.key, story.org, std::move(quantity),
        plural(evidence.size(), "attack", "attacks") + " on the password of " + story.key + ".",
        evidence);
}

void CaseFacts::persistence(const AccountStory& story) {
  auto quantity = std::string{};
  auto json = JsonWriter(quantity);
  auto evidence = std::vector<Span>{};
  json.begin_array();
  for (const auto& left : story.persistence) {
    json.begin_object().field("kind", left.kind).field("record", left.record.record);
    time_field(json, "time", left.record.cite.at);
    time_field(json, "undone", left.undone);
    json.field("weight", left.weight).field("words", left.words);
    json.field("forwarded", static_cast<std::int64_t>(left.forwarded));
    json.field("certainty", "certain").field("actor_certainty", left.actor_certainty);
    json.end_object();
    evidence.push_back(left.record.cite.span);
    cite(left.record.cite.eid);
  }
  json.end_array();
  claim("persistence", story.key, story.org, std::move(quantity),
        plural(evidence.size(), "change", "changes") + " made by " + story.key +
            " that would let an intruder stay. Who made them is a question of its own.",
        evidence);
}

void CaseFacts::verdict(const Verdict& verdict) {
  if (verdict.basis.empty()) return;
  auto row = ClaimRow{};
  auto id = IdBuilder("expose.verdict").add(verdict.org).add(verdict.account).add(verdict.verdict);
  id.add(verdict.route);
  for (const auto& origin : verdict.origins) id.add(origin);
  row.id = id.add(static_cast<std::uint64_t>(verdict.first)).finish();
  row.subject = account_id(verdict.account);
  row.predicate = Predicate::kCompromised;
  row.literal = verdict.verdict;
  row.words = verdict.statement;
  row.asserter = asserter_;
  row.word = verdict.certainty;
  row.confidence = confidence_of(verdict.certainty);
  // Undecidable: neither asserted nor denied.
  row.stance = verdict.verdict == "undecidable" ? Stance::kDoubts : Stance::kAsserts;
  row.negated = verdict.verdict == "blocked";
  row.held0 = verdict.first;
  row.held1 = verdict.last;
  row.extractor = "expose";
  row.tlp = tlp_;
  {
    auto json = JsonWriter(row.quantity);
    json.begin_object().field("route", verdict.route).field("verdict", verdict.verdict);
    json.field("certainty", verdict.certainty);
    time_field(json, "first", verdict.first);
    time_field(json, "last", verdict.last);
    texts(json, "origins", verdict.origins);
    texts(json, "sessions", verdict.sessions);
    json.field("total", verdict.total).key("decisive").boolean(verdict.decisive);
    json.key("signs").begin_array();
    for (const auto& sign : verdict.signs)
      json.begin_object()
          .field("family", sign.family)
          .field("weight", sign.weight)
          .field("words", sign.words)
          .end_object();
    json.end_array();
    basis_field(json, verdict.basis);
    json.field("items_at_least", static_cast<std::int64_t>(verdict.items_read));
    json.field("items_at_most_kind", verdict.whole_mailbox ? "mailbox" : "count");
    texts(json, "because", verdict.because);
    json.field("sent", static_cast<std::int64_t>(verdict.sent));
    json.field("removed", static_cast<std::int64_t>(verdict.removed));
    json.field("file_acts", static_cast<std::int64_t>(verdict.files));
    json.field("downloads", static_cast<std::int64_t>(verdict.downloads));
    json.field("bytes", static_cast<std::int64_t>(verdict.bytes));
    texts(json, "acts", verdict.acts);
    texts(json, "readings", verdict.readings);
    json.end_object();
  }
  {
    auto json = JsonWriter(row.hedges);
    json.begin_array();
    for (const auto& against : verdict.against) json.text(against);
    json.end_array();
  }
  auto spans = spans_of(verdict.basis);
  for (auto n = std::uint32_t{0}; n < spans.size(); ++n)
    out_.add(
        ClaimEvidenceRow{row.id, n, 1, spans[n].source, spans[n].offset, spans[n].length, {}, {}});
  for (const auto& one : verdict.basis) cite(one.cite.eid);
  out_.add(std::move(row));
}

void CaseFacts::ladder(const AccountStory& story, const Ladder& ladder) {
  auto subject = account_id(story.key);
  for (const auto& step : ladder.steps) {
    auto id = IdBuilder("exposure")
                  .add(step.campaign)
                  .add(subject)
                  .add(static_cast<std::uint64_t>(step.rung))
                  .finish();
    auto row = ExposureRow{};
    row.id = id;
    row.campaign = step.campaign;
    row.subject = subject;
    row.stage = static_cast<std::uint8_t>(step.rung);
    row.t0 = step.first;
    row.t1 = step.last;
    row.low = step.low;
    row.likely = step.likely;
    row.high = step.high;
    auto top = ladder.rung && step.rung == *ladder.rung;
    row.why_not_higher =
        top || !ladder.rung ? ladder.why_not_higher
        : step.rung < *ladder.rung
            ? "It went further: T" + std::to_string(static_cast<int>(*ladder.rung)) + "."
            : "Possible only; the likely rung is T" +
                  std::to_string(static_cast<int>(*ladder.rung)) + ".";
    if (!step.basis.empty() && !step.basis.front().cite.eid.empty()) {
      row.eid = step.basis.front().cite.eid;
      cite(row.eid);
    }
    out_.add(std::move(row));

    auto claim = ClaimRow{};
    claim.id = id;
    claim.subject = subject;
    claim.predicate = Predicate::kExposed;
    claim.object = step.campaign;
    claim.literal = "T" + std::to_string(static_cast<int>(step.rung));
    claim.words = step.words;
    claim.asserter = asserter_;
    claim.word = step.certainty;
    claim.confidence = confidence_of(step.certainty);
    claim.held0 = step.first;
    claim.held1 = step.last;
    claim.extractor = "expose";
    claim.tlp = tlp_;
    auto spans = spans_of(step.basis);
    if (spans.empty()) claim.reason = "no record of its own";
    for (auto n = std::uint32_t{0}; n < spans.size(); ++n)
      out_.add(
          ClaimEvidenceRow{id, n, 1, spans[n].source, spans[n].offset, spans[n].length, {}, {}});
    out_.add(std::move(claim));
  }
  // One statement a account on where it stands; also where nothing was found.
  auto row = ClaimRow{};
  row.id = IdBuilder("expose.ladder").add(story.org).add(story.key).finish();
  row.subject = subject;
  row.predicate = Predicate::kCovered;
  row.literal = "ladder";
  row.asserter = asserter_;
  row.word = ladder.certainty;
  row.confidence = confidence_of(ladder.certainty);
  row.held0 = story.first;
  row.held1 = story.last;
  row.extractor = "expose";
  row.tlp = tlp_;
  row.reason = "what the records of this account come to";
  row.words = (ladder.rung ? "T" + std::to_string(static_cast<int>(*ladder.rung)) + " (" +
                                 std::string(rung_words(*ladder.rung)) + "): "
                           : std::string("No rung: ")) +
              ladder.why + " Why not higher: " + ladder.why_not_higher;
  auto json = JsonWriter(row.quantity);
  auto rung = [&](std::string_view name, std::optional<Rung> value) {
    if (value)
      json.field(name, "T" + std::to_string(static_cast<int>(*value)));
    else
      json.field(name, "none");
  };
  json.begin_object();
  rung("stage", ladder.rung);
  rung("at_most", ladder.at_most);
  json.field("sub", ladder.sub).field("certainty", ladder.certainty).field("why", ladder.why);
  json.field("why_not_higher", ladder.why_not_higher).end_object();
  out_.add(std::move(row));
}

void CaseFacts::gap(const Gap& gap) {
  auto row = GapRow{};
  row.source = gap.source;
  if (!gap.entity.empty()) row.subject = account_id(gap.entity);
  row.kind = gap.kind;
  row.t0 = gap.t0;
  row.t1 = gap.t1;
  row.effect = gap.effect;
  auto id = IdBuilder("gap").add(gap.kind).add(gap.org).add(gap.profile).add(gap.entity);
  id.add(static_cast<std::uint64_t>(gap.t0.value_or(-1)));
  row.id = id.add(static_cast<std::uint64_t>(gap.t1.value_or(-1))).add(gap.effect).finish();
  out_.add(std::move(row));
}

void CaseFacts::log(const LogCover& log) {
  auto row = ClaimRow{};
  row.id = IdBuilder("expose.log").add(log.org).add(log.profile).finish();
  row.subject = entity_id("log", log.org + "/" + log.profile);
  row.predicate = Predicate::kCovered;
  row.literal = "log";
  row.asserter = asserter_;
  row.confidence = 3;
  row.held0 = log.first;
  row.held1 = log.last;
  row.extractor = "expose";
  row.tlp = tlp_;
  row.words = "The log " + log.profile + (log.org.empty() ? "" : " of " + log.org) + " holds " +
              plural(log.records, "record", "records") + " from " + format_time(log.first) +
              " to " + format_time(log.last) + "; " + plural(log.quiet_days.size(), "day", "days") +
              " in between without any.";
  auto json = JsonWriter(row.quantity);
  json.begin_object().field("org", log.org).field("profile", log.profile);
  json.field("records", static_cast<std::int64_t>(log.records));
  time_field(json, "first", log.first);
  time_field(json, "last", log.last);
  json.key("days_without_any_record").begin_array();
  for (auto day : log.quiet_days) json.text(format_date(day));
  json.end_array();
  json.end_object();
  auto n = std::uint32_t{0};
  for (const auto& span : {log.first_span, log.last_span})
    out_.add(ClaimEvidenceRow{row.id, n++, 1, span.source, span.offset, span.length, {}, {}});
  out_.add(EntityRow{row.subject, "log", log.org + "/" + log.profile, {}, log.records, tlp_});
  out_.add(std::move(row));
}

}  // namespace serjeant
