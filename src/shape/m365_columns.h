#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.h"
#include "shape/m365_names.h"

namespace serjeant::m365 {

// The columns of the wrapper that something is taken from.
enum class Column : std::uint8_t {
  kAuditData,
  kAuditLogRecordType,
  kClientIp,
  kCreatedDateTime,
  kCreationDate,
  kId,
  kIdentity,
  kObjectId,
  kOperation,
  kOperations,
  kOrganizationId,
  kRecordId,
  kRecordType,
  kResultCount,
  kResultIndex,
  kService,
  kTime,
  kTimeGenerated,
  kUserId,
  kUserIds,
  kUserPrincipalName,
  kUserType,
  kWorkload,
  kNone,
};

// The members of a wrapper by name. Rows of one table have the same columns,
// so that where they stand is found out once and only checked after that.
class Columns {
 public:
  Columns() { places_.fill(kUnasked); }
  // Takes the members of `wrapper`, which must outlive the use of the others.
  void read(Value wrapper);
  // "createdDateTime" is "CreatedDateTime" in exports that write all names
  // alike: the first of that name but for case, the exact one before it.
  auto find(Column column) -> Value;

  struct Known {
    std::string key;
    bool asked = false;
    bool carrier = false;        // the record is unpacked from it
    const Name* name = nullptr;  // if the key is a canonical name
  };
  auto size() const -> std::size_t { return members_.size(); }
  auto at(std::size_t index) const -> Value { return Value(members_[index]); }
  auto known(std::size_t index) -> const Known& {
    if (!layout_[index].asked) ask(layout_[index]);
    return layout_[index];
  }

 private:
  void learn();
  static void ask(Known& known);
  static constexpr auto kUnasked = std::int32_t{-2};
  std::vector<const Node*> members_;
  std::vector<Known> layout_;
  std::array<std::int32_t, static_cast<std::size_t>(Column::kNone)> places_;
};

}  // namespace serjeant::m365
