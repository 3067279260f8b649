#include "exercise/truth.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "core/json.h"
#include "core/time.h"
#include "exercise/out.h"

namespace serjeant::exercise {
namespace {

auto instant(std::int64_t seconds) -> std::string { return format_time(seconds * kSecond); }

void text_or_null(JsonWriter& json, std::string_view key, std::string_view value) {
  json.key(key);
  if (value.empty()) {
    json.null();
  } else {
    json.text(value);
  }
}

void instant_or_null(JsonWriter& json, std::string_view key, std::int64_t seconds) {
  text_or_null(json, key, seconds == 0 ? std::string{} : instant(seconds));
}

void count(JsonWriter& json, std::string_view key, std::uint64_t value) {
  json.key(key).unsigned_number(value);
}

void texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& values) {
  json.key(key).begin_array();
  for (const auto& value : values) json.text(value);
  json.end_array();
}

void write(JsonWriter& json, const EventTruth& row) {
  json.begin_object().field("file", row.file);
  count(json, "offset", row.offset);
  count(json, "length", row.length);
  json.field("actor", row.actor);
  text_or_null(json, "campaign", row.campaign);
  json.field("stage", row.stage);
  text_or_null(json, "strand", row.strand);
  json.end_object();
}

void write(JsonWriter& json, const MailTruth& row) {
  json.begin_object().field("org", row.org).field("message_id", row.message_id);
  json.field("file", row.file);
  count(json, "offset", row.offset);
  count(json, "length", row.length);
  text_or_null(json, "campaign", row.campaign);
  text_or_null(json, "template", row.template_id);
  text_or_null(json, "sender_account", row.sender_account);
  json.field("kind", row.kind);
  texts(json, "recipients", row.recipients);
  text_or_null(json, "token", row.token);
  json.end_object();
}

void write(JsonWriter& json, const CampaignTruth& row) {
  json.begin_object().field("id", row.id).field("actor", row.actor);
  json.field("first", instant(row.first)).field("last", instant(row.last));
  count(json, "mails", row.mails);
  count(json, "accounts", row.accounts);
  texts(json, "templates", row.templates);
  json.key("roles").begin_object();
  count(json, "member", row.member);
  count(json, "staff", row.staff);
  count(json, "spouse", row.spouse);
  json.end_object().end_object();
}

void write(JsonWriter& json, const AccountTruth& row) {
  json.begin_object().field("org", row.org).field("account", row.account);
  texts(json, "aliases", row.aliases);
  json.field("role", row.role).field("rung", row.rung);
  text_or_null(json, "sub", row.sub);
  json.key("intervals").begin_array();
  for (const auto& stay : row.intervals) {
    json.begin_object().field("strand", stay.strand).field("actor", stay.actor);
    json.field("route", stay.route).field("from", instant(stay.from));
    json.field("to", instant(stay.to));
    texts(json, "origins", stay.origins);
    json.field("session", stay.session).end_object();
  }
  json.end_array().key("opened");
  if (row.opened.when == 0) {
    json.null();
  } else {
    json.begin_object().field("when", instant(row.opened.when));
    json.key("location_leaked").boolean(row.opened.location_leaked);
    texts(json, "leak", row.opened.leak);
    json.end_object();
  }
  json.field("why_not_higher", row.why_not_higher).end_object();
}

void write(JsonWriter& json, const ItemsTruth& row) {
  json.begin_object().field("org", row.org).field("account", row.account);
  json.field("strand", row.strand).field("kind", row.kind).field("mode", row.mode);
  texts(json, "ids", row.ids);
  text_or_null(json, "container", row.container);
  count(json, "at_least", row.at_least);
  count(json, "at_most", row.at_most);
  json.field("at_most_kind", row.at_most_kind).end_object();
}

void write(JsonWriter& json, const GapTruth& row) {
  json.begin_object().field("org", row.org).field("source", row.source).field("kind", row.kind);
  text_or_null(json, "entity", row.entity);
  json.field("from", instant(row.from)).field("to", instant(row.to)).key("records");
  if (row.records < 0) {
    json.null();
  } else {
    json.number(row.records);
  }
  json.end_object();
}

void write(JsonWriter& json, const PersistenceTruth& row) {
  json.begin_object().field("org", row.org).field("kind", row.kind);
  json.field("set", instant(row.set));
  instant_or_null(json, "unset", row.unset);
  json.field("account", row.account).field("file", row.file);
  count(json, "offset", row.offset);
  json.end_object();
}

void write(JsonWriter& json, const AttributionTruth& row) {
  json.begin_object().field("incident", row.incident);
  texts(json, "hypotheses", {"A", "B", "C", "D", "unknown"});
  json.field("true", row.actual);
  texts(json, "allowed_top", row.allowed_top);
  json.field("max_word", "likely");
  texts(json, "contradicting", {});
  json.key("denial").null().end_object();
}

void write(JsonWriter& json, const DecoyTruth& row) {
  json.begin_object().field("kind", row.kind).field("what", row.what);
  json.field("must_not", row.must_not).end_object();
}

void write(JsonWriter& json, const DamageTruth& row) {
  json.begin_object().field("file", row.file);
  count(json, "offset", row.offset);
  count(json, "length", row.length);
  json.field("kind", row.kind).end_object();
}

enum class Form { kLines, kArray };

template <class Row>
auto write_rows(const std::string& dir, const std::string& name, const std::vector<Row>& rows,
                Form form) -> Result<ExerciseFile> {
  auto file = OutFile{dir, "truth/" + name};
  if (form == Form::kArray) file.buffer += "[";
  for (auto i = std::size_t{0}; i < rows.size(); ++i) {
    if (form == Form::kArray) file.buffer += i == 0 ? "\n" : ",\n";
    auto json = JsonWriter{file.buffer};
    write(json, rows[i]);
    if (form == Form::kLines) file.buffer += '\n';
    file.end_row();
  }
  if (form == Form::kArray) file.buffer += rows.empty() ? "]\n" : "\n]\n";
  return file.finish();
}

struct Nothing {};
void write(JsonWriter&, const Nothing&) {}

auto write_meta(const std::string& dir, const Truth& truth) -> Result<ExerciseFile> {
  auto file = OutFile{dir, "truth/meta.json"};
  auto json = JsonWriter{file.buffer};
  json.begin_object().field("schema", "serjeant.truth/1");
  count(json, "seed", truth.seed);
  json.field("size", truth.size).field("generator", "1");
  texts(json, "without", truth.without);
  texts(json, "organisations", {"P"});
  json.field("d0", "2023-05-16T00:00:00Z").end_object();
  file.buffer += '\n';
  file.end_row();
  return file.finish();
}

template <class Row>
void sort_by_place(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.file, a.offset) < std::tie(b.file, b.offset);
  });
}

}  // namespace

