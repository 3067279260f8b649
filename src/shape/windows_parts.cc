#include <algorithm>
#include <array>

#include "shape/windows.h"

namespace serjeant::windows {
namespace {

// Names of System under which other writers keep the same thing: Winlogbeat (a
// path, two steps at most), then flat exports.
struct SystemName {
  std::string_view name;
  std::array<std::string_view, 2> winlog;
  std::array<std::string_view, 3> flat;
};
constexpr SystemName kSystemNames[] = {
    {"Channel", {"channel"}, {"log_name", "LogName"}},
    {"Provider_Name", {"provider_name"}, {"SourceName", "ProviderName", "Provider"}},
    {"Provider_Guid", {"provider_guid"}, {"ProviderGuid"}},
    {"EventID", {"event_id"}, {"EventId", "event_id"}},
    {"Computer", {"computer_name"}, {"Hostname", "MachineName", "computer_name"}},
    {"EventRecordID", {"record_id"}, {"EventRecordId", "RecordNumber", "record_number"}},
    {"Task", {"task"}, {}},
    {"Opcode", {"opcode"}, {}},
    {"Keywords", {"keywords"}, {}},
    {"Version", {"version"}, {}},
    {"Security_UserID", {"user", "identifier"}, {"UserID", "UserId", "SecurityUserID"}},
    {"Execution_ProcessID", {"process", "pid"}, {"ExecutionProcessID"}},
    {"Execution_ThreadID", {"process", "thread"}, {"ExecutionThreadID", "ThreadID", "ThreadId"}},
    {"Correlation_ActivityID", {"activity_id"}, {"ActivityID"}},
};

}  // namespace

auto unwrap(Value value) -> Value {
  if (!value.is_object()) return value;
  const auto text = value.find("#text");
  return text ? text : value;
}

auto parts_of(Value record) -> Parts {
  auto out = Parts{};
  out.root = record;
  out.winlog = record.find("winlog");
  if (!out.winlog.is_object()) out.winlog = {};
  auto holder = record.find("Event");
  if (!holder.is_object()) holder = out.winlog ? out.winlog : record;
  out.system = holder.find("System");
  if (!out.system.is_object()) out.system = {};
  out.data = holder.find(out.winlog ? "event_data" : "EventData");
  if (!out.data.is_object()) out.data = {};
  out.user_data = holder.find(out.winlog ? "user_data" : "UserData");
  if (!out.user_data.is_object()) {
    out.user_data = {};
    return out;
  }
  // The children of the single element are the fields (R8); its attributes may
  // stand beside it under a name of their own.
  const auto holds_it = out.user_data;
  for (const auto member : holds_it)
    if (member.is_object() && member.key() != "#attributes" &&
        !member.key().ends_with("_attributes"))
      out.user_data = member;
  return out;
}

auto system_value(const Parts& parts, std::string_view name) -> Value {
  if (parts.system) {
    if (const auto value = parts.system.find(name)) return value;
    // Provider_Name is the attribute Name of the element Provider.
    const auto bar = name.find('_');
    if (bar == std::string_view::npos) return {};
    const auto element = name.substr(0, bar);
    const auto attribute = name.substr(bar + 1);
    if (const auto value = parts.system.find(element).get("#attributes", attribute)) return value;
    for (const auto member : parts.system)
      if (member.key().size() == element.size() + 11 && member.key().starts_with(element) &&
          member.key().ends_with("_attributes"))
        return member.find(attribute);
    return {};
  }
  const auto* const known = std::find_if(std::begin(kSystemNames), std::end(kSystemNames),
                                         [&](const auto& one) { return one.name == name; });
  if (known == std::end(kSystemNames)) return {};
  auto value = parts.winlog.find(known->winlog[0]);
  if (!known->winlog[1].empty()) value = value.find(known->winlog[1]);
  if (value && value.is_object()) value = value.find("id");  // winlog.process.thread.id
  if (value) return value;
  if (const auto own = parts.root.find(name)) return own;
  for (const auto other : known->flat)
    if (const auto found = other.empty() ? Value{} : parts.root.find(other); found.is_scalar())
      return found;
  return {};
}

}  // namespace serjeant::windows
