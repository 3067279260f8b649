#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/sha256.h"
#include "store/custody.h"
#include "store/rows.h"
#include "store/signature.h"

// `case.sjt.seal`: what a sealed case is, on one line that can be signed. It
// stands beside the case, because a file cannot hold its own hash.
namespace serjeant {

struct Manifest {
  Digest case_sha256{};
  std::uint64_t bytes = 0;
  Digest case_key{}, evidence_root{}, intel_root{}, config_root{};
  std::string build_id;
  Tlp tlp = Tlp::kAmber;
  std::vector<std::pair<std::string, std::uint64_t>> rows;  // of each table, by name
  CustodyHead custody;                                      // at the time of the seal
};

struct Seal {
  Manifest manifest;
  std::vector<Signature> signatures;  // over the bytes of `manifest_text`
};

auto tlp_word(Tlp tlp) -> std::string_view;  // "AMBER+STRICT"

auto seal_path(const std::string& case_path) -> std::string;
// Reads the case and hashes its file.
auto make_manifest(const std::string& case_path, CustodyHead custody) -> Result<Manifest>;
// Canonical JSON (RFC 8785), which is what is signed.
auto manifest_text(const Manifest& manifest) -> std::string;
auto seal_text(const Seal& seal) -> std::string;
// Accepts only what `seal_text` writes, byte for byte.
auto parse_seal(std::string_view text) -> Result<Seal>;

auto write_seal(const std::string& path, const Seal& seal) -> Result<>;
// kNotFound, kMalformed (not a seal of ours, or altered).
auto read_seal(const std::string& path) -> Result<Seal>;

}  // namespace serjeant
