#include "read/mail/message.h"

#include <algorithm>
#include <array>

#include "core/check.h"
#include "core/text.h"

namespace serjeant::mail {
namespace {

constexpr auto kWords = std::array<std::string_view, 25>{"from_field_repeated",
                                                         "field_name_leading_space",
                                                         "field_name_trailing_space",
                                                         "from_two_addresses",
                                                         "encoded_word_holds_address",
                                                         "from_source_route",
                                                         "trailing_text_after_angle_address",
                                                         "nul_in_field",
                                                         "duplicate_content_type",
                                                         "duplicate_cte",
                                                         "unknown_cte_used",
                                                         "boundary_missing",
                                                         "boundary_prefix_of_other",
                                                         "boundary_in_wrong_level",
                                                         "epilogue_content",
                                                         "preamble_content",
                                                         "parameter_repeated",
                                                         "rfc2231_and_plain_filename",
                                                         "base64_junk",
                                                         "base64_early_padding",
                                                         "qp_invalid",
                                                         "header_without_colon",
                                                         "nesting_limit",
                                                         "uu_in_text",
                                                         "multipart_encoded"};

// <meta charset=x> or <meta http-equiv content="text/html; charset=x"> near the start.
auto charset_of_html(std::string_view html) -> std::string_view {
  const auto head = lower_ascii(html.substr(0, 1024));
  for (auto at = head.find("<meta"); at != head.npos; at = head.find("<meta", at + 5)) {
    const auto end = std::min(head.find('>', at), head.size());
    const auto name = head.find("charset", at);
    if (name == head.npos || name >= end) continue;
    auto from = name + 7;
    while (from < end &&
           (head[from] == ' ' || head[from] == '=' || head[from] == '"' || head[from] == '\''))
      ++from;
    const auto stop = std::min(head.find_first_of("\"' ;/>", from), end);
    return html.substr(from, stop - from);
  }
  return {};
}

struct Walk {
  std::uint32_t part;
  std::uint32_t child;     // next child to look at
  std::uint32_t position;  // how many children were met
  bool alternative;        // inside a multipart/alternative
  bool wants_text, wants_html;
  std::size_t text_before, html_before;
};

}  // namespace

auto ambiguity_word(AmbiguityKind kind) -> std::string_view {
  return kWords[static_cast<std::size_t>(kind)];
}

auto Message::bytes(const Part& part, Span at) const -> std::string_view {
  const auto& whole = buffers[part.buffer].bytes;
  const auto base = part.buffer == 0 ? span.offset : 0;
  return whole.substr(at.offset - base, at.length);
}

auto Message::find(const Part& part, FieldId id) const -> const Field* {
  for (const auto& field : fields_of(part))
    if (field.id == id) return &field;
  return nullptr;
}

auto Message::evidence(const Part& part) const -> Span {
  const auto* at = &part;
  if (at->buffer == 0) {
    auto whole = at->header;
    whole.length = narrow<std::uint32_t>(at->body.offset + at->body.length - at->header.offset);
    return whole;
  }
  while (at->buffer != 0) at = &parts[buffers[at->buffer].owner];
  return at->body;
}

auto decoded_bytes(const Message& message, const Part& part, Arena& arena) -> std::string_view {
  if (part.decoded.bytes.data() != nullptr) return part.decoded.bytes;
  return decode_transfer(message.bytes(part, part.body), part.encoding, arena).bytes;
}

auto decoded_text(const Message& message, const Part& part, Fallback fallback, Arena& arena)
    -> Text {
  const auto bytes = decoded_bytes(message, part, arena);
  auto charset = parameter(part.content_type, "charset");
  if (charset.empty() && part.subtype == "html" && !is_utf8(bytes))
    charset = charset_of_html(bytes);
  return to_utf8(bytes, charset, fallback, arena);
}

auto sort_bodies(const Message& message, std::uint32_t root) -> Bodies {
  auto out = Bodies{};
  const auto& parts = message.parts;
  const auto is_media = [](const Part& p) {
    return p.type == "image" || p.type == "audio" || p.type == "video";
  };
  // Walks the parts below `root` in order; a stack of the multiparts entered
  // carries what the standard's recursive form has in its variables.
  auto stack = std::vector<Walk>{};
  const auto enter = [&](std::uint32_t index, bool alternative, bool text, bool html) {
    stack.push_back({index, index + 1, 0, alternative || parts[index].subtype == "alternative",
                     text, html, out.text.size(), out.html.size()});
  };
  const auto leaf = [&](std::uint32_t index, Walk* in) {
    const auto& part = parts[index];
    const auto first = !in || in->position == 0;
    const auto related = in && parts[in->part].subtype == "related";
    const auto plain = part.type == "text" && part.subtype == "plain";
    const auto html = part.type == "text" && part.subtype == "html";
    const auto is_body = part.kind != PartKind::kMessage && part.disposition.type != "attachment" &&
                         (plain || html || is_media(part)) &&
                         (first || (!related && (is_media(part) || part.name.empty())));
    if (!is_body) {
      out.attachments.push_back(index);
      return;
    }
    if (in && parts[in->part].subtype == "alternative") {
      (plain ? out.text : html ? out.html : out.attachments).push_back(index);
      return;
    }
    if (in && in->alternative) {
      if (plain) in->wants_html = false;
      if (html) in->wants_text = false;
    }
    const auto text_wanted = !in || in->wants_text, html_wanted = !in || in->wants_html;
    if (text_wanted) out.text.push_back(index);
    if (html_wanted) out.html.push_back(index);
    if (is_media(part)) {
      out.attachments.push_back(index);
      out.shown_media.push_back(index);
    }
  };
  const auto end_alternative = [&](const Walk& walk) {
    if (parts[walk.part].subtype != "alternative" || !walk.wants_text || !walk.wants_html) return;
    if (walk.text_before == out.text.size() && walk.html_before != out.html.size())
      out.text.insert(out.text.end(),
                      out.html.begin() + static_cast<std::ptrdiff_t>(walk.html_before),
                      out.html.end());
    else if (walk.html_before == out.html.size() && walk.text_before != out.text.size())
      out.html.insert(out.html.end(),
                      out.text.begin() + static_cast<std::ptrdiff_t>(walk.text_before),
                      out.text.end());
  };
  // Index behind the subtree of a part.
  const auto behind = [&](std::uint32_t index) {
    auto end = index + 1;
    while (end < parts.size() && parts[end].depth > parts[index].depth) ++end;
    return end;
  };
  if (parts[root].kind != PartKind::kMultipart) {
    leaf(root, nullptr);
    return out;
  }
  enter(root, false, true, true);
  while (!stack.empty()) {
    auto& walk = stack.back();
    const auto child = walk.child;
    if (child >= parts.size() || parts[child].depth <= parts[walk.part].depth) {
      end_alternative(walk);
      stack.pop_back();
      continue;
    }
    walk.child = behind(child);
    if (parts[child].kind == PartKind::kMultipart) {
      const auto alternative = walk.alternative;
      const auto text = walk.wants_text, html = walk.wants_html;
      ++walk.position;
      enter(child, alternative, text, html);
    } else {
      leaf(child, &walk);
      ++walk.position;
    }
  }
  return out;
}

}  // namespace serjeant::mail
