#include "store/signature.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

#include "core/narrow.h"

namespace serjeant {

namespace {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* it) const {
    kFree(it);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;

constexpr auto kKeyBytes = std::size_t{32};
constexpr auto kSignatureBytes = std::size_t{64};
constexpr auto kMaxPem = std::size_t{1} << 16;

// Instead of asking at the terminal for the password of an encrypted key.
auto no_password(char*, int, int, void*) -> int { return -1; }

auto unsigned_bytes(std::string_view text) -> const unsigned char* {
  return reinterpret_cast<const unsigned char*>(text.data());
}

template <class Read>
auto read_pem(std::string_view pem, Read read) -> Key {
  if (pem.size() > kMaxPem) return nullptr;
  const auto bio = Bio(BIO_new_mem_buf(pem.data(), narrow<int>(pem.size())));
  if (!bio) return nullptr;
  auto key = Key(read(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (key && EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) return nullptr;
  return key;
}

auto raw_public(const Key& key) -> Result<std::string> {
  auto out = std::string(kKeyBytes, '\0');
  auto size = out.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(out.data()), &size) !=
          1 ||
      size != kKeyBytes)
    return fail(Code::kInternal, "OpenSSL gave no public key");
  return out;
}

}  // namespace

auto sign(std::string_view message, std::string_view pem) -> Result<Signature> {
  const auto key = read_pem(pem, PEM_read_bio_PrivateKey);
  if (!key)
    return fail(Code::kMalformed, "this is not an unencrypted Ed25519 private key in PEM form");
  auto out = Signature();
  SJ_TRY(out.key, raw_public(key));
  out.bytes.resize(kSignatureBytes);
  auto size = out.bytes.size();
  const auto context = Context(EVP_MD_CTX_new());
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.bytes.data()), &size,
                     unsigned_bytes(message), message.size()) != 1 ||
      size != kSignatureBytes)
    return fail(Code::kInternal, "OpenSSL could not sign");
  return out;
}

auto is_signed(std::string_view message, const Signature& signature) -> bool {
  if (signature.key.size() != kKeyBytes || signature.bytes.size() != kSignatureBytes) return false;
  const auto key = Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                                   unsigned_bytes(signature.key), kKeyBytes));
  const auto context = Context(EVP_MD_CTX_new());
  const auto good =
      key && context &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), unsigned_bytes(signature.bytes), kSignatureBytes,
                       unsigned_bytes(message), message.size()) == 1;
  ERR_clear_error();
  return good;
}

auto public_key(std::string_view pem) -> Result<std::string> {
  auto key = read_pem(pem, PEM_read_bio_PUBKEY);
  if (!key) key = read_pem(pem, PEM_read_bio_PrivateKey);
  if (!key) return fail(Code::kMalformed, "this is not an Ed25519 key in PEM form");
  return raw_public(key);
}

}  // namespace serjeant
