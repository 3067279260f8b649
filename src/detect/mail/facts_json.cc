#include <array>
#include <utility>

#include "core/json.h"
#include "core/text.h"
#include "detect/mail/facts.h"

namespace serjeant::mail {
namespace {

constexpr auto kReasons = std::array<std::pair<HiddenReason, std::string_view>, 13>{{
    {kHiddenSize, "size<=2px"},
    {kHiddenDisplay, "display:none"},
    {kHiddenVisibility, "visibility:hidden"},
    {kHiddenOpacity, "opacity:0"},
    {kHiddenMaxHeight, "max-height:0"},
    {kHiddenMaxWidth, "max-width:0"},
    {kHiddenOverflow, "overflow:hidden"},
    {kHiddenOffScreen, "off-screen"},
    {kHiddenClip, "clip"},
    {kHiddenScale, "transform:scale(0)"},
    {kHiddenAttribute, "hidden attribute"},
    {kHiddenNoPicture, "no picture"},
    {kHiddenSheet, "style sheet"},
}};

auto kind_word(AddressKind kind) -> std::string_view {
  constexpr std::string_view words[] = {"to", "cc", "bcc", "delivered-to", "original-to"};
  return words[static_cast<std::size_t>(kind)];
}

auto kind_word(const Token& token) -> std::string {
  constexpr std::string_view words[] = {"opaque", "uuid", "counter"};
  if (token.kind == TokenKind::kAddress) return "address_" + std::string(token.transform);
  return std::string(words[static_cast<std::size_t>(token.kind)]);
}

void optional(JsonWriter& json, std::string_view key, std::string_view text) {
  if (!text.empty()) json.field(key, text);
}

void strings(JsonWriter& json, std::string_view key, const std::vector<std::string_view>& list) {
  if (list.empty()) return;
  json.key(key).begin_array();
  for (const auto item : list) json.text(item);
  json.end_array();
}

void span(JsonWriter& json, const Span& at) {
  json.key("span")
      .begin_object()
      .key("source")
      .unsigned_number(at.source)
      .key("offset")
      .unsigned_number(at.offset)
      .key("length")
      .unsigned_number(at.length)
      .end_object();
}

void write_reference(JsonWriter& json, const Reference& reference) {
  json.begin_object()
      .field("url", reference.url)
      .field("host", reference.host)
      .field("domain", reference.domain)
      .field("part", reference.part)
      .field("context", reference.context)
      .field("fetch", fetch_word(reference.fetch))
      .field("visible", visibility_word(reference.visibility));
  json.key("hidden_by").begin_array();
  for (const auto& [reason, word] : kReasons)
    if (reference.hidden & reason) json.text(word);
  for (const auto& [reason, word] : kReasons)
    if (reference.hidden_by_ancestor & reason) json.text("ancestor " + std::string(word));
  json.end_array();
  json.field("template", reference.template_);
  json.key("tokens").begin_array();
  for (const auto& token : reference.tokens) {
    json.begin_object()
        .field("value", token.value)
        .field("where", token.where)
        .field("kind", kind_word(token))
        .key("maps_to_recipient");
    if (token.maps == Maps::kYes)
      json.boolean(true).key("recipient").unsigned_number(token.recipient);
    else
      json.null();
    json.end_object();
  }
  json.end_array();
  span(json, reference.span);
  json.end_object();
}

template <std::size_t N>
void write_signature(JsonWriter& json, std::string_view key,
                     const std::array<std::uint32_t, N>& signature) {
  json.key(key).begin_array();
  for (const auto value : signature) json.unsigned_number(value);
  json.end_array();
}

}  // namespace

auto fetch_word(Fetch fetch) -> std::string_view {
  constexpr std::string_view words[] = {"open", "client", "click", "attachment", "never"};
  return words[static_cast<std::size_t>(fetch)];
}

auto visibility_word(Visibility visibility) -> std::string_view {
  constexpr std::string_view words[] = {"visible", "hidden", "unknown", "n/a"};
  return words[static_cast<std::size_t>(visibility)];
}

auto hidden_word(HiddenReason reason) -> std::string_view {
  for (const auto& [known, word] : kReasons)
    if (known == reason) return word;
  return {};
}

void write_mail_facts(const MailFacts& facts, std::string& out) {
  auto json = JsonWriter(out);
  json.begin_object().field("uid", hex(facts.uid));
  span(json, facts.span);
  if (facts.basis != TimeBasis::kNone)
    json.field("time", format_time(facts.at)).field("time_basis", basis_word(facts.basis));
  if (facts.zoned) json.field("zone_minutes", facts.zone_minutes);
  optional(json, "message_id", facts.message_id);
  strings(json, "references", facts.references);
  optional(json, "subject", facts.subject);
  optional(json, "from", facts.from);
  optional(json, "from_name", facts.from_name);
  optional(json, "from_domain", facts.from_domain);
  strings(json, "more_from", facts.more_from);
  optional(json, "sender", facts.sender);
  optional(json, "return_path", facts.return_path);
  optional(json, "reply_to", facts.reply_to);
  optional(json, "envelope_from", facts.envelope_from);
  optional(json, "custodian", facts.custodian);
  json.key("recipients").begin_array();
  for (const auto& recipient : facts.recipients) {
    json.begin_object()
        .field("address", recipient.address)
        .field("kind", kind_word(recipient.kind));
    optional(json, "name", recipient.name);
    json.end_object();
  }
  json.end_array().key("hops").begin_array();
  for (const auto& hop : facts.hops) {
    json.begin_object();
    optional(json, "from", hop.from);
    optional(json, "helo", hop.helo);
    optional(json, "rdns", hop.rdns);
    optional(json, "ip", format_ip(hop.ip));
    optional(json, "by", hop.by);
    if (hop.dated) json.field("time", format_time(hop.at));
    json.end_object();
  }
  json.end_array().key("signatures").begin_array();
  for (const auto& signature : facts.signatures)
    json.begin_object()
        .field("domain", signature.domain)
        .field("selector", signature.selector)
        .end_object();
  json.end_array().key("tenants").begin_array();
  for (const auto& tenant : facts.tenants)
    json.begin_object().field("header", tenant.header).field("value", tenant.value).end_object();
  json.end_array().key("receipts").begin_array();
  for (const auto& receipt : facts.receipts)
    json.begin_object()
        .field("header", receipt.header)
        .field("address", receipt.address)
        .key("same_domain_as_from")
        .boolean(receipt.same_domain)
        .end_object();
  json.end_array();
  optional(json, "mailer", facts.mailer);
  optional(json, "originating_ip", facts.originating_ip);
  json.key("list").boolean(facts.list).key("bulk").boolean(facts.bulk);
  optional(json, "unsubscribe_host", facts.unsubscribe_host);
  json.key("attachments").begin_array();
  for (const auto& attachment : facts.attachments)
    json.begin_object()
        .field("name", attachment.name)
        .field("type", attachment.type)
        .field("part", attachment.part)
        .key("bytes")
        .unsigned_number(attachment.bytes)
        .field("sha256", hex(attachment.sha256))
        .end_object();
  json.end_array().key("refs").begin_array();
  for (const auto& reference : facts.refs) write_reference(json, reference);
  json.end_array();
  json.key("text_bytes").unsigned_number(facts.text_bytes);
  json.key("shingles").unsigned_number(facts.shingles);
  if (facts.shingles != 0) write_signature(json, "text", facts.text);
  json.key("elements").unsigned_number(facts.elements);
  if (facts.elements != 0) {
    json.field("dom_exact", hex(facts.dom_exact));
    write_signature(json, "dom", facts.dom);
  }
  strings(json, "persona", facts.persona);
  json.key("faults").unsigned_number(facts.faults);
  json.key("ambiguities").unsigned_number(facts.ambiguities);
  json.end_object();
}

}  // namespace serjeant::mail
