#include "core/sha256.h"

#include <openssl/evp.h>

#include "core/check.h"
#include "core/text.h"

namespace serjeant {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

// One fetched algorithm for the process: the lookup costs more than hashing a
// small record.
static auto algorithm() -> const EVP_MD* {
  static EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  SJ_CHECK(md != nullptr);
  return md;
}

Sha256::Sha256() : state_(std::make_unique<State>()) {
  SJ_CHECK(EVP_DigestInit_ex2(state_->context, algorithm(), nullptr) == 1);
}
Sha256::~Sha256() = default;

auto Sha256::add(std::string_view bytes) -> Sha256& {
  SJ_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
  return *this;
}

auto Sha256::finish() -> Digest {
  auto digest = Digest{};
  SJ_CHECK(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) == 1);
  SJ_CHECK(EVP_DigestInit_ex2(state_->context, algorithm(), nullptr) == 1);
  return digest;
}

auto sha256(std::string_view bytes) -> Digest {
  thread_local auto hasher = Sha256{};
  return hasher.add(bytes).finish();
}

auto view(const Digest& digest) -> std::string_view {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

auto hex(const Digest& digest) -> std::string { return hex(view(digest)); }

}  // namespace serjeant
