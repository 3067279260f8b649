#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/arena.h"
#include "detect/mail/facts.h"
#include "detect/mail/url.h"

// Which pieces of an address may stand for a person: those that look like no
// word, and those that are a transform of a recipient's address.
namespace serjeant::mail {

// Transforms of the recipients' addresses, made once a mail and only if a piece
// is long enough to be one.
class AddressTransforms {
 public:
  explicit AddressTransforms(const std::vector<Recipient>& recipients) : recipients_(recipients) {}
  // Sets kind, transform, maps and recipient of the token whose value is `text`
  // (percent-decoded) if it is one: plain, hex, base64, base64url, rot13, md5,
  // sha1, sha256 of the address as it is and without its plus tag and dots; of
  // hashes at least the first 12 hex digits.
  auto find(std::string_view text, Token& token, Arena& arena) -> bool;

 private:
  struct Entry {
    std::uint32_t recipient = 0;
    const char* transform = "";
  };
  void build();
  const std::vector<Recipient>& recipients_;
  std::unordered_map<std::string, Entry> exact_;
  std::unordered_map<std::string, std::vector<std::pair<std::string, Entry>>>
      hashes_;  // by 12 digits
  bool built_ = false;
};

// Candidate tokens of an address, the strongest first.
auto find_tokens(const Url& url, std::string_view domain, AddressTransforms& transforms,
                 Arena& arena) -> std::vector<Token>;

}  // namespace serjeant::mail
