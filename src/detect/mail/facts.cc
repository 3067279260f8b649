#include "detect/mail/facts.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/sha256.h"
#include "core/text.h"
#include "detect/mail/psl.h"
#include "detect/mail/references.h"
#include "detect/mail/signature.h"
#include "read/mail/address.h"
#include "read/mail/date.h"
#include "read/mail/message_id.h"
#include "read/mail/received.h"
#include "read/mail/words.h"

namespace serjeant::mail {
namespace {

constexpr auto kFallback = Fallback::kWindows1252;
constexpr auto kMostRecipients = std::size_t{2000};
constexpr auto kMostIds = std::size_t{200};

auto lower(std::string_view text, Arena& arena) -> std::string_view {
  if (std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
    return text;
  return arena.copy(lower_ascii(text));
}

auto name_is(const Field& field, std::string_view name) -> bool {
  return equals_ignoring_ascii_case(trim(field.name), name);
}

// The value of "tag=value" in a list separated by semicolons (RFC 6376, section 3.2).
auto tag_value(std::string_view list, std::string_view tag) -> std::string_view {
  for (const auto item : split(list, ';')) {
    const auto equals = item.find('=');
    if (equals != item.npos && trim(item.substr(0, equals)) == tag)
      return trim(item.substr(equals + 1));
  }
  return {};
}

// Letters become "a", digits "9", hex runs of eight and more "h"; the rest stays:
// the grammar by which a program makes ids and boundaries.
auto shape_of(std::string_view text) -> std::string {
  auto out = std::string{};
  for (auto i = std::size_t{0}; i < text.size() && out.size() < 40;) {
    auto end = i;
    auto hexes = true, digit = false, letter = false;
    const auto alnum = [&](char c) {
      return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
    };
    for (; end < text.size() && alnum(text[end]); ++end) {
      const auto is_digit = text[end] >= '0' && text[end] <= '9';
      digit = digit || is_digit;
      letter = letter || !is_digit;
      hexes = hexes && (is_digit || (text[end] | 32) <= 'f');
    }
    if (end == i) {
      out += text[i++];
      continue;
    }
    const auto size = end - i;
    out += !letter ? '9' : !digit ? 'a' : hexes && size >= 8 ? 'h' : 'x';
    // Ids count in tens of characters; a counter that grows must not change the shape.
    if (size >= 8) out += std::to_string(size / 4 * 4);
    i = end;
  }
  return out;
}

class FactsReader {
 public:
  FactsReader(const Message& message, Arena& arena) : message_(message), arena_(arena) {}

  auto read() -> MailFacts {
    out_.span = message_.span;
    out_.uid = id_from_bytes(view(sha256(message_.raw())).substr(0, 16));
    out_.ambiguities = static_cast<std::uint32_t>(message_.ambiguities.size());
    for (const auto& field : message_.fields_of(message_.parts[0])) take(field);
    marker();
    choose_custodian();
    choose_time();
    const auto contents = read_contents(message_, out_.recipients, arena_);
    out_.refs = contents.refs;
    attachments(contents);
    signatures(contents);
    persona();
    return std::move(out_);
  }

 private:
  void take(const Field& field) {
    using enum FieldId;
    switch (field.id) {
      case kFrom:
        from(field);
        break;
      case kSender:
        first(field, out_.sender);
        break;
      case kReplyTo:
        first(field, out_.reply_to);
        break;
      case kReturnPath:
        first(field, out_.return_path);
        break;
      case kTo:
        recipients(field, AddressKind::kTo);
        break;
      case kCc:
        recipients(field, AddressKind::kCc);
        break;
      case kBcc:
        recipients(field, AddressKind::kBcc);
        break;
      case kDeliveredTo:
        recipients(field, AddressKind::kDeliveredTo);
        break;
      case kXOriginalTo:
        recipients(field, AddressKind::kOriginalTo);
        break;
      case kSubject:
        if (out_.subject.empty()) out_.subject = unstructured(field.value, kFallback, arena_);
        break;
      case kDate:
        date(field);
        break;
      case kMessageId:
        if (out_.message_id.empty())
          if (const auto ids = parse_ids(field.value); !ids.empty())
            out_.message_id = canonical_id(ids[0], arena_);
        break;
      case kInReplyTo:
      case kReferences:
        for (const auto id : parse_ids(field.value))
          if (out_.references.size() < kMostIds)
            if (const auto canonical = canonical_id(id, arena_); !canonical.empty())
              out_.references.push_back(canonical);
        break;
      case kReceived:
        hop(field);
        break;
      case kDkimSignature:
        if (out_.signatures.size() < 32)
          out_.signatures.push_back(
              {lower(unfolded(tag_value(field.value, "d"), kFallback, arena_), arena_),
               lower(unfolded(tag_value(field.value, "s"), kFallback, arena_), arena_)});
        break;
      case kXMailer:
      case kUserAgent:
        if (out_.mailer.empty()) out_.mailer = unstructured(field.value, kFallback, arena_);
        break;
      case kListId:
        list_id(field);
        break;
      case kListUnsubscribe:
        unsubscribe(field);
        break;
      case kListArchive:
      case kListHelp:
      case kListOwner:
      case kListPost:
      case kListSubscribe:
        out_.list = true;
        break;
      case kOther:
        other(field);
        break;
      default:
        break;
    }
  }

  void from(const Field& field) {
    for (const auto& box : parse_mailboxes(field.value, kFallback, arena_)) {
      const auto address = canonical_address(box.address, arena_);
      if (out_.from.empty()) {
        out_.from = address;
        out_.from_name = box.name;
        out_.from_domain = registrable_domain(domain_of(address), arena_);
      } else if (address != out_.from && out_.more_from.size() < 16) {
        out_.more_from.push_back(address);
      }
    }
  }

  void first(const Field& field, std::string_view& to) {
    if (!to.empty()) return;
    const auto boxes = parse_mailboxes(field.value, kFallback, arena_);
    if (!boxes.empty()) to = canonical_address(boxes[0].address, arena_);
  }

  void recipients(const Field& field, AddressKind kind) {
    for (const auto& box : parse_mailboxes(field.value, kFallback, arena_)) {
      if (out_.recipients.size() >= kMostRecipients) return;
      const auto address = canonical_address(box.address, arena_);
      if (address.find('@') == address.npos) continue;
      const auto known = std::any_of(out_.recipients.begin(), out_.recipients.end(), [&](auto& r) {
        return r.address == address && r.kind == kind;
      });
      if (!known) out_.recipients.push_back({address, box.name, kind});
    }
  }

  void date(const Field& field) {
    if (out_.basis != TimeBasis::kNone) return;
    const auto date = parse_date(field.value);
    const auto at = date ? to_nanos(*date) : std::nullopt;
    if (!at) return;
    out_.at = *at;
    out_.basis = date->zoned ? TimeBasis::kExplicit : TimeBasis::kAssumed;
    out_.zoned = date->zoned;
    const auto minutes = static_cast<std::int32_t>(date->zone_hour * 60 + date->zone_minute);
    out_.zone_minutes = date->before_gmt ? -minutes : minutes;
  }

  void hop(const Field& field) {
    if (out_.hops.size() >= 64) return;
    const auto hop = parse_received(field.value, arena_);
    auto fact = HopFact{};
    fact.from = lower(hop.from, arena_);
    fact.helo = lower(hop.helo, arena_);
    fact.rdns = lower(hop.from_rdns, arena_);
    fact.by = lower(hop.by, arena_);
    fact.ip = parse_ip(hop.from_ip.empty() ? hop.from : hop.from_ip);
    const auto at = hop.date ? to_nanos(*hop.date) : std::nullopt;
    fact.dated = at.has_value();
    fact.at = at.value_or(0);
    out_.hops.push_back(fact);
  }

  void tenant(std::string_view header, std::string_view value) {
    if (value.empty() || value.size() > 512 || out_.tenants.size() >= 32) return;
    out_.tenants.push_back({header, value});
  }

  void list_id(const Field& field) {
    out_.list = true;
    const auto ids = parse_ids(field.value);
    if (!ids.empty()) tenant("list-id", lower(unfolded(ids[0], kFallback, arena_), arena_));
  }

  void unsubscribe(const Field& field) {
    out_.list = true;
    for (const auto& box : parse_mailboxes(field.value, kFallback, arena_)) {
      const auto url = read_url(box.address, {}, arena_);
      if ((url.scheme != "http" && url.scheme != "https") || !out_.unsubscribe_host.empty())
        continue;
      out_.unsubscribe_host = url.host;
    }
  }

  void other(const Field& field) {
    const auto name = trim(field.name);
    constexpr auto receipts = std::array<std::string_view, 6>{
        "disposition-notification-to", "return-receipt-to",       "x-confirm-reading-to", "x-pmrqc",
        "generate-delivery-report",    "return-receipt-requested"};
    for (const auto header : receipts)
      if (equals_ignoring_ascii_case(name, header)) return receipt(field);
    const auto value = unfolded(field.value, kFallback, arena_);
    if (name_is(field, "precedence")) {
      const auto word = lower_ascii(value);
      out_.bulk = out_.bulk || word == "bulk" || word == "junk";
      out_.list = out_.list || word == "list";
    } else if (name_is(field, "auto-submitted")) {
      out_.bulk = out_.bulk || !equals_ignoring_ascii_case(value, "no");
    } else if (name_is(field, "list-unsubscribe-post") || name_is(field, "x-csa-complaints")) {
      out_.bulk = true;
    } else if (name_is(field, "feedback-id")) {
      // a:b:c:SenderId; the last one is the sender's, the others its campaigns.
      out_.bulk = true;
      const auto colon = value.rfind(':');
      tenant("feedback-id", colon == value.npos ? value : value.substr(colon + 1));
      if (colon != value.npos) tenant("feedback-id-full", value);
    } else if (name_is(field, "x-originating-ip") || name_is(field, "x-sender-ip") ||
               name_is(field, "x-source-ip") || name_is(field, "x-client-ip")) {
      if (out_.originating_ip.empty()) {
        const auto literal = address_literal(value);
        out_.originating_ip = literal.empty() ? value : literal;
      }
    } else if (name_is(field, "x-envelope-to") || name_is(field, "envelope-to") ||
               name_is(field, "x-rcpt-to") || name_is(field, "x-forwarded-to")) {
      recipients(field, AddressKind::kOriginalTo);
    } else if (starts_with_ignoring_case(name, "x-") && is_tenant(lower_ascii(name))) {
      tenant(lower(name, arena_), value);
    }
  }

  // Fields in which mass-mail houses name the account or campaign behind a mail.
  // A value that differs from mail to mail ties nothing and does no harm.
  static auto is_tenant(const std::string& name) -> bool {
    constexpr auto not_these = std::array<std::string_view, 13>{
        "x-ms-",       "x-google-",  "x-gm-",    "x-spam",    "x-message-id",
        "x-msmail",    "x-exchange", "x-virus",  "x-amz-mid", "x-microsoft",
        "x-forefront", "x-eopattr",  "x-mimeole"};
    for (const auto prefix : not_these)
      if (name.starts_with(prefix)) return false;
    constexpr auto ends = std::array<std::string_view, 13>{
        "-id",     "-sid",      "-eid",      "id",   "-account", "-user",  "-client",
        "-tenant", "-campaign", "-customer", "-job", "-list",    "-sender"};
    for (const auto end : ends)
      if (name.ends_with(end)) return true;
    return name.find("campaign") != name.npos || name.find("account") != name.npos ||
           name.find("report-abuse") != name.npos || name == "x-binding" || name == "x-smtpapi";
  }

  void receipt(const Field& field) {
    for (const auto& box : parse_mailboxes(field.value, kFallback, arena_)) {
      if (out_.receipts.size() >= 16) return;
      const auto address = canonical_address(box.address, arena_);
      if (address.find('@') == address.npos) continue;
      out_.receipts.push_back({unfolded(field.name, kFallback, arena_), address, false});
    }
  }

  // "From addr date": the envelope sender as the delivering program knew it.
  void marker() {
    if (message_.marker_text.size() < 6) return;
    auto line = trim(message_.marker_text.substr(5));
    line = line.substr(0, line.find(' '));
    if (line.find('@') != line.npos && !line.ends_with("@xxx"))
      out_.envelope_from = canonical_address(line, arena_);
  }

  void choose_custodian() {
    for (const auto kind : {AddressKind::kDeliveredTo, AddressKind::kOriginalTo})
      for (const auto& recipient : out_.recipients)
        if (recipient.kind == kind && out_.custodian.empty()) out_.custodian = recipient.address;
    for (auto& receipt : out_.receipts) {
      const auto domain = registrable_domain(domain_of(receipt.address), arena_);
      receipt.same_domain = !domain.empty() && domain == out_.from_domain;
    }
  }

  void choose_time() {
    if (out_.basis != TimeBasis::kNone) return;
    for (const auto& hop : out_.hops)
      if (hop.dated) {
        out_.at = hop.at;
        out_.basis = TimeBasis::kExplicit;
        return;
      }
  }

  void attachments(const Contents& contents) {
    for (const auto index : sort_bodies(message_).attachments) {
      const auto& part = message_.parts[index];
      auto fact = AttachmentFact{};
      fact.name = part.name;
      fact.type = arena_.copy(std::string(part.type) + "/" + std::string(part.subtype));
      fact.part = contents.numbers[index];
      const auto bytes = part.kind == PartKind::kMessage && part.decoded.bytes.data() == nullptr
                             ? message_.bytes(part, part.body)
                             : decoded_bytes(message_, part, arena_);
      fact.bytes = bytes.size();
      fact.sha256 = sha256(bytes);
      out_.attachments.push_back(fact);
    }
  }

  void signatures(const Contents& contents) {
    auto strip = std::vector<std::string>{};
    const auto add_words = [&](std::string_view text) {
      auto word = std::string{};
      for (const auto c : fold_case(text)) {
        if (std::string_view(" .,_-+\"'()").find(c) == std::string_view::npos) {
          word += c;
        } else if (!word.empty()) {
          strip.push_back(std::move(word));
          word.clear();
        }
      }
      if (!word.empty()) strip.push_back(word);
    };
    for (const auto& recipient : out_.recipients) {
      if (strip.size() > 200) break;  // a mail to that many addresses nobody by name
      add_words(recipient.name);
      add_words(recipient.address.substr(0, recipient.address.find('@')));
    }
    for (const auto& reference : out_.refs)
      for (const auto& token : reference.tokens)
        if (token.maps == Maps::kYes) strip.push_back(fold_case(token.value));
    const auto words = normal_words(contents.text, strip);
    out_.text_bytes =
        static_cast<std::uint32_t>(std::min(contents.text.size(), std::size_t{0xffffffff}));
    out_.shingles = text_signature(words, out_.text);
    if (contents.elements == 0) return;
    out_.elements = contents.elements;
    auto skeleton = contents.skeleton;
    auto exact = IdBuilder("dom");
    auto chain = std::uint64_t{0};
    for (const auto hash : skeleton) chain = chain * 0x9e3779b97f4a7c15u + hash;
    out_.dom_exact = exact.add(chain).add(std::uint64_t{skeleton.size()}).finish();
    std::sort(skeleton.begin(), skeleton.end());
    skeleton.erase(std::unique(skeleton.begin(), skeleton.end()), skeleton.end());
    min_hash(skeleton, out_.dom.data(), out_.dom.size());
  }

  // What a writer's tools and habits leave, in no language.
  void persona() {
    const auto add = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) out_.persona.push_back(arena_.copy(std::string(name) + "=" + value));
    };
    if (!out_.message_id.empty()) {
      const auto at = out_.message_id.rfind('@');
      add("message-id", shape_of(out_.message_id.substr(1, at == 0 ? 0 : at - 1)));
      if (at != out_.message_id.npos) {
        const auto host = out_.message_id.substr(at + 1, out_.message_id.size() - at - 2);
        const auto domain = registrable_domain(host, arena_);
        add("message-id-host", domain == out_.from_domain ? "from" : std::string(domain));
      }
    }
    if (out_.zoned) {
      const auto minutes = out_.zone_minutes < 0 ? -out_.zone_minutes : out_.zone_minutes;
      auto text = std::string(out_.zone_minutes < 0 ? "-" : "+");
      for (const auto part : {minutes / 60, minutes % 60}) {
        if (part < 10) text += '0';
        text += std::to_string(part);
      }
      add("zone", text);
    }
    add("mailer", std::string(out_.mailer.substr(0, 80)));
    const auto& root = message_.parts[0];
    add("boundary", shape_of(parameter(root.content_type, "boundary")));
    add("charset", lower_ascii(parameter(root.content_type, "charset")));
    auto structure = std::string{};
    for (const auto& part : message_.parts) {
      if (structure.size() > 120) break;
      structure += std::string(part.depth, '.') + std::string(part.type.substr(0, 20)) + "/" +
                   std::string(part.subtype.substr(0, 30)) + " ";
    }
    add("structure", structure);
    auto order = std::string{};
    for (const auto& field : message_.fields_of(root)) {
      const auto word = field_word(field.id);
      // Fields that the way adds say nothing of the writer.
      if (word.empty() || field.id == FieldId::kReceived || field.id == FieldId::kReturnPath ||
          field.id == FieldId::kDeliveredTo || field.id == FieldId::kXOriginalTo ||
          field.id >= FieldId::kDkimSignature)
        continue;
      order += word;
      order += ' ';
      if (order.size() > 400) break;
    }
    add("fields", hex(IdBuilder("fields").add(order).finish()).substr(0, 12));
    add("name-case", name_style(out_.from_name));
    std::sort(out_.persona.begin(), out_.persona.end());
  }

