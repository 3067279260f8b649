#include "expose/agent.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace serjeant {
namespace {

struct Program {
  std::string_view token, name;
};
// In order of precedence: a browser names its relatives too.
constexpr auto kBrowsers = std::to_array<Program>({{"Edg/", "Edge"},
                                                   {"Edge/", "Edge"},
                                                   {"EdgA/", "Edge"},
                                                   {"EdgiOS/", "Edge"},
                                                   {"OPR/", "Opera"},
                                                   {"Vivaldi/", "Vivaldi"},
                                                   {"Firefox/", "Firefox"},
                                                   {"FxiOS/", "Firefox"},
                                                   {"CriOS/", "Chrome"},
                                                   {"Chrome/", "Chrome"},
                                                   {"MSIE ", "Explorer"},
                                                   {"Trident/", "Explorer"},
                                                   {"Microsoft Office/", "Microsoft Office"},
                                                   {"Version/", "Safari"},
                                                   {"Safari/", "Safari"}});

constexpr auto kPlatforms = std::to_array<Program>({{"Windows", "Windows"},
                                                    {"iPhone", "iPhone"},
                                                    {"iPad", "iPad"},
                                                    {"Macintosh", "Macintosh"},
                                                    {"Android", "Android"},
                                                    {"X11", "Linux"},
                                                    {"Linux", "Linux"}});

auto version_at(std::string_view text, std::size_t at) -> std::string_view {
  auto end = at;
  while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) ++end;
  return text.substr(at, end - at);
}

}  // namespace

auto read_agent(std::string_view text) -> Agent {
  text = trim(text);
  if (text.empty()) return {};
  if (text.starts_with("Client=")) {
    auto semicolon = text.find(';');
    auto protocol = text.substr(7, semicolon == std::string_view::npos ? semicolon : semicolon - 7);
    auto rest =
        semicolon == std::string_view::npos ? std::string_view{} : trim(text.substr(semicolon + 1));
    while (rest.ends_with(';')) rest.remove_suffix(1);
    // "Action=..." names what the server did, not who asked.
    if (!rest.empty() && !rest.starts_with("Action=") && !rest.starts_with("Client="))
      return read_agent(rest);
    auto name = protocol == "MSExchangeRPC" ? std::string("Outlook") : std::string(protocol);
    return {name, name};
  }
  auto out = Agent{};
  auto open = text.find('(');
  if (open != std::string_view::npos) {
    auto end = text.find_first_of(";)", open);
    auto platform = text.substr(
        open + 1, end == std::string_view::npos ? std::string_view::npos : end - open - 1);
    out.full = std::string(trim(platform));
    for (const auto& known : kPlatforms)
      if (text.find(known.token, open) != std::string_view::npos) {
        out.family = std::string(known.name);
        break;
      }
  }
  auto name = std::string{};
  auto version = std::string{};
  for (const auto& browser : kBrowsers) {
    auto at = text.find(browser.token);
    if (at == std::string_view::npos) continue;
    name = std::string(browser.name);
    version = std::string(version_at(text, at + browser.token.size()));
    break;
  }
  if (name.empty()) {
    auto head = text.substr(0, text.find_first_of("/("));
    if (head == "Mozilla") head = {};
    name = std::string(trim(head));
    if (auto slash = text.find('/'); slash != std::string_view::npos && !head.empty())
      version = std::string(version_at(text, slash + 1));
  }
  auto append = [](std::string& to, std::string_view more) {
    if (more.empty()) return;
    if (!to.empty()) to += ' ';
    to += more;
  };
  append(out.full, name);
  append(out.full, version);
  append(out.family, name);
  return out;
}

auto AgentNames::number(std::string_view text) -> AgentNumber {
  // A string that was damaged is no other client.
  auto spoilt = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (text.empty() || std::any_of(text.begin(), text.end(), spoilt)) return {};
  if (auto found = seen_.find(text); found != seen_.end()) return found->second;
  auto agent = read_agent(text);
  auto out = AgentNumber{names_.number(agent.full), names_.number(agent.family)};
  seen_.emplace(text, out);
  return out;
}

auto is_rendering(std::string_view agent) -> bool {
  constexpr auto kRenderers = std::to_array<std::string_view>(
      {"MSWAC", "OfficeWordWRS", "OfficeExcelWRS", "OfficePowerPointWRS", "OfficeXLCA", "WRS",
       "OneDriveMpc-Transform", "MediaTransform", "SharePoint Thumbnail"});
  for (auto renderer : kRenderers)
    if (starts_with_ignoring_case(agent, renderer)) return true;
  return agent.find("Transform_Thumbnail") != std::string_view::npos;
}

}  // namespace serjeant
