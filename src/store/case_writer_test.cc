#include "store/case_writer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <random>

#include "core/file.h"
#include "core/text.h"
#include "store/case_reader.h"
#include "store/database.h"
#include "store/sample_case.h"
#include "store/schema.h"
#include "store/tables.h"
#include "store/test_folder.h"

namespace serjeant {
namespace {

auto entries(const std::string& folder) -> std::size_t {
  auto count = std::size_t{0};
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    static_cast<void>(entry);
    ++count;
  }
  return count;
}

auto number(const CaseReader& reader, std::string_view sql) -> std::int64_t {
  const auto out = reader.number(sql);
  EXPECT_TRUE(out) << (out ? "" : out.error().message);
  return out.value_or(-1);
}

// Writes `rows` with so much memory; the digest of the case, or a failed test.
auto sealed(const TestFolder& folder, const std::vector<AddRow>& rows, std::uint64_t memory)
    -> std::string {
  auto writer = CaseWriter(folder.path(), memory);
  for (const auto& add : rows) add(writer);
  const auto info = writer.seal(sample_frame(), folder / "case.sjt");
  EXPECT_TRUE(info) << (info ? "" : info.error().message);
  if (!info) return "";
  const auto bytes = read_file(folder / "case.sjt");
  EXPECT_TRUE(bytes);
  EXPECT_EQ(hex(sha256(*bytes)), hex(info->sha256));
  EXPECT_EQ(bytes->size(), info->bytes);
  EXPECT_EQ(info->case_key, case_key(sample_frame()));
  EXPECT_EQ(entries(folder.path()), 1u);  // the case, and no scratch file
  return hex(info->sha256);
}

TEST(CaseWriter, RefusesARowThatTheSchemaRefusesAndLeavesNoFile) {
  const auto folder = TestFolder();
  auto writer = CaseWriter(folder.path());
  writer.add(CoverageRow{1, 0, 5, 2, "json", 0, 0, ""});  // skipped, and no why
  const auto info = writer.seal(sample_frame(), folder / "case.sjt");
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, Code::kInternal);
  EXPECT_NE(info.error().message.find("coverage"), std::string::npos) << info.error().message;
  EXPECT_EQ(entries(folder.path()), 0u);
}

TEST(CaseWriter, NamesTheViewAndTheRowOfABrokenInvariant) {
  const auto folder = TestFolder();
  auto writer = CaseWriter(folder.path());
  for (const auto& add : sample_rows()) add(writer);
  auto claim = ClaimRow();
  claim.id = sample_id("unfounded");
  claim.subject = claim.asserter = sample_id("x");
  writer.add(claim);
  const auto info = writer.seal(sample_frame(), folder / "case.sjt");
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, Code::kInternal);
  EXPECT_NE(info.error().message.find("bad_claim"), std::string::npos) << info.error().message;
  EXPECT_NE(info.error().message.find(hex(sample_id("unfounded"))), std::string::npos);
  EXPECT_EQ(entries(folder.path()), 0u);
}

TEST(CaseWriter, NamesTheTablesOfAMissingReference) {
  const auto folder = TestFolder();
  auto writer = CaseWriter(folder.path());
  writer.add(SessionRow{sample_id("s"), sample_id("no account"), "s", {}, {}});
  auto frame = sample_frame();
  const auto info = writer.seal(frame, folder / "case.sjt");
  ASSERT_FALSE(info);
  EXPECT_NE(info.error().message.find("session"), std::string::npos) << info.error().message;
  EXPECT_NE(info.error().message.find("account"), std::string::npos);
}

TEST(CaseWriter, FailsWithTheFolderNamedWhenTheWorkFolderIsGone) {
  const auto folder = TestFolder();
  auto writer = CaseWriter(folder / "gone");
  writer.add(ConfigRow{"a", "b"});
  const auto info = writer.seal(sample_frame(), folder / "case.sjt");
  ASSERT_FALSE(info);
  EXPECT_NE(info.error().message.find("gone"), std::string::npos);
}

TEST(CaseWriter, FailsWhenTheTargetFolderIsGone) {
  const auto folder = TestFolder();
  auto writer = CaseWriter(folder.path());
  writer.add(ConfigRow{"a", "b"});
  const auto info = writer.seal(sample_frame(), folder / "gone/case.sjt");
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, Code::kNotFound);
  EXPECT_EQ(entries(folder.path()), 0u);
}

