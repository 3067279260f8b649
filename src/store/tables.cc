#include "store/tables.h"

#include <algorithm>
#include <limits>

#include "core/check.h"
#include "store/runs.h"

namespace serjeant {

namespace {

constexpr auto kSpecs = std::array<TableSpec, kTables>{{
    {"config", "k="},
    {"decision", "k======"},
    {"org", "k?"},  // without its id, which the writer hands out
    {"source", "k======>"},
    {"origin", "kkkk=="},
    {"leaf", "kk="},
    {"custody", "k====="},  // without prev and hash, which the writer makes
    {"coverage", "kk======"},
    {"gap", "k======"},
    {"clock", "kk====="},
    {"intel", "k========"},
    {"rule", "k======="},
    {"event", "k=================================="},
    {"finding", "k========>"},
    {"entity", "k???+>"},
    {"edge", "kkk<>>?"},
    {"person", "k====>"},
    {"person_role", "kkk<>"},
    {"account", "k???"},
    {"session", "k==<>"},
    {"strand", "kk========="},
    {"item", "k=?=>>>"},
    {"item_read", "kkkk><>?"},
    {"exposure", "k=========="},
    {"campaign", "k===="},
    {"campaign_member", "kk=="},
    {"campaign_link", "kkk=="},
    {"campaign_change", "k===="},
    {"claim", "k===========================>="},
    {"claim_status", "kk==="},
    {"answer", "kk=="},
    {"claim_evidence", "kk======"},
    {"official_act", "k======"},
    {"act_name", "kk====="},
    {"item_of_evidence", "k=========="},
    {"hypothesis", "k======"},
    {"factor", "kk==========="},
    {"assessment", "k============"},
    {"sensitivity", "kk=="},
}};

constexpr auto kLargest = std::numeric_limits<std::int64_t>::max();

auto clamped(std::uint64_t number) -> std::int64_t {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(number, kLargest));
}

void append_varint(std::string& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) out += static_cast<char>((number & 0x7f) | 0x80);
  out += static_cast<char>(number);
}

auto read_varint(std::string_view& bytes, std::uint64_t& number) -> bool {
  number = 0;
  for (auto shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

auto is_none(const Cell& cell) -> bool {
  return cell.type == Cell::Type::kNull || (cell.type != Cell::Type::kInteger && cell.text.empty());
}

}  // namespace

auto spec(Table table) -> const TableSpec& { return kSpecs[static_cast<std::size_t>(table)]; }

auto decode_cells(std::string_view bytes, std::size_t columns, std::vector<Cell>& out) -> bool {
  out.clear();
  for (auto i = std::size_t{0}; i < columns; ++i) {
    if (bytes.empty()) return false;
    auto cell = Cell{};
    const auto type = static_cast<unsigned char>(bytes.front());
    if (type > static_cast<unsigned char>(Cell::Type::kOrg)) return false;
    cell.type = static_cast<Cell::Type>(type);
    bytes.remove_prefix(1);
    if (cell.type != Cell::Type::kNull) {
      auto number = std::uint64_t{0};
      if (!read_varint(bytes, number)) return false;
      if (cell.type == Cell::Type::kInteger) {  // zigzag: small negatives stay short
        cell.number = static_cast<std::int64_t>((number >> 1) ^ (~(number & 1) + 1));
      } else {
        if (number > bytes.size()) return false;
        cell.text = bytes.substr(0, static_cast<std::size_t>(number));
        bytes.remove_prefix(cell.text.size());
      }
    }
    out.push_back(cell);
  }
  return bytes.empty();
}

void combine(const TableSpec& table, std::vector<Cell>& held, const std::vector<Cell>& more) {
  for (auto i = std::size_t{0}; i < table.rules.size(); ++i) {
    const auto& next = more[i];
    switch (table.rules[i]) {
      case '?':
        if (is_none(held[i])) held[i] = next;
        break;
      case '<':
      case '>':
        if (next.type == Cell::Type::kNull) break;
        if (held[i].type == Cell::Type::kNull ||
            (table.rules[i] == '<' ? next.number < held[i].number : next.number > held[i].number))
          held[i] = next;
        break;
      case '+':
        if (__builtin_add_overflow(held[i].number, next.number, &held[i].number))
          held[i].number = kLargest;
        break;
      default:
        break;
    }
  }
}

void RowBuilder::start() {
  key_.clear();
  value_.clear();
}

void RowBuilder::sized(Cell::Type type, std::string_view bytes) {
  value_ += static_cast<char>(type);
  append_varint(value_, bytes.size());
  value_ += bytes;
}

auto RowBuilder::key_id(const Id& id) -> RowBuilder& {
  key_ += id.view();  // all of one length, so plain bytes keep the order
  sized(Cell::Type::kBlob, id.view());
  return *this;
}
auto RowBuilder::key_number(std::uint64_t number) -> RowBuilder& {
  append_key(key_, clamped(number));
  return count(number);
}
auto RowBuilder::key_text(std::string_view text) -> RowBuilder& {
  append_key(key_, text);
  sized(Cell::Type::kText, text);
  return *this;
}
auto RowBuilder::key_org(std::string_view name) -> RowBuilder& {
  append_key(key_, name);
  return org(name);
}

auto RowBuilder::null() -> RowBuilder& {
  value_ += static_cast<char>(Cell::Type::kNull);
  return *this;
}
auto RowBuilder::number(std::int64_t number) -> RowBuilder& {
  value_ += static_cast<char>(Cell::Type::kInteger);
  const auto bits = static_cast<std::uint64_t>(number);
  append_varint(value_, (bits << 1) ^ (number < 0 ? ~std::uint64_t{0} : 0));
  return *this;
}
auto RowBuilder::count(std::uint64_t number) -> RowBuilder& {
  return this->number(clamped(number));
}
auto RowBuilder::count_if_any(std::uint64_t number) -> RowBuilder& {
  return number == 0 ? null() : count(number);
}
auto RowBuilder::maybe(const MaybeInt& number) -> RowBuilder& {
  return number ? this->number(*number) : null();
}
auto RowBuilder::text(std::string_view text) -> RowBuilder& {
  sized(Cell::Type::kText, text);
  return *this;
}
auto RowBuilder::text_if_any(std::string_view text) -> RowBuilder& {
  return text.empty() ? null() : this->text(text);
}
auto RowBuilder::blob_if_any(std::string_view bytes) -> RowBuilder& {
  if (bytes.empty()) return null();
  sized(Cell::Type::kBlob, bytes);
  return *this;
}
auto RowBuilder::json(std::string_view text, std::string_view if_empty) -> RowBuilder& {
  return this->text(text.empty() ? if_empty : text);
}
auto RowBuilder::org(std::string_view name) -> RowBuilder& {
  if (name.empty()) return null();
  sized(Cell::Type::kOrg, name);
  return *this;
}

}  // namespace serjeant
