#include "exercise/truth_read.h"

#include <functional>

#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"

namespace serjeant::exercise {
namespace {

auto seconds(Value value) -> std::int64_t {
  const auto time = parse_iso_time(value.text());
  return time ? time->at / kSecond : 0;
}
auto text(Value value) -> std::string {
  return value.is_text() ? std::string{value.text()} : std::string{};
}
auto number(Value value, std::int64_t otherwise = 0) -> std::int64_t {
  return value.is_number() ? to_int(value.text()).value_or(otherwise) : otherwise;
}
auto count(Value value) -> std::uint64_t {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(number(value), 0));
}
auto texts(Value value) -> std::vector<std::string> {
  auto list = std::vector<std::string>{};
  if (!value.is_array()) return list;
  for (const auto one : value) list.push_back(text(one));
  return list;
}

void read(Value row, EventTruth& out) {
  out = {text(row.find("file")),  count(row.find("offset")),  count(row.find("length")),
         text(row.find("actor")), text(row.find("campaign")), text(row.find("stage")),
         text(row.find("strand"))};
}

void read(Value row, MailTruth& out) {
  out.org = text(row.find("org"));
  out.message_id = text(row.find("message_id"));
  out.file = text(row.find("file"));
  out.offset = count(row.find("offset"));
  out.length = count(row.find("length"));
  out.campaign = text(row.find("campaign"));
  out.template_id = text(row.find("template"));
  out.sender_account = text(row.find("sender_account"));
  out.kind = text(row.find("kind"));
  out.recipients = texts(row.find("recipients"));
  out.token = text(row.find("token"));
}

void read(Value row, CampaignTruth& out) {
  out.id = text(row.find("id"));
  out.actor = text(row.find("actor"));
  out.first = seconds(row.find("first"));
  out.last = seconds(row.find("last"));
  out.mails = count(row.find("mails"));
  out.accounts = count(row.find("accounts"));
  out.templates = texts(row.find("templates"));
  out.member = count(row.get("roles", "member"));
  out.staff = count(row.get("roles", "staff"));
  out.spouse = count(row.get("roles", "spouse"));
}

void read(Value row, AccountTruth& out) {
  out.org = text(row.find("org"));
  out.account = text(row.find("account"));
  out.aliases = texts(row.find("aliases"));
  out.role = text(row.find("role"));
  out.rung = text(row.find("rung"));
  out.sub = text(row.find("sub"));
  if (const auto list = row.find("intervals"); list.is_array()) {
    for (const auto stay : list) {
      out.intervals.push_back({text(stay.find("strand")), text(stay.find("actor")),
                               text(stay.find("route")), seconds(stay.find("from")),
                               seconds(stay.find("to")), texts(stay.find("origins")),
                               text(stay.find("session"))});
    }
  }
  if (const auto opened = row.find("opened"); opened.is_object()) {
    out.opened = {seconds(opened.find("when")), opened.find("location_leaked").text() == "true",
                  texts(opened.find("leak"))};
  }
  out.why_not_higher = text(row.find("why_not_higher"));
}

void read(Value row, ItemsTruth& out) {
  out.org = text(row.find("org"));
  out.account = text(row.find("account"));
  out.strand = text(row.find("strand"));
  out.kind = text(row.find("kind"));
  out.mode = text(row.find("mode"));
  out.ids = texts(row.find("ids"));
  out.container = text(row.find("container"));
  out.at_least = count(row.find("at_least"));
  out.at_most = count(row.find("at_most"));
  out.at_most_kind = text(row.find("at_most_kind"));
}

void read(Value row, GapTruth& out) {
  out = {text(row.find("org")),          text(row.find("source")),  text(row.find("kind")),
         text(row.find("entity")),       seconds(row.find("from")), seconds(row.find("to")),
         number(row.find("records"), -1)};
}

void read(Value row, PersistenceTruth& out) {
  out.org = text(row.find("org"));
  out.kind = text(row.find("kind"));
  out.set = seconds(row.find("set"));
  out.unset = seconds(row.find("unset"));
  out.account = text(row.find("account"));
  out.file = text(row.find("file"));
  out.offset = count(row.find("offset"));
}

void read(Value row, DamageTruth& out) {
  out = {text(row.find("file")), count(row.find("offset")), count(row.find("length")),
         text(row.find("kind"))};
}

void read(Value row, DecoyTruth& out) {
  out = {text(row.find("kind")), text(row.find("what")), text(row.find("must_not"))};
}

void read(Value row, AttributionTruth& out) {
  out = {text(row.find("incident")), text(row.find("true")), texts(row.find("allowed_top"))};
}

auto parse(const std::string& path, std::string_view bytes, Document& document, Arena& arena)
    -> Result<Value> {
  document.clear();
  const auto outcome =
      parse_json(bytes, "", document, arena, JsonLimits{.depth = 64, .nodes = 1u << 24});
  if (!outcome.complete) return fail(Code::kMalformed, "the truth is not whole JSON here", path);
  return document.root();
}

// Rows of a .json array or of .ndjson lines.
template <class Row>
auto read_rows(const std::string& path, std::vector<Row>& rows) -> Result<> {
  SJ_TRY(const auto bytes, read_file(path));
  auto document = Document{};
  auto arena = Arena{};
  if (path.ends_with(".ndjson")) {
    for (const auto line : split(bytes, '\n')) {
      if (line.empty()) continue;
      arena.reset();
      SJ_TRY(const auto value, parse(path, line, document, arena));
      read(value, rows.emplace_back());
    }
    return {};
  }
  SJ_TRY(const auto value, parse(path, bytes, document, arena));
  if (!value.is_array()) return fail(Code::kMalformed, "a list was expected here", path);
  for (const auto row : value) read(row, rows.emplace_back());
  return {};
}

}  // namespace

