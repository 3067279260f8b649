#include "cli/event_lines.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/text.h"

namespace serjeant::cli {

void write_place(JsonWriter& json, const Source& source, const Span& span) {
  json.key("source").begin_object();
  json.field("path", source.name()).field("sha256", hex(source.sha256));
  json.field("offset", narrow<std::int64_t>(span.offset))
      .field("length", std::int64_t{span.length});
  json.end_object();
}

void write_event_line(const Event& event, const Source& source, bool spine_only, Output& out) {
  auto json = JsonWriter(out.text());
  json.begin_object();
  write_place(json, source, event.span);
  auto spine = std::string{};
  write_spine(event, spine);
  json.key("spine").raw(spine);
  if (!spine_only) json.key("fields").value(event.native);
  if (!event.faults.empty()) {
    json.key("faults").begin_array();
    for (const auto& fault : event.faults)
      json.begin_object()
          .field("kind", fault_word(fault.kind))
          .field("offset", narrow<std::int64_t>(fault.span.offset))
          .field("length", std::int64_t{fault.span.length})
          .end_object();
    json.end_array();
  }
  json.end_object();
  out.text() += '\n';
  out.flush_some();
}

auto tell_unread(const Evidence& evidence) -> bool {
  auto whole = evidence.refused.empty();
  for (const auto& refused : evidence.refused)
    note("not read: " + printable(refused.name) + ": " + refused.why);
  // Of an archive it is enough to name the member that was refused.
  const auto told = [&](const Source& source) {
    return std::any_of(evidence.refused.begin(), evidence.refused.end(), [&](const auto& refused) {
      return refused.name.starts_with(source.name() + " > ");
    });
  };
  for (const auto& source : evidence.sources)
    if (!source.faults.empty()) {
      whole = false;
      if (told(source)) continue;
      note(fmt::format("read only in part: {}: {}", printable(source.name()),
                       fault_word(source.faults.front().kind)));
    }
  return whole;
}

}  // namespace serjeant::cli
