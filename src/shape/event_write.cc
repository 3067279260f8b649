#include "core/json.h"
#include "shape/event.h"

namespace serjeant {
namespace {

class SpineWriter {
 public:
  explicit SpineWriter(std::string& out) : json_(out) { json_.begin_object(); }

  void text(std::string_view key, std::string_view value) {
    if (!value.empty()) json_.field(key, value);
  }
  void number(std::string_view key, std::uint64_t value) {
    if (value != 0) json_.key(key).unsigned_number(value);
  }
  void flags(std::uint32_t flags) {
    if (flags == 0) return;
    json_.key("flags").begin_array();
    for (auto bit = 1U; bit <= kExternal; bit <<= 1)
      if (flags & bit) json_.text(flag_word(static_cast<EventFlag>(bit)));
    json_.end_array();
  }
  void items(std::span<const ItemRef> items) {
    if (items.empty()) return;
    json_.key("items").begin_array();
    for (const auto& item : items) {
      json_.begin_object();
      text("kind", item.kind);
      text("key", item.key);
      text("native_id", item.native_id);
      text("container", item.container);
      number("bytes", item.bytes);
      json_.end_object();
    }
    json_.end_array();
  }
  void finish() { json_.end_object(); }

 private:
  JsonWriter json_;
};

}  // namespace

void write_spine(const Event& event, std::string& out) {
  auto spine = SpineWriter(out);
  spine.text("profile", event.profile);
  if (event.basis != TimeBasis::kNone) {
    spine.text("time", format_time(event.at));
    spine.text("basis", basis_word(event.basis));
    spine.number("uncertainty_ms", event.uncertainty_ms);
  }
  spine.number("class_uid", event.class_uid);
  spine.number("activity_id", event.activity_id);
  if (event.outcome != Outcome::kUnknown) spine.text("outcome", outcome_word(event.outcome));
  spine.text("operation", event.operation);
  spine.text("org", event.org);
  spine.text("actor", event.actor);
  if (event.actor_kind != ActorKind::kUnknown)
    spine.text("actor_kind", actor_kind_word(event.actor_kind));
  spine.text("target", event.target);
  spine.text("mailbox", event.mailbox);
  spine.text("session", event.session);
  spine.text("token", event.token);
  spine.text("device", event.device);
  spine.text("app", event.app);
  spine.text("client_app", event.client_app);
  spine.text("agent", event.agent);
  if (!event.ip.empty()) spine.text("ip", format_ip(event.ip));
  spine.number("port", event.port);
  spine.number("asn", event.asn);
  spine.text("country", event.country);
  if (event.ip_role != IpRole::kUnknown) spine.text("ip_role", ip_role_word(event.ip_role));
  spine.text("object", event.object);
  if (event.object_kind != ObjectKind::kNone)
    spine.text("object_kind", object_kind_word(event.object_kind));
  spine.text("message_id", event.message_id);
  spine.number("item_count", event.item_count);
  spine.number("bytes_in", event.bytes_in);
  spine.number("bytes_out", event.bytes_out);
  spine.text("error", event.error);
  spine.flags(event.flags);
  spine.text("record_id", event.record_id);
  spine.items(event.items);
  spine.finish();
}

}  // namespace serjeant
