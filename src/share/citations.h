#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "share/dossier.h"
#include "share/html.h"

namespace serjeant {

// The evidence index of a page: what was cited gets a number at its first
// mention and an entry at the end, with the bytes.
class Citations {
 public:
  explicit Citations(const CaseReader& reader);

  // " [12]", a link to entry 12.
  void cite(std::uint32_t source, std::uint64_t offset, std::uint64_t length, Html& page);
  // All spans of a claim, directly or through findings; at most `most` links.
  void cite_claim(const Id& claim, Html& page, std::size_t most = 6);
  void write_index(const EvidenceLookup& evidence, Html& page) const;
  auto size() const -> std::size_t { return order_.size(); }
  auto source_name(std::uint32_t source) const -> std::string_view;

 private:
  struct Source {
    std::string name, sha256;
    Digest digest{};
  };
  using Place = std::tuple<std::uint32_t, std::uint64_t, std::uint64_t>;
  const CaseReader& reader_;
  std::map<std::uint32_t, Source> sources_;
  std::map<Place, std::size_t> numbers_;
  std::vector<Place> order_;
};

}  // namespace serjeant
