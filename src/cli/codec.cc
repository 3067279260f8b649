#include "cli/codec.h"

#include "core/bytes.h"

namespace serjeant::cli {
namespace {

void put(ByteWriter& out, const Span& span) {
  out.number(span.offset).number(span.length).number(span.source);
}
auto take_span(ByteReader& in) -> Span {
  auto span = Span{};
  span.offset = in.number<std::uint64_t>();
  span.length = in.number<std::uint32_t>();
  span.source = in.number<std::uint32_t>();
  return span;
}

}  // namespace

void encode_finding(const Finding& finding, std::string& out) {
  auto writer = ByteWriter(out);
  writer.id(finding.id).number(finding.rule);
  put(writer, finding.span);
  writer.number(finding.at)
      .number(static_cast<std::uint8_t>(finding.basis))
      .number(static_cast<std::uint8_t>(finding.level))
      .number(narrow<std::uint32_t>(finding.matched.size()));
  for (const auto& m : finding.matched) writer.text(m.field).text(m.value).text(m.pattern);
  writer.text(finding.group)
      .number(finding.last)
      .number(narrow<std::uint32_t>(finding.events.size()));
  for (const auto& span : finding.events) put(writer, span);
}

auto decode_finding(std::string_view bytes, Finding& out, std::string_view& rest) -> bool {
  auto in = ByteReader(bytes);
  out = {};
  out.id = in.id();
  out.rule = in.number<std::uint32_t>();
  out.span = take_span(in);
  out.at = in.number<Nanos>();
  out.basis = static_cast<TimeBasis>(in.number<std::uint8_t>());
  out.level = static_cast<Level>(in.number<std::uint8_t>());
  for (auto left = in.number<std::uint32_t>(); left > 0 && in.good(); --left) {
    auto m = Matched{};
    m.field = in.text();
    m.value = in.text();
    m.pattern = in.text();
    out.matched.push_back(std::move(m));
  }
  out.group = in.text();
  out.last = in.number<Nanos>();
  for (auto left = in.number<std::uint32_t>(); left > 0 && in.good(); --left)
    out.events.push_back(take_span(in));
  rest = in.rest();
  return in.good();
}

auto host_of(std::string_view object) -> std::string {
  const auto scheme = object.find("://");
  if (scheme != std::string_view::npos) object.remove_prefix(scheme + 3);
  object = object.substr(0, object.find_first_of("/?#"));
  if (const auto at = object.rfind('@'); at != std::string_view::npos) object.remove_prefix(at + 1);
  if (!object.starts_with('[')) object = object.substr(0, object.find(':'));
  while (object.ends_with('.')) object.remove_suffix(1);
  auto out = std::string(object);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

}  // namespace serjeant::cli
