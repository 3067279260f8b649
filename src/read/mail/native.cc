#include "read/mail/native.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/text.h"
#include "core/time.h"
#include "read/mail/address.h"
#include "read/mail/date.h"
#include "read/mail/words.h"

namespace serjeant::mail {
namespace {

constexpr auto kFallback = Fallback::kWindows1252;

class NativeBuilder {
 public:
  NativeBuilder(const Message& message, Document& out, Arena& arena)
      : message_(message), out_(out), arena_(arena) {}

  void build() {
    const auto root = out_.open(Kind::kObject, {});
    text("message-id", FieldId::kMessageId);
    date();
    from();
    addresses("to", FieldId::kTo);
    addresses("cc", FieldId::kCc);
    addresses("bcc", FieldId::kBcc);
    address("reply-to", FieldId::kReplyTo);
    address("return-path", FieldId::kReturnPath);
    address("sender", FieldId::kSender);
    if (const auto* field = message_.header(FieldId::kSubject))
      out_.add(Kind::kText, "subject", unstructured(field->value, kFallback, arena_));
    const auto* mailer = message_.header(FieldId::kXMailer);
    if (!mailer) mailer = message_.header(FieldId::kUserAgent);
    if (mailer) out_.add(Kind::kText, "mailer", unstructured(mailer->value, kFallback, arena_));
    addresses("delivered-to", FieldId::kDeliveredTo);
    text("list-id", FieldId::kListId);
    text("list-unsubscribe", FieldId::kListUnsubscribe);
    text("content-type", FieldId::kContentType);
    lines("received", FieldId::kReceived);
    lines("authentication-results", FieldId::kAuthenticationResults);
    const auto bodies = sort_bodies(message_);
    attachments(bodies);
    body(bodies);
    others();
    out_.close(root);
  }

 private:
  void text(std::string_view name, FieldId id) {
    if (const auto* field = message_.header(id))
      out_.add(Kind::kText, name, unfolded(field->value, kFallback, arena_));
  }

  void date() {
    const auto* field = message_.header(FieldId::kDate);
    if (!field) return;
    out_.add(Kind::kText, "date", unfolded(field->value, kFallback, arena_));
    const auto date = parse_date(field->value);
    const auto at = date ? to_nanos(*date) : std::nullopt;
    if (at) out_.add(Kind::kText, "date-utc", arena_.copy(format_time(*at)));
  }

  void from() {
    const auto* field = message_.header(FieldId::kFrom);
    if (!field) return;
    const auto boxes = parse_mailboxes(field->value, kFallback, arena_);
    if (boxes.empty()) return;
    out_.add(Kind::kText, "from", boxes[0].address);
    if (!boxes[0].name.empty()) out_.add(Kind::kText, "from_name", boxes[0].name);
  }

  void address(std::string_view name, FieldId id) {
    const auto* field = message_.header(id);
    if (!field) return;
    const auto boxes = parse_mailboxes(field->value, kFallback, arena_);
    out_.add(Kind::kText, name, boxes.empty() ? std::string_view{} : boxes[0].address);
  }

  // All fields of the kind together.
  void addresses(std::string_view name, FieldId id) {
    auto list = std::size_t{0};
    auto open = false;
    for (const auto& field : message_.fields_of(message_.parts[0])) {
      if (field.id != id) continue;
      if (!std::exchange(open, true)) list = out_.open(Kind::kArray, name);
      for (const auto& box : parse_mailboxes(field.value, kFallback, arena_))
        out_.add(Kind::kText, {}, box.address);
    }
    if (open) out_.close(list);
  }

  void lines(std::string_view name, FieldId id) {
    auto list = std::size_t{0};
    auto open = false;
    for (const auto& field : message_.fields_of(message_.parts[0])) {
      if (field.id != id) continue;
      if (!std::exchange(open, true)) list = out_.open(Kind::kArray, name);
      out_.add(Kind::kText, {}, unfolded(field.value, kFallback, arena_));
    }
    if (open) out_.close(list);
  }

  void attachments(const Bodies& bodies) {
    if (bodies.attachments.empty()) return;
    const auto list = out_.open(Kind::kArray, "attachments");
    for (const auto index : bodies.attachments) {
      const auto& part = message_.parts[index];
      const auto item = out_.open(Kind::kObject, {});
      out_.add(Kind::kText, "name", part.name);
      out_.add(Kind::kText, "type",
               arena_.copy(std::string(part.type) + "/" + std::string(part.subtype)));
      const auto size = part.kind == PartKind::kMessage && part.decoded.bytes.empty()
                            ? part.body.length
                            : decoded_bytes(message_, part, arena_).size();
      out_.add(Kind::kNumber, "bytes", arena_.copy(std::to_string(size)));
      out_.close(item);
    }
    out_.close(list);
  }

