#include "exercise/exercise.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>

#include "core/file.h"
#include "core/text.h"
#include "exercise/truth_read.h"

namespace serjeant {
namespace {

namespace fs = std::filesystem;

auto fresh_folder(std::string_view name) -> std::string {
  // Tests run side by side, each in a process of its own.
  const auto path = fs::path{::testing::TempDir()} /
                    ("serjeant-exercise-" + std::string{name} + "-" + std::to_string(::getpid()));
  fs::remove_all(path);
  return path.string();
}

auto make(std::string dir, std::size_t jobs, std::vector<std::string> without = {})
    -> Result<ExerciseReport> {
  auto progress = Progress{false};
  return make_exercise(
      {.seed = 7, .size = "XS", .dir = std::move(dir), .without = std::move(without), .jobs = jobs},
      progress);
}

auto sized(std::string_view size) -> ExerciseOptions {
  auto options = ExerciseOptions{};
  options.size = size;
  options.dir = fresh_folder("sized");
  return options;
}

// One exercise of size XS, for all tests that only look at it.
class ExerciseTree : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = new std::string{fresh_folder("tree")};
    report_ = new Result<ExerciseReport>{make(*dir_, 2)};
  }
  static void TearDownTestSuite() {
    fs::remove_all(*dir_);
    delete dir_;
    delete report_;
  }
  static auto truth() -> exercise::Truth {
    auto truth = exercise::read_truth(*dir_ + "/truth");
    EXPECT_TRUE(truth) << (truth ? "" : truth.error().message);
    return truth ? *truth : exercise::Truth{};
  }
  static inline std::string* dir_ = nullptr;
  static inline Result<ExerciseReport>* report_ = nullptr;
};

TEST(Exercise, RefusesAFolderThatIsNotEmpty) {
  const auto dir = fresh_folder("full");
  fs::create_directories(dir);
  ASSERT_TRUE(write_file(dir + "/mine.txt", "x"));
  const auto report = make(dir, 1);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("not empty"), std::string::npos);
  EXPECT_EQ(std::distance(fs::directory_iterator{dir}, fs::directory_iterator{}), 1);
  fs::remove_all(dir);
}

TEST(Exercise, SaysWhichSizesThereAre) {
  auto progress = Progress{false};
  const auto medium = make_exercise(sized("M"), progress);
  ASSERT_FALSE(medium);
  EXPECT_NE(medium.error().message.find("other organisations"), std::string::npos);
  const auto odd = make_exercise(sized("huge"), progress);
  ASSERT_FALSE(odd);
  EXPECT_NE(odd.error().message.find("XS and S"), std::string::npos);
}

TEST(Exercise, OffersTheNearestTrapForAMisspeltOne) {
  const auto report = make(fresh_folder("typo"), 1, {"throtle"});
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("'throttle'"), std::string::npos);
}

TEST_F(ExerciseTree, IsTheSameForAnyNumberOfThreads) {
  ASSERT_TRUE(*report_) << report_->error().message;
  const auto other = fresh_folder("one-thread");
  const auto again = make(other, 1);
  ASSERT_TRUE(again);
  const auto first = read_file(*dir_ + "/MANIFEST"), second = read_file(other + "/MANIFEST");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
  fs::remove_all(other);
}

TEST_F(ExerciseTree, ListsEveryFileWithItsSize) {
  const auto manifest = exercise::read_manifest(*dir_);
  ASSERT_TRUE(manifest);
  auto found = std::size_t{0};
  for (const auto& entry : fs::recursive_directory_iterator{*dir_}) {
    if (!entry.is_regular_file() || entry.path().filename() == "MANIFEST") continue;
    const auto path = fs::relative(entry.path(), *dir_).string();
    const auto listed = manifest->find(path);
    ASSERT_NE(listed, manifest->end()) << path;
    EXPECT_EQ(listed->second.bytes, entry.file_size()) << path;
    ++found;
  }
  EXPECT_EQ(found, manifest->size());
}

