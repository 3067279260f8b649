#include <fmt/core.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/file.h"
#include "share/export.h"
#include "share/show.h"

namespace serjeant {
namespace {

// RFC 4180, and no cell that a spreadsheet would take for a formula (OWASP, "CSV
// Injection"): an apostrophe goes before it.
auto cell(std::string_view text) -> std::string {
  auto out = std::string{};
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos &&
      text.find_first_not_of("-0123456789.") != std::string_view::npos)
    out += '\'';
  out += text;
  if (out.find_first_of(",\"\r\n") == std::string::npos) return out;
  auto quoted = std::string("\"");
  for (const auto c : out) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

auto export_csv(const CaseReader& reader, const std::string& folder) -> Result<> {
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
    return tl::unexpected<Error>(io_error("make the folder", folder));
  for (const auto topic : show_topics()) {
    SJ_TRY(const auto rows, show_table(reader, topic, ForWhom::kPrograms));
    auto text = std::string{};
    for (const auto& row : rows) {
      for (auto i = std::size_t{0}; i < row.size(); ++i) {
        if (i > 0) text += ',';
        text += cell(row[i]);
      }
      text += "\r\n";
    }
    SJ_DO(write_file(fmt::format("{}/{}.csv", folder, topic), text));
  }
  return {};
}

}  // namespace serjeant
