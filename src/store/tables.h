#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "core/sha256.h"
#include "store/rows.h"

// How rows of the case travel from `CaseWriter::add` to SQLite: as (key, value)
// of sorted runs. The key's bytewise order is SQLite's order of the table's
// primary key, so that the merge inserts in key order; the value holds every
// column, the key's included.
namespace serjeant {

// In the order of the schema script, which names no table before those that it
// refers to, but for entities that accounts enter.
enum class Table : std::uint8_t {
  kConfig,
  kDecision,
  kOrg,
  kSource,
  kOrigin,
  kLeaf,
  kCustody,
  kCoverage,
  kGap,
  kClock,
  kIntel,
  kRule,
  kEvent,
  kFinding,
  kEntity,
  kEdge,
  kPerson,
  kPersonRole,
  kAccount,
  kSession,
  kStrand,
  kItem,
  kItemRead,
  kExposure,
  kCampaign,
  kCampaignMember,
  kCampaignLink,
  kCampaignChange,
  kClaim,
  kClaimStatus,
  kAnswer,
  kClaimEvidence,
  kOfficialAct,
  kActName,
  kItemOfEvidence,
  kHypothesis,
  kFactor,
  kAssessment,
  kSensitivity,
};
constexpr auto kTables = std::size_t{39};

// `rules` has one letter a column and says what becomes of the column when
// several rows have one key. Rows come in order of their encoded value, so
// every rule gives the same whatever the order of `add`.
//   k  part of the key
//   =  the first row's value
//   ?  the first value that is neither null nor empty
//   <  the lowest, > the highest, nulls aside
//   +  the sum, stopping at the largest integer
struct TableSpec {
  std::string_view name;
  std::string_view rules;
};
auto spec(Table table) -> const TableSpec&;

// One column of a decoded row; text points into the encoded bytes.
struct Cell {
  enum class Type : std::uint8_t { kNull, kInteger, kText, kBlob, kOrg };  // kOrg: a name
  Type type = Type::kNull;
  std::int64_t number = 0;
  std::string_view text;
};

// False if the bytes are not `columns` cells and nothing else.
auto decode_cells(std::string_view bytes, std::size_t columns, std::vector<Cell>& out) -> bool;
// Takes `more`, a later row of the same key, into `held`.
void combine(const TableSpec& table, std::vector<Cell>& held, const std::vector<Cell>& more);

// Builds one row, column by column in the schema's order. The key_ forms also
// extend the key. "If any" forms write NULL for the empty value.
class RowBuilder {
 public:
  void start();
  auto key() const -> const std::string& { return key_; }
  auto value() const -> const std::string& { return value_; }

  auto key_id(const Id& id) -> RowBuilder&;
  auto key_number(std::uint64_t number) -> RowBuilder&;
  auto key_text(std::string_view text) -> RowBuilder&;
  auto key_org(std::string_view name) -> RowBuilder&;

  auto null() -> RowBuilder&;
  auto number(std::int64_t number) -> RowBuilder&;
  auto count(std::uint64_t number) -> RowBuilder&;         // up to the largest integer
  auto count_if_any(std::uint64_t number) -> RowBuilder&;  // 0 is NULL
  auto maybe(const MaybeInt& number) -> RowBuilder&;
  auto text(std::string_view text) -> RowBuilder&;
  auto text_if_any(std::string_view text) -> RowBuilder&;
  auto blob_if_any(std::string_view bytes) -> RowBuilder&;
  auto id_if_any(const Id& id) -> RowBuilder& { return blob_if_any(id.empty() ? "" : id.view()); }
  // A required id: an empty one becomes NULL, which SQLite refuses by name.
  auto id(const Id& id) -> RowBuilder& { return id_if_any(id); }
  auto digest(const Digest& digest) -> RowBuilder& { return blob_if_any(view(digest)); }
  auto json(std::string_view text, std::string_view if_empty) -> RowBuilder&;
  auto org(std::string_view name) -> RowBuilder&;  // none if empty

 private:
  void sized(Cell::Type type, std::string_view bytes);
  std::string key_, value_;
};

}  // namespace serjeant