  static auto name_style(std::string_view name) -> std::string {
    if (name.empty()) return "none";
    if (name.find('@') != name.npos) return "address";
    auto words = 1 + std::count(name.begin(), name.end(), ' ');
    const auto comma = name.find(',') != name.npos;
    const auto upper =
        std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    return std::to_string(std::min<std::ptrdiff_t>(words, 5)) + (comma ? "," : "") +
           (upper ? "U" : "");
  }

  const Message& message_;
  Arena& arena_;
  MailFacts out_;
};

}  // namespace

auto mail_facts(const Message& message, Arena& arena) -> MailFacts {
  return FactsReader(message, arena).read();
}

auto mail_facts(const Event& event, Arena& arena) -> MailFacts {
  SJ_CHECK(event.message != nullptr);
  auto facts = mail_facts(*event.message, arena);
  facts.faults = static_cast<std::uint32_t>(event.faults.size());
  if (event.basis != TimeBasis::kNone) {
    facts.at = event.at;
    facts.basis = event.basis;
  }
  if (facts.custodian.empty()) facts.custodian = event.mailbox;
  return facts;
}

namespace {

template <std::size_t N>
auto likeness(const std::array<std::uint32_t, N>& a, const std::array<std::uint32_t, N>& b)
    -> std::uint32_t {
  auto equal = std::uint32_t{0};
  for (auto i = std::size_t{0}; i < N; ++i) equal += a[i] == b[i];
  return equal * 1000 / static_cast<std::uint32_t>(N);
}

}  // namespace

auto text_likeness(const MailFacts& a, const MailFacts& b) -> std::uint32_t {
  return a.shingles == 0 || b.shingles == 0 ? 0 : likeness(a.text, b.text);
}

auto dom_likeness(const MailFacts& a, const MailFacts& b) -> std::uint32_t {
  return a.elements == 0 || b.elements == 0 ? 0 : likeness(a.dom, b.dom);
}

}  // namespace serjeant::mail
