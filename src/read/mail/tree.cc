#include "read/mail/tree.h"

#include <algorithm>

#include "core/json.h"
#include "core/text.h"
#include "read/mail/address.h"
#include "read/mail/date.h"
#include "read/mail/message_id.h"
#include "read/mail/received.h"
#include "read/mail/words.h"

namespace serjeant::mail {
namespace {

constexpr auto kReplace = Fallback::kReplace;

void text_or_null(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  if (text.empty())
    json.null();
  else
    json.text(text);
}

void write_date(JsonWriter& json, const MailDate& date) {
  json.begin_object()
      .field("year", date.year)
      .field("month", date.month)
      .field("day", date.day)
      .field("hour", date.hour)
      .field("minute", date.minute)
      .field("second", date.second)
      .key("tz_before_gmt")
      .boolean(date.before_gmt)
      .field("tz_hour", date.zone_hour)
      .field("tz_minute", date.zone_minute)
      .end_object();
}

void write_mailbox(JsonWriter& json, const Mailbox& box) {
  json.begin_object();
  text_or_null(json, "name", box.name);
  text_or_null(json, "address", box.address);
  json.end_object();
}

void write_addresses(JsonWriter& json, const std::vector<Group>& groups) {
  const auto grouped =
      std::any_of(groups.begin(), groups.end(), [](auto& group) { return group.named; });
  json.begin_object().key("Address").begin_object().key(grouped ? "Group" : "List").begin_array();
  for (const auto& group : groups) {
    if (grouped) {
      json.begin_object();
      text_or_null(json, "name", group.name);
      json.key("addresses").begin_array();
    }
    for (const auto& box : group.members) write_mailbox(json, box);
    if (grouped) json.end_array().end_object();
  }
  json.end_array().end_object().end_object();
}

void write_host(JsonWriter& json, std::string_view key, std::string_view host) {
  json.key(key);
  if (host.empty()) {
    json.null();
    return;
  }
  const auto literal = address_literal(host);
  json.begin_object()
      .field(literal.empty() ? "Name" : "IpAddr", literal.empty() ? host : literal)
      .end_object();
}

void write_hop(JsonWriter& json, const Hop& hop) {
  json.begin_object().key("Received").begin_object();
  write_host(json, "from", hop.from);
  text_or_null(json, "from_ip", hop.from_ip);
  text_or_null(json, "from_iprev", hop.from_rdns);
  write_host(json, "by", hop.by);
  text_or_null(json, "for_", hop.for_);
  text_or_null(json, "with", hop.with);
  text_or_null(json, "tls_version", hop.tls_version);
  text_or_null(json, "tls_cipher", hop.tls_cipher);
  text_or_null(json, "id", hop.id);
  text_or_null(json, "ident", hop.ident);
  write_host(json, "helo", hop.helo);
  text_or_null(json, "helo_cmd", hop.helo_cmd);
  text_or_null(json, "via", hop.via);
  json.key("date");
  if (hop.date)
    write_date(json, *hop.date);
  else
    json.null();
  json.end_object().end_object();
}

void write_content_type(JsonWriter& json, const ContentType& type) {
  json.begin_object().key("ContentType").begin_object().field("c_type", type.type);
  text_or_null(json, "c_subtype", type.subtype);
  json.key("attributes");
  if (type.parameters.empty()) {
    json.null();
  } else {
    json.begin_array();
    for (const auto& p : type.parameters)
      json.begin_object().field("name", p.name).field("value", p.value).end_object();
    json.end_array();
  }
  json.end_object().end_object();
}

void write_text(JsonWriter& json, std::string_view text) {
  if (text.empty())
    json.text("Empty");
  else
    json.begin_object().field("Text", text).end_object();
}

void write_list(JsonWriter& json, const std::vector<std::string_view>& items) {
  if (items.empty()) {
    json.text("Empty");
  } else if (items.size() == 1) {
    json.begin_object().field("Text", items[0]).end_object();
  } else {
    json.begin_object().key("TextList").begin_array();
    for (const auto item : items) json.text(item);
    json.end_array().end_object();
  }
}

void write_value(JsonWriter& json, const Field& field, Arena& arena) {
  switch (field.id) {
    case FieldId::kFrom:
    case FieldId::kTo:
    case FieldId::kCc:
    case FieldId::kBcc:
    case FieldId::kSender:
    case FieldId::kReplyTo:
    case FieldId::kResentFrom:
    case FieldId::kResentTo:
    case FieldId::kResentCc:
    case FieldId::kResentBcc:
    case FieldId::kResentSender:
    case FieldId::kListId:
    case FieldId::kListUnsubscribe:
    case FieldId::kListArchive:
    case FieldId::kListHelp:
    case FieldId::kListOwner:
    case FieldId::kListPost:
    case FieldId::kListSubscribe: {
      const auto groups = parse_addresses(field.value, kReplace, arena);
      if (groups.empty())
        json.text("Empty");
      else
        write_addresses(json, groups);
      return;
    }
    case FieldId::kDate:
    case FieldId::kResentDate: {
      const auto date = parse_date(field.value);
      if (!date) {
        json.text("Empty");
        return;
      }
      json.begin_object().key("DateTime");
      write_date(json, *date);
      json.end_object();
      return;
    }
    case FieldId::kReturnPath:
    case FieldId::kMessageId:
    case FieldId::kInReplyTo:
    case FieldId::kReferences:
    case FieldId::kContentId:
    case FieldId::kResentMessageId: {
      auto ids = parse_ids(field.value);
      for (auto& id : ids) id = to_utf8(id, {}, kReplace, arena).utf8;
      write_list(json, ids);
      return;
    }
    case FieldId::kReceived:
      if (trim(field.value).empty())
        json.text("Empty");
      else
        write_hop(json, parse_received(field.value, arena));
      return;
    case FieldId::kContentType:
    case FieldId::kContentDisposition: {
      const auto type = parse_content_type(field.value, kReplace, arena);
      if (type.present)
        write_content_type(json, type);
      else
        json.text("Empty");
      return;
    }
    case FieldId::kKeywords:
    case FieldId::kContentLanguage:
      write_list(json, text_list(field.value, kReplace, arena));
      return;
    case FieldId::kSubject:
    case FieldId::kComments:
    case FieldId::kContentDescription:
    case FieldId::kContentLocation:
    case FieldId::kContentTransferEncoding:
      write_text(json, unstructured(field.value, kReplace, arena));
      return;
    default:
      write_text(json, to_utf8(trim(field.value), {}, kReplace, arena).utf8);
  }
}

// One message being written: its parts, and how far we are.
struct Level {
  std::vector<std::uint32_t> parts;
  std::size_t next = 0;
};

class TreeWriter {
 public:
  TreeWriter(const Message& message, std::string& out) : message_(message), json_(out) {}

