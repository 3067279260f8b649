#include "expose/first_party.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace serjeant {
namespace {

struct Known {
  std::string_view id;
  FirstParty kind;
};

constexpr auto kKnown = std::to_array<Known>({
    {"00000002-0000-0ff1-ce00-000000000000", FirstParty::kClient},   // Exchange Online, OWA
    {"00000003-0000-0ff1-ce00-000000000000", FirstParty::kClient},   // SharePoint Online
    {"00000006-0000-0ff1-ce00-000000000000", FirstParty::kClient},   // Office 365 portal
    {"00000007-0000-0ff1-ce00-000000000000", FirstParty::kService},  // Exchange Online Protection
    {"04b07795-8ddb-461a-bbee-02f9e1bf7b46", FirstParty::kTool},     // Azure CLI
    {"08e18876-6177-487e-b8b5-cf950c1e598c", FirstParty::kClient},   // SharePoint extensibility
    {"14d82eec-204b-4c2f-b7e8-296a70dab67e", FirstParty::kTool},     // Graph command line tools
    {"1950a258-227b-4e31-a9cf-717495945fc2", FirstParty::kTool},     // Azure PowerShell
    {"1b730954-1685-4b74-9bfd-dac224a7b894", FirstParty::kTool},     // Azure AD PowerShell
    {"1fec8e78-bce4-4aaf-ab1b-5451cc387264", FirstParty::kClient},   // Teams
    {"27922004-5251-4030-b22d-91ecd9a37ea4", FirstParty::kClient},   // Outlook mobile
    {"29d9ed98-a469-4536-ade2-f981bc1d605e", FirstParty::kClient},   // authentication broker
    {"3c8e478f-21ca-493a-b87c-c7366d664d54", FirstParty::kService},  // RESTSystem workers
    {"4345a7b9-9a63-4910-a426-35363201d503", FirstParty::kClient},   // Office on the web
    {"5d661950-3475-41cd-a2c3-d671a3162bc1", FirstParty::kClient},   // Outlook on the web
    {"5e3ce6c0-2b1f-4285-8d4b-75ee78787346", FirstParty::kClient},   // Teams on the web
    {"7a5fbd1c-3e6d-461a-9075-83049393b3a7", FirstParty::kService},  // RESTSystem workers
    {"89bee1f7-5e6e-4d8a-9f3d-ecd601259da7", FirstParty::kClient},   // Office 365 shell
    {"9199bf20-a13f-4107-85dc-02114787ef48", FirstParty::kClient},   // One Outlook Web
    {"ab9b8c07-8f02-4f72-87fa-80105867a763", FirstParty::kClient},   // OneDrive sync
    {"b26aadf8-566f-4478-926f-589f601d9c74", FirstParty::kClient},   // OneDrive
    {"d3590ed6-52b3-4102-aeff-aad2292ab01c", FirstParty::kClient},   // Office, Outlook desktop
    {"de8bc8b5-d9f9-48b1-a8ad-b748da725064", FirstParty::kTool},     // Graph explorer
    {"f3f64fec-ecee-4e9a-9eed-a36a5e421300", FirstParty::kService},  // RESTSystem workers
    {"fb78d390-0c51-40cd-8e17-fdbfab77341b", FirstParty::kTool},     // Exchange PowerShell
});
static_assert(std::is_sorted(kKnown.begin(), kKnown.end(),
                             [](const Known& a, const Known& b) { return a.id < b.id; }));

constexpr auto kBrands = std::to_array<std::string_view>(
    {"microsoft", "office", "office365", "outlook", "sharepoint", "onedrive", "teams", "exchange",
     "azure", "windows", "excel", "powerpoint", "onenote", "defender", "google", "gmail", "dropbox",
     "docusign", "adobe"});

}  // namespace

auto first_party(std::string_view app_id) -> FirstParty {
  const auto* found =
      std::lower_bound(kKnown.begin(), kKnown.end(), app_id,
                       [](const Known& known, std::string_view id) { return known.id < id; });
  return found != kKnown.end() && found->id == app_id ? found->kind : FirstParty::kNo;
}

auto is_device_code_client(std::string_view app_id) -> bool {
  return app_id == "29d9ed98-a469-4536-ade2-f981bc1d605e" ||
         app_id == "04b07795-8ddb-461a-bbee-02f9e1bf7b46" ||
         app_id == "1950a258-227b-4e31-a9cf-717495945fc2" ||
         app_id == "1b730954-1685-4b74-9bfd-dac224a7b894" ||
         app_id == "14d82eec-204b-4c2f-b7e8-296a70dab67e";
}

auto look_alike_key(std::string_view name) -> std::string {
  auto out = std::string{};
  auto lower = lower_ascii(name);
  for (auto i = std::size_t{0}; i < lower.size(); ++i) {
    auto c = lower[i];
    auto next = i + 1 < lower.size() ? lower[i + 1] : '\0';
    if (c == 'r' && next == 'n') {
      out += 'm';
      ++i;
    } else if (c == 'v' && next == 'v') {
      out += 'w';
      ++i;
    } else if (c == '0') {
      out += 'o';
    } else if (c == '1' || c == 'i' || c == '|') {
      out += 'l';
    } else if (c == '5' || c == '$') {
      out += 's';
    } else if (c == ' ' || c == '_' || c == '-' || c == '.') {
      continue;
    } else {
      out += c;
    }
  }
  return out;
}

auto is_look_alike(std::string_view name) -> bool {
  auto lower = lower_ascii(name);
  auto key = look_alike_key(name);
  for (auto brand : kBrands) {
    auto folded = look_alike_key(brand);
    if (key.find(folded) != std::string::npos && lower.find(brand) == std::string::npos)
      return true;
  }
  return false;
}

}  // namespace serjeant
