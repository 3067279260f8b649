#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

// Ed25519 (RFC 8032) by OpenSSL. Keys come from PEM files as
// `openssl genpkey -algorithm ed25519` writes them.
namespace serjeant {

struct Signature {
  std::string key;    // public key, 32 bytes
  std::string bytes;  // 64 bytes
  friend auto operator==(const Signature&, const Signature&) -> bool = default;
};

// `pem` holds an unencrypted private key (PKCS #8). Fails with kMalformed on
// anything else: another kind of key, an encrypted one, no PEM.
auto sign(std::string_view message, std::string_view pem) -> Result<Signature>;
// False also for keys and signatures of a wrong length.
auto is_signed(std::string_view message, const Signature& signature) -> bool;
// The 32 bytes of a public key in PEM, or of the private key in it.
auto public_key(std::string_view pem) -> Result<std::string>;

}  // namespace serjeant
