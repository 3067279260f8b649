#include "store/sample_case.h"

#include <fmt/core.h>

#include <algorithm>

namespace serjeant {

namespace {

constexpr auto kLeaf = std::size_t{1} << 20;
constexpr auto kAt = Nanos{1'700'000'000} * kSecond;

// RFC 6962, section 2.1, written out: an independent twin of seal's.
auto leaf_of(std::string_view bytes) -> Digest {
  return Sha256().add(std::string_view("\0", 1)).add(bytes).finish();
}
auto leaves_of(std::string_view bytes) -> std::vector<Digest> {
  auto out = std::vector<Digest>();
  for (auto at = std::size_t{0}; at < bytes.size(); at += kLeaf)
    out.push_back(leaf_of(bytes.substr(at, kLeaf)));
  return out;
}
auto root_of(std::vector<Digest> level) -> Digest {
  if (level.empty()) return sha256("");
  // Pairing neighbours and carrying the odd one up gives RFC 6962's tree.
  while (level.size() > 1) {
    auto next = std::vector<Digest>();
    for (auto i = std::size_t{0}; i < level.size(); i += 2) {
      if (i + 1 == level.size()) {
        next.push_back(level[i]);
      } else {
        next.push_back(Sha256().add("\1").add(view(level[i])).add(view(level[i + 1])).finish());
      }
    }
    level = std::move(next);
  }
  return level.front();
}

template <class RowType>
auto row(RowType value) -> AddRow {
  return [value](CaseWriter& writer) { writer.add(value); };
}

void add_sources(std::vector<AddRow>& rows) {
  const auto names = std::vector<std::string>{"audit.ndjson", "roster.csv", "communique.html"};
  for (auto id = 1u; id <= kSampleSources; ++id) {
    const auto bytes = sample_source(id);
    const auto leaves = leaves_of(bytes);
    auto source = SourceRow();
    source.id = id;
    source.sha256 = sha256(bytes);
    source.size = bytes.size();
    source.merkle = root_of(leaves);
    source.kind = id == 1 ? "log" : "document";
    source.profile = id == 1 ? "m365-audit" : "";
    source.org = id == 1 ? "Parliament" : "";
    source.tlp = id == 2 ? Tlp::kRed : Tlp::kAmber;
    rows.push_back(row(source));
    auto origin = OriginRow();
    origin.source = id;
    origin.name = names[id - 1];
    origin.len = bytes.size();
    origin.codec = "file";
    rows.push_back(row(origin));
    for (auto n = std::size_t{0}; n < leaves.size(); ++n)
      rows.push_back(row(LeafRow{id, n, leaves[n]}));
    // The log is read but for its last 10 bytes.
    const auto parsed = id == 1 ? bytes.size() - 10 : bytes.size();
    rows.push_back(row(CoverageRow{id, 0, parsed, 1, "json", parsed / 100, 0, ""}));
    if (parsed < bytes.size())
      rows.push_back(
          row(CoverageRow{id, parsed, bytes.size() - parsed, 3, "json", 0, 1, "truncated"}));
  }
}

void add_entities(std::vector<AddRow>& rows) {
  const auto account = account_id("ann@parliament.example");
  const auto host = entity_id("host", "evil.example");
  rows.push_back(row(EntityRow{account, "account", "ann@parliament.example", "", 3, Tlp::kAmber}));
  rows.push_back(row(EntityRow{account, "account", "ann@parliament.example", "", 4, Tlp::kGreen}));
  rows.push_back(row(EntityRow{host, "host", "evil.example", "", 1, Tlp::kAmber}));
}

void add_people(std::vector<AddRow>& rows) {
  const auto account = account_id("ann@parliament.example");
  const auto session = session_id("ann@parliament.example", "s-1");
  const auto host = entity_id("host", "evil.example");
  rows.push_back(row(EdgeRow{account, 7, host, kAt, kAt + kHour, 2, sample_id("finding 0")}));
  rows.push_back(row(PersonRow{sample_id("ann"), "P-001", 2, 0, 20, Tlp::kRed}));
  rows.push_back(row(PersonRoleRow{sample_id("ann"), "Parliament", "member", {}, {}}));
  rows.push_back(row(AccountRow{account, "Parliament", "person", sample_id("ann")}));
  rows.push_back(row(AccountRow{sample_id("nobody"), "Ministry", "service", {}}));
  rows.push_back(row(SessionRow{session, account, "s-1", kAt, kAt + kHour}));
  auto strand = StrandRow();
  strand.session = session;
  strand.n = 1;
  strand.ip = std::string(10, '\0') + "\xff\xff\xc0\xc0\x02\x01";
  strand.agent = "curl/8";
  strand.events = 5;
  strand.llr = -1'500'000;
  strand.verdict = 2;
  rows.push_back(row(strand));
  rows.push_back(
      row(ItemRow{sample_id("mail 1"), "mail", account, "<1@x.example>", 1200, 3, Tlp::kAmber}));
  rows.push_back(row(
      ItemReadRow{sample_id("mail 1"), session, 1, "bind", true, kAt, {}, sample_id("event 0")}));
  auto exposure = ExposureRow();
  exposure.id = sample_id("exposure");
  exposure.campaign = sample_id("campaign");
  exposure.subject = account;
  exposure.stage = 6;
  exposure.low = 1;
  exposure.likely = 2;
  exposure.high = 40;
  exposure.why_not_higher = "no export was logged";
  exposure.eid = sample_id("event 0");
  rows.push_back(row(exposure));
}

void add_observations(std::vector<AddRow>& rows) {
  rows.push_back(row(RuleRow{1, 0, "built-in-1", sha256("rule 1"), "Sign-in by curl", 3, 1, ""}));
  rows.push_back(row(RuleRow{2, 5, "u-2", sha256("rule 2"), "Broken", 0, 2, "not YAML"}));
  auto intel = IntelRow();
  intel.id = 5;
  intel.source = 3;
  intel.kind = "report";
  intel.name = "Communiqué";
  intel.version = "1";
  intel.publisher = "Ministry";
  intel.grade = "A1";
  rows.push_back(row(intel));
  for (auto i = 0u; i < 40; ++i) {
    auto event = EventRow();
    event.eid = sample_id(fmt::format("event {}", i));
    event.source = 1;
    event.off = i * 100;
    event.len = 100;
    event.ts_ns = kAt + i * kMinute;
    event.ts_basis = TimeBasis::kExplicit;
    event.class_uid = 3002;
    event.activity_id = 1;
    event.outcome = static_cast<std::uint8_t>(i % 3);
    event.org = i % 2 == 0 ? "Parliament" : "Newsroom";
    event.actor_acct = account_id("ann@parliament.example");
    event.session_a = "s-1";
    event.ua = "curl/8";
    event.ip_port = static_cast<std::uint16_t>(i);
    event.native = fmt::format(R"({{"Id":"{}"}})", i);
    rows.push_back(row(event));
    if (i % 4 != 0) continue;
    auto finding = FindingRow();
    finding.id = sample_id(fmt::format("finding {}", i));
    finding.rule = 1;
    finding.source = 1;
    finding.off = event.off;
    finding.len = event.len;
    finding.eid = event.eid;
    finding.ts = event.ts_ns;
    finding.level = 3;
    finding.matched = R"([{"field":"UserAgent"}])";
    rows.push_back(row(finding));
  }
}

void add_campaigns(std::vector<AddRow>& rows) {
  rows.push_back(
      row(CampaignRow{sample_id("campaign"), "Case A", "credentials", kAt, kAt + kHour}));
  rows.push_back(row(CampaignMemberRow{sample_id("campaign"), sample_id("mail 1"), 1, 990'000}));
  rows.push_back(row(CampaignLinkRow{sample_id("mail 1"), sample_id("mail 2"), "host", 4'000'000,
                                     "evil.example"}));
  rows.push_back(row(CampaignChangeRow{sample_id("change"), "merge", sample_id("old"),
                                       sample_id("campaign"), sample_id("decision")}));
}

auto claim(std::string_view name, std::uint8_t rung) -> ClaimRow {
  auto out = ClaimRow();
  out.id = sample_id(name);
  out.subject = sample_id("campaign");
  out.asserter = sample_id("ministry");
  out.rung = rung;
  out.tlp = Tlp::kAmber;
  return out;
}

void add_claims(std::vector<AddRow>& rows) {
  auto item = claim("item", 0);
  item.literal = "a tool";
  item.lo = 100'000;
  item.hedges = R"(["likely"])";
  rows.push_back(row(item));
  rows.push_back(row(claim("organisation", 4)));
  auto denial = claim("denial", 3);
  denial.stance = Stance::kDenies;
  denial.predicate = Predicate::kDenies;
  rows.push_back(row(denial));
  auto judged = claim("judged", 2);
  judged.reason = "an analyst's word";
  rows.push_back(row(judged));
  rows.push_back(row(ClaimStatusRow{sample_id("judged"), 1, 1, {}, sample_id("decision")}));
  rows.push_back(row(AnswerRow{sample_id("organisation"), 1, sample_id("denial"), kAt}));
  rows.push_back(
      row(ClaimEvidenceRow{sample_id("item"), 1, 1, 0, 0, 0, sample_id("finding 0"), {}}));
  rows.push_back(row(ClaimEvidenceRow{sample_id("item"), 2, -1, 1, 200, 100, {}, {}}));
  rows.push_back(row(ClaimEvidenceRow{sample_id("organisation"), 1, 1, 3, 10, 30, {}, {}}));
  rows.push_back(
      row(ClaimEvidenceRow{sample_id("organisation"), 2, 1, 0, 0, 0, {}, sample_id("item")}));
  rows.push_back(row(ClaimEvidenceRow{sample_id("denial"), 1, 1, 3, 50, 10, {}, {}}));
  rows.push_back(row(OfficialActRow{sample_id("act"), "communique", "Ministry", kAt, "issued",
                                    "On an intrusion", 3}));
  rows.push_back(row(ActNameRow{sample_id("act"), 1, "charged", "N. N.", "charged", 60, 5}));
  rows.push_back(row(ItemOfEvidenceRow{
      sample_id("item"), "tool", 1, 2, "tooling", "rule", "seen", "", 3, {}, kAt}));
  const auto question = sample_id("campaign");
  rows.push_back(
      row(HypothesisRow{sample_id("h unknown"), question, "unknown", {}, {}, 300'000, 300'000}));
  rows.push_back(row(HypothesisRow{
      sample_id("h group"), question, "group", sample_id("group"), {}, 700'000, 700'000}));
  rows.push_back(row(FactorRow{sample_id("h group"), sample_id("item"), 1, 2, 3, 4, 5, 6, -7, 8, 9,
                               10, "measured"}));
  auto assessment = AssessmentRow();
  assessment.hypothesis = sample_id("h group");
  assessment.posterior = 600'000;
  assessment.word = "likely";
  rows.push_back(row(assessment));
  rows.push_back(row(SensitivityRow{question, sample_id("item"), sample_id("h unknown"), 500'000}));
}

}  // namespace

auto sample_id(std::string_view name) -> Id { return IdBuilder("sample").add(name).finish(); }

auto sample_source(std::uint32_t id) -> std::string {
  auto out = std::string();
  const auto size = id == 1 ? 2 * kLeaf + 1234 : 3000 + id;
  while (out.size() < size) out += fmt::format("source {} line {:080}\n", id, out.size());
  out.resize(size);
  return out;
}

auto sample_rows() -> std::vector<AddRow> {
  auto rows = sample_rows_but_entities();
  add_entities(rows);
  return rows;
}

auto sample_rows_but_entities() -> std::vector<AddRow> {
  auto rows = std::vector<AddRow>();
  rows.push_back(row(ConfigRow{"zone", "UTC"}));
  rows.push_back(row(ConfigRow{"rules", "starter"}));
  rows.push_back(row(DecisionRow{
      sample_id("decision"), "merge", {}, R"({"why":"same lure"})", "analyst-1", kAt, ""}));
  rows.push_back(row(CustodyRow{1, 1, "2024-01-02T10:00:00Z", "helpdesk", "export", "on a disk"}));
  rows.push_back(row(CustodyRow{2, 0, "2024-01-03T10:00:00Z", "helpdesk", "handover", ""}));
  rows.push_back(row(OrgRow{"Parliament", "parliament"}));
  rows.push_back(
      row(GapRow{sample_id("gap"), 1, {}, "truncated", kAt, {}, "reads may be missing"}));
  rows.push_back(row(ClockRow{1, "server", TimeBasis::kDefined, 0, 0, 0, 12}));
  add_sources(rows);
  add_observations(rows);
  add_people(rows);
  add_campaigns(rows);
  add_claims(rows);
  return rows;
}

auto sample_frame() -> Frame {
  auto frame = Frame();
  frame.build_id = "build-1";
  frame.evidence_root = sha256("evidence");
  frame.intel_root = sha256("intel");
  frame.config_root = sha256("config");
  frame.tlp = Tlp::kRed;
  return frame;
}

auto write_sample(const std::string& work_dir, const std::string& path) -> Result<SealInfo> {
  auto writer = CaseWriter(work_dir);
  for (const auto& add : sample_rows()) add(writer);
  return writer.seal(sample_frame(), path);
}

}  // namespace serjeant
