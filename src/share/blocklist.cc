#include <fmt/core.h>

#include <map>

#include "core/text.h"
#include "share/export.h"

namespace serjeant {

// Only what the case ties to hostile acts by itself: hosts that campaign mails
// load and nobody else's do, and addresses of strands that were found to be an
// intruder's. An address that several accounts share, or that belongs to a
// provider, is nobody's to block.
auto export_blocklist(const CaseReader& reader) -> Result<std::string> {
  auto lines = std::map<std::string, std::string>{};
  SJ_DO(reader.query(
      "SELECT DISTINCT l.shared, c.label FROM campaign_link l "
      "JOIN campaign_member m ON m.member=l.a JOIN campaign c ON c.id=m.campaign "
      "WHERE l.family='infra' AND l.shared LIKE 'open-host:%' AND l.llr>=4000000 ORDER BY 1, 2",
      [&](const Row& row) {
        lines.emplace(std::string(row.text(0).substr(10)),
                      fmt::format("loaded by mails of {}", row.text(1)));
      }));
  SJ_DO(reader.query(
      "SELECT DISTINCT v.ip, e.value FROM strand t JOIN session s ON s.id=t.session "
      "JOIN event v ON v.session_a=s.native AND v.ip=t.ip JOIN entity e ON e.id=s.account "
      "WHERE t.verdict>=5 AND v.ip_role IN (0,1) ORDER BY 1, 2",
      [&](const Row& row) {
        const auto bytes = row.blob(0);
        if (bytes.size() != 16) return;
        auto text = std::string{};
        if (bytes.substr(0, 12) == std::string_view("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12)) {
          for (auto i = std::size_t{12}; i < 16; ++i)
            text += fmt::format("{}{}", i == 12 ? "" : ".", static_cast<unsigned char>(bytes[i]));
        } else {
          for (auto i = std::size_t{0}; i < 16; i += 2)
            text += fmt::format("{}{:x}", i == 0 ? "" : ":",
                                static_cast<unsigned char>(bytes[i]) << 8 |
                                    static_cast<unsigned char>(bytes[i + 1]));
        }
        lines.emplace(text, "held a session of a taken-over account");
      }));
  auto out = std::string(
      "# Hosts and addresses that this case ties to hostile acts. Look at each before you block "
      "it:\n# addresses change hands, and a relay belongs to somebody.\n");
  for (const auto& [what, why] : lines)
    out += fmt::format("{}  # {}\n", printable(what), printable(why));
  return out;
}

}  // namespace serjeant
