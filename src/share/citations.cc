#include "share/citations.h"

#include <algorithm>

#include "core/text.h"

namespace serjeant {
namespace {

constexpr auto kQuotedBytes = std::size_t{600};

// Bytes as people can read them: text as it is, everything else as \xNN.
auto readable(std::string_view bytes) -> std::string {
  auto out = std::string{};
  auto line = std::size_t{0};
  while (line < bytes.size()) {
    const auto end = std::min(bytes.size(), bytes.find('\n', line));
    out += printable(bytes.substr(line, end - line));
    if (end < bytes.size()) out += '\n';
    line = end + 1;
  }
  return out;
}

}  // namespace

Citations::Citations(const CaseReader& reader) : reader_(reader) {
  const auto outcome = reader.query(
      "SELECT s.id, min(o.name), s.sha256 FROM source s JOIN origin o ON o.source=s.id GROUP BY "
      "s.id",
      [&](const Row& row) {
        auto& source = sources_[static_cast<std::uint32_t>(row.integer(0))];
        source.name = row.text(1);
        source.sha256 = hex(row.blob(2));
        if (row.blob(2).size() == source.digest.size())
          std::copy(row.blob(2).begin(), row.blob(2).end(), source.digest.begin());
      });
  if (!outcome) sources_.clear();  // a damaged table shows as sources without a name
}

void Citations::cite(std::uint32_t source, std::uint64_t offset, std::uint64_t length, Html& page) {
  const auto place = Place{source, offset, length};
  const auto [at, fresh] = numbers_.emplace(place, order_.size() + 1);
  if (fresh) order_.push_back(place);
  const auto number = static_cast<std::int64_t>(at->second);
  page.raw(" <a class=\"ref\" href=\"#e")
      .plain(number)
      .raw("\" aria-label=\"evidence ")
      .plain(number);
  page.raw("\">[").plain(number).raw("]</a>");
}

void Citations::cite_claim(const Id& claim, Html& page, std::size_t most) {
  auto places = std::vector<Place>{};
  const auto outcome = reader_.query(
      "SELECT coalesce(v.source,f.source), coalesce(v.off,f.off), coalesce(v.len,f.len) "
      "FROM claim_evidence v LEFT JOIN finding f ON f.id=v.finding WHERE v.claim=?1 "
      "AND (v.source IS NOT NULL OR v.finding IS NOT NULL) ORDER BY v.n",
      {claim}, [&](const Row& row) {
        places.emplace_back(static_cast<std::uint32_t>(row.integer(0)),
                            static_cast<std::uint64_t>(row.integer(1)),
                            static_cast<std::uint64_t>(row.integer(2)));
      });
  if (!outcome) return;
  for (auto i = std::size_t{0}; i < std::min(most, places.size()); ++i)
    cite(std::get<0>(places[i]), std::get<1>(places[i]), std::get<2>(places[i]), page);
  if (places.size() > most)
    page.raw(" <span class=\"dim\">and ")
        .number(static_cast<std::int64_t>(places.size() - most))
        .raw(" more in the case</span>");
}

auto Citations::source_name(std::uint32_t source) const -> std::string_view {
  const auto found = sources_.find(source);
  return found == sources_.end() ? std::string_view("(unknown)") : found->second.name;
}

void Citations::write_index(const EvidenceLookup& evidence, Html& page) const {
  page.raw("<ol class=\"index\">\n");
  for (auto i = std::size_t{0}; i < order_.size(); ++i) {
    const auto& [source, offset, length] = order_[i];
    const auto known = sources_.find(source);
    page.raw("<li id=\"e").plain(static_cast<std::int64_t>(i + 1)).raw("\"><span class=\"where\">");
    page.text(source_name(source)).raw("</span>, bytes ").number(static_cast<std::int64_t>(offset));
    page.raw(" to ").number(static_cast<std::int64_t>(offset + length)).raw(" (");
    page.number(static_cast<std::int64_t>(length)).raw(" bytes)");
    if (known != sources_.end())
      page.raw("<br><span class=\"hash\">sha256 ").text(known->second.sha256).raw("</span>");
    const auto bytes =
        evidence && known != sources_.end() ? evidence(known->second.digest) : std::nullopt;
    if (bytes && offset + length <= bytes->size()) {
      const auto shown = std::min<std::uint64_t>(length, kQuotedBytes);
      page.raw("<pre tabindex=\"0\">").text(readable(bytes->substr(offset, shown)));
      if (shown < length)
        page.raw("\n[").number(static_cast<std::int64_t>(length - shown)).raw(" bytes more]");
      page.raw("</pre>");
    }
    page.raw("</li>\n");
  }
  page.raw("</ol>\n");
}

}  // namespace serjeant
