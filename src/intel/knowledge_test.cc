#include "intel/knowledge.h"

#include <gtest/gtest.h>

namespace serjeant {
namespace {

constexpr auto kBundle = std::string_view(R"({"type":"bundle","id":"bundle--1","objects":[
{"type":"relationship","id":"relationship--1","relationship_type":"uses","source_ref":"intrusion-set--a","target_ref":"attack-pattern--x","external_references":[{"source_name":"Vendor 2020"}],"modified":"2020-01-02T00:00:00.000Z"},
{"type":"relationship","id":"relationship--2","relationship_type":"uses","source_ref":"intrusion-set--a","target_ref":"attack-pattern--old"},
{"type":"relationship","id":"relationship--3","relationship_type":"revoked-by","source_ref":"attack-pattern--old","target_ref":"attack-pattern--x"},
{"type":"attack-pattern","id":"attack-pattern--x","name":"Spearphishing Link","kill_chain_phases":[{"phase_name":"reconnaissance"}],"external_references":[{"source_name":"mitre-attack","external_id":"T1598.003"}]},
{"type":"attack-pattern","id":"attack-pattern--old","name":"Old","revoked":true,"external_references":[{"source_name":"mitre-attack","external_id":"T1192"}]},
{"type":"intrusion-set","id":"intrusion-set--a","name":"ZIRCONIUM","aliases":["ZIRCONIUM","APT31"],"external_references":[{"source_name":"mitre-attack","external_id":"G0128"},{"source_name":"APT31","description":"x"},{"source_name":"Paper 2019"}]},
{"type":"identity","id":"identity--1","name":"The MITRE Corporation"}]})");

TEST(Knowledge, ReadsGroupsWithTheirTechniquesAndSources) {
  const auto got = read_knowledge(kBundle, 3, "bundle.json");
  ASSERT_TRUE(got) << got.error().message;
  ASSERT_EQ(got->groups.size(), 1u);
  const auto& group = got->groups[0];
  EXPECT_EQ(group.id, "G0128");
  EXPECT_EQ(group.aliases, std::vector<std::string>{"APT31"});
  ASSERT_EQ(group.uses.size(), 1u);
  EXPECT_EQ(group.uses[0].technique, "T1598.003");
  EXPECT_EQ(group.uses[0].sources, std::vector<std::string>{"Vendor 2020"});
  EXPECT_EQ(group.sources, (std::vector<std::string>{"Paper 2019", "Vendor 2020"}));
  EXPECT_EQ(got->version, "2020-01-02");
}

TEST(Knowledge, ResolvesRenumberedTechniques) {
  const auto got = read_knowledge(kBundle, 3, "bundle.json");
  ASSERT_TRUE(got);
  ASSERT_EQ(got->renumbered.size(), 1u);
  EXPECT_EQ(got->renumbered[0], (std::pair<std::string, std::string>{"T1192", "T1598.003"}));
}

TEST(Knowledge, SpansAreTheObjectsOwnBytes) {
  const auto got = read_knowledge(kBundle, 3, "bundle.json");
  ASSERT_TRUE(got);
  const auto span = got->groups[0].span;
  const auto bytes = kBundle.substr(span.offset, span.length);
  EXPECT_TRUE(bytes.starts_with(R"({"type":"intrusion-set")")) << bytes;
  EXPECT_TRUE(bytes.ends_with("}]}")) << bytes;
}

TEST(Knowledge, KeepsWholeObjectsOfACutBundle) {
  const auto cut = kBundle.substr(0, kBundle.find("\"ZIRCONIUM\""));
  const auto got = read_knowledge(cut, 3, "bundle.json");
  ASSERT_TRUE(got);
  EXPECT_EQ(got->techniques.size(), 1u);
  EXPECT_FALSE(got->faults.empty());
}

TEST(Knowledge, RefusesWhatIsNoBundle) {
  for (const auto* text : {"", "[]", "{}", "{\"type\":\"report\"}", "not json"})
    EXPECT_FALSE(read_knowledge(text, 1, "x")) << text;
}

}  // namespace
}  // namespace serjeant
