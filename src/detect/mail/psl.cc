#include "detect/mail/psl.h"

#include <libpsl.h>

#include <string>

#include "read/mail/received.h"

namespace serjeant::mail {

auto registrable_domain(std::string_view host, Arena& arena) -> std::string_view {
  while (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.size() > 253 || host.find('\0') != host.npos) return host;
  if (host.starts_with('[') || !address_literal(host).empty()) return host;
  const auto* const list = psl_builtin();
  if (!list) return host;
  const auto name = std::string(host);
  const auto* const domain = psl_registrable_domain(list, name.c_str());
  if (!domain) return host;
  // libpsl points into what it was given.
  const auto offset = static_cast<std::size_t>(domain - name.c_str());
  return offset < host.size() ? host.substr(offset) : arena.copy(domain);
}

auto public_suffix_list_version() -> std::string_view {
  const auto* const name = psl_builtin_filename();
  return name ? name : "";
}

}  // namespace serjeant::mail
