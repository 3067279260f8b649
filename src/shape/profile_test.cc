#include "shape/profile.h"

#include <gtest/gtest.h>

#include "shape/shape_try.h"

namespace serjeant {
namespace {

using test::built_in;
using test::shape_source;

constexpr auto kGood = std::string_view(R"(name: try
doc: A profile for tests.
recognise:
  formats: [csv]
  columns: [when, who, special]
logsource: {product: try, service: one}
time: {field: when, format: "%d.%m.%Y %H:%M:%S"}
map:
  actor: {from: [who], as: [dash-null, account]}
  outcome: {from: result, table: {ok: success, "no*": failure}, otherwise: unknown}
  object: {concat: [host, path], between: "/"}
  object_kind: {const: url}
cases:
  - when: {special: [x]}
    logsource: {service: two}
    map: {outcome: {const: blocked}}
aliases: {user: who}
samples:
  - {name: t.csv, text: "", spine: []}
)");

auto codes_of(std::string_view text) -> std::string {
  auto diagnostics = std::vector<Diagnostic>{};
  const auto profile = read_profile(text, "try.yaml", diagnostics);
  EXPECT_EQ(profile == nullptr, !diagnostics.empty());
  auto out = std::string{};
  for (const auto& d : diagnostics)
    out += d.code + "@" + std::to_string(d.places.front().line) + " ";
  return out;
}

auto with(std::string_view from, std::string_view to) -> std::string {
  auto out = std::string(kGood);
  out.replace(out.find(from), from.size(), to);
  return out;
}

TEST(Profile, ReportsEveryMistakeWithItsPlace) {
  EXPECT_EQ(codes_of(kGood), "");
  EXPECT_EQ(codes_of(""), "SJ0301@1 ");
  EXPECT_EQ(codes_of("name: [unclosed"), "SJ0301@2 ");
  EXPECT_EQ(codes_of("name: &a x\n"), "SJ0301@1 ");
  EXPECT_EQ(codes_of("- a list\n"), "SJ0304@1 ");
  EXPECT_EQ(codes_of(with("time:", "tmie:")), "SJ0302@7 ");
  EXPECT_EQ(codes_of(with("doc: A profile for tests.\n", "")), "SJ0303@1 ");
  EXPECT_EQ(codes_of(with("[csv]", "[cvs]")), "SJ0305@4 ");
  EXPECT_EQ(codes_of(with("  actor:", "  actro:")), "SJ0305@9 ");
  EXPECT_EQ(codes_of(with("account]", "acount]")), "SJ0305@9 ");
  EXPECT_EQ(codes_of(with("ok: success", "ok: sucess")), "SJ0305@10 ");
  EXPECT_EQ(codes_of(with("\"%d.%m.%Y %H:%M:%S\"", "sometimes")), "SJ0306@7 ");
  EXPECT_EQ(codes_of(with("{field: when,", "{field: when, zone: Mars,")), "SJ0306@7 ");
  EXPECT_EQ(codes_of(with("  object_kind: {const: url}", "  object_kind: {}")), "SJ0303@12 ");
  EXPECT_EQ(codes_of(with("  - {name: t.csv, text: \"\", spine: []}", "  []")), "SJ0309@19 ");
  EXPECT_EQ(codes_of(with("time:", "lines: [{pattern: '(?=x)'}]\ntime:")), "SJ0310@7 ");
  EXPECT_EQ(codes_of(with("time:", "lines: [{pairs: x}]\ntime:")), "SJ0303@7 ");
  EXPECT_EQ(codes_of(with("time:", "lines: x\ntime:")), "SJ0304@7 ");
  EXPECT_EQ(codes_of(with("  - when: {special: [x]}\n    logsource", "  - logsource")),
            "SJ0303@14 ");
}

TEST(Profile, SuggestsTheWordThatWasMeant) {
  auto diagnostics = std::vector<Diagnostic>{};
  EXPECT_EQ(read_profile(with("  actor:", "  actr:"), "try.yaml", diagnostics), nullptr);
  EXPECT_NE(render(diagnostics.at(0)).find("did you mean 'actor'?"), std::string::npos);
}

// One profile and a shaper for it, without a reader.
struct Try {
  std::unique_ptr<Profile> profile;
  Arena arena;
  explicit Try(std::string_view text = kGood) {
    auto diagnostics = std::vector<Diagnostic>{};
    profile = read_profile(text, "try.yaml", diagnostics);
  }
  auto shape(std::string_view json, std::string_view source = "t.csv") -> test::Shaped {
    auto document = Document{};
    parse_json(json, {}, document, arena);
    auto sink = test::EventCollector{};
    auto shaper = Shaper(*profile, source);
    shaper.shape({{0, 9, 1}, document.root(), nullptr, {}}, arena, sink);
    return sink.events.at(0);
  }
};

TEST(Shaper, FillsColumnsAsTheProfileSays) {
  auto made = Try();
  const auto got = made.shape(
      R"({"when":"02.03.2026 10:00:05","who":"PARL\\Ines","result":"NOPE","host":"h","path":"p"})");
  EXPECT_EQ(got.spine,
            R"({"profile":"try","time":"2026-03-02T10:00:05Z","basis":"assumed",)"
            R"("uncertainty_ms":1000,"outcome":"failure","actor":"parl\\ines","object":"h/p",)"
            R"("object_kind":"url"})");
  EXPECT_EQ(got.service, "one");
  EXPECT_NE(got.native.find(R"("user":"PARL\\Ines")"), std::string::npos);
}

TEST(Shaper, LetsACaseOverrideWhatTheProfileSays) {
  auto made = Try();
  const auto got = made.shape(R"({"special":"X","who":"-","result":"ok"})");
  EXPECT_EQ(got.spine, R"({"profile":"try","outcome":"blocked"})");
  EXPECT_EQ(got.service, "two");
}

TEST(Shaper, TakesTheZoneThatTheUserDeclaresForALocalTime) {
  auto made = Try();
  made.profile->zones = std::make_shared<const std::vector<std::pair<std::string, std::int32_t>>>(
      std::vector<std::pair<std::string, std::int32_t>>{{"log.csv", 3'600},
                                                        {"vpn/log.csv", 19'800}});
  const auto json = R"({"when":"02.03.2026 10:00:05"})";
  EXPECT_NE(made.shape(json, "other.csv").spine.find("10:00:05Z\",\"basis\":\"assumed\""),
            std::string::npos);
  EXPECT_NE(made.shape(json, "a/log.csv").spine.find("09:00:05Z\",\"basis\":\"declared\""),
            std::string::npos);
  EXPECT_NE(made.shape(json, "a/vpn/log.csv").spine.find("04:30:05Z\",\"basis\":\"declared\""),
            std::string::npos);
}

TEST(Shaper, ReportsATimeThatCannotBeRead) {
  auto made = Try();
  EXPECT_EQ(made.shape(R"({"when":"yesterday"})").faults,
            std::vector<FaultKind>{FaultKind::kBadTime});
}

TEST(Shaper, KeepsNativeFieldsAndFindsEachColumnWhereverItStands) {
  auto made = Try();
  // Rows of one source may change their columns midway.
  EXPECT_NE(made.shape(R"({"who":"a","x":"1"})").spine.find("\"actor\":\"a\""), std::string::npos);
  EXPECT_NE(made.shape(R"({"x":"1","y":"2","who":"b"})").spine.find("\"actor\":\"b\""),
            std::string::npos);
  EXPECT_EQ(made.shape(R"([1])").spine, R"({"profile":"try"})");
}

// The samples of the profiles are their tests.
TEST(BuiltInProfiles, MakeOfTheirSamplesWhatTheySay) {
  auto samples = std::size_t{0};
  for (const auto* profile : built_in().all()) {
    for (const auto& sample : profile->samples) {
      auto name = std::string{};
      const auto events = shape_source(built_in(), sample.text, sample.name, &name);
      EXPECT_EQ(name, profile->name) << sample.name;
      auto spines = std::vector<std::string>{};
      for (const auto& event : events) spines.push_back(event.spine);
      EXPECT_EQ(spines, sample.spines) << profile->name << ", " << sample.name;
      ++samples;
    }
  }
  EXPECT_GE(samples, 20u);
}

TEST(BuiltInProfiles, AreRefusedNoneAndMissingDirectoriesAreSaid) {
  EXPECT_GE(built_in().all().size(), 18u);
  auto options = ShapeOptions{};
  options.profile_dirs = {"/nonexistent/profiles"};
  const auto missing = Profiles::load(options);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("SJ0308"), std::string::npos);
}

}  // namespace
}  // namespace serjeant