// A limit on the size of files fails writes at that size, as a full disk does.
TEST(CaseWriter, LeavesNothingOnAFullDiskWhereverItFillsUp) {
  const auto folder = TestFolder();
  ::signal(SIGXFSZ, SIG_IGN);
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto failed = 0;
  auto limit = rlim_t{0};
  for (;; limit += 20'000) {
    auto small = before;
    small.rlim_cur = limit;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto info = write_sample(folder.path(), folder / "case.sjt");
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    if (info) break;
    ++failed;
    EXPECT_EQ(info.error().code, Code::kIo) << info.error().message;
    EXPECT_NE(info.error().message.find(folder.path()), std::string::npos) << info.error().message;
    ASSERT_EQ(entries(folder.path()), 0u);
  }
  EXPECT_GT(failed, 10);
}

TEST(CaseWriter, KeepsTheOldCaseWhenTheNewOneFails) {
  const auto folder = TestFolder();
  const auto first = write_sample(folder.path(), folder / "case.sjt");
  ASSERT_TRUE(first) << first.error().message;
  auto writer = CaseWriter(folder.path());
  writer.add(CoverageRow{1, 0, 5, 2, "json", 0, 0, ""});
  ASSERT_FALSE(writer.seal(sample_frame(), folder / "case.sjt"));
  const auto bytes = read_file(folder / "case.sjt");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(sha256(*bytes), first->sha256);
}

TEST(CaseWriter, GivesTheSameBytesForAnyOrderOfRowsAndAnyMemory) {
  const auto folder = TestFolder();
  auto rows = sample_rows();
  const auto expected = sealed(folder, rows, CaseWriter::kDefaultMemory);
  auto draw = std::mt19937_64(7);  // NOLINT: the same orders each time
  for (auto i = 0; i < 12; ++i) {
    std::shuffle(rows.begin(), rows.end(), draw);
    const auto memory = i % 3 == 0 ? CaseWriter::kDefaultMemory : std::uint64_t{500} << (i % 5);
    EXPECT_EQ(sealed(folder, rows, memory), expected) << "order " << i;
  }
}

TEST(CaseWriter, GivesTheSameBytesWhenRowsComeTwice) {
  const auto folder = TestFolder();
  auto rows = sample_rows();
  // But for the sum in `df`: these rows add nothing to it.
  auto nothing_more = [](CaseWriter& writer) {
    writer.add(EntityRow{account_id("ann@parliament.example"), "account", "ann@parliament.example",
                         "", 0, Tlp::kClear});
  };
  const auto expected = sealed(folder, rows, CaseWriter::kDefaultMemory);
  for (const auto& add : sample_rows_but_entities()) rows.push_back(add);
  rows.push_back(nothing_more);
  EXPECT_EQ(sealed(folder, rows, CaseWriter::kDefaultMemory), expected);
  EXPECT_EQ(sealed(folder, rows, 3000), expected);
}

// The indexes are built after the rows; a file made by the script in one go,
// rows after it, seals to the same bytes.
TEST(CaseWriter, GivesTheBytesOfTheWholeScriptRunFirst) {
  const auto folder = TestFolder();
  const auto expected = sealed(folder, sample_rows(), CaseWriter::kDefaultMemory);
  auto plain = Database::create(folder / "plain", folder.path());
  ASSERT_TRUE(plain);
  ASSERT_TRUE(plain->run("PRAGMA synchronous=OFF"));
  ASSERT_TRUE(plain->run(schema_tables()));
  ASSERT_TRUE(plain->run(schema_rest()));
  ASSERT_TRUE(plain->run("ATTACH '" + (folder / "case.sjt") + "' AS sealed"));
  auto copy = plain->prepare(
      "SELECT name FROM sealed.sqlite_schema WHERE type='table' ORDER BY rowid DESC");
  ASSERT_TRUE(copy);
  auto names = std::vector<std::string>();
  while (copy->step().value_or(false)) names.emplace_back(copy->bytes(0));
  EXPECT_EQ(names.size(), 40u);
  for (const auto& name : names)
    ASSERT_TRUE(
        plain->run("INSERT INTO " + name + " SELECT * FROM sealed." + name + " ORDER BY random()"));
  ASSERT_TRUE(plain->run("DETACH sealed"));
  ASSERT_TRUE(plain->run("PRAGMA schema_version=1000"));
  ASSERT_TRUE(plain->run("VACUUM INTO '" + (folder / "again") + "'"));
  const auto bytes = read_file(folder / "again");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(hex(sha256(*bytes)), expected);
}

