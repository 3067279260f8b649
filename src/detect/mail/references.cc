#include "detect/mail/references.h"

#include <algorithm>
#include <unordered_map>

#include "core/text.h"
#include "detect/mail/page.h"
#include "detect/mail/psl.h"
#include "detect/mail/token.h"

namespace serjeant::mail {
namespace {

constexpr auto kFallback = Fallback::kWindows1252;

// IMAP's numbers (RFC 3501, section 6.4.5).
auto part_numbers(const Message& message, Arena& arena) -> std::vector<std::string_view> {
  auto out = std::vector<std::string_view>(message.parts.size());
  auto children = std::vector<std::uint32_t>(message.parts.size(), 0);
  for (auto i = std::size_t{0}; i < message.parts.size(); ++i) {
    const auto& part = message.parts[i];
    if (part.parent == kNoPart) {
      out[i] = part.kind == PartKind::kMultipart ? "" : "1";
      continue;
    }
    const auto& parent = message.parts[part.parent];
    const auto above = std::string(out[part.parent]);
    if (parent.kind == PartKind::kMessage) {
      // The body of a nested message has its number, unless it is a single part.
      out[i] = part.kind == PartKind::kMultipart ? out[part.parent] : arena.copy(above + ".1");
      continue;
    }
    const auto number = std::to_string(++children[part.parent]);
    out[i] = arena.copy(above.empty() ? number : above + "." + number);
  }
  return out;
}

class ContentsReader {
 public:
  ContentsReader(const Message& message, const std::vector<Recipient>& recipients, Arena& arena)
      : message_(message), arena_(arena), transforms_(recipients) {}

  auto read() -> Contents {
    out_.numbers = part_numbers(message_, arena_);
    const auto bodies = sort_bodies(message_);
    for (auto i = std::uint32_t{0}; i < message_.parts.size(); ++i) {
      const auto& part = message_.parts[i];
      if (part.kind == PartKind::kLeaf) leaf(part, i, bodies);
    }
    // The plain form counts only where no other was seen.
    if (trim(out_.text).size() < 20 && plain_.size() > trim(out_.text).size()) out_.text = plain_;
    return std::move(out_);
  }

 private:
  void leaf(const Part& part, std::uint32_t index, const Bodies& bodies) {
    const auto number = out_.numbers[index];
    const auto is_body = [&](const std::vector<std::uint32_t>& list) {
      return std::find(list.begin(), list.end(), index) != list.end();
    };
    if (part.type == "text") {
      if (part.subtype == "html" || part.subtype == "x-amp-html" ||
          part.subtype == "x-watch-html") {
        html(part, number, is_body(bodies.html), part.subtype == "x-amp-html");
      } else if (part.subtype == "calendar") {
        card(part, number, true);
      } else if (part.subtype == "vcard" || part.subtype == "x-vcard" ||
                 part.subtype == "directory") {
        card(part, number, false);
      } else if (part.subtype == "plain" || part.subtype == "enriched" ||
                 part.subtype == "richtext") {
        plain(part, number, is_body(bodies.text));
      } else {
        sniffed(part, number);
      }
    } else if (part.type == "message" && part.subtype == "external-body") {
      external_body(part, number);
    } else if (part.type == "image" && part.subtype.starts_with("svg")) {
      attached_page(part, number);
    } else if (part.type == "application") {
      sniffed(part, number);
    }
  }

  // By name or first bytes, since the type is often "application/octet-stream".
  void sniffed(const Part& part, std::string_view number) {
    const auto bytes = decoded_bytes(message_, part, arena_);
    const auto name = lower_ascii(part.name);
    if (bytes.starts_with("PK\x03\x04")) {
      for (const auto& link : office_links(bytes))
        add(part, arena_.copy(std::string(number) + "!" + link.path),
            arena_.copy("ooxml." + link.type), arena_.copy(link.target), {},
            message_.evidence(part), Fetch::kAttachment, Visibility::kNotApplicable, 0, 0);
    } else if (name.ends_with(".ics") || part.subtype == "ics") {
      card(part, number, true);
    } else if (name.ends_with(".vcf")) {
      card(part, number, false);
    } else if (name.ends_with(".htm") || name.ends_with(".html") || name.ends_with(".svg") ||
               name.ends_with(".xhtml") || part.subtype.starts_with("xhtml")) {
      attached_page(part, number);
    }
  }

