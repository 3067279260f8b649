#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expose/expose.h"
#include "expose/verdict.h"

// How far a mail came: delivered, shown, followed. From the rows of message
// traces and of proxies, name servers and web servers.
namespace serjeant {

// What fetched an image or a link of a mail.
enum class FetchBy : std::uint8_t {
  kPerson,  // from the organisation's own network, by the recipient as far as the row tells
  kProxy,   // a mail provider's image proxy: shown, but no word on where
  kScanner  // a filter that follows links: nobody saw anything
};
auto fetch_by(const Event& event) -> FetchBy;

// Host and rest of a URL, or of a bare host name; lower case host.
struct UrlParts {
  std::string host;
  std::string_view rest;
};
auto url_parts(std::string_view url) -> UrlParts;

struct AimReach {
  std::optional<BasisRecord> delivered, opened, proxied, clicked;
  std::uint64_t fetches = 0;
  std::string opened_client;   // what the fetch told: the client string
  std::string opened_address;  // and the address, if it was a person's
};

// One entry an aim, in the order of `aims`. Deliveries are joined by
// Message-ID and recipient, fetches by the aim's token, or by a host that only
// one recipient's mail names, or by host and the account that fetched.
auto find_reach(std::span<const Aim> aims, const EventStream* deliveries,
                const EventStream* fetches) -> Result<std::vector<AimReach>>;

}  // namespace serjeant
