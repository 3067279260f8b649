#include "cli/roster.h"

#include <fmt/core.h>

#include <map>

#include "core/text.h"
#include "read/record.h"

namespace serjeant::cli {
namespace {

// The first column of these names that the row has.
auto cell(Value row, std::initializer_list<std::string_view> names) -> std::string_view {
  for (const auto member : row)
    for (const auto name : names)
      if (equals_ignoring_ascii_case(trim(member.key()), name)) return trim(member.text());
  return {};
}

class RosterRows final : public RecordSink {
 public:
  void record(const Record& record) override {
    const auto name = cell(record.native, {"person", "name", "display name", "displayname"});
    const auto address =
        cell(record.native, {"address", "mail", "email", "e-mail", "upn", "userprincipalname"});
    if (address.empty()) return;
    const auto org = cell(record.native, {"organisation", "organization", "org"});
    const auto known = name.empty() ? address : name;
    const auto person = IdBuilder("person").add(org).add(fold_case(known)).finish();
    auto& entry = people_[person];
    if (entry.addresses.empty()) {
      entry.person = person;
      entry.label = "person-" + hex(person).substr(0, 8);
      entry.org = org;
      entry.role = cell(record.native, {"role", "title", "jobtitle"});
      entry.span = record.span;
    }
    entry.addresses.push_back(fold_case(address));
  }
  void fault(const Fault&) override {}
  void account(Extent, Coverage, std::string_view) override {}

  auto take() -> std::vector<RosterEntry> {
    auto out = std::vector<RosterEntry>{};
    for (auto& [id, entry] : people_) out.push_back(std::move(entry));
    return out;
  }

 private:
  std::map<Id, RosterEntry> people_;
};

}  // namespace

auto read_roster(std::string_view bytes, std::uint32_t source) -> Result<std::vector<RosterEntry>> {
  const auto reader = open_reader(bytes, source, "roster.csv");
  if (reader->format() != "csv")
    return fail(Code::kMalformed,
                fmt::format("the roster is not a CSV table (it looks like: {})", reader->format()));
  auto arena = Arena{};
  auto rows = RosterRows{};
  for (const auto& chunk : reader->plan(std::uint64_t{1} << 24)) reader->read(chunk, arena, rows);
  auto out = rows.take();
  if (out.empty())
    return fail(Code::kMalformed,
                "the roster has no row with an address; it needs the columns "
                "person and address");
  return out;
}

void write_roster(const std::vector<RosterEntry>& roster, CaseWriter& out) {
  for (const auto& entry : roster) {
    out.add(PersonRow{.id = entry.person,
                      .label = entry.label,
                      .roster = entry.span.source,
                      .off = entry.span.offset,
                      .len = entry.span.length,
                      .tlp = Tlp::kAmber});
    if (!entry.role.empty() && !entry.org.empty())
      out.add(PersonRoleRow{
          .person = entry.person, .org = entry.org, .role = entry.role, .t0 = {}, .t1 = {}});
  }
}

}  // namespace serjeant::cli