TEST(CaseWriter, HasARuleForEveryColumnAndARowInEveryTable) {
  const auto folder = TestFolder();
  ASSERT_NE(sealed(folder, sample_rows(), CaseWriter::kDefaultMemory), "");
  const auto reader = CaseReader::open(folder / "case.sjt");
  ASSERT_TRUE(reader) << reader.error().message;
  for (auto i = std::size_t{0}; i < kTables; ++i) {
    const auto& table = spec(static_cast<Table>(i));
    const auto name = std::string(table.name);
    auto rules = table.rules;
    auto columns = std::string();
    ASSERT_TRUE(reader->query("SELECT pk FROM pragma_table_info(?)", {name},
                              [&](const Row& row) { columns += row.integer(0) > 0 ? 'k' : '.'; }));
    if (name == "org") columns = columns.substr(1);
    if (name == "custody") columns = columns.substr(0, 6);
    EXPECT_EQ(rules.size(), columns.size()) << name;
    if (name != "org") {
      for (auto c = std::size_t{0}; c < columns.size(); ++c)
        EXPECT_EQ(rules[c] == 'k', columns[c] == 'k') << name << ' ' << c;
    }
    EXPECT_GT(number(*reader, "SELECT count(*) FROM " + name), 0) << name;
  }
}

TEST(CaseWriter, PutsEveryFieldOfARowInItsColumn) {
  const auto folder = TestFolder();
  auto writer = CaseWriter(folder.path());
  for (const auto& add : sample_rows()) add(writer);
  auto event = EventRow();
  event.eid = sample_id("full");
  event.source = 1;
  event.off = 5, event.len = 6, event.ts_ns = -7, event.ts_basis = TimeBasis::kAssumed;
  event.ts_unc_ms = 8, event.class_uid = 9, event.activity_id = 10, event.outcome = 2;
  event.org = "Newsroom", event.actor_acct = sample_id("aa"), event.actor_kind = 3;
  event.target_acct = sample_id("bb"), event.mailbox = sample_id("cc");
  event.session_a = "sa", event.session_b = "sb", event.device = "dev", event.app = "app";
  event.client_app = "capp", event.ua = "ua", event.ip = std::string(16, '\1');
  event.ip_port = 11, event.asn = 12, event.geo = 13, event.ip_role = 4, event.object = "obj";
  event.object_kind = 5, event.msgid_hash = "12345678", event.item_count = 14;
  event.bytes_in = 15, event.bytes_out = ~std::uint64_t{0}, event.error = "err", event.flags = 17;
  event.native = "{}";
  writer.add(event);
  ASSERT_TRUE(writer.seal(sample_frame(), folder / "case.sjt"));
  const auto reader = CaseReader::open(folder / "case.sjt");
  ASSERT_TRUE(reader);
  auto seen = 0;
  ASSERT_TRUE(reader->query(
      "SELECT source,off,len,ts_ns,ts_basis,ts_unc_ms,class_uid,activity_id,outcome,"
      "(SELECT name FROM org WHERE id=org),hex(actor_acct),actor_kind,hex(target_acct),"
      "hex(mailbox),session_a,session_b,device,app,client_app,ua,hex(ip),ip_port,asn,geo,ip_role,"
      "object,object_kind,msgid_hash,item_count,bytes_in,bytes_out,error,flags,native "
      "FROM event WHERE eid=?",
      {event.eid}, [&](const Row& row) {
        ++seen;
        auto all = std::string();
        for (auto i = 0; i < row.size(); ++i) {
          all += row.kind(i) == 'i' ? std::to_string(row.integer(i)) : std::string(row.text(i));
          all += '|';
        }
        const auto upper = [](std::string text) {
          for (auto& byte : text) byte = byte >= 'a' ? static_cast<char>(byte - 32) : byte;
          return text;
        };
        EXPECT_EQ(all, "1|5|6|-7|5|8|9|10|2|Newsroom|" + upper(hex(event.actor_acct)) + "|3|" +
                           upper(hex(event.target_acct)) + "|" + upper(hex(event.mailbox)) +
                           "|sa|sb|dev|app|capp|ua|01010101010101010101010101010101|11|12|13|4|"
                           "obj|5|12345678|14|15|9223372036854775807|err|17|{}|");
      }));
  EXPECT_EQ(seen, 1);
}

