#include "seal/unpack.h"

#include <gtest/gtest.h>
#include <locale.h>
#include <unistd.h>

#include <ctime>

#include "seal/stream.h"
#include "seal/testing.h"

namespace serjeant {
namespace {

using testing::fault_words;
using testing::find;
using testing::lines;
using testing::noise;
using testing::pack;
using testing::Packed;
using testing::squeeze;
using testing::take;
using testing::TempFolder;
using testing::why;

auto take_bytes(const std::string& name, const std::string& bytes, SealOptions options = {})
    -> Evidence {
  const auto folder = TempFolder{};
  folder.write("in/" + name, bytes);
  options.work_dir = folder / "work";
  auto evidence = take({folder / "in"}, options);
  EXPECT_TRUE(evidence) << evidence.error().message;
  return evidence ? std::move(*evidence) : Evidence{};
}

const auto kFilters = {"gz", "bz2", "xz", "zst", "lz4"};

TEST(Unpack, EveryFormatGivesItsMembers) {
  const auto members = std::vector<Packed>{{"a/small.csv", "x,y\n"}, {"b.bin", noise(200'000)}};
  for (const auto format : {"zip", "tar", "pax", "7z"}) {
    const auto evidence = take_bytes("evidence.dat", pack(format, "", members));
    ASSERT_EQ(evidence.sources.size(), 3u) << format;
    for (const auto& member : members) {
      const auto* source = find(evidence, member.name);
      ASSERT_NE(source, nullptr) << format;
      EXPECT_EQ(source->bytes(), member.bytes) << format;
      EXPECT_EQ(source->origins[0].container, find(evidence, "evidence.dat")->id);
      EXPECT_EQ(source->origins[0].codec, std::string_view(format) == "pax" ? "tar" : format);
    }
    EXPECT_TRUE(find(evidence, "evidence.dat")->container);
    EXPECT_EQ(fault_words(*find(evidence, "evidence.dat")), "") << format;
  }
}

TEST(Unpack, EveryStreamGivesItsContentAndTheNameWithoutItsEnd) {
  const auto text = lines(500'000);
  for (const auto* filter : kFilters) {
    const auto evidence = take_bytes(std::string("log.ndjson.") + filter, squeeze(filter, text));
    ASSERT_EQ(evidence.sources.size(), 2u) << filter;
    const auto* source = find(evidence, "log.ndjson");
    ASSERT_NE(source, nullptr) << filter;
    EXPECT_EQ(source->bytes(), text) << filter;
    EXPECT_EQ(source->origins[0].codec, filter);
    EXPECT_EQ(
        fault_words(*source) + fault_words(*find(evidence, std::string("log.ndjson.") + filter)),
        "")
        << filter;
  }
}

// libarchive's writer cannot make these two: a frame with one empty block, and
// one with none.
auto empty_stream(std::string_view filter) -> std::string {
  if (filter == "zst") return {"\x28\xb5\x2f\xfd\x24\x00\x01\x00\x00\x99\xe9\xd8\x51", 13};
  if (filter == "lz4") return {"\x04\x22\x4d\x18\x60\x40\x82\x00\x00\x00\x00", 11};
  return squeeze(filter, "");
}

TEST(Unpack, EmptyStreamsAndArchivesAreFine) {
  for (const auto* filter : kFilters) {
    const auto evidence = take_bytes(std::string("e.") + filter, empty_stream(filter));
    ASSERT_EQ(evidence.sources.size(), 2u) << filter;
    EXPECT_EQ(find(evidence, "e")->size, 0u);
    EXPECT_EQ(fault_words(*find(evidence, std::string("e.") + filter)), "") << filter;
  }
  const auto evidence = take_bytes("e.zip", pack("zip", "", {}));
  ASSERT_EQ(evidence.sources.size(), 1u);
  EXPECT_EQ(fault_words(evidence.sources[0]), "");
}

TEST(Unpack, PackedTarsAreOneContainer) {
  const auto members = std::vector<Packed>{{"m/1.eml", "From: a\n\nx"}, {"m/2.eml", lines(99'000)}};
  for (const auto* filter : kFilters) {
    const auto evidence = take_bytes("mails", pack("tar", filter, members));
    ASSERT_EQ(evidence.sources.size(), 3u) << filter;
    EXPECT_EQ(find(evidence, "m/2.eml")->bytes(), members[1].bytes);
    EXPECT_EQ(find(evidence, "m/1.eml")->origins[0].codec, std::string("tar.") + filter);
    EXPECT_EQ(fault_words(*find(evidence, "mails")), "") << filter;
  }
}

TEST(Unpack, SeveralStreamsBehindEachOtherAreOne) {
  const auto a = lines(100'000);
  const auto b = noise(50'000);
  for (const auto* filter : kFilters) {
    const auto evidence = take_bytes("x", squeeze(filter, a) + squeeze(filter, b));
    ASSERT_EQ(evidence.sources.size(), 2u) << filter;
    EXPECT_EQ(fault_words(*find(evidence, "x")), "") << filter;
    for (const auto& source : evidence.sources)
      EXPECT_TRUE(source.container || source.bytes() == a + b) << filter;
  }
}

TEST(Unpack, MembersOfAPlainTarAndAZipLieWhereTheirOriginSays) {
  const auto text = noise(70'000);
  const auto tar = pack("tar", "", {{"first", "1"}, {"second", text}});
  const auto evidence = take_bytes("t.tar", tar);
  const auto& origin = find(evidence, "second")->origins[0];
  EXPECT_EQ(tar.substr(origin.offset + 512, text.size()), text);
  const auto zip = pack("zip", "", {{"first", "1"}, {"second", text}});
  const auto zipped = take_bytes("z.zip", zip);
  const auto& in_zip = find(zipped, "second")->origins[0];
  EXPECT_EQ(zip.substr(in_zip.offset, 4), "PK\3\4");
  EXPECT_LE(in_zip.offset + in_zip.length, zip.size());
}

TEST(Unpack, DocumentsAreEvidenceThemselves) {
  const auto folder = TempFolder{};
  folder.write("in/a.docx",
               pack("zip", "", {{"[Content_Types].xml", "<x/>"}, {"word/d.xml", "1"}}));
  folder.write("in/b.odt", pack("zip", "", {{"mimetype", "application/x"}, {"c.xml", "2"}}));
  folder.write("in/c.jar", pack("zip", "", {{"META-INF/MANIFEST.MF", "M"}, {"A.class", "3"}}));
  const auto evidence = take({folder / "in"});
  ASSERT_TRUE(evidence);
  EXPECT_EQ(evidence->sources.size(), 3u);
  for (const auto& source : evidence->sources) EXPECT_FALSE(source.container);
}

TEST(Unpack, WhatOnlyLooksLikeAContainerStaysASource) {
  for (const auto& bytes : {std::string("PK are my initials"), std::string("BZh91 is a word"),
                            std::string("\x1f\x8b\x08"), std::string(10'240, '\0'),
                            std::string("From a@b\nSubject: ustar\n")}) {
    const auto evidence = take_bytes("x", bytes);
    ASSERT_EQ(evidence.sources.size(), 1u);
    EXPECT_FALSE(evidence.sources[0].container);
    EXPECT_EQ(evidence.sources[0].bytes(), bytes);
  }
}

TEST(Unpack, ContainersInContainersAreUnpackedUpToTheLimit) {
  auto bytes = std::string("the innermost");
  for (auto level = 0; level < 8; ++level) bytes = pack("zip", "", {{"inner", bytes}});
  const auto eight = take_bytes("n.zip", bytes);
  EXPECT_EQ(eight.sources.size(), 9u);
  for (auto level = 8; level < 100; ++level)
    bytes = pack(level % 2 != 0 ? "tar" : "zip", level % 3 != 0 ? "" : "gz", {{"inner", bytes}});
  const auto hundred = take_bytes("n.zip", bytes);
  EXPECT_EQ(hundred.sources.size(), 9u);
  auto too_deep = 0;
  for (const auto& source : hundred.sources)
    too_deep += fault_words(source).find("limit-depth") != std::string::npos ? 1 : 0;
  EXPECT_EQ(too_deep, 1);
}

TEST(Unpack, NamesInArchivesAreLabelsOnly) {
  const auto folder = TempFolder{};
  const auto names = std::vector<std::string>{"/etc/passwd", "../../up.txt", "..\\..\\win.txt",
                                              "C:\\x",       "new\nline",    "a/../../b"};
  auto members = std::vector<Packed>{};
  for (const auto& name : names) members.push_back({name, "content of " + name + noise(70'000)});
  for (const auto format : {"tar", "zip", "7z"}) {
    folder.write("in/x.dat", pack(format, "", members));
    const auto evidence = take({folder / "in"}, {.work_dir = folder / "deep/work"});
    ASSERT_TRUE(evidence);
    for (const auto& member : members) {
      ASSERT_NE(find(*evidence, member.name), nullptr) << format << member.name;
      EXPECT_EQ(find(*evidence, member.name)->bytes(), member.bytes);
    }
    EXPECT_NE(::access((folder / "up.txt").c_str(), F_OK), 0);
    EXPECT_NE(::access((folder / "b").c_str(), F_OK), 0);
  }
}

TEST(Unpack, NamesInUtf8AreReadWhateverTheLocaleIs) {
  for (const auto format : {"zip", "7z", "pax"}) {
    const auto name =
        std::string("Wahlb\xc3\xbcro/\xd0\xbf\xd0\xb8\xd1\x81\xd1\x8c\xd0\xbc\xd0\xbe.eml");
    // The writer needs a UTF-8 locale for these names.
    const auto* const before = ::setlocale(LC_CTYPE, nullptr);
    const auto saved = std::string(before);
    ::setlocale(LC_CTYPE, "C.UTF-8");
    const auto bytes = pack(format, "", {{name, "mail"}});
    ::setlocale(LC_CTYPE, "C");
    const auto evidence = take_bytes("x", bytes);
    ::setlocale(LC_CTYPE, saved.c_str());
    EXPECT_NE(find(evidence, name), nullptr) << format;
  }
}

TEST(Unpack, LinksAndDevicesInATarAreRefusedByName) {
  auto tar = pack("tar", "", {{"real", "x"}, {"link", ""}, {"pipe", ""}});
  // Makes a symbolic link of the second member and a pipe of the third.
  const auto retype = [&](std::size_t at, char type, std::string_view target) {
    tar[at + 156] = type;
    tar.replace(at + 157, target.size(), target);
    auto total = 0u;
    tar.replace(at + 148, 8, "        ");
    for (auto i = at; i < at + 512; ++i) total += static_cast<unsigned char>(tar[i]);
    for (auto digit = 6; digit-- > 0; total /= 8)
      tar[at + 148 + static_cast<std::size_t>(digit)] = static_cast<char>('0' + total % 8);
    tar[at + 154] = '\0';
  };
  retype(1024, '2', "/etc/shadow");
  retype(1536, '6', "");
  const auto evidence = take_bytes("t.tar", tar);
  EXPECT_EQ(evidence.sources.size(), 2u);
  EXPECT_EQ(why(evidence, "t.tar > link"), "link in an archive");
  EXPECT_EQ(why(evidence, "t.tar > pipe"), "not a file");
}

TEST(Unpack, EncryptedMembersAreNamedAndTheContainerSaysSo) {
  const auto evidence =
      take_bytes("locked.zip", testing::pack_encrypted({{"secret.csv", lines(5'000)}}));
  ASSERT_EQ(evidence.sources.size(), 1u);
  EXPECT_TRUE(evidence.sources[0].container);
  EXPECT_EQ(fault_words(evidence.sources[0]), "encrypted");
  EXPECT_EQ(why(evidence, "locked.zip > secret.csv"), "encrypted");
}

// Whatever is cut off, what stands before the cut is had and the cut is told.
TEST(Unpack, CutStreamsGiveWhatStandsBeforeTheCut) {
  const auto text = noise(400'000);
  for (const auto* filter : kFilters) {
    const auto whole = squeeze(filter, text);
    for (const auto part : {99, 75, 50, 30, 5}) {
      const auto cut = whole.substr(0, whole.size() * static_cast<std::size_t>(part) / 100);
      const auto evidence = take_bytes("x", cut);
      const auto* container = find(evidence, "x");
      EXPECT_EQ(fault_words(*container), "truncated") << filter << part;
      for (const auto& source : evidence.sources) {
        if (source.container) continue;
        EXPECT_TRUE(text.starts_with(source.bytes())) << filter << part;
        EXPECT_EQ(fault_words(source), "truncated");
      }
      // bz2 is decoded in blocks of 900 kB, zst in blocks of 128 KiB.
      if (filter == std::string_view("gz") || filter == std::string_view("xz")) {
        ASSERT_EQ(evidence.sources.size(), 2u) << filter << part;
        for (const auto& source : evidence.sources)
          EXPECT_TRUE(source.container || source.size + 3000 > cut.size()) << filter << part;
      }
      EXPECT_TRUE(filter != std::string_view("zst") || part < 50 || evidence.sources.size() == 2)
          << part;
    }
  }
}

TEST(Unpack, StreamCutAnywhereIsNeverTakenForAWholeOne) {
  const auto text = lines(3'000);
  for (const auto* filter : kFilters) {
    const auto whole = squeeze(filter, text);
    for (auto size = whole.size() - 1; size > 20; size -= size > 60 ? 37 : 5) {
      const auto evidence = take_bytes("x", whole.substr(0, size));
      EXPECT_EQ(fault_words(*find(evidence, "x")), "truncated") << filter << " " << size;
    }
  }
}

TEST(Unpack, DamageInAStreamIsFoundByItsChecksum) {
  const auto text = noise(300'000);
  for (const auto* filter : {"gz", "xz", "bz2"}) {
    auto bytes = squeeze(filter, text);
    bytes[bytes.size() / 2] ^= 0x10;
    const auto evidence = take_bytes("x", bytes);
    EXPECT_EQ(fault_words(*find(evidence, "x")), "bad-syntax") << filter;
  }
}

TEST(Unpack, StreamDamagedInItsFirstBlockIsNotTakenForAnEmptyOne) {
  for (const auto* filter : kFilters) {
    auto bytes = squeeze(filter, lines(2'000));
    for (auto at = std::size_t{20}; at < bytes.size() - 20; ++at) bytes[at] ^= 0x5a;
    const auto evidence = take_bytes("x", bytes);
    EXPECT_NE(fault_words(*find(evidence, "x")), "") << filter;
  }
}

TEST(Unpack, BytesBehindAStreamAreTold) {
  for (const auto* filter : {"gz", "xz", "bz2"}) {
    const auto evidence = take_bytes("x", squeeze(filter, "content") + "hidden behind it");
    EXPECT_EQ(fault_words(*find(evidence, "x")), "bad-syntax") << filter;
    EXPECT_EQ(evidence.sources.size(), 2u);
  }
  const auto padded = take_bytes("x", squeeze("gz", "content") + std::string(512, '\0'));
  EXPECT_EQ(fault_words(*find(padded, "x")), "");
}

TEST(Unpack, CutArchivesGiveTheMembersBeforeTheCut) {
  const auto members = std::vector<Packed>{
      {"1", noise(50'000, 1)}, {"2", noise(50'000, 2)}, {"3", noise(50'000, 3)}};
  for (const auto& [format, filter] : {std::pair("zip", ""), std::pair("tar", ""),
                                       std::pair("tar", "gz"), std::pair("tar", "xz")}) {
    const auto whole = pack(format, filter, members);
    const auto evidence = take_bytes("x", whole.substr(0, whole.size() / 2));
    EXPECT_EQ(fault_words(*find(evidence, "x")), "truncated") << format << filter;
    ASSERT_NE(find(evidence, "1"), nullptr) << format << filter;
    EXPECT_EQ(find(evidence, "1")->bytes(), members[0].bytes);
    EXPECT_EQ(fault_words(*find(evidence, "1")), "");
    ASSERT_NE(find(evidence, "2"), nullptr) << format << filter;
    EXPECT_TRUE(members[1].bytes.starts_with(find(evidence, "2")->bytes()));
    EXPECT_GT(find(evidence, "2")->size, 15'000u) << format << filter;
    EXPECT_EQ(fault_words(*find(evidence, "2")), "truncated");
    EXPECT_EQ(find(evidence, "3"), nullptr);
  }
}

TEST(Unpack, TarCutBetweenTwoMembersIsTold) {
  const auto tar = pack("tar", "", {{"1", noise(512)}, {"2", noise(512, 2)}});
  const auto evidence = take_bytes("x", tar.substr(0, 1024));
  EXPECT_EQ(fault_words(*find(evidence, "x")), "truncated");
  EXPECT_EQ(fault_words(*find(evidence, "1")), "");
}

TEST(Unpack, CutSevenZipIsTold) {
  const auto whole = pack("7z", "", {{"1", noise(50'000)}});
  const auto evidence = take_bytes("x", whole.substr(0, whole.size() - 10));
  EXPECT_EQ(fault_words(*find(evidence, "x")), "truncated");
}

TEST(Unpack, DamagedHeaderInATarLosesOnlyItsMember) {
  auto tar = pack("tar", "", {{"1", "one"}, {"2", "two"}, {"3", "three"}});
  tar[1024 + 5] = 'X';  // the name in the header of the second member
  const auto evidence = take_bytes("x", tar);
  EXPECT_EQ(fault_words(*find(evidence, "x")), "bad-syntax");
  EXPECT_NE(find(evidence, "1"), nullptr);
  EXPECT_NE(find(evidence, "3"), nullptr);
}

TEST(Unpack, MembersBehindTheEndMarkOfATarAreRead) {
  const auto evidence =
      take_bytes("x", pack("tar", "", {{"1", "one"}}) + pack("tar", "", {{"2", "hidden"}}));
  EXPECT_NE(find(evidence, "2"), nullptr);
}

TEST(Unpack, WrongChecksumInAZipKeepsTheBytesAndTellsIt) {
  const auto text = lines(20'000);
  auto zip = pack("zip", "", {{"a", text}, {"b", "fine"}});
  const auto central = zip.find("PK\1\2");
  zip[central + 16] ^= 1;  // its checksum
  const auto evidence = take_bytes("x", zip);
  EXPECT_EQ(find(evidence, "a")->bytes(), text);
  EXPECT_EQ(fault_words(*find(evidence, "a")), "bad-syntax");
  EXPECT_EQ(fault_words(*find(evidence, "b")), "");
}

TEST(Unpack, ThousandToOneBombsEndFast) {
  const auto zeros = std::string(std::size_t{64} << 20, '\0');
  for (const auto& bytes : {squeeze("gz", zeros), squeeze("bz2", zeros), squeeze("xz", zeros),
                            squeeze("zst", zeros), pack("zip", "", {{"z", zeros}, {"ok", "ok"}}),
                            pack("7z", "", {{"z", zeros}}), pack("tar", "gz", {{"z", zeros}})}) {
    const auto start = std::clock();
    const auto evidence = take_bytes("bomb", bytes);
    EXPECT_LT((std::clock() - start) / CLOCKS_PER_SEC, 20);
    EXPECT_EQ(fault_words(*find(evidence, "bomb")), "limit-ratio") << bytes.substr(0, 2);
    auto total = std::uint64_t{0};
    for (const auto& source : evidence.sources)
      if (!source.container) total += source.size;
    EXPECT_LE(total, 201 * bytes.size() + (std::size_t{11} << 20));
    EXPECT_TRUE(!bytes.starts_with("PK") || find(evidence, "ok") != nullptr);
  }
}

TEST(Unpack, ManyBombsTogetherStayWithinTheBudgetWhateverTheNumberOfJobs) {
  const auto folder = TempFolder{};
  for (auto i = 0; i < 12; ++i)
    folder.write("in/" + std::to_string(i) + ".zip",
                 pack("zip", "",
                      {{"a", noise(300'000, static_cast<std::uint64_t>(i))},
                       {"b", noise(300'000, static_cast<std::uint64_t>(i + 50))}}));
  auto results = std::vector<std::string>{};
  for (const auto jobs : {1u, 2u, 5u}) {
    const auto evidence = take({folder / "in"}, {.jobs = jobs, .expanded_bytes = 2'000'000});
    ASSERT_TRUE(evidence);
    auto total = std::uint64_t{0};
    auto text = std::string{};
    for (const auto& source : evidence->sources) {
      if (!source.container) total += source.size;
      text += hex(source.sha256) + fault_words(source) + "\n";
    }
    EXPECT_EQ(total, 2'000'000u);
    EXPECT_NE(text.find("limit-size"), std::string::npos);
    results.push_back(text);
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

TEST(Unpack, TooManyMembersAreALimitOfTheirOwn) {
  auto members = std::vector<Packed>{};
  for (auto i = 0; i < 50; ++i) members.push_back({std::to_string(i), std::to_string(i)});
  for (const auto format : {"zip", "tar", "7z"}) {
    const auto evidence = take_bytes("x", pack(format, "", members), {.members = 20});
    EXPECT_EQ(evidence.sources.size(), 21u) << format;
    EXPECT_EQ(fault_words(*find(evidence, "x")), "limit-count") << format;
  }
}

TEST(Unpack, ContainerFoundTwiceIsUnpackedOnce) {
  const auto inner = pack("zip", "", {{"x", "bytes"}});
  const auto evidence =
      take_bytes("o.tar", pack("tar", "", {{"a.zip", inner}, {"b/c.zip", inner}}));
  EXPECT_EQ(evidence.sources.size(), 3u);
  EXPECT_EQ(find(evidence, "a.zip")->origins.size(), 2u);
}

}  // namespace
}  // namespace serjeant
