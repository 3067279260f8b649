#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/json.h"
#include "core/text.h"
#include "core/time.h"
#include "core/uuid.h"
#include "share/export.h"

namespace serjeant {
namespace {

constexpr auto kObservables = "00abedb4-aa42-466c-9c01-fed23315a9b7";  // STIX 2.1, section 2.9
constexpr auto kOurs = "5b2f0f5e-0c5f-5d8e-9a5e-53454a45414e";         // ids of what we say
constexpr auto kTlpExtension = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

struct Tlp2 {
  std::string_view id, name, word;
};
auto tlp2(std::int64_t tlp) -> Tlp2 {
  switch (tlp) {
    case 0:
      return {"94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:CLEAR", "clear"};
    case 1:
      return {"bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "TLP:GREEN", "green"};
    case 2:
      return {"55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER", "amber"};
    case 3:
      return {"939a9414-2ddd-4d32-a0cd-375ea402b003", "TLP:AMBER+STRICT", "amber+strict"};
    default:
      return {"e828b379-4e03-4974-9ac4-e53a884c97c1", "TLP:RED", "red"};
  }
}

// STIX timestamps have millisecond precision at least and end in Z.
auto stix_time(Nanos at) -> std::string {
  const auto c = civil_from_nanos(at);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", c.year, c.month, c.day, c.hour,
                     c.minute, c.second, c.nanosecond / 1'000'000);
}

// In a pattern, quotes and backslashes are escaped (STIX 2.1, section 9.2).
auto pattern_text(std::string_view text) -> std::string {
  auto out = std::string{};
  for (const auto c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

auto ip_text(std::string_view bytes, bool& is_v4) -> std::string {
  is_v4 = bytes.substr(0, 12) == std::string_view("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  auto out = std::string{};
  for (auto i = std::size_t{is_v4 ? 12u : 0u}; i < 16; i += is_v4 ? 1 : 2) {
    if (!out.empty()) out += is_v4 ? "." : ":";
    const auto high = static_cast<unsigned char>(bytes[i]);
    out += is_v4 ? fmt::format("{}", high)
                 : fmt::format("{:x}", high << 8 | static_cast<unsigned char>(bytes[i + 1]));
  }
  return out;
}

class Bundle {
 public:
  explicit Bundle(const CaseReader& reader) : reader_(reader) {}

  auto run() -> Result<std::string> {
    SJ_DO(reader_.query("SELECT case_key, tlp FROM run", [&](const Row& row) {
      key_ = hex(row.blob(0));
      tlp_ = row.integer(1);
    }));
    // The time of saying is the newest time in the case: no clock of ours.
    SJ_TRY(const auto newest,
           reader_.number("SELECT max(t) FROM (SELECT max(ts_ns) AS t FROM event UNION ALL SELECT "
                          "max(t1) FROM campaign UNION ALL SELECT max(ts) FROM finding)"));
    said_ = stix_time(newest);
    marking();
    author_ = sdo("identity", "author", [](JsonWriter& json) {
      json.field("name", "Serjeant").field("identity_class", "system");
      json.field("description", "The program that made the case from which this was exported.");
    });
    SJ_DO(campaigns());
    SJ_DO(techniques());
    SJ_DO(takeovers());
    SJ_DO(hypotheses());
    SJ_DO(gaps());
    report();
    auto out = std::string{};
    auto json = JsonWriter(out);
    json.begin_object();
    json.field("type", "bundle").field("id", "bundle--" + uuid5(kOurs, key_ + "bundle"));
    json.key("objects").begin_array();
    for (const auto& object : objects_) json.raw(object);
    json.end_array().end_object();
    return out + "\n";
  }

 private:
  template <class Fill>
  auto object(std::string_view type, const std::string& id, Fill fill) -> std::string {
    if (!ids_.insert(id).second) return id;
    auto text = std::string{};
    auto json = JsonWriter(text);
    json.begin_object();
    json.field("type", type).field("spec_version", "2.1").field("id", id);
    fill(json);
    json.end_object();
    objects_.push_back(std::move(text));
    return id;
  }

  void marked(JsonWriter& json) {
    json.key("object_marking_refs").begin_array();
    json.text("marking-definition--" + std::string(tlp2(tlp_).id)).end_array();
  }

  template <class Fill>
  auto sdo(std::string_view type, std::string_view key, Fill fill) -> std::string {
    const auto id =
        fmt::format("{}--{}", type, uuid5(kOurs, fmt::format("{}|{}|{}", key_, type, key)));
    return object(type, id, [&](JsonWriter& json) {
      if (!author_.empty()) json.field("created_by_ref", author_);
      json.field("created", said_).field("modified", said_);
      fill(json);
      marked(json);
    });
  }

  // An observable's id is made from its contributing properties in canonical JSON.
  auto observable(std::string_view type, std::string_view property, std::string_view value)
      -> std::string {
    auto canonical = std::string{};
    JsonWriter(canonical).begin_object().field(property, value).end_object();
    return object(type, fmt::format("{}--{}", type, uuid5(kObservables, canonical)),
                  [&](JsonWriter& json) {
                    json.field(property, value);
                    marked(json);
                  });
  }

  void relate(const std::string& from, std::string_view how, const std::string& to) {
    sdo("relationship", fmt::format("{} {} {}", from, how, to), [&](JsonWriter& json) {
      json.field("relationship_type", how).field("source_ref", from).field("target_ref", to);
    });
  }

  void marking() {
    const auto mark = tlp2(tlp_);
    object("marking-definition", "marking-definition--" + std::string(mark.id),
           [&](JsonWriter& json) {
             json.field("created", "2022-10-01T00:00:00.000Z").field("name", mark.name);
             json.key("extensions").begin_object().key(kTlpExtension).begin_object();
             json.field("extension_type", "property-extension").field("tlp_2_0", mark.word);
             json.end_object().end_object();
           });
  }

  auto campaigns() -> Result<> {
    struct Row1 {
      Id id;
      std::string label, purpose, words;
      std::optional<std::int64_t> t0, t1;
    };
    auto found = std::vector<Row1>{};
    SJ_DO(reader_.query(
        "SELECT c.id, c.label, c.purpose, c.t0, c.t1, k.words FROM campaign c LEFT JOIN "
        "claim k ON k.subject=c.id AND k.extractor='campaign' ORDER BY c.label",
        [&](const Row& row) {
          auto& c = found.emplace_back();
          c.id = row.id(0);
          c.label = row.text(1);
          c.purpose = row.text(2);
          if (!row.is_null(3)) c.t0 = row.integer(3);
          if (!row.is_null(4)) c.t1 = row.integer(4);
          c.words = row.text(5);
        }));
    for (const auto& c : found) {
      const auto campaign = sdo("campaign", c.label, [&](JsonWriter& json) {
        json.field("name", c.label).field("description", c.words);
        if (c.t0) json.field("first_seen", stix_time(*c.t0));
        if (c.t1) json.field("last_seen", stix_time(*c.t1));
        json.field("objective", c.purpose);
      });
      auto hosts = std::set<std::string>{};
      SJ_DO(reader_.query(
          "SELECT DISTINCT l.shared FROM campaign_link l JOIN campaign_member m ON m.member=l.a "
          "WHERE m.campaign=?1 AND l.family='infra' AND l.shared LIKE 'open-host:%' AND "
          "l.llr>=4000000 ORDER BY 1",
          {c.id}, [&](const Row& row) { hosts.emplace(row.text(0).substr(10)); }));
      for (const auto& host : hosts) {
        const auto name = observable("domain-name", "value", host);
        const auto indicator = sdo("indicator", host, [&](JsonWriter& json) {
          json.field("name", "Host loaded by mails of " + c.label);
          json.key("indicator_types").begin_array().text("malicious-activity").end_array();
          json.field("pattern", fmt::format("[domain-name:value = '{}']", pattern_text(host)));
          json.field("pattern_type", "stix").field("pattern_version", "2.1");
          json.field("valid_from", c.t0 ? stix_time(*c.t0) : said_);
        });
        relate(indicator, "indicates", campaign);
        if (c.t0 && c.t1) {
          const auto seen = sdo("observed-data", host, [&](JsonWriter& json) {
            json.field("first_observed", stix_time(*c.t0)).field("last_observed", stix_time(*c.t1));
            json.field("number_observed", std::int64_t{1});
            json.key("object_refs").begin_array().text(name).end_array();
          });
          relate(indicator, "based-on", seen);
        }
      }
    }
    return {};
  }

  auto techniques() -> Result<> {
    return reader_.query(
        "SELECT e.value, c.words FROM item_of_evidence i JOIN claim c ON c.id=i.id JOIN entity e "
        "ON "
        "e.id=c.object WHERE i.kind='technique' ORDER BY e.value",
        [&](const Row& row) {
          const auto id = std::string(row.text(0));
          auto path = id;
          if (const auto dot = path.find('.'); dot != std::string::npos) path[dot] = '/';
          sdo("attack-pattern", id, [&](JsonWriter& json) {
            json.field("name", id).field("description", row.text(1));
            json.key("external_references").begin_array().begin_object();
            json.field("source_name", "mitre-attack").field("external_id", id);
            json.field("url", "https://attack.mitre.org/techniques/" + path);
            json.end_object().end_array();
          });
        });
  }

  // An account that was entered is an incident; where from is observed data.
  auto takeovers() -> Result<> {
    auto incidents = std::map<std::string, std::string>{};  // account -> id
    SJ_DO(reader_.query(
        "SELECT e.value, x.stage, c.words, x.id FROM exposure x JOIN entity e ON e.id=x.subject "
        "LEFT JOIN claim c "
        "ON c.id=x.id WHERE x.stage>=5 AND x.likely>0 AND NOT EXISTS (SELECT 1 FROM exposure y "
        "WHERE "
        "y.subject=x.subject AND y.likely>0 AND "
        "(y.stage>x.stage OR (y.stage=x.stage AND y.id<x.id))) ORDER BY e.value",
        [&](const Row& row) {
          const auto account = std::string(row.text(0));
          incidents[account] = sdo("incident", account, [&](JsonWriter& json) {
            json.field("name", "Account entered: " + account);
            json.field("description",
                       row.is_null(2) ? std::string_view("See the case.") : row.text(2));
          });
          observable("user-account", "user_id", account);
        }));
    return reader_.query(
        "SELECT e.value, t.ip, min(t.t0), max(t.t1), sum(t.events) FROM strand t JOIN session s ON "
        "s.id=t.session "
        "JOIN entity e ON e.id=s.account WHERE t.verdict>=5 AND t.ip IS NOT NULL AND t.t0 IS NOT "
        "NULL "
        "GROUP BY e.value, t.ip ORDER BY e.value, t.ip",
        [&](const Row& row) {
          if (row.blob(1).size() != 16) return;
          auto is_v4 = false;
          const auto text = ip_text(row.blob(1), is_v4);
          const auto address = observable(is_v4 ? "ipv4-addr" : "ipv6-addr", "value", text);
          const auto seen =
              sdo("observed-data", fmt::format("{} {}", row.text(0), text), [&](JsonWriter& json) {
                json.field("first_observed", stix_time(row.integer(2)));
                json.field("last_observed", stix_time(row.integer(3)));
                json.field("number_observed",
                           std::clamp<std::int64_t>(row.integer(4), 1, 999'999'999));
                json.key("object_refs").begin_array().text(address).end_array();
              });
          const auto incident = incidents.find(std::string(row.text(0)));
          if (incident != incidents.end()) relate(seen, "related-to", incident->second);
        });
  }

  // Rivals go out together or not at all, and never as an attribution.
  auto hypotheses() -> Result<> {
    auto lines = std::string{};
    SJ_DO(reader_.query(
        "SELECT h.kind, e.value, a.posterior, a.word FROM hypothesis h JOIN assessment a ON "
        "a.hypothesis=h.id LEFT "
        "JOIN entity e ON e.id=h.subject ORDER BY h.kind='unknown' DESC, a.posterior DESC, e.value "
        "LIMIT 12",
        [&](const Row& row) {
          lines += fmt::format("{}{}{}: {}.{} %, {}\n", row.text(0), row.is_null(1) ? "" : " ",
                               row.text(1), row.integer(2) / 10'000, row.integer(2) / 1'000 % 10,
                               row.text(3));
        }));
    if (lines.empty()) return {};
    hypotheses_ =
        "Nobody is named. Rival hypotheses, the strongest first, unknown always among "
        "them:\n" +
        lines;
    return {};
  }

  auto gaps() -> Result<> {
    return reader_.query(
        "SELECT kind, t0, t1, effect FROM gap ORDER BY t0 IS NULL, t0, kind, id LIMIT 50",
        [&](const Row& row) {
          gaps_ += std::string(row.text(0));
          if (!row.is_null(1)) gaps_ += " from " + format_time(row.integer(1));
          if (!row.is_null(2)) gaps_ += " to " + format_time(row.integer(2));
          gaps_ += fmt::format(": {}\n", row.text(3));
        });
  }

  void report() {
    const auto refs = ids_;
    const auto id = sdo("report", "report", [&](JsonWriter& json) {
      json.field("name", "Case " + key_.substr(0, 8));
      json.field("description",
                 "What a case of Serjeant holds, for sharing. Each statement leads to bytes of the "
                 "evidence in the case itself.");
      json.key("report_types").begin_array().text("threat-report").end_array();
      json.field("published", said_);
      json.key("object_refs").begin_array();
      for (const auto& ref : refs)
        if (!ref.starts_with("marking-definition")) json.text(ref);
      json.end_array();
    });
    const auto note = [&](std::string_view key, std::string_view abstract,
                          const std::string& text) {
      if (text.empty()) return;
      sdo("note", key, [&](JsonWriter& json) {
        json.field("abstract", abstract).field("content", text);
        json.key("object_refs").begin_array().text(id).end_array();
      });
    };
    note("gaps", "What the logs cannot show", gaps_);
    note("hypotheses", "Who did it", hypotheses_);
  }

  const CaseReader& reader_;
  std::string key_, said_, author_, hypotheses_, gaps_;
  std::int64_t tlp_ = 4;
  std::set<std::string> ids_;
  std::vector<std::string> objects_;
};

}  // namespace

auto export_stix(const CaseReader& reader) -> Result<std::string> { return Bundle(reader).run(); }

}  // namespace serjeant
