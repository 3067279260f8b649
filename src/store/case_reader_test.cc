#include "store/case_reader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "core/file.h"
#include "core/text.h"
#include "store/database.h"
#include "store/sample_case.h"
#include "store/schema.h"
#include "store/test_folder.h"

namespace serjeant {
namespace {

// The message with which the case is refused; "" if it is not.
auto refusal(const std::string& path) -> std::string {
  const auto reader = CaseReader::open(path);
  return reader ? "" : reader.error().message;
}

class Reader : public testing::Test {
 protected:
  void SetUp() override {
    const auto info = write_sample(folder_.path(), path_);
    ASSERT_TRUE(info) << info.error().message;
    bytes_ = read_file(path_).value_or("");
  }
  // The sample with `text` put at `offset`, refused with this message.
  auto with(std::size_t offset, std::string_view text) -> std::string {
    auto bytes = bytes_;
    bytes.replace(offset, text.size(), text);
    put_file(folder_ / "bad.sjt", bytes);
    return refusal(folder_ / "bad.sjt");
  }
  static auto says(const std::string& message, std::string_view words) -> testing::AssertionResult {
    if (message.find(words) != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << '"' << message << "\" does not say \"" << words << '"';
  }

  TestFolder folder_;
  std::string path_ = folder_ / "case.sjt";
  std::string bytes_;
};

TEST_F(Reader, SaysWhyAFileIsNoCase) {
  EXPECT_TRUE(says(refusal(folder_ / "none.sjt"), "No such file"));
  EXPECT_TRUE(says(refusal(folder_.path()), "is not a file"));
  put_file(folder_ / "empty.sjt", "");
  EXPECT_TRUE(says(refusal(folder_ / "empty.sjt"), "is empty"));
  put_file(folder_ / "text.sjt", "Dear Sir or Madam,\n" + std::string(20'000, 'x'));
  EXPECT_TRUE(says(refusal(folder_ / "text.sjt"), "is not a case file"));
  put_file(folder_ / "short.sjt", "x");
  EXPECT_TRUE(says(refusal(folder_ / "short.sjt"), "is not a case file"));
  EXPECT_TRUE(says(with(68, std::string_view("\0\0\0\0", 4)), "not a case of ours"));
  EXPECT_TRUE(says(with(60, std::string_view("\0\0\0\x02", 4)), "newer Serjeant (schema 2"));
  EXPECT_TRUE(says(with(60, std::string_view("\0\0\0\0", 4)), "no schema number"));
  ASSERT_EQ(::mkfifo((folder_ / "pipe.sjt").c_str(), 0600), 0);
  EXPECT_TRUE(says(refusal(folder_ / "pipe.sjt"), "is not a file"));
}

TEST_F(Reader, SaysThatACaseIsCutShortWhereverItWasCut) {
  for (auto size = bytes_.size() - 1; size > 100; size -= std::min<std::size_t>(size, 9'973)) {
    put_file(folder_ / "bad.sjt", bytes_.substr(0, size));
    EXPECT_TRUE(says(refusal(folder_ / "bad.sjt"), "cut short")) << size;
  }
  put_file(folder_ / "bad.sjt", bytes_.substr(0, 50));
  EXPECT_TRUE(says(refusal(folder_ / "bad.sjt"), "cut short"));
  put_file(folder_ / "bad.sjt", bytes_ + "x");
  EXPECT_TRUE(says(refusal(folder_ / "bad.sjt"), "too many"));
}

TEST_F(Reader, SaysThatACaseIsDamagedWhenPagesAreOverwritten) {
  const auto page = std::size_t{8192};
  auto refused = 0;
  for (auto at = page; at + page <= bytes_.size(); at += page) {
    const auto message = with(at, std::string(page, '\xa5'));
    if (!message.empty()) {
      ++refused;
      EXPECT_TRUE(says(message, "damaged")) << at / page;
    }
  }
  EXPECT_EQ(refused, static_cast<int>(bytes_.size() / page - 1));
}

TEST_F(Reader, RefusesACaseWithOtherTablesOrATrigger) {
  for (const auto* const change :
       {"CREATE TABLE extra(x)", "DROP VIEW bad_tlp", "CREATE INDEX more ON event(ts_ns)",
        "CREATE TRIGGER t INSERT ON event BEGIN SELECT 1; END",
        "DROP VIEW bad_name; CREATE VIEW bad_name AS SELECT 1 WHERE 0"}) {
    put_file(folder_ / "bad.sjt", bytes_);
    auto database = Database::create(folder_ / "bad.sjt", folder_.path());
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->run(change));
    ASSERT_TRUE(database->close());
    EXPECT_TRUE(says(refusal(folder_ / "bad.sjt"), "not those of schema 1")) << change;
  }
}

TEST_F(Reader, GivesDamageFoundDuringAQueryAsAnError) {
  // Open first, then spoil the file under the open reader, which has not yet
  // looked at its pages.
  const auto reader = CaseReader::open(path_, CaseReader::Pages::kTrust);
  ASSERT_TRUE(reader);
  {
    auto file = std::fstream(path_, std::ios::in | std::ios::out | std::ios::binary);
    for (auto at = std::size_t{8192}; at + 8192 <= bytes_.size(); at += 8192) {
      file.seekp(static_cast<std::streamoff>(at));
      file << std::string(100, '\xa5');
    }
  }
  const auto rows =
      reader->query("SELECT * FROM event ORDER BY ts_ns", [](const Row& row) { row.text(0); });
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, Code::kMalformed);
  EXPECT_TRUE(says(rows.error().message, "damaged"));
}

TEST_F(Reader, NeverCrashesOnAnyChangedByteOfThePagesOfTheSchema) {
  for (auto at = std::size_t{0}; at < 400; at += at < 112 ? 1 : 7) {
    auto bytes = bytes_;
    bytes[at] = static_cast<char>(bytes[at] ^ 0xff);
    put_file(folder_ / "bad.sjt", bytes);
    const auto reader = CaseReader::open(folder_ / "bad.sjt");
    if (!reader) {
      EXPECT_FALSE(reader.error().message.empty());
      EXPECT_NE(reader.error().code, Code::kInternal) << at << ' ' << reader.error().message;
      continue;
    }
    const auto rows = reader->number("SELECT count(*) FROM event");
    if (!rows) {
      EXPECT_NE(rows.error().code, Code::kInternal) << at << rows.error().message;
    }
  }
}

TEST_F(Reader, CannotChangeTheCase) {
  const auto reader = CaseReader::open(path_);
  ASSERT_TRUE(reader);
  EXPECT_FALSE(reader->query("DELETE FROM event", [](const Row&) {}));
  EXPECT_FALSE(reader->query("CREATE TABLE x(y)", [](const Row&) {}));
  EXPECT_EQ(read_file(path_).value_or(""), bytes_);
}

TEST_F(Reader, ReadsFromAReadOnlyFolderAndLeavesNothingThere) {
  ASSERT_EQ(::chmod(path_.c_str(), 0444), 0);
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0555), 0);
  {
    const auto one = CaseReader::open(path_);
    const auto two = CaseReader::open(path_);
    ASSERT_TRUE(one && two);
    EXPECT_EQ(one->number("SELECT count(*) FROM event").value_or(0), 40);
    EXPECT_EQ(two->number("SELECT count(*) FROM event").value_or(0), 40);
  }
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  auto entries = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_EQ(entry.path().filename(), "case.sjt");
    ++entries;
  }
  EXPECT_EQ(entries, 1);
}

TEST_F(Reader, OpensAPathWithAnyBytes) {
  for (const auto* const name : {"a?mode=rw&x#y%41.sjt", "line\nbreak.sjt", "\xff\xfe.sjt",
                                 "space and 'quote'.sjt", "%2e%2e.sjt"}) {
    const auto path = folder_ / name;
    std::filesystem::copy_file(path_, path);
    EXPECT_EQ(refusal(path), "") << printable(name);
  }
}

TEST_F(Reader, GivesColumnsByTheirKind) {
  const auto reader = CaseReader::open(path_);
  ASSERT_TRUE(reader);
  auto rows = 0;
  ASSERT_TRUE(reader->query(
      "SELECT id, value, stix_id, df, ?, ? FROM entity WHERE value=? AND df>?",
      {sample_id("x"), std::int64_t{-5}, "evil.example", std::int64_t{0}}, [&](const Row& row) {
        ++rows;
        EXPECT_EQ(row.size(), 6);
        EXPECT_EQ(row.id(0), entity_id("host", "evil.example"));
        EXPECT_EQ(row.kind(0), 'b');
        EXPECT_EQ(row.blob(0).size(), 16u);
        EXPECT_EQ(row.text(1), "evil.example");
        EXPECT_EQ(row.kind(1), 't');
        EXPECT_TRUE(row.is_null(2));
        EXPECT_EQ(row.text(2), "");
        EXPECT_TRUE(row.id(2).empty());
        EXPECT_EQ(row.kind(2), 'n');
        EXPECT_EQ(row.integer(3), 1);
        EXPECT_EQ(row.kind(3), 'i');
        EXPECT_EQ(row.name(3), "df");
        EXPECT_EQ(row.id(4), sample_id("x"));
        EXPECT_EQ(row.integer(5), -5);
      }));
  EXPECT_EQ(rows, 1);
  EXPECT_EQ(reader->number("SELECT 7 WHERE 0").value_or(-1), 0);
}

TEST_F(Reader, GivesAMistakeInTheQueryAsAnError) {
  const auto reader = CaseReader::open(path_);
  ASSERT_TRUE(reader);
  const auto rows = reader->query("SELECT nonsense FROM nowhere", [](const Row&) {});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, Code::kInternal);
}

