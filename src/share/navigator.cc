#include <map>

#include "core/json.h"
#include "share/export.h"

namespace serjeant {

auto export_navigator(const CaseReader& reader) -> Result<std::string> {
  struct Seen {
    std::int64_t findings = 0;
    std::string words;
  };
  auto techniques = std::map<std::string, Seen>{};
  SJ_DO(reader.query(
      "SELECT e.value, c.words, (SELECT count(*) FROM claim_evidence v WHERE v.claim=c.id) "
      "FROM item_of_evidence i JOIN claim c ON c.id=i.id JOIN entity e ON e.id=c.object "
      "WHERE i.kind='technique' ORDER BY e.value",
      [&](const Row& row) {
        techniques[std::string(row.text(0))] = {row.integer(2), std::string(row.text(1))};
      }));
  auto out = std::string{};
  auto json = JsonWriter(out);
  json.begin_object();
  json.field("name", "Techniques observed in this case").field("domain", "enterprise-attack");
  json.key("versions").begin_object().field("layer", "4.5").end_object();
  json.field(
      "description",
      "Techniques that findings of the case show, by the tags of the rules that found them.");
  json.key("techniques").begin_array();
  for (const auto& [id, seen] : techniques)
    json.begin_object()
        .field("techniqueID", id)
        .field("score", seen.findings)
        .field("comment", seen.words)
        .end_object();
  json.end_array();
  json.key("gradient").begin_object();
  json.key("colors").begin_array().text("#ffffff").text("#e07b39").end_array();
  json.field("minValue", std::int64_t{0}).field("maxValue", std::int64_t{50});
  json.end_object();
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace serjeant