  // The bytes of a place in decoded text, where it is also a place in the source.
  auto span_at(const Part& part, std::string_view text, std::size_t at, std::size_t length)
      -> Span {
    const auto body = message_.bytes(part, part.body);
    const auto inside = part.buffer == 0 && text.data() >= body.data() &&
                        text.data() + text.size() <= body.data() + body.size();
    if (!inside) return part.buffer == 0 ? part.body : message_.evidence(part);
    const auto skip = static_cast<std::size_t>(text.data() - body.data());
    if (skip + at + length > body.size()) return part.body;
    return {part.body.offset + skip + at, static_cast<std::uint32_t>(length), part.body.source};
  }

  void html(const Part& part, std::string_view number, bool body, bool amp) {
    const auto text = decoded_text(message_, part, kFallback, arena_).utf8;
    auto page = read_page(text, amp, arena_);
    add_page(part, number, text, page, body || amp || part.parent == kNoPart || nested(part));
    if (body) out_.text += page.text;
    if (out_.elements == 0 && !amp) {
      out_.elements = page.elements;
      out_.skeleton = std::move(page.skeleton);
    }
  }

  // Below a nested message, which clients show with the mail.
  auto nested(const Part& part) const -> bool {
    for (auto up = part.parent; up != kNoPart; up = message_.parts[up].parent)
      if (message_.parts[up].kind == PartKind::kMessage) return true;
    return false;
  }

  void attached_page(const Part& part, std::string_view number) {
    const auto text = decoded_text(message_, part, kFallback, arena_).utf8;
    add_page(part, number, text, read_page(text, false, arena_), false);
  }

  void add_page(const Part& part, std::string_view number, std::string_view text, const Page& page,
                bool shown) {
    for (const auto& reference : page.refs) {
      auto fetch = reference.fetch;
      if (!shown && (fetch == Fetch::kOpen || fetch == Fetch::kClient)) fetch = Fetch::kAttachment;
      add(part, number, reference.context, reference.url, page.base,
          span_at(part, text, reference.at, reference.length), fetch, reference.visibility,
          reference.hidden, reference.hidden_by_ancestor);
    }
  }

  void plain(const Part& part, std::string_view number, bool body) {
    const auto text = decoded_text(message_, part, kFallback, arena_).utf8;
    if (body && part.subtype == "plain") plain_ += text;
    for (const auto url : find_addresses(text, kMostReferences))
      add(part, number, "text", url, {},
          span_at(part, text, static_cast<std::size_t>(url.data() - text.data()), url.size()),
          Fetch::kClick, Visibility::kNotApplicable, 0, 0);
  }

  void card(const Part& part, std::string_view number, bool calendar) {
    const auto text = decoded_text(message_, part, kFallback, arena_).utf8;
    for (const auto& link : card_links(text, calendar))
      add(part, number, arena_.copy(link.context), arena_.copy(link.url), {},
          message_.evidence(part), link.fetch, link.visibility, 0, 0);
  }

  // RFC 2017 (URL) and RFC 2046, section 5.2.3 (ftp, anonymous).
  void external_body(const Part& part, std::string_view number) {
    const auto& type = part.content_type;
    auto url = parameter(type, "url");
    if (url.empty()) {
      const auto access = lower_ascii(parameter(type, "access-type"));
      const auto site = parameter(type, "site");
      if ((access == "ftp" || access == "anon-ftp" || access == "tftp") && !site.empty()) {
        auto text = "ftp://" + std::string(site) + "/";
        if (const auto directory = parameter(type, "directory"); !directory.empty())
          text += std::string(directory) + "/";
        url = arena_.copy(text + std::string(parameter(type, "name")));
      }
    }
    add(part, number, "external_body.url", url, {},
        part.buffer == 0 ? part.header : message_.evidence(part), Fetch::kClient,
        Visibility::kNotApplicable, 0, 0);
  }

