#include "core/uuid.h"

#include <openssl/evp.h>

#include <array>

#include "core/check.h"
#include "core/text.h"

namespace serjeant {

auto uuid5(std::string_view space, std::string_view name) -> std::string {
  auto digits = std::string{};
  for (const auto c : space)
    if (c != '-') digits += c;
  const auto bytes = from_hex(digits);
  SJ_CHECK(bytes && bytes->size() == 16);
  const auto text = *bytes + std::string(name);
  auto digest = std::array<unsigned char, 20>{};
  SJ_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr) == 1);
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0f) | 0x50);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3f) | 0x80);
  auto out = hex({reinterpret_cast<const char*>(digest.data()), 16});
  for (const auto at : {20u, 16u, 12u, 8u}) out.insert(at, "-");
  return out;
}

auto is_uuid(std::string_view text) -> bool {
  if (text.size() != 36) return false;
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    const auto c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
    } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
      return false;
    }
  }
  return true;
}

}  // namespace serjeant
