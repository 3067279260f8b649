#include "expose/event_row.h"

#include "core/json.h"
#include "core/text.h"

namespace serjeant {
namespace {

auto account_or_none(std::string_view key) -> Id { return key.empty() ? Id{} : account_id(key); }

// First 8 bytes of the hash of the Message-ID without brackets and blanks.
auto message_id_hash(std::string_view id) -> std::string {
  id = trim(id);
  if (id.starts_with('<')) id.remove_prefix(1);
  if (id.ends_with('>')) id.remove_suffix(1);
  if (id.empty()) return {};
  return std::string(view(sha256(id)).substr(0, 8));
}

auto country_number(std::string_view country) -> std::uint16_t {
  if (country.size() != 2) return 0;
  return static_cast<std::uint16_t>(static_cast<unsigned char>(country[0]) << 8 |
                                    static_cast<unsigned char>(country[1]));
}

auto text_of(std::string_view text) -> std::string {
  return is_utf8(text) ? std::string(text) : replace_bad_utf8(text);
}

}  // namespace

auto to_event_row(const Event& event) -> EventRow {
  auto out = EventRow{};
  out.eid = event.eid;
  out.source = event.span.source;
  out.off = event.span.offset;
  out.len = event.span.length;
  if (event.basis != TimeBasis::kNone) out.ts_ns = event.at;
  out.ts_basis = event.basis;
  out.ts_unc_ms = event.uncertainty_ms;
  out.class_uid = event.class_uid;
  out.activity_id = event.activity_id;
  out.outcome = static_cast<std::uint8_t>(event.outcome);
  out.org = text_of(event.org);
  out.actor_acct = account_or_none(event.actor);
  out.actor_kind = static_cast<std::uint8_t>(event.actor_kind);
  out.target_acct = account_or_none(event.target);
  out.mailbox = account_or_none(event.mailbox);
  out.session_a = text_of(event.session);
  out.session_b = text_of(event.token);
  out.device = text_of(event.device);
  out.app = text_of(event.app);
  out.client_app = text_of(event.client_app);
  out.ua = text_of(event.agent);
  if (!event.ip.empty())
    out.ip.assign(reinterpret_cast<const char*>(event.ip.bytes.data()), event.ip.bytes.size());
  out.ip_port = event.port;
  out.asn = event.asn;
  out.geo = country_number(event.country);
  out.ip_role = static_cast<std::uint8_t>(event.ip_role);
  out.object = text_of(event.object);
  out.object_kind = static_cast<std::uint8_t>(event.object_kind);
  out.msgid_hash = message_id_hash(event.message_id);
  out.item_count = event.item_count;
  out.bytes_in = event.bytes_in;
  out.bytes_out = event.bytes_out;
  out.error = text_of(event.error);
  out.flags = event.flags;
  if (event.native.is_object()) {
    auto writer = JsonWriter(out.native);
    writer.value(event.native);
  }
  return out;
}

}  // namespace serjeant