  void add(const Part&, std::string_view number, std::string_view context, std::string_view text,
           std::string_view base, Span span, Fetch fetch, Visibility visibility,
           std::uint32_t hidden, std::uint32_t by_ancestor) {
    if (out_.refs.size() >= kMostReferences) return;
    const auto url = read_url(text, base, arena_);
    if (url.whole.empty() || !is_remote(url)) return;
    // The same picture in ten places is one fact; the first place stands for all.
    auto& seen = seen_[url.whole];
    for (const auto index : seen) {
      const auto& other = out_.refs[index];
      if (other.context == context && other.part == number && other.visibility == visibility)
        return;
    }
    if (seen.size() < 16) seen.push_back(out_.refs.size());
    auto reference = Reference{};
    reference.url = url.whole;
    reference.host = url.host;
    reference.domain = registrable_domain(url.host, arena_);
    reference.part = number;
    reference.context = context;
    reference.span = span;
    reference.fetch = fetch;
    // A share is opened by some clients only.
    if (url.scheme == "file" && fetch == Fetch::kOpen) reference.fetch = Fetch::kClient;
    reference.visibility = visibility;
    reference.hidden = hidden;
    reference.hidden_by_ancestor = by_ancestor;
    reference.template_ = url_template(url, reference.domain, arena_);
    reference.tokens = find_tokens(url, reference.domain, transforms_, arena_);
    out_.refs.push_back(std::move(reference));
  }

  const Message& message_;
  Arena& arena_;
  AddressTransforms transforms_;
  Contents out_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> seen_;
  std::string plain_;
};

// "NAME;PARAM=x:value" lines, unfolded (RFC 5545, section 3.1).
auto unfolded_lines(std::string_view text) -> std::vector<std::string> {
  auto out = std::vector<std::string>{};
  for (auto line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && (line.front() == ' ' || line.front() == '\t') && !out.empty())
      out.back() += line.substr(1);
    else if (out.size() < 20'000)
      out.emplace_back(line);
  }
  return out;
}

}  // namespace

auto card_links(std::string_view text, bool calendar) -> std::vector<CardLink> {
  auto out = std::vector<CardLink>{};
  const auto prefix = std::string(calendar ? "ics." : "vcard.");
  for (const auto& line : unfolded_lines(text)) {
    // The name ends at the first ";" or ":"; parameters at a ":" outside of quotes.
    auto end = std::size_t{0};
    auto quoted = false;
    while (end < line.size() && (quoted || line[end] != ':')) {
      if (line[end] == '"') quoted = !quoted;
      ++end;
    }
    if (end >= line.size() || out.size() > kMostReferences) continue;
    const auto head = std::string_view(line).substr(0, end);
    const auto value = std::string_view(line).substr(end + 1);
    auto name = lower_ascii(head.substr(0, head.find(';')));
    if (const auto dot = name.find('.'); dot != name.npos)
      name = name.substr(dot + 1);  // "item1.URL"
    // ALTREP="..."
    const auto lowered = lower_ascii(head);
    if (const auto at = lowered.find("altrep="); at != lowered.npos) {
      auto url = head.substr(at + 7);
      if (url.starts_with('"'))
        url = url.substr(1, url.find('"', 1) - 1);
      else
        url = url.substr(0, url.find(';'));
      out.push_back(
          {prefix + "altrep", std::string(url), Fetch::kClick, Visibility::kNotApplicable});
    }
    const auto addresses = find_addresses(value, 64);
    if (addresses.empty()) continue;
    // A property whose value is an address, or text that holds some.
    const auto whole = addresses[0].data() == value.data();
    auto fetch = Fetch::kClick;
    auto visibility = Visibility::kNotApplicable;
    if (whole && calendar && name == "image") {
      fetch = Fetch::kClient;
      visibility = Visibility::kVisible;
    } else if (whole && !calendar && (name == "photo" || name == "logo")) {
      fetch = Fetch::kAttachment;
      visibility = Visibility::kVisible;
    } else if (whole && !calendar && (name == "sound" || name == "key")) {
      fetch = Fetch::kAttachment;
    }
    std::replace(name.begin(), name.end(), '-', '_');
    for (const auto url : addresses)
      out.push_back({prefix + name, std::string(whole ? trim(value) : url), fetch, visibility});
    if (whole && addresses.size() > 1) out.resize(out.size() - (addresses.size() - 1));
  }
  return out;
}

auto read_contents(const Message& message, const std::vector<Recipient>& recipients, Arena& arena)
    -> Contents {
  return ContentsReader(message, recipients, arena).read();
}

}  // namespace serjeant::mail