TEST_F(ExerciseTree, StatesTheFactsOfTheNote) {
  const auto truth = ExerciseTree::truth();
  auto lures = 0u, burst = 0u;
  auto templates = std::set<std::string>{}, accounts = std::set<std::string>{},
       aims = std::set<std::string>{}, kinds = std::set<std::string>{};
  auto count = std::map<std::string, unsigned>{};
  for (const auto& mail : truth.mails) {
    ++count[mail.kind];
    if (mail.campaign != "c1") continue;
    ++lures;
    templates.insert(mail.template_id);
    accounts.insert(mail.sender_account);
    if (mail.template_id >= "t33" && mail.template_id <= "t35") {
      ++burst;
      aims.insert(mail.recipients.front());
    }
  }
  EXPECT_EQ(lures, 10'412u);
  EXPECT_EQ(templates.size(), 38u);
  EXPECT_EQ(accounts.size(), 10u);
  EXPECT_EQ(burst, 1'037u);
  EXPECT_EQ(aims.size(), 412u);
  EXPECT_EQ(count["newsletter"], 9'000u);
  EXPECT_EQ(count["training"], 2'000u);

  auto rungs = std::map<std::string, unsigned>{};
  auto by_proxy = 0u, entered = 0u;
  for (const auto& account : truth.accounts) {
    ++rungs[account.rung];
    if (account.opened.when != 0 && !account.opened.location_leaked) ++by_proxy;
    for (const auto& stay : account.intervals) {
      ++entered;
      EXPECT_EQ(stay.actor, "C");
    }
  }
  EXPECT_EQ(rungs["T0"] + rungs["T1"] + rungs["T2"] + rungs["T3"], 43u);
  EXPECT_EQ(rungs["T0"], 2u);
  EXPECT_EQ(rungs["T2"] + rungs["T3"], 17u);
  EXPECT_EQ(rungs["T3"], 3u);
  EXPECT_EQ(by_proxy, 9u);
  EXPECT_EQ(entered, 1u);
}

TEST_F(ExerciseTree, PointsAtWholeRowsAndMessages) {
  const auto truth = ExerciseTree::truth();
  auto file = MappedFile{};
  auto open = std::string{};
  const auto cut = [&](const std::string& path, std::uint64_t offset, std::uint64_t length) {
    if (open != path) {
      auto mapped = MappedFile::open(*dir_ + "/" + path);
      EXPECT_TRUE(mapped);
      file = *std::move(mapped);
      open = path;
    }
    EXPECT_LE(offset + length, file.bytes().size());
    return file.bytes().substr(offset, length);
  };
  for (const auto& mail : truth.mails) {
    const auto bytes = cut(mail.file, mail.offset, mail.length);
    EXPECT_NE(bytes.find("Message-ID: " + mail.message_id), std::string_view::npos) << mail.file;
    if (mail.file.ends_with(".mbox")) {
      EXPECT_TRUE(bytes.starts_with("From ") && bytes.ends_with("\n\n")) << mail.file;
      EXPECT_EQ(bytes.find("\nFrom "), std::string_view::npos);
    }
  }
  auto ends = [](std::string_view bytes) {
    return bytes.ends_with('\n') || bytes.ends_with(std::string_view{"\n\0", 2});
  };
  for (const auto& event : truth.events) {
    const auto before =
        event.offset == 0 ? std::string_view{"\n"} : cut(event.file, event.offset - 2, 2);
    EXPECT_TRUE(ends(before)) << event.file << " " << event.offset;
    EXPECT_TRUE(ends(cut(event.file, event.offset, event.length))) << event.file;
  }
  for (const auto& row : truth.damage) {
    EXPECT_TRUE(ends(cut(row.file, row.offset, row.length))) << row.file;
  }
}

// Everything that looks like an address or a name, in the whole tree.
auto is_documentation(std::string_view quad) -> bool {
  return quad.starts_with("192.0.2.") || quad.starts_with("198.51.100.") ||
         quad.starts_with("203.0.113.");
}

// Four numbers of 0 to 255 without leading zeros, at `at`; else empty.
auto quad_at(std::string_view text, std::size_t at) -> std::string_view {
  auto end = at;
  for (auto part = 0; part < 4; ++part) {
    if (part > 0) {
      if (end >= text.size() || text[end] != '.') return {};
      ++end;
    }
    const auto start = end;
    auto value = 0;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9' && end - start < 4) {
      value = value * 10 + (text[end++] - '0');
    }
    if (end == start || value > 255 || (text[start] == '0' && end - start > 1)) return {};
  }
  const auto more =
      end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) ||
                            (text[end] == '.' && end + 1 < text.size() &&
                             std::isdigit(static_cast<unsigned char>(text[end + 1]))));
  return more ? std::string_view{} : text.substr(at, end - at);
}

void expect_safe(const std::string& path, std::string_view text) {
  for (auto i = std::size_t{1}; i < text.size(); ++i) {
    const auto before = static_cast<unsigned char>(text[i - 1]);
    if (text[i] >= '0' && text[i] <= '9' && !std::isalnum(before) && before != '.' &&
        before != '/') {
      const auto quad = quad_at(text, i);
      if (!quad.empty()) {
        EXPECT_TRUE(is_documentation(quad)) << quad << " in " << path;
      }
    }
  }
  const auto host_of = [&](std::size_t at) {
    auto end = at;
    while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) ||
                                 text[end] == '.' || text[end] == '-')) {
      ++end;
    }
    return text.substr(at, end - at);
  };
  // A damaged row may end in the middle of a name; real endings are looked for below.
  const auto ends_by_damage = [&](std::size_t at) {
    const auto end = at + host_of(at).size();
    return end >= text.size() || text[end] == '\n' || text[end] == '\r' || text[end] == '\0' ||
           text[end] == '"';
  };
  for (auto at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    EXPECT_TRUE(ends_by_damage(at + 3) || host_of(at + 3).ends_with(".example"))
        << host_of(at + 3) << " in " << path;
  }
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    const auto host = host_of(at + 1);
    if (host.find('.') == std::string_view::npos || host.starts_with("odata.")) continue;
    EXPECT_TRUE(ends_by_damage(at + 1) || host.ends_with(".example") || host.ends_with(".example."))
        << host << " in " << path;
  }
  for (const auto* domain : {".com", ".org", ".net", ".gov", ".edu"}) {
    for (auto at = text.find(domain); at != std::string_view::npos;
         at = text.find(domain, at + 1)) {
      const auto end = at + std::string_view{domain}.size();
      EXPECT_TRUE(end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])))
          << text.substr(at > 30 ? at - 30 : 0, 40) << " in " << path;
    }
  }
  // IPv6 only of the documentation range.
  for (auto at = text.find("::"); at != std::string_view::npos; at = text.find("::", at + 2)) {
    auto start = at;
    while (start > 0 &&
           (std::isxdigit(static_cast<unsigned char>(text[start - 1])) || text[start - 1] == ':')) {
      --start;
    }
    const auto head = text.substr(start, at - start);
    if (head.find(':') == std::string_view::npos) continue;
    if (start > 0 && text[start - 1] == '\0') continue;  // damage took its beginning
    EXPECT_TRUE(head.starts_with("2001:db8:")) << head << " in " << path;
  }
}

