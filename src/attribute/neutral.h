#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

// The neutral form of public knowledge about groups: JSON lines, one file a
// kind. A report says what one cited source tells of one group; a case is such a
// report taken as a question whose published answer is known
// (docs/attribution.md). Files that a folder lacks are empty here.
namespace serjeant::neutral {

using Number = std::uint32_t;  // index into one of the library's lists of names
constexpr auto kNone = std::numeric_limits<Number>::max();

// A calendar month of publication. `stamp` is year * 100 + month, month 0 where
// only the year is known; `number` counts months and takes such a year's January.
struct Month {
  std::int32_t stamp = 0;
  std::int32_t number = 0;
  auto known() const -> bool { return stamp != 0; }
};
auto month_of(std::string_view date) -> Month;  // "2018-05-14", "2018-05" or "2018"

struct Report {
  Number group = kNone, source = kNone, publisher = kNone;
  Month month;
  std::vector<Number> items;  // sorted, each once: techniques and software
};

struct PublishedCase {
  std::string id;
  Number group = kNone, source = kNone, publisher = kNone;
  Month month;
  std::vector<Number> items;
  std::string first_cited;  // release in which its source was first cited, for any group
};

struct PublishedCampaign {
  std::string id;
  std::vector<Number> groups, sources, items;
};

struct Release {
  std::string version;
  Month released;
  std::vector<std::string> attributed_campaigns;
};

struct Citation {
  Month month;
  Number publisher = kNone;
};

// A ready question. What the asker knows of the answer is carried through to
// the answer's line or left unread: `case_id`, `framed` and `planted` play no
// part in answering.
struct Trial {
  std::string name, case_id, version;
  Month month;
  Number source = kNone;  // dropped from the knowledge, whatever group it speaks of
  Number group = kNone;   // likewise
  std::int32_t window = 0;
  std::vector<Number> items;
};

struct Library {
  std::vector<std::string> groups, items, sources, publishers;      // sorted
  std::vector<bool> is_technique;                                   // by item
  std::map<std::string, std::vector<Report>, std::less<>> reports;  // by release
  std::vector<Citation> citations;                                  // by source
  std::vector<std::string> country;  // by group; "" if none is claimed
  // By software item: the techniques that it brings with it, sorted.
  std::vector<std::vector<Number>> implies;
  std::vector<PublishedCase> cases;  // sorted by id
  std::vector<PublishedCampaign> campaigns;
  std::vector<Release> releases;  // oldest first
  std::vector<Trial> trials;      // as they stand in the file
  std::string digest;             // SHA-256 over the files read, in hexadecimal digits
  std::uint64_t bad_lines = 0;    // lines that are no object; they are left out

  auto item(std::string_view name) const -> Number;   // kNone if unknown
  auto group(std::string_view name) const -> Number;  // kNone if unknown
  auto newest() const -> const std::vector<Report>&;  // of the newest release
};

// Reads `folder`: kb/kb-V.jsonl (at least one), citations.jsonl, software.jsonl,
// cases.jsonl, campaigns.jsonl, groups.jsonl, kb/versions.jsonl, and `trials` (a path of its
// own; may be empty). A line without a source is a relation that nobody
// published, and is not used. Fails if there is no knowledge at all, if a file
// cannot be read, or if `trials` is given and holds no question.
auto read_library(const std::string& folder, const std::string& trials) -> Result<Library>;

// The same from texts: `files` by their names in the folder ("kb/kb-18.1.jsonl").
// Fails with kTooLarge beyond 65,535 reports of a release, or where groups times
// items are more than 2^26.
using NeutralFiles = std::map<std::string, std::string, std::less<>>;
auto library_from(const NeutralFiles& files, std::string_view trials) -> Result<Library>;

// The fold of a group in cross-fitting: first 8 hexadecimal digits of
// SHA-256("G0007|fold"), modulo 5.
constexpr auto kFolds = std::size_t{5};
auto fold_of(std::string_view group) -> std::size_t;
// First 8 hexadecimal digits of SHA-256 of the parts joined by '|'.
auto choice_of(std::string_view a, std::string_view b) -> std::uint32_t;

}  // namespace serjeant::neutral