// A case of each released schema stays here for ever (casefile.md, section 7).
TEST(StoredCase, OfSchema1IsReadAsItWasWritten) {
  const auto path = std::string(SJ_SOURCE_DIR "/tests/cases/store/schema-1/case.sjt");
  const auto reader = CaseReader::open(path);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(reader->number("SELECT count(*) FROM event").value_or(0), 40);
  EXPECT_EQ(reader->number("SELECT count(*) FROM finding").value_or(0), 10);
  EXPECT_EQ(reader->number("SELECT count(*) FROM source").value_or(0), 3);
}

// The same rows give the bytes that they gave another compiler on another day,
// as long as the schema and SQLite are the same.
TEST(StoredCase, OfThisSchemaIsWrittenAgainAsTheSameBytes) {
  const auto path = std::string(SJ_SOURCE_DIR "/tests/cases/store/schema-1/case.sjt");
  const auto reader = CaseReader::open(path);
  ASSERT_TRUE(reader) << reader.error().message;
  auto version = std::string();
  ASSERT_TRUE(
      reader->query("SELECT sqlite FROM run", [&](const Row& row) { version = row.text(0); }));
  if (version != Database::version()) GTEST_SKIP() << "stored by SQLite " << version;
  const auto folder = TestFolder();
  ASSERT_TRUE(write_sample(folder.path(), folder / "case.sjt"));
  EXPECT_EQ(sha256(read_file(folder / "case.sjt").value_or("")),
            sha256(read_file(path).value_or("x")));
}

}  // namespace
}  // namespace serjeant