// Without the traps that cut rows in the middle of a name.
TEST(Exercise, HoldsOnlyDocumentationAddressesAndExampleNames) {
  const auto dir = fresh_folder("safe");
  const auto report = make(dir, 2, {"damage", "wide-record"});
  ASSERT_TRUE(report);
  for (const auto& file : report->files) {
    auto mapped = MappedFile::open(dir + "/" + file.path);
    ASSERT_TRUE(mapped);
    const auto bytes = mapped->bytes();
    if (file.path.ends_with(".mbox") || file.path.ends_with(".eml")) {
      // Quoted-printable breaks lines in the middle of names.
      auto joined = std::string{};
      for (auto i = std::size_t{0}; i < bytes.size(); ++i) {
        const auto rest = bytes.substr(i);
        const auto soft = rest.starts_with("=\n") ? 2u : rest.starts_with("=\r\n") ? 3u : 0u;
        if (soft == 0) {
          joined += bytes[i];
        } else {
          i += soft - 1;
        }
      }
      expect_safe(file.path, joined);
    } else if (bytes.starts_with("\xFF\xFE")) {
      auto bad = false;
      expect_safe(file.path, utf16_to_utf8(bytes.substr(2), true, bad));
      EXPECT_FALSE(bad);
    } else {
      expect_safe(file.path, bytes);
    }
    if (::testing::Test::HasFailure()) break;
  }
  fs::remove_all(dir);
}

TEST_F(ExerciseTree, RepeatsFortyFourPercentOfTheAuditRows) {
  // Rows of other logs are never repeated.
  auto audit = std::uint64_t{0};
  for (const auto& file : (*report_)->files) {
    if (file.path.starts_with("P/ual/")) audit += file.rows;
  }
  const auto repeats = (*report_)->rows - (*report_)->events;
  EXPECT_NEAR(static_cast<double>(repeats) / static_cast<double>(audit), 0.44, 0.01);
}

}  // namespace
}  // namespace serjeant
