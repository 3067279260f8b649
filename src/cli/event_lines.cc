#include "cli/event_lines.h"

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

}  // namespace serjeant::cli
