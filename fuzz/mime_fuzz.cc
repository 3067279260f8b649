#include <string>

#include "core/check.h"
#include "read/mail/message.h"
#include "read/mail/native.h"
#include "read/mail/tree.h"

// Spans must tile: the top part of each buffer covers it; children lie in their
// multipart's body in order, apart from each other by delimiter lines only; no
// limit is passed; and every field of a message can be read and written.
namespace {

using namespace serjeant;
using namespace serjeant::mail;

auto onto_alphabet(std::string_view input) -> std::string {
  constexpr std::string_view words[] = {"\n",
                                        "\r\n",
                                        "--a",
                                        "--b",
                                        "--a--",
                                        "--b--",
                                        "Content-Type: multipart/mixed; boundary=a\n",
                                        "Content-Type: multipart/digest; boundary=\"b\"\r\n",
                                        "Content-Type: message/rfc822\n",
                                        "\n\n",
                                        "Content-Transfer-Encoding: base64\n",
                                        "From: =?utf-8?q?a?= <b@c>\n",
                                        "x",
                                        ":",
                                        " ",
                                        "\t",
                                        "(",
                                        "\"",
                                        "<",
                                        "@",
                                        "=?utf-8?B?",
                                        "?=",
                                        ";",
                                        "filename*0*=utf-8''%41",
                                        "\0",
                                        "Subject: ",
                                        "Received: from a (b [192.0.2.1]) by c; ",
                                        "1 Jan 2024 10:00 +0100",
                                        "To: ",
                                        ",",
                                        "Q29udGVudC1UeXBlOiB0ZXh0L3BsYWluCgpib2R5\n",
                                        "\xff"};
  auto out = std::string{};
  for (const auto c : input.substr(0, 4096))
    out += words[static_cast<unsigned char>(c) % std::size(words)];
  return out;
}

void check(std::string_view raw, const MessageLimits& limits) {
  auto arena = Arena{};
  const auto at = Span{1000, 0, 3};
  const auto got = read_message(raw, at, arena, limits);
  const auto& message = got.value;
  SJ_CHECK(!message.parts.empty() && message.parts.size() <= limits.parts + 64);
  SJ_CHECK(message.span.length == raw.size());
  for (const auto& fault : got.faults) {
    SJ_CHECK(fault.span.source == 3 && fault.span.offset >= 1000);
    SJ_CHECK(fault.span.offset + fault.span.length <= 1000 + raw.size());
  }
  for (const auto& doubt : message.ambiguities)
    for (const auto& span : doubt.spans)
      SJ_CHECK(span.source == 3 && span.offset + span.length <= 1000 + raw.size());
  auto last_end = std::vector<std::uint64_t>(message.parts.size(), 0);
  for (auto i = std::size_t{0}; i < message.parts.size(); ++i) {
    const auto& part = message.parts[i];
    const auto& buffer = message.buffers[part.buffer];
    const auto base = part.buffer == 0 ? 1000u : 0u;
    SJ_CHECK(part.depth <= limits.depth);
    SJ_CHECK(part.header.offset + part.header.length == part.body.offset);
    SJ_CHECK(part.body.offset + part.body.length <= base + buffer.bytes.size());
    last_end[i] = part.body.offset;
    const auto end = part.body.offset + part.body.length;
    if (part.parent == kNoPart || message.parts[part.parent].buffer != part.buffer) {
      SJ_CHECK(part.header.offset == base && end == base + buffer.bytes.size());
      continue;
    }
    SJ_CHECK(part.parent < i);
    const auto& parent = message.parts[part.parent];
    const auto outer = parent.body.offset + parent.body.length;
    SJ_CHECK(part.header.offset >= parent.body.offset && end <= outer);
    if (parent.kind == PartKind::kMessage) {
      SJ_CHECK(part.header.offset == parent.body.offset && end == outer);
      continue;
    }
    SJ_CHECK(parent.kind == PartKind::kMultipart);
    // What lies between this part and the one before is the preamble and one delimiter line.
    auto from = last_end[part.parent];
    if (from == parent.body.offset) from = parent.opening.offset;
    auto gap = buffer.bytes.substr(from - base, part.header.offset - from);
    while (gap.starts_with('\n') || gap.starts_with('\r')) gap.remove_prefix(1);
    SJ_CHECK(gap.starts_with("--"));
    SJ_CHECK(gap.find('\n') == gap.npos || gap.find('\n') + 1 == gap.size());
    last_end[part.parent] = end;
  }
  auto document = Document{};
  build_native(message, document, arena);
  SJ_CHECK(document.root().is_object());
  auto tree = std::string{};
  write_message_tree(message, tree);
  SJ_CHECK(tree.starts_with("{") && tree.ends_with("}"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::string_view(reinterpret_cast<const char*>(data), size);
  const auto mapped = onto_alphabet(input);
  for (auto raw : {input, std::string_view(mapped)}) {
    check(raw, {});
    check(raw, {.header = {.bytes = 64, .fields = 3}, .depth = 3, .parts = 5});
  }
  return 0;
}