  void write() {
    begin(0);
    while (!levels_.empty()) {
      auto& level = levels_.back();
      if (level.next == level.parts.size()) {
        json_.end_array().end_object();
        levels_.pop_back();
        if (!levels_.empty()) finish_part(*levels_.back().at_message);
        continue;
      }
      const auto index = level.parts[level.next++];
      begin_part(index);
      const auto& part = message_.parts[index];
      if (part.kind == PartKind::kMessage && index + 1 < message_.parts.size() &&
          message_.parts[index + 1].parent == index) {
        json_.key("body").begin_object().key("Message");
        level.at_message = &part;
        begin(index + 1);
        continue;
      }
      write_body(part, index);
      write_offsets(part);
    }
  }

 private:
  struct MessageLevel : Level {
    const Part* at_message = nullptr;
    std::vector<std::uint32_t> shown_media;
    std::vector<std::uint32_t> numbers;  // of all parts: their number in this message
  };

  // A nested message: what `sort_bodies` says of it and the start of its parts.
  void begin(std::uint32_t root) {
    auto level = MessageLevel{};
    level.numbers.resize(message_.parts.size(), 0);
    auto skip_below = kNoPart;
    for (auto i = root; i < message_.parts.size(); ++i) {
      const auto& part = message_.parts[i];
      if (i != root && part.depth <= message_.parts[root].depth) break;
      if (skip_below != kNoPart && part.depth > skip_below) continue;
      skip_below = part.kind == PartKind::kMessage ? part.depth : kNoPart;
      level.numbers[i] = static_cast<std::uint32_t>(level.parts.size());
      level.parts.push_back(i);
    }
    auto bodies = sort_bodies(message_, root);
    for (auto* list : {&bodies.html, &bodies.text})
      std::erase_if(*list, [&](auto i) {
        if (!broken(message_.parts[i])) return false;
        bodies.attachments.push_back(i);
        return true;
      });
    std::sort(bodies.attachments.begin(), bodies.attachments.end());
    bodies.attachments.erase(std::unique(bodies.attachments.begin(), bodies.attachments.end()),
                             bodies.attachments.end());
    level.shown_media = bodies.shown_media;
    json_.begin_object();
    write_numbers("html_body", bodies.html, level.numbers);
    write_numbers("text_body", bodies.text, level.numbers);
    write_numbers("attachments", bodies.attachments, level.numbers);
    json_.key("parts").begin_array();
    levels_.push_back(std::move(level));
  }