auto read_truth(const std::string& folder) -> Result<Truth> {
  auto truth = Truth{};
  const auto meta_path = folder + "/meta.json";
  SJ_TRY(const auto meta_bytes, read_file(meta_path));
  auto document = Document{};
  auto arena = Arena{};
  SJ_TRY(const auto meta, parse(meta_path, meta_bytes, document, arena));
  if (text(meta.find("schema")) != "serjeant.truth/1") {
    return fail(Code::kUnsupported, "not a truth of schema serjeant.truth/1", meta_path);
  }
  truth.seed = count(meta.find("seed"));
  truth.size = text(meta.find("size"));
  truth.without = texts(meta.find("without"));
  SJ_DO(read_rows(folder + "/events.ndjson", truth.events));
  SJ_DO(read_rows(folder + "/mails.ndjson", truth.mails));
  SJ_DO(read_rows(folder + "/damage.ndjson", truth.damage));
  SJ_DO(read_rows(folder + "/campaigns.json", truth.campaigns));
  SJ_DO(read_rows(folder + "/accounts.json", truth.accounts));
  SJ_DO(read_rows(folder + "/items.json", truth.items));
  SJ_DO(read_rows(folder + "/gaps.json", truth.gaps));
  SJ_DO(read_rows(folder + "/persistence.json", truth.persistence));
  SJ_DO(read_rows(folder + "/decoys.json", truth.decoys));
  SJ_DO(read_rows(folder + "/attribution.json", truth.attribution));
  return truth;
}

auto read_manifest(const std::string& dir) -> Result<Manifest> {
  const auto path = dir + "/MANIFEST";
  SJ_TRY(const auto bytes, read_file(path));
  auto manifest = Manifest{};
  for (auto line : split(bytes, '\n')) {
    if (line.empty()) continue;
    const auto next = [&]() -> std::string_view {
      const auto end = line.find("  ");
      const auto word = line.substr(0, end);
      line = end == std::string_view::npos ? std::string_view{} : line.substr(end + 2);
      return word;
    };
    auto entry = ManifestEntry{};
    entry.sha256 = next();
    const auto size = to_uint(next()), rows = to_uint(next());
    if (!size || !rows || line.empty()) {
      return fail(Code::kMalformed, "a line that is not of a manifest", path);
    }
    entry.bytes = *size;
    entry.rows = *rows;
    manifest.emplace(line, std::move(entry));
  }
  return manifest;
}

}  // namespace serjeant::exercise
