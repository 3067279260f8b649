// MailFacts as bytes: a version, then each member in order. One list of members
// serves writing and reading, so that the two cannot drift apart.
#include <cstring>
#include <type_traits>

#include "detect/mail/facts.h"

namespace serjeant::mail {
namespace {

constexpr auto kVersion = std::uint64_t{1};

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      out_ += static_cast<char>(value | 0x80);
      value >>= 7;
    }
    out_ += static_cast<char>(value);
  }
  void operator()(std::string_view text) {
    number(text.size());
    out_ += text;
  }
  template <class T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) void operator()(T value) {
    // Zigzag: small negative numbers stay short.
    const auto wide = static_cast<std::int64_t>(value);
    number(static_cast<std::uint64_t>(wide) << 1 ^ static_cast<std::uint64_t>(wide >> 63));
  }
  template <class T, std::size_t N>
  void operator()(const std::array<T, N>& raw) {
    out_.append(reinterpret_cast<const char*>(raw.data()), sizeof raw);
  }
  template <class T, class Each>
  void list(const std::vector<T>& items, Each each) {
    number(items.size());
    for (const auto& item : items) each(*this, item);
  }

 private:
  std::string& out_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}
  auto good() const -> bool { return good_; }
  auto done() const -> bool { return good_ && bytes_.empty(); }
  auto number() -> std::uint64_t {
    auto value = std::uint64_t{0};
    for (auto shift = 0u; shift < 64; shift += 7) {
      if (bytes_.empty()) break;
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    good_ = false;
    return 0;
  }
  void operator()(std::string_view& text) {
    const auto size = number();
    if (size > bytes_.size()) {
      good_ = false;
      return;
    }
    text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
  }
  template <class T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) void operator()(T& value) {
    const auto coded = number();
    const auto wide = static_cast<std::int64_t>(coded >> 1 ^ (~(coded & 1) + 1));
    value = static_cast<T>(wide);
    if (static_cast<std::int64_t>(value) != wide) good_ = false;
  }
  template <class T, std::size_t N>
  void operator()(std::array<T, N>& raw) {
    if (bytes_.size() < sizeof raw) {
      good_ = false;
      return;
    }
    std::memcpy(raw.data(), bytes_.data(), sizeof raw);
    bytes_.remove_prefix(sizeof raw);
  }
  template <class T, class Each>
  void list(std::vector<T>& items, Each each) {
    const auto count = number();
    items.clear();
    // Every item takes a byte at least, so a count beyond that is a lie.
    if (count > bytes_.size()) {
      good_ = false;
      return;
    }
    for (auto i = std::uint64_t{0}; i < count && good_; ++i) each(*this, items.emplace_back());
  }

 private:
  std::string_view bytes_;
  bool good_ = true;
};

// Enumerators must stay inside of their kinds, since words are looked up by them.
template <class T>
auto within(T value, T last) -> bool {
  return static_cast<std::uint64_t>(value) <= static_cast<std::uint64_t>(last);
}

template <class Code, class S>
void code_span(Code& code, S& span) {
  code(span.offset);
  code(span.length);
  code(span.source);
}

template <class Code, class Facts>
void code_facts(Code& code, Facts& f) {
  const auto text = [](auto& c, auto& item) { c(item); };
  code_span(code, f.span);
  code(f.uid.bytes);
  code(f.at);
  code(f.basis);
  code(f.zone_minutes);
  code(f.zoned);
  code(f.message_id);
  code.list(f.references, text);
  code(f.subject);
  code(f.from);
  code(f.from_name);
  code(f.from_domain);
  code.list(f.more_from, text);
  code(f.sender);
  code(f.return_path);
  code(f.reply_to);
  code(f.envelope_from);
  code(f.custodian);
  code.list(f.recipients, [](auto& c, auto& r) {
    c(r.address);
    c(r.name);
    c(r.kind);
  });
  code.list(f.hops, [](auto& c, auto& h) {
    c(h.from);
    c(h.helo);
    c(h.rdns);
    c(h.by);
    c(h.ip.bytes);
    c(h.at);
    c(h.dated);
  });
  code.list(f.signatures, [](auto& c, auto& s) {
    c(s.domain);
    c(s.selector);
  });
  code.list(f.tenants, [](auto& c, auto& t) {
    c(t.header);
    c(t.value);
  });
  code.list(f.receipts, [](auto& c, auto& r) {
    c(r.header);
    c(r.address);
    c(r.same_domain);
  });
  code(f.mailer);
  code(f.originating_ip);
  code(f.list);
  code(f.bulk);
  code(f.unsubscribe_host);
  code.list(f.attachments, [](auto& c, auto& a) {
    c(a.name);
    c(a.type);
    c(a.part);
    c(a.bytes);
    c(a.sha256);
  });
  code.list(f.refs, [](auto& c, auto& r) {
    c(r.url);
    c(r.host);
    c(r.domain);
    c(r.part);
    c(r.context);
    c(r.template_);
    code_span(c, r.span);
    c(r.fetch);
    c(r.visibility);
    c(r.hidden);
    c(r.hidden_by_ancestor);
    c.list(r.tokens, [](auto& d, auto& t) {
      d(t.value);
      d(t.where);
      d(t.kind);
      d(t.transform);
      d(t.maps);
      d(t.recipient);
    });
  });
  code(f.text_bytes);
  code(f.shingles);
  if (f.shingles != 0) code(f.text);
  code(f.elements);
  if (f.elements != 0) {
    code(f.dom);
    code(f.dom_exact.bytes);
  }
  code.list(f.persona, text);
  code(f.faults);
  code(f.ambiguities);
}

auto plausible(const MailFacts& f) -> bool {
  if (!within(f.basis, TimeBasis::kAssumed)) return false;
  for (const auto& r : f.recipients)
    if (!within(r.kind, AddressKind::kOriginalTo)) return false;
  for (const auto& r : f.refs) {
    if (!within(r.fetch, Fetch::kNever) || !within(r.visibility, Visibility::kNotApplicable))
      return false;
    for (const auto& t : r.tokens)
      if (!within(t.kind, TokenKind::kAddress) || !within(t.maps, Maps::kYes) ||
          (t.maps == Maps::kYes && t.recipient >= f.recipients.size()))
        return false;
  }
  return true;
}

}  // namespace

void encode_mail_facts(const MailFacts& facts, std::string& out) {
  auto code = Encoder(out);
  code.number(kVersion);
  code_facts(code, facts);
}

auto decode_mail_facts(std::string_view bytes, MailFacts& out) -> bool {
  auto code = Decoder(bytes);
  if (code.number() != kVersion) return false;
  out = {};
  code_facts(code, out);
  return code.done() && plausible(out);
}

}  // namespace serjeant::mail