  void write_numbers(std::string_view key, const std::vector<std::uint32_t>& parts,
                     const std::vector<std::uint32_t>& numbers) {
    json_.key(key).begin_array();
    for (const auto part : parts) json_.number(numbers[part]);
    json_.end_array();
  }

  auto offset(const Part& part, std::uint64_t at) const -> std::int64_t {
    return narrow<std::int64_t>(at - (part.buffer == 0 ? message_.span.offset : 0));
  }

  void begin_part(std::uint32_t index) {
    const auto& part = message_.parts[index];
    arena_.reset();
    json_.begin_object().key("headers").begin_array();
    for (const auto& field : message_.fields_of(part)) {
      json_.begin_object().key("name");
      auto word = std::string(field_word(field.id));
      if (field.id == FieldId::kOther || field.id >= FieldId::kAuthenticationResults) {
        json_.begin_object()
            .field("other", to_utf8(trim(field.name), {}, kReplace, arena_).utf8)
            .end_object();
      } else {
        std::replace(word.begin(), word.end(), '-', '_');
        json_.text(word);
      }
      json_.key("value");
      write_value(json_, field, arena_);
      json_.field("offset_field", offset(part, field.span.offset));
      json_.field("offset_start", offset(part, field.span.offset + field.name.size() + 1));
      json_.field("offset_end", offset(part, field.span.offset + field.span.length));
      json_.end_object();
    }
    json_.end_array();
    json_.key("is_encoding_problem").boolean(broken(part));
  }

  // Ended by nothing, or not to be decoded: kept as an attachment.
  static auto broken(const Part& part) -> bool {
    return part.kind == PartKind::kLeaf && (part.cut || junk(part));
  }
  static auto junk(const Part& part) -> bool {
    return part.encoding == Encoding::kBase64 && part.decoded.junk != 0;
  }

  void write_body(const Part& part, std::uint32_t index) {
    json_.key("body").begin_object();
    if (part.kind == PartKind::kMultipart) {
      json_.key("Multipart").begin_array();
      const auto& numbers = levels_.back().numbers;
      for (const auto child : levels_.back().parts)
        if (message_.parts[child].parent == index && child != index) json_.number(numbers[child]);
      json_.end_array().end_object();
      return;
    }
    // No standard knows uuencode as a transfer encoding (RFC 2045, section 6.1).
    const auto raw = part.encoding == Encoding::kUuencode;
    const auto text = part.type == "text" || part.type == "multipart";
    if (broken(part) || (raw && text)) {
      const auto bytes = raw || junk(part) ? message_.bytes(part, part.body)
                                           : decoded_bytes(message_, part, arena_);
      json_.field("Text",
                  to_utf8(bytes, parameter(part.content_type, "charset"), kReplace, arena_).utf8);
      json_.end_object();
      return;
    }
    if (text) {
      json_.field(part.subtype == "html" ? "Html" : "Text",
                  decoded_text(message_, part, kReplace, arena_).utf8);
    } else {
      const auto& media = levels_.back().shown_media;
      const auto inline_shown = std::find(media.begin(), media.end(), index) != media.end();
      json_.key(inline_shown ? "InlineBinary" : "Binary").begin_array();
      const auto bytes =
          raw ? message_.bytes(part, part.body) : decoded_bytes(message_, part, arena_);
      for (const auto c : bytes) json_.number(static_cast<unsigned char>(c));
      json_.end_array();
    }
    json_.end_object();
  }

  void finish_part(const Part& part) {
    json_.end_object();
    write_offsets(part);
  }

  void write_offsets(const Part& part) {
    json_.field("offset_header", offset(part, part.header.offset));
    json_.field("offset_body", offset(part, part.body.offset));
    json_.field("offset_end", offset(part, part.body.offset + part.body.length));
    json_.end_object();
  }

  const Message& message_;
  JsonWriter json_;
  Arena arena_;
  std::vector<MessageLevel> levels_;
};

}  // namespace

void write_message_tree(const Message& message, std::string& out) {
  TreeWriter(message, out).write();
}

}  // namespace serjeant::mail
