#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "core/text.h"
#include "detect/mail/html.h"
#include "detect/mail/references.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostEntries = 2'000;
constexpr auto kRelsBytes = std::size_t{1} << 20;
constexpr auto kMostLinks = std::size_t{500};

struct Close {
  void operator()(archive* at) const { archive_read_free(at); }
};

// The relationships of one .rels file: a flat list of empty elements, which the
// HTML tokenizer reads as well as any.
void read_rels(std::string_view xml, const std::string& path, std::vector<OfficeLink>& out) {
  auto arena = Arena{};
  auto tokenizer = HtmlTokenizer(xml, arena);
  auto token = HtmlToken{};
  while (tokenizer.next(token) && out.size() < kMostLinks) {
    if (token.kind != HtmlToken::Kind::kStart || !token.text.ends_with("relationship")) continue;
    const auto* mode = token.attribute("targetmode");
    const auto* target = token.attribute("target");
    const auto* type = token.attribute("type");
    if (!mode || !target || !equals_ignoring_ascii_case(mode->value, "External")) continue;
    auto word = type ? type->value : std::string_view("relationship");
    word = word.substr(word.rfind('/') == word.npos ? 0 : word.rfind('/') + 1);
    out.push_back({path, std::string(word), std::string(target->value)});
  }
}

}  // namespace

auto office_links(std::string_view zip) -> std::vector<OfficeLink> {
  auto out = std::vector<OfficeLink>{};
  const auto reader = std::unique_ptr<archive, Close>(archive_read_new());
  if (!reader) return out;
  archive_read_support_format_zip(reader.get());
  if (archive_read_open_memory(reader.get(), zip.data(), zip.size()) != ARCHIVE_OK) return out;
  auto* entry = static_cast<archive_entry*>(nullptr);
  for (auto n = 0; n < kMostEntries; ++n) {
    const auto status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF || status == ARCHIVE_FATAL) break;
    const auto* name = archive_entry_pathname(entry);
    if (!name || !std::string_view(name).ends_with(".rels")) continue;
    auto xml = std::string(kRelsBytes, '\0');
    const auto got = archive_read_data(reader.get(), xml.data(), xml.size());
    if (got <= 0) continue;
    xml.resize(static_cast<std::size_t>(got));
    read_rels(xml, name, out);
  }
  return out;
}

}  // namespace serjeant::mail
