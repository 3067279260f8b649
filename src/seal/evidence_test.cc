#include "seal/evidence.h"

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <thread>

#include "seal/testing.h"

namespace serjeant {
namespace {

using testing::fault_words;
using testing::find;
using testing::lines;
using testing::noise;
using testing::pack;
using testing::take;
using testing::TempFolder;
using testing::why;

// One line for all that matters of some evidence, to compare two of them.
auto describe(const Evidence& evidence) -> std::string {
  auto out = std::string{};
  for (const auto& source : evidence.sources) {
    out += std::to_string(source.id) + hex(source.sha256) + hex(source.merkle) + source.org +
           (source.container ? "C" : "F") + fault_words(source);
    for (const auto& o : source.origins)
      out += "|" + std::to_string(o.container) + "," + std::to_string(o.offset) + "," +
             std::to_string(o.length) + "," + o.name + "," + o.codec;
    out += "\n";
  }
  for (const auto& refused : evidence.refused) out += refused.name + ": " + refused.why + "\n";
  return out;
}

TEST(TakeIn, SmallAndLargeFilesAreThereWithTheirBytesAndHashes) {
  const auto folder = TempFolder{};
  const auto large = noise(300'000);
  folder.write("in/small.log", "hello\n");
  folder.write("in/deep/er/large.bin", large);
  folder.write("in/empty", "");
  const auto evidence = take({folder / "in"}, {.work_dir = folder / "work"});
  ASSERT_TRUE(evidence);
  ASSERT_EQ(evidence->sources.size(), 3u);
  EXPECT_EQ(find(*evidence, "small.log")->bytes(), "hello\n");
  EXPECT_EQ(find(*evidence, "deep/er/large.bin")->bytes(), large);
  EXPECT_EQ(find(*evidence, "empty")->bytes(), "");
  for (const auto& source : evidence->sources) {
    EXPECT_EQ(source.sha256, sha256(source.bytes()));
    EXPECT_EQ(source.size, source.bytes().size());
    EXPECT_EQ(source.merkle, merkle_root(source.leaves));
    EXPECT_TRUE(source.faults.empty());
    EXPECT_FALSE(source.container);
    EXPECT_EQ(&evidence->source(source.id), &source);
  }
  EXPECT_TRUE(evidence->refused.empty());
}

TEST(TakeIn, SourcesAreSortedByHashAndDoNotDependOnOrderOrJobs) {
  const auto folder = TempFolder{};
  for (auto i = 0; i < 40; ++i)
    folder.write("in/f" + std::to_string(i), lines(static_cast<std::size_t>(i) * 5'000));
  for (auto i = 0; i < 20; ++i)
    folder.write("more/z" + std::to_string(i) + ".zip",
                 pack("zip", "",
                      {{"a", noise(1000, static_cast<std::uint64_t>(i))},
                       {"b", noise(70'000, static_cast<std::uint64_t>(i + 100))}}));
  const auto one = take({folder / "in", folder / "more"}, {.jobs = 1});
  const auto two = take({folder / "more", folder / "in"}, {.jobs = 3});
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->sources.size(), 40u + 20u + 40u);
  EXPECT_EQ(describe(*one), describe(*two));
  for (auto i = std::size_t{1}; i < one->sources.size(); ++i)
    EXPECT_LT(one->sources[i - 1].sha256, one->sources[i].sha256);
}

TEST(TakeIn, SameBytesTwiceAreOneSourceWithTwoOrigins) {
  const auto folder = TempFolder{};
  folder.write("in/b.log", "same\n");
  folder.write("in/a.log", "same\n");
  folder.write("in/x.zip", pack("zip", "", {{"c.log", "same\n"}}));
  const auto evidence = take({folder / "in"});
  ASSERT_TRUE(evidence);
  ASSERT_EQ(evidence->sources.size(), 2u);
  const auto* source = find(*evidence, "a.log");
  ASSERT_EQ(source->origins.size(), 3u);
  EXPECT_EQ(source->name(), "a.log");
  EXPECT_EQ(source->origins[1].name, "b.log");
  EXPECT_EQ(source->origins[2].container, find(*evidence, "x.zip")->id);
}

TEST(TakeIn, ArgumentMayNameTheOrganisation) {
  const auto folder = TempFolder{};
  folder.write("p/a.log", "1");
  folder.write("p/x.zip", pack("zip", "", {{"in.log", "2"}}));
  folder.write("q/b.log", "3");
  folder.write("q/both.log", "both");
  folder.write("p/both.log", "both");
  const auto evidence = take({"Parliament=" + (folder / "p"), "NGO=" + (folder / "q")});
  ASSERT_TRUE(evidence);
  EXPECT_EQ(find(*evidence, "a.log")->org, "Parliament");
  EXPECT_EQ(find(*evidence, "in.log")->org, "Parliament");
  EXPECT_EQ(find(*evidence, "b.log")->org, "NGO");
  EXPECT_EQ(find(*evidence, "both.log")->orgs, (std::vector<std::string>{"NGO", "Parliament"}));
}

TEST(TakeIn, PathThatExistsWithAnEqualsSignWins) {
  const auto folder = TempFolder{};
  folder.write("a=b.log", "1");
  const auto evidence = take({folder / "a=b.log"});
  ASSERT_TRUE(evidence);
  EXPECT_EQ(evidence->sources[0].org, "");
  EXPECT_EQ(evidence->sources[0].name(), "a=b.log");
}

TEST(TakeIn, ArgumentThatDoesNotExistIsAnError) {
  const auto folder = TempFolder{};
  const auto missing = take({folder / "nothing"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_NE(missing.error().message.find("nothing"), std::string::npos);
  EXPECT_FALSE(take({"Org=" + (folder / "nothing")}));
  EXPECT_FALSE(take({""}));
}

TEST(TakeIn, LinksAreNotFollowedAndSayWhereTheyLead) {
  const auto folder = TempFolder{};
  folder.write("in/real.log", "x");
  folder.write("secret/shadow", "root");
  ASSERT_EQ(::symlink("real.log", (folder / "in/inside").c_str()), 0);
  ASSERT_EQ(::symlink("../secret/shadow", (folder / "in/outside").c_str()), 0);
  ASSERT_EQ(::symlink("../secret", (folder / "in/folder").c_str()), 0);
  ASSERT_EQ(::symlink("/nowhere/at/all", (folder / "in/dangling").c_str()), 0);
  ASSERT_EQ(::symlink(".", (folder / "in/loop").c_str()), 0);
  const auto evidence = take({folder / "in"});
  ASSERT_TRUE(evidence);
  EXPECT_EQ(evidence->sources.size(), 1u);
  EXPECT_EQ(why(*evidence, "inside"),
            "link stays in the evidence; its target is read at its own place");
  EXPECT_EQ(why(*evidence, "loop"), why(*evidence, "inside"));
  EXPECT_EQ(why(*evidence, "outside"), "link leaves the evidence");
  EXPECT_EQ(why(*evidence, "folder"), "link leaves the evidence");
  EXPECT_EQ(why(*evidence, "dangling"), "link leads nowhere");
}

TEST(TakeIn, LinkToASiblingWithTheSameBeginningLeaves) {
  const auto folder = TempFolder{};
  folder.write("in/x", "x");
  folder.write("in-other/y", "y");
  ASSERT_EQ(::symlink("../in-other/y", (folder / "in/link").c_str()), 0);
  EXPECT_EQ(why(*take({folder / "in"}), "link"), "link leaves the evidence");
}

TEST(TakeIn, LinkGivenAsArgumentIsFollowed) {
  const auto folder = TempFolder{};
  folder.write("in/real.log", "x");
  ASSERT_EQ(::symlink((folder / "in/real.log").c_str(), (folder / "file").c_str()), 0);
  ASSERT_EQ(::symlink((folder / "in").c_str(), (folder / "all").c_str()), 0);
  const auto evidence = take({folder / "file", folder / "all"});
  ASSERT_TRUE(evidence);
  ASSERT_EQ(evidence->sources.size(), 1u);
  EXPECT_EQ(evidence->sources[0].origins[0].name, "file");
  EXPECT_EQ(evidence->sources[0].origins[1].name, "real.log");
}

TEST(TakeIn, PipesSocketsAndDevicesAreRefusedByName) {
  const auto folder = TempFolder{};
  folder.write("in/ok", "x");
  ASSERT_EQ(::mkfifo((folder / "in/pipe").c_str(), 0600), 0);
  auto address = sockaddr_un{};
  address.sun_family = AF_UNIX;
  const auto path = folder / "in/socket";
  ASSERT_LT(path.size(), sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  const auto fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const auto evidence = take({folder / "in", folder / "in/pipe", "/dev/null"});
  ::close(fd);
  ASSERT_TRUE(evidence);
  EXPECT_EQ(evidence->sources.size(), 1u);
  EXPECT_EQ(why(*evidence, "pipe"), "not a file");
  EXPECT_EQ(why(*evidence, "socket"), "not a file");
  EXPECT_EQ(why(*evidence, "null"), "not a file");
}

// As another user, since root may read anything.
class AsNobody {
 public:
  AsNobody() : changed_(::geteuid() == 0 && ::seteuid(65'534) == 0) {}
  ~AsNobody() {
    if (changed_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  bool changed_;
};

TEST(TakeIn, UnreadableFilesAndFoldersAreRefusedAndTheRestIsRead) {
  const auto folder = TempFolder{};
  folder.write("in/ok", "x");
  folder.write("in/locked", "y");
  folder.write("in/closed/inner", "z");
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod((folder / "in/locked").c_str(), 0), 0);
  ASSERT_EQ(::chmod((folder / "in/closed").c_str(), 0), 0);
  {
    const auto nobody = AsNobody{};
    const auto evidence = take({folder / "in"});
    ASSERT_TRUE(evidence);
    EXPECT_EQ(evidence->sources.size(), 1u);
    EXPECT_EQ(why(*evidence, "locked"), "permission denied");
    EXPECT_EQ(why(*evidence, "closed"), "permission denied");
  }
  ASSERT_EQ(::chmod((folder / "in/closed").c_str(), 0700), 0);
}

TEST(TakeIn, NamesWithNewlinesAndBadUtf8AreKeptAsTheyAre) {
  const auto folder = TempFolder{};
  const auto names =
      std::vector<std::string>{"new\nline", "bad\xff\xfe", "tab\t\x1b[31m", " ", "-rf"};
  for (const auto& name : names) folder.write("in/" + name, "bytes of " + name);
  const auto evidence = take({folder / "in"});
  ASSERT_TRUE(evidence);
  for (const auto& name : names) {
    ASSERT_NE(find(*evidence, name), nullptr);
    EXPECT_EQ(find(*evidence, name)->bytes(), "bytes of " + name);
  }
}

auto open_descriptors() -> std::size_t {
  auto count = std::size_t{0};
  auto* const list = ::opendir("/proc/self/fd");
  while (::readdir(list) != nullptr) ++count;
  ::closedir(list);
  return count;
}

TEST(TakeIn, HundredThousandFilesWorkWithFewDescriptorsAndMappings) {
  const auto folder = TempFolder{};
  folder.folder("in");
  const auto root = ::open((folder / "in").c_str(), O_RDONLY | O_DIRECTORY);
  for (auto i = 0; i < 100'000; ++i) {
    const auto name = std::to_string(i) + ".eml";
    const auto fd = ::openat(root, name.c_str(), O_WRONLY | O_CREAT, 0600);
    ASSERT_EQ(::write(fd, name.data(), name.size()), static_cast<ssize_t>(name.size()));
    ::close(fd);
  }
  ::close(root);
  const auto before = open_descriptors();
  const auto start = std::clock();
  const auto evidence = take({folder / "in"}, {.jobs = 2, .work_dir = folder / "work"});
  const auto took =
      (std::clock() - start) / CLOCKS_PER_SEC;  // of the processor: machines are shared
  ASSERT_TRUE(evidence);
  EXPECT_EQ(evidence->sources.size(), 100'000u);
  EXPECT_LE(open_descriptors(), before);
  EXPECT_LE(evidence->held.size(), 2u);
  EXPECT_LT(took, 60);
  EXPECT_EQ(find(*evidence, "99999.eml")->bytes(), "99999.eml");
}

TEST(TakeIn, FolderNestedThreeHundredDeepIsWalked) {
  const auto folder = TempFolder{};
  auto path = folder / "in";
  for (auto i = 0; i < 300; ++i) path += "/d";
  std::filesystem::create_directories(path);
  folder.write(path.substr(folder.path().size() + 1) + "/x", "deep");
  const auto evidence = take({folder / "in"});
  ASSERT_TRUE(evidence);
  ASSERT_EQ(evidence->sources.size(), 1u);
  EXPECT_EQ(evidence->sources[0].bytes(), "deep");
}

TEST(TakeIn, FileThatShrinksAfterwardsIsReadAsZerosAndTold) {
  const auto folder = TempFolder{};
  folder.write("in/log", std::string(200'000, 'x'));
  folder.write("in/other", std::string(200'000, 'y'));
  const auto evidence = take({folder / "in"});
  ASSERT_TRUE(evidence);
  EXPECT_TRUE(evidence->lost().empty());
  std::filesystem::resize_file(folder / "in/log", 8192);
  const auto* log = find(*evidence, "log");
  EXPECT_EQ(log->bytes()[150'000], '\0');
  const auto lost = evidence->lost();
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].kind, FaultKind::kUnreadable);
  EXPECT_EQ(lost[0].span.source, log->id);
  EXPECT_EQ(lost[0].span.offset, 147'456u);  // the page that was touched
}

TEST(TakeIn, FilesThatGrowShrinkAndVanishMeanwhileNeverStopTheWork) {
  const auto folder = TempFolder{};
  const auto stop = std::make_shared<std::atomic<bool>>(false);
  for (auto i = 0; i < 60; ++i)
    folder.write("in/f" + std::to_string(i), noise(200'000, static_cast<std::uint64_t>(i) + 1));
  auto writer = std::jthread([&folder, stop] {
    for (auto round = 0u; !stop->load(); ++round) {
      const auto path = folder / ("in/f" + std::to_string(round % 60));
      auto problem = std::error_code{};
      if (round % 3 == 0)
        std::filesystem::resize_file(path, 100, problem);
      else if (round % 3 == 1)
        std::filesystem::resize_file(path, 300'000, problem);
      else
        std::filesystem::remove(path, problem);
      if (round % 7 == 0) folder.write("in/f" + std::to_string(round % 60), "again");
    }
  });
  for (auto round = 0; round < 20; ++round) {
    const auto evidence = take({folder / "in"}, {.jobs = 2});
    ASSERT_TRUE(evidence);
    for (const auto& source : evidence->sources) {
      EXPECT_EQ(source.size, source.bytes().size());
      EXPECT_NE(hex(sha256(source.bytes())), "");
    }
    for (const auto& refused : evidence->refused) EXPECT_EQ(refused.why, "vanished");
  }
  stop->store(true);
}

TEST(TakeIn, AnswersOfAnExerciseAreNoEvidence) {
  const auto folder = TempFolder{};
  const auto meta = R"({"schema":"serjeant.truth/1","seed":7})";
  folder.write("x/P/ual.csv", "a,b\n");
  folder.write("x/truth/meta.json", meta);
  folder.write("x/truth/events.ndjson", "{}");
  folder.write("x/MANIFEST", "list");
  folder.write("y/truth/meta.json", "{}");  // somebody's folder that is merely called so
  folder.write("y/MANIFEST", "another list");
  const auto evidence = take({folder / "x", folder / "y"});
  ASSERT_TRUE(evidence);
  EXPECT_EQ(evidence->sources.size(), 3u);
  EXPECT_NE(find(*evidence, "P/ual.csv"), nullptr);
  EXPECT_EQ(find(*evidence, "MANIFEST")->bytes(), "another list");
  EXPECT_EQ(why(*evidence, "truth"), "answer key of an exercise");
  EXPECT_EQ(why(*evidence, "MANIFEST"), "answer key of an exercise");

  for (const auto& direct : {"x/truth", "x/truth/events.ndjson", "x/MANIFEST", "x/truth/."}) {
    const auto given = take({folder / direct});
    ASSERT_TRUE(given);
    EXPECT_TRUE(given->sources.empty()) << direct;
    ASSERT_EQ(given->refused.size(), 1u) << direct;
    EXPECT_EQ(given->refused[0].why, "answer key of an exercise");
  }

  folder.write("packed/x.tar", pack("tar", "",
                                    {{"./x/P/ual.csv", "a,b\n"},
                                     {"./x/truth/meta.json", meta},
                                     {"./x/truth/events.ndjson", "{}"},
                                     {"./x/MANIFEST", "list"}}));
  const auto packed = take({folder / "packed"});
  ASSERT_TRUE(packed);
  EXPECT_EQ(packed->sources.size(), 2u);
  EXPECT_EQ(why(*packed, "x.tar > ./x/truth"), "answer key of an exercise");
  EXPECT_EQ(why(*packed, "x.tar > ./x/MANIFEST"), "answer key of an exercise");
}

TEST(TakeIn, EvidenceIsNeverWrittenTo) {
  const auto folder = TempFolder{};
  folder.write("in/a.zip", pack("zip", "", {{"x", noise(100'000)}}));
  folder.write("in/b", "b");
  const auto before = std::filesystem::last_write_time(folder / "in");
  ASSERT_TRUE(take({folder / "in"}, {.work_dir = folder / "work"}));
  EXPECT_EQ(std::filesystem::last_write_time(folder / "in"), before);
  auto left = std::vector<std::string>{};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
    if (entry.is_regular_file()) left.push_back(entry.path().filename());
  EXPECT_EQ(left.size(), 2u);  // nothing stays in the work folder either
}

TEST(TakeIn, WorkFolderThatCannotBeWrittenIsAnError) {
  const auto folder = TempFolder{};
  folder.write("in/a", "a");
  folder.write("file", "in the way");
  const auto evidence = take({folder / "in"}, {.work_dir = folder / "file/work"});
  ASSERT_FALSE(evidence);
  EXPECT_NE(evidence.error().message.find("file/work"), std::string::npos);
}

}  // namespace
}  // namespace serjeant