auto write_truth(const std::string& dir, Truth& truth) -> Result<std::vector<ExerciseFile>> {
  sort_by_place(truth.events);
  sort_by_place(truth.mails);
  sort_by_place(truth.damage);
  sort_by_place(truth.persistence);
  std::sort(truth.accounts.begin(), truth.accounts.end(),
            [](const auto& a, const auto& b) { return a.account < b.account; });
  std::sort(truth.gaps.begin(), truth.gaps.end(), [](const auto& a, const auto& b) {
    return std::tie(a.from, a.to, a.kind) < std::tie(b.from, b.to, b.kind);
  });

  auto files = std::vector<ExerciseFile>{};
  const auto take = [&](Result<ExerciseFile> file) -> Result<> {
    if (!file) return tl::unexpected<Error>(std::move(file).error());
    files.push_back(*std::move(file));
    return {};
  };
  SJ_DO(take(write_meta(dir, truth)));
  SJ_DO(take(write_rows(dir, "events.ndjson", truth.events, Form::kLines)));
  SJ_DO(take(write_rows(dir, "mails.ndjson", truth.mails, Form::kLines)));
  SJ_DO(take(write_rows(dir, "damage.ndjson", truth.damage, Form::kLines)));
  SJ_DO(take(write_rows(dir, "campaigns.json", truth.campaigns, Form::kArray)));
  SJ_DO(take(write_rows(dir, "accounts.json", truth.accounts, Form::kArray)));
  SJ_DO(take(write_rows(dir, "items.json", truth.items, Form::kArray)));
  SJ_DO(take(write_rows(dir, "gaps.json", truth.gaps, Form::kArray)));
  SJ_DO(take(write_rows(dir, "persistence.json", truth.persistence, Form::kArray)));
  SJ_DO(take(write_rows(dir, "attribution.json", truth.attribution, Form::kArray)));
  SJ_DO(take(write_rows(dir, "decoys.json", truth.decoys, Form::kArray)));
  // Nothing in P can show these; they come with the other organisations.
  for (const auto* name : {"persons.json", "clock.json", "links.json"}) {
    SJ_DO(take(write_rows(dir, name, std::vector<Nothing>{}, Form::kArray)));
  }
  return files;
}

}  // namespace serjeant::exercise
