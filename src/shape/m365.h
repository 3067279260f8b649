#pragma once

#include <string_view>
#include <vector>

#include "shape/m365_canonical.h"
#include "shape/shape.h"

// The Microsoft 365 unified audit log: one record in any of its dialects to one
// event (docs/formats/m365-audit.md).
namespace serjeant::m365 {

class AuditShaper {
 public:
  // `event` comes with what the profile states: its name and log source.
  void shape(const Record& record, Event event, Arena& arena, EventSink& sink);

 private:
  void times(Event& event);
  void actor(Event& event, Arena& arena);
  void origin(Event& event);
  void outcome(Event& event);
  void items(Event& event, Arena& arena);
  void mail_item(Value item, std::string_view container);
  void attachments(std::string_view list, std::string_view container);
  void mailbox_items(Event& event);
  void file_items(Event& event, Arena& arena);
  void target(Event& event, Arena& arena);
  void faults(const Record& record, Event& event);

  Canonical record_;
  std::vector<ItemRef> items_;
  std::vector<Fault> faults_;
};

// Does a failed sign-in with this error (number or name) prove that the
// password was right?
auto is_password_right(std::string_view error) -> bool;

// The act as names are compared: white space at the ends taken off, every dash
// a hyphen-minus ("Update application – Certificates and secrets management ").
auto fold_operation(std::string_view operation) -> std::string;

}  // namespace serjeant::m365
