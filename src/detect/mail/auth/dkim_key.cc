#include "detect/mail/auth/dkim_key.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

#include "core/text.h"
#include "detect/mail/auth/tag_list.h"

namespace serjeant::mail {
namespace {

constexpr auto kLeastBits = 1024u;   // RFC 8301, section 3.2
constexpr auto kMostBits = 16'384u;  // a verifier's time is not the signer's to choose

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeKey>;

auto octets(std::string_view text) -> const unsigned char* {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// As SubjectPublicKeyInfo, as the standard wants, or as a bare RSAPublicKey, as
// its text says and some have published.
auto load(const DkimKey& key) -> KeyHandle {
  if (key.ed25519)
    return KeyHandle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(key.bytes),
                                                 key.bytes.size()));
  const auto size = static_cast<long>(key.bytes.size());
  const auto* at = octets(key.bytes);
  if (auto* const found = d2i_PUBKEY(nullptr, &at, size)) {
    if (EVP_PKEY_get_base_id(found) == EVP_PKEY_RSA) return KeyHandle(found);
    EVP_PKEY_free(found);
    return nullptr;
  }
  at = octets(key.bytes);
  return KeyHandle(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, size));
}

auto holds_word(std::string_view list, std::string_view word) -> bool {
  for (const auto one : split(list, ':'))
    if (one == word) return true;
  return false;
}

auto refused(DkimKey key, KeyState state, std::string reason) -> DkimKey {
  key.state = state;
  key.reason = std::move(reason);
  return key;
}

}  // namespace

auto read_algorithm(std::string_view text) -> Algorithm {
  if (text == "rsa-sha256") return {true, false, false};
  if (text == "rsa-sha1") return {true, false, true};
  if (text == "ed25519-sha256") return {true, true, false};
  return {};
}

auto read_key(std::string_view record, const Algorithm& algorithm) -> DkimKey {
  auto key = DkimKey{};
  const auto tags = parse_tags(record);
  if (!tags.flaw.empty()) return refused(key, KeyState::kMalformed, tags.flaw);
  if (const auto* const version = tags.find("v"))
    if (version != tags.tags.data() || version->value != "DKIM1")
      return refused(key, KeyState::kMalformed, "v= is not DKIM1 in the first place");
  const auto* const bytes = tags.find("p");
  if (!bytes) return refused(key, KeyState::kMalformed, "no p=");
  for (const auto flag : split(without_blanks(tags.value("t")), ':')) {
    if (flag == "y") key.testing = true;
    if (flag == "s") key.same_domain = true;
  }
  key.hashes = without_blanks(tags.value("h"));
  if (bytes->value.empty()) return refused(key, KeyState::kRevoked, "the key was revoked");
  const auto kind = tags.find("k") ? tags.value("k") : std::string_view("rsa");
  key.ed25519 = kind == "ed25519";
  if (kind != "rsa" && kind != "ed25519")
    return refused(key, KeyState::kRefused, "a key of unknown kind");
  if (key.ed25519 != algorithm.ed25519)
    return refused(key, KeyState::kRefused, "a key of another kind than the signature");
  if (!key.hashes.empty() && !holds_word(key.hashes, algorithm.sha1 ? "sha1" : "sha256"))
    return refused(key, KeyState::kRefused, "h= does not allow the hash");
  const auto service = without_blanks(tags.value("s"));
  if (!service.empty() && !holds_word(service, "*") && !holds_word(service, "email"))
    return refused(key, KeyState::kRefused, "s= is not for mail");
  auto decoded = read_base64(bytes->value);
  if (!decoded) return refused(key, KeyState::kMalformed, "p= is not base64");
  key.bytes = std::move(*decoded);
  const auto handle = load(key);
  if (!handle) return refused(key, KeyState::kMalformed, "p= is no public key");
  if (!key.ed25519) {
    key.bits = static_cast<std::uint32_t>(EVP_PKEY_get_bits(handle.get()));
    if (key.bits < kLeastBits)
      return refused(key, KeyState::kRefused,
                     "a key of " + std::to_string(key.bits) + " bits is too weak");
    if (key.bits > kMostBits)
      return refused(key, KeyState::kRefused, "a key of more than 16,384 bits");
  }
  key.state = KeyState::kUsable;
  return key;
}

auto find_key(const DnsSnapshot* dns, std::string_view selector, std::string_view domain,
              const Algorithm& algorithm, std::optional<Nanos> at) -> DkimKey {
  auto key = DkimKey{};
  const auto name = dns_name(std::string(selector) + "._domainkey." + std::string(domain));
  const auto answer = dns ? dns->query(name, "TXT", at) : DnsAnswer{};
  // Of several records the first that can be used; they stand in no order.
  for (const auto& record : answer.records()) {
    auto next = read_key(record, algorithm);
    if (key.state == KeyState::kNotObserved || next.state == KeyState::kUsable) key = next;
    if (key.state == KeyState::kUsable) break;
  }
  key.name = answer.name.empty() ? name : answer.name;
  key.seen = answer.seen;
  key.distance = answer.distance;
  key.distance_known = answer.distance_known;
  if (answer.status == DnsStatus::kVoid)
    return refused(std::move(key), KeyState::kAbsent, "the key was seen not to exist");
  if (answer.status == DnsStatus::kTemporary)
    return refused(std::move(key), KeyState::kTemporary, "the query for the key had no answer");
  if (answer.status == DnsStatus::kUnknown)
    return refused(std::move(key), KeyState::kNotObserved, "the key was not observed");
  return key;
}

auto digest_of(std::string_view bytes, bool sha1) -> std::string {
  auto out = std::array<unsigned char, EVP_MAX_MD_SIZE>{};
  auto size = 0u;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, sha1 ? EVP_sha1() : EVP_sha256(),
                 nullptr) != 1)
    return {};
  return {reinterpret_cast<const char*>(out.data()), size};
}

auto fits(const DkimKey& key, const Algorithm& algorithm, std::string_view bytes,
          std::string_view signature) -> bool {
  if (key.state != KeyState::kUsable) return false;
  const auto handle = load(key);
  const auto context = std::unique_ptr<EVP_MD_CTX, FreeContext>(EVP_MD_CTX_new());
  if (!handle || !context) return false;
  // Ed25519 signs the hash (RFC 8463, section 3).
  const auto hashed = key.ed25519 ? digest_of(bytes, false) : std::string(bytes);
  const auto* const digest = key.ed25519 ? nullptr : algorithm.sha1 ? EVP_sha1() : EVP_sha256();
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, handle.get()) == 1 &&
         EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(hashed),
                          hashed.size()) == 1;
}

}  // namespace serjeant::mail
