#include "shape/m365_columns.h"

#include <algorithm>

#include "core/text.h"

namespace serjeant::m365 {
namespace {

constexpr auto kColumnNames = std::to_array<std::string_view>({"AuditData",
                                                               "auditLogRecordType",
                                                               "clientIp",
                                                               "createdDateTime",
                                                               "CreationDate",
                                                               "id",
                                                               "Identity",
                                                               "objectId",
                                                               "Operation",
                                                               "Operations",
                                                               "organizationId",
                                                               "RecordId",
                                                               "RecordType",
                                                               "ResultCount",
                                                               "ResultIndex",
                                                               "service",
                                                               "_time",
                                                               "TimeGenerated",
                                                               "UserId",
                                                               "UserIds",
                                                               "userPrincipalName",
                                                               "userType",
                                                               "Workload"});
static_assert(kColumnNames.size() == static_cast<std::size_t>(Column::kNone));

}  // namespace

void Columns::read(Value wrapper) {
  members_.clear();
  auto same = true;
  for (auto member : wrapper) {
    const auto index = members_.size();
    same = same && index < layout_.size() && layout_[index].key == member.key();
    members_.push_back(member.node());
  }
  if (!same || members_.size() != layout_.size()) learn();
}

void Columns::learn() {
  places_.fill(kUnasked);
  layout_.resize(members_.size());
  for (auto i = std::size_t{0}; i < members_.size(); ++i) {
    layout_[i].key = members_[i]->key;
    layout_[i].asked = false;
  }
}

// Asked of wrappers only: a record that stands by itself has other members
// than the one before it, and they are not worth looking up.
void Columns::ask(Known& known) {
  const auto key = std::string_view(known.key);
  known.asked = true;
  known.carrier = equals_ignoring_ascii_case(key, "AuditData") || key == "_raw" || key == "o365" ||
                  key.starts_with("o365.audit.");
  const auto* name = find_name(key);
  known.name = name != nullptr && name->text == key ? name : nullptr;
}

auto Columns::find(Column column) -> Value {
  auto& place = places_[static_cast<std::size_t>(column)];
  if (place == kUnasked) {
    const auto wanted = kColumnNames[static_cast<std::size_t>(column)];
    const auto find_if = [&](auto fits) {
      const auto found = std::find_if(layout_.begin(), layout_.end(),
                                      [&](const Known& known) { return fits(known.key); });
      return found == layout_.end() ? -1 : static_cast<std::int32_t>(found - layout_.begin());
    };
    place = find_if([&](std::string_view key) { return key == wanted; });
    if (place < 0)
      place =
          find_if([&](std::string_view key) { return equals_ignoring_ascii_case(key, wanted); });
  }
  return place < 0 ? Value{} : Value(members_[static_cast<std::size_t>(place)]);
}

}  // namespace serjeant::m365