TEST(CaseWriter, SettlesRowsOfOneKeyWhateverCameFirst) {
  auto digests = std::vector<std::string>();
  for (const auto swapped : {false, true}) {
    const auto folder = TestFolder();
    auto rows = sample_rows();
    auto finding = FindingRow();
    finding.id = sample_id("finding 4");
    finding.rule = 1;
    finding.source = 1;
    finding.off = 400;
    finding.len = 100;
    finding.level = 3;
    finding.matched = R"([{"field":"UserAgent"}])";
    finding.eid = sample_id("event 4");
    finding.ts = (Nanos{1'700'000'000} + 240) * kSecond;
    finding.tlp = Tlp::kAmberStrict;
    const auto account = account_id("ann@parliament.example");
    auto edge = EdgeRow{account, 7, entity_id("host", "evil.example"), 5, {}, 1, {}};
    auto add_ours = [&](CaseWriter& writer) {
      writer.add(finding);
      writer.add(edge);
      writer.add(OrgRow{"Newsroom", "newspaper"});
    };
    rows.insert(swapped ? rows.begin() : rows.end(), add_ours);
    digests.push_back(sealed(folder, rows, 4000));
    const auto reader = CaseReader::open(folder / "case.sjt");
    ASSERT_TRUE(reader);
    const auto at = [&](std::string_view what) {
      return number(*reader, "SELECT " + std::string(what));
    };
    EXPECT_EQ(at("tlp FROM finding WHERE off=400"), 3);
    EXPECT_EQ(at("t0 FROM edge"), 5);
    EXPECT_EQ(at("t1 FROM edge"), (Nanos{1'700'000'000} + 3600) * kSecond);
    EXPECT_EQ(at("n FROM edge"), 2);
    EXPECT_EQ(at("count(*) FROM edge WHERE finding IS NOT NULL"), 1);
    EXPECT_EQ(at("df FROM entity WHERE value='ann@parliament.example'"), 7);
    EXPECT_EQ(at("tlp FROM entity WHERE value='ann@parliament.example'"), 2);
    EXPECT_EQ(at("count(*) FROM org WHERE kind='newspaper'"), 1);
  }
  EXPECT_EQ(digests[0], digests[1]);
}

TEST(CaseWriter, EntersOrganisationsAndAccountsThatRowsName) {
  const auto folder = TestFolder();
  ASSERT_NE(sealed(folder, sample_rows(), CaseWriter::kDefaultMemory), "");
  const auto reader = CaseReader::open(folder / "case.sjt");
  ASSERT_TRUE(reader);
  auto orgs = std::string();
  ASSERT_TRUE(reader->query("SELECT id,name,kind FROM org ORDER BY id", [&](const Row& row) {
    orgs += std::to_string(row.integer(0)) + ' ' + std::string(row.text(1)) + ' ' +
            std::string(row.text(2)) + '\n';
  }));
  EXPECT_EQ(orgs, "1 Ministry unknown\n2 Newsroom unknown\n3 Parliament parliament\n");
  auto value = std::string();
  ASSERT_TRUE(reader->query("SELECT kind||' '||value FROM entity WHERE id=?", {sample_id("nobody")},
                            [&](const Row& row) { value = row.text(0); }));
  EXPECT_EQ(value, "account " + hex(sample_id("nobody")));
  EXPECT_EQ(number(*reader, "SELECT count(*) FROM intel WHERE id=0 AND source IS NULL"), 1);
  EXPECT_EQ(number(*reader, "SELECT count(*) FROM run WHERE sqlite='" +
                                std::string(Database::version()) + "'"),
            1);
}

TEST(CaseWriter, SealsACaseWithoutRows) {
  const auto folder = TestFolder();
  auto writer = CaseWriter(folder.path());
  const auto info = writer.seal(sample_frame(), folder / "case.sjt");
  ASSERT_TRUE(info) << info.error().message;
  const auto reader = CaseReader::open(folder / "case.sjt");
  ASSERT_TRUE(reader);
  EXPECT_EQ(number(*reader, "SELECT count(*) FROM source"), 0);
}

TEST(CaseKey, ChangesWithEachRootAndTheBuild) {
  const auto key = case_key(sample_frame());
  for (auto i = 0; i < 4; ++i) {
    auto frame = sample_frame();
    if (i == 0) frame.build_id += 'x';
    if (i == 1) frame.evidence_root[0] ^= 1;
    if (i == 2) frame.intel_root[0] ^= 1;
    if (i == 3) frame.config_root[0] ^= 1;
    EXPECT_NE(case_key(frame), key) << i;
  }
}

}  // namespace
}  // namespace serjeant