  void body(const Bodies& bodies) {
    auto shown = std::string_view{};
    auto urls = std::vector<std::string_view>{};
    for (const auto* list : {&bodies.text, &bodies.html})
      for (const auto index : *list) {
        const auto& part = message_.parts[index];
        if (part.type != "text") continue;
        if (list == &bodies.html && part.subtype != "html") continue;  // was in the first list
        const auto content = decoded_text(message_, part, kFallback, arena_).utf8;
        if (shown.empty() && part.subtype != "html") shown = content;
        find_urls(content, part.subtype == "html", urls);
      }
    auto cut = std::min(shown.size(), kBodyBytes);
    while (cut < shown.size() && cut > 0 && (static_cast<unsigned char>(shown[cut]) & 0xc0) == 0x80)
      --cut;
    out_.add(Kind::kText, "body", shown.substr(0, cut));
    if (urls.empty()) return;
    const auto list = out_.open(Kind::kArray, "urls");
    for (const auto url : urls) out_.add(Kind::kText, {}, url);
    out_.close(list);
  }

  void find_urls(std::string_view content, bool html, std::vector<std::string_view>& urls) {
    for (auto at = content.find("://"); at != content.npos && urls.size() < kMostUrls;
         at = content.find("://", at + 3)) {
      auto start = at;
      while (start > 0 && at - start < 5 &&
             ((content[start - 1] | 32) >= 'a' && (content[start - 1] | 32) <= 'z'))
        --start;
      auto scheme = content.substr(start, at - start);
      if (!scheme.empty() && scheme.size() == 5 && !starts_with_ignoring_case(scheme, "https"))
        scheme.remove_prefix(1);
      if (!equals_ignoring_ascii_case(scheme, "http") &&
          !equals_ignoring_ascii_case(scheme, "https"))
        continue;
      start = at - scheme.size();
      const auto end = std::min(content.find_first_of(" \t\r\n\"'<>`|\\^{}", at), content.size());
      auto url = content.substr(start, end - start);
      while (url.ends_with('.') || url.ends_with(',') || url.ends_with(')') || url.ends_with(']') ||
             url.ends_with(';'))
        url.remove_suffix(1);
      if (html && url.find("&amp;") != url.npos) {
        auto plain = std::string{};
        for (auto i = std::size_t{0}; i < url.size(); ++i) {
          plain += url[i];
          if (url.substr(i, 5) == "&amp;") i += 4;
        }
        url = arena_.copy(plain);
      }
      if (std::find(urls.begin(), urls.end(), url) == urls.end()) urls.push_back(url);
    }
  }

  static auto shown_above(FieldId id) -> bool {
    constexpr auto ids = std::array{FieldId::kMessageId,
                                    FieldId::kDate,
                                    FieldId::kFrom,
                                    FieldId::kTo,
                                    FieldId::kCc,
                                    FieldId::kBcc,
                                    FieldId::kReplyTo,
                                    FieldId::kReturnPath,
                                    FieldId::kSender,
                                    FieldId::kSubject,
                                    FieldId::kDeliveredTo,
                                    FieldId::kListId,
                                    FieldId::kListUnsubscribe,
                                    FieldId::kContentType,
                                    FieldId::kReceived,
                                    FieldId::kAuthenticationResults};
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  }

  void others() {
    auto met = std::array<bool, static_cast<std::size_t>(FieldId::kCount)>{};
    for (const auto& field : message_.fields_of(message_.parts[0])) {
      const auto again = std::exchange(met[static_cast<std::size_t>(field.id)], true);
      const auto single = field.id != FieldId::kTo && field.id != FieldId::kCc &&
                          field.id != FieldId::kBcc && field.id != FieldId::kDeliveredTo &&
                          field.id != FieldId::kReceived &&
                          field.id != FieldId::kAuthenticationResults;
      // A second From is kept too: the first one is what `from` shows.
      if (shown_above(field.id) && !(again && single)) continue;
      const auto word = field_word(field.id);
      out_.add(Kind::kText, word.empty() ? arena_.copy(lower_ascii(trim(field.name))) : word,
               unfolded(field.value, kFallback, arena_));
    }
  }

  const Message& message_;
  Document& out_;
  Arena& arena_;
};

}  // namespace

void build_native(const Message& message, Document& out, Arena& arena) {
  NativeBuilder(message, out, arena).build();
}

}  // namespace serjeant::mail
