#include "store/manifest.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "core/text.h"
#include "store/sample_case.h"
#include "store/test_folder.h"
#include "store/test_keys.h"

namespace serjeant {
namespace {

auto some_seal() -> Seal {
  auto seal = Seal();
  seal.manifest.case_sha256 = sha256("case");
  seal.manifest.bytes = 434176;
  seal.manifest.case_key = sha256("key");
  seal.manifest.build_id = "build \"1\"";
  seal.manifest.tlp = Tlp::kAmberStrict;
  seal.manifest.rows = {{"account", 2}, {"event", 40}};
  seal.manifest.custody = {3, sha256("head")};
  return seal;
}

TEST(Manifest, RefusesEveryChangedByte) {
  auto seal = some_seal();
  const auto signature = sign(manifest_text(seal.manifest), kTestKey);
  ASSERT_TRUE(signature) << signature.error().message;
  seal.signatures.push_back(*signature);
  const auto text = seal_text(seal);
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    auto bad = text;
    bad[i] = static_cast<char>(bad[i] ^ 0x01);
    const auto read = parse_seal(bad);
    // Either it is no seal, or its signature does not fit any more.
    if (!read) continue;
    EXPECT_TRUE(read->signatures.empty() ||
                !is_signed(manifest_text(read->manifest), read->signatures[0]))
        << i << ' ' << text[i];
  }
  for (auto size = std::size_t{0}; size < text.size(); ++size)
    EXPECT_FALSE(parse_seal(text.substr(0, size))) << size;
  EXPECT_FALSE(parse_seal(text + " "));
}

TEST(Manifest, SurvivesGarbage) {
  for (const auto& text : {std::string(), std::string("null"), std::string("[]"), std::string("{}"),
                           std::string(100'000, '['), std::string(2'000'000, ' '),
                           std::string("{\"manifest\":[],\"signatures\":{}}")})
    EXPECT_FALSE(parse_seal(text));
}

TEST(Manifest, IsReadAsItWasWritten) {
  const auto folder = TestFolder();
  auto seal = some_seal();
  seal.signatures.push_back({std::string(32, 'k'), std::string(64, 's')});
  ASSERT_TRUE(write_seal(folder / "case.sjt.seal", seal));
  const auto read = read_seal(folder / "case.sjt.seal");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(seal_text(*read), seal_text(seal));
  EXPECT_EQ(read->signatures, seal.signatures);
  EXPECT_EQ(read->manifest.custody.seq, 3u);
  EXPECT_EQ(read->manifest.rows, seal.manifest.rows);
}

TEST(Manifest, SaysWhatTheCaseHolds) {
  const auto folder = TestFolder();
  const auto path = folder / "case.sjt";
  const auto info = write_sample(folder.path(), path);
  ASSERT_TRUE(info) << info.error().message;
  const auto manifest = make_manifest(path, {7, sha256("x")});
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->case_sha256, info->sha256);
  EXPECT_EQ(manifest->bytes, info->bytes);
  EXPECT_EQ(manifest->case_key, info->case_key);
  EXPECT_EQ(manifest->evidence_root, sample_frame().evidence_root);
  EXPECT_EQ(manifest->tlp, Tlp::kRed);
  ASSERT_EQ(manifest->rows.size(), 40u);
  EXPECT_EQ(manifest->rows[0], (std::pair<std::string, std::uint64_t>("account", 2)));
  const auto text = manifest_text(*manifest);
  EXPECT_NE(text.find(R"("tlp":"RED")"), std::string::npos);
  EXPECT_NE(text.find(R"("event":40)"), std::string::npos);
  EXPECT_EQ(text.find(folder.path()), std::string::npos);
}

TEST(Signature, FitsItsMessageAndItsKeyOnly) {
  const auto signature = sign("message", kTestKey);
  ASSERT_TRUE(signature) << signature.error().message;
  EXPECT_TRUE(is_signed("message", *signature));
  EXPECT_FALSE(is_signed("messag", *signature));
  auto other = *signature;
  other.bytes[5] = static_cast<char>(other.bytes[5] ^ 1);
  EXPECT_FALSE(is_signed("message", other));
  other = *signature;
  other.key[5] = static_cast<char>(other.key[5] ^ 1);
  EXPECT_FALSE(is_signed("message", other));
  EXPECT_FALSE(is_signed("message", {}));
  EXPECT_EQ(public_key(kTestKey).value_or(""), signature->key);
  EXPECT_EQ(public_key(kTestPublicKey).value_or(""), signature->key);
}

// RFC 8032, section 7.1, test 1: the empty message.
TEST(Signature, AgreesWithTheStandardsExample) {
  const auto key = from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const auto bytes = from_hex(
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
      "b"
      "46bd25bf5f0595bbe24655141438e7a100b");
  ASSERT_TRUE(key && bytes);
  EXPECT_TRUE(is_signed("", {*key, *bytes}));
  EXPECT_FALSE(is_signed("x", {*key, *bytes}));
}

TEST(Signature, RefusesWhatIsNoPlainEd25519Key) {
  EXPECT_FALSE(sign("m", ""));
  EXPECT_FALSE(sign("m", "not PEM"));
  EXPECT_FALSE(sign("m", std::string(100'000, 'x')));
  EXPECT_FALSE(sign("m", kTestPublicKey));
  EXPECT_FALSE(sign("m", kTestEcKey));
  EXPECT_FALSE(sign("m", kTestLockedKey));
  EXPECT_FALSE(public_key(kTestEcKey));
}

}  // namespace
}  // namespace serjeant
