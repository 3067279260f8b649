#include "detect/mail/token.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "core/sha256.h"
#include "core/text.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostRecipients = std::size_t{64};
constexpr auto kPrefixDigits = std::size_t{12};

auto digest(const EVP_MD* kind, std::string_view text) -> std::string {
  auto out = std::array<unsigned char, EVP_MAX_MD_SIZE>{};
  auto size = 0u;
  if (EVP_Digest(text.data(), text.size(), out.data(), &size, kind, nullptr) != 1) return {};
  return hex({reinterpret_cast<const char*>(out.data()), size});
}

auto rot13(std::string_view text) -> std::string {
  auto out = std::string(text);
  for (auto& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>('a' + (c - 'a' + 13) % 26);
    if (c >= 'A' && c <= 'Z') c = static_cast<char>('A' + (c - 'A' + 13) % 26);
  }
  return out;
}

// "+tag" and dots of the local part taken out, where that makes a difference.
auto folded(std::string_view address) -> std::string {
  const auto at = address.rfind('@');
  if (at == address.npos) return {};
  auto local = std::string(address.substr(0, address.substr(0, at).find('+')));
  std::erase(local, '.');
  const auto out = local + std::string(address.substr(at));
  return out == address ? std::string{} : out;
}

auto without_padding(std::string text) -> std::string {
  while (text.ends_with('=')) text.pop_back();
  return text;
}

auto is_all_hex(std::string_view text) -> bool {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
  });
}

// How much a piece says: a transform of an address most, then by length.
auto weight(const Token& token) -> std::size_t {
  if (token.maps == Maps::kYes) return 10'000;
  auto out = std::min(token.value.size(), std::size_t{64}) * 2;
  if (token.kind == TokenKind::kUuid) out += 100;
  if (token.kind == TokenKind::kCounter) out /= 2;
  return out;
}

// Names of query fields whose values tell clients apart, not people.
auto is_plain_field(std::string_view where) -> bool {
  constexpr auto names = std::array<std::string_view, 18>{
      "v",      "ver",  "version", "w",     "h",    "width",  "height", "size",    "quality",
      "format", "lang", "locale",  "color", "font", "family", "date",   "charset", "page"};
  const auto name = where.substr(6);
  return starts_with_ignoring_case(name, "utm_") ||
         std::any_of(names.begin(), names.end(),
                     [&](auto n) { return equals_ignoring_ascii_case(n, name); });
}

}  // namespace

void AddressTransforms::build() {
  built_ = true;
  const auto count = std::min(recipients_.size(), kMostRecipients);
  for (auto i = std::uint32_t{0}; i < count; ++i) {
    const auto address = std::string(recipients_[i].address);
    for (const auto& form : {address, folded(address)}) {
      if (form.empty()) continue;
      const auto base64 = without_padding(base64_encode(form));
      auto url_safe = base64;
      std::replace(url_safe.begin(), url_safe.end(), '+', '-');
      std::replace(url_safe.begin(), url_safe.end(), '/', '_');
      exact_.try_emplace(form, Entry{i, "plain"});
      exact_.try_emplace(hex(form), Entry{i, "hex"});
      // Without padding the two alphabets often agree; then the safe one is meant in an address.
      exact_.try_emplace(url_safe, Entry{i, "base64url"});
      exact_.try_emplace(base64, Entry{i, "base64"});
      exact_.try_emplace(rot13(form), Entry{i, "rot13"});
      const auto add = [&](std::string digits, const char* name) {
        if (digits.size() < kPrefixDigits) return;
        auto key = digits.substr(0, kPrefixDigits);
        hashes_[std::move(key)].emplace_back(std::move(digits), Entry{i, name});
      };
      add(digest(EVP_md5(), form), "md5");
      add(digest(EVP_sha1(), form), "sha1");
      add(hex(sha256(form)), "sha256");
    }
  }
}

auto AddressTransforms::find(std::string_view text, Token& token, Arena& arena) -> bool {
  if (text.size() < 6 || recipients_.empty()) return false;
  if (!built_) build();
  const auto set = [&](const Entry& entry, std::string_view transform) {
    token.kind = TokenKind::kAddress;
    token.transform = transform;
    token.maps = Maps::kYes;
    token.recipient = entry.recipient;
    return true;
  };
  const auto lowered = lower_ascii(text);
  auto exact = exact_.find(without_padding(std::string(text)));
  const auto padded = text.ends_with('=');
  if (exact == exact_.end()) {
    exact = exact_.find(lowered);  // not for base64, which has case
    if (exact != exact_.end() && std::string_view(exact->second.transform).starts_with("base64"))
      exact = exact_.end();
  }
  if (exact != exact_.end()) {
    auto transform = std::string_view(exact->second.transform);
    if (transform == "base64url" && padded) transform = "base64";
    return set(exact->second, transform);
  }
  if (text.size() >= kPrefixDigits && is_all_hex(text)) {
    const auto found = hashes_.find(lowered.substr(0, kPrefixDigits));
    if (found == hashes_.end()) return false;
    for (const auto& [digits, entry] : found->second) {
      if (digits == lowered) return set(entry, entry.transform);
      if (digits.starts_with(lowered))
        return set(entry, arena.copy(std::string(entry.transform) + "_prefix" +
                                     std::to_string(lowered.size())));
    }
  }
  return false;
}

auto find_tokens(const Url& url, std::string_view domain, AddressTransforms& transforms,
                 Arena& arena) -> std::vector<Token> {
  auto out = std::vector<Token>{};
  for (const auto& piece : url_pieces(url, domain, arena)) {
    auto token = Token{};
    token.where = piece.where;
    token.value = piece.text;
    const auto plain = piece.text.find('%') == piece.text.npos
                           ? piece.text
                           : arena.copy(percent_decode(piece.text));
    if (transforms.find(plain, token, arena)) {
      out.push_back(token);
      continue;
    }
    const auto shape = piece_shape(plain);
    if (shape == PieceShape::kWord) continue;
    if (piece.where.starts_with("query:") && is_plain_field(piece.where)) continue;
    // Labels of hosts have numbers for other reasons ("media06", "mail-eu2").
    if (piece.where == "host" && (shape == PieceShape::kNumber || piece.text.size() < 6)) continue;
    token.kind = shape == PieceShape::kUuid     ? TokenKind::kUuid
                 : shape == PieceShape::kNumber ? TokenKind::kCounter
                                                : TokenKind::kOpaque;
    out.push_back(token);
  }
  std::stable_sort(out.begin(), out.end(), [](auto& a, auto& b) { return weight(a) > weight(b); });
  return out;
}

}  // namespace serjeant::mail
