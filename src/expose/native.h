#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shape/event.h"

// Looks into the native fields of Microsoft 365 audit records, whose lists of
// {Name, Value} pairs hold what the spine has no column for.
namespace serjeant {

// A member of the record by name; "" if absent or no scalar.
auto native_text(const Event& event, std::string_view name) -> std::string_view;

// The pair `name` of the list `list` (Parameters, ExtendedProperties,
// OperationProperties, ModifiedProperties, DeviceProperties): its `value`
// member, "Value" if not said. Also finds the dotted form "list.name" of the
// canonical fields. "" if absent.
auto listed_text(const Event& event, std::string_view list, std::string_view name,
                 std::string_view value = "Value") -> std::string_view;

// All pairs of a list, in order; views live as long as the event.
struct NamedText {
  std::string_view name, value;
};
auto listed_pairs(const Event& event, std::string_view list, std::string_view value = "Value")
    -> std::vector<NamedText>;

// NewValue of a ModifiedProperties entry, without the JSON list that Entra
// wraps single values in: `[\r\n  "x"\r\n]` gives `x`.
auto modified_text(const Event& event, std::string_view name) -> std::string;

// The part of a directory path after its last slash or backslash:
// "EURPR04A009.PROD.OUTLOOK.COM/.../HenriettaM" gives "HenriettaM".
auto last_part(std::string_view path) -> std::string_view;

// The Target list of an Entra audit record: the value whose Type is `type`
// (1 name, 2 id, 4 service principal name, 5 user principal name), the first.
auto target_text(const Event& event, std::string_view type) -> std::string_view;

}  // namespace serjeant
