#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "core/yaml.h"

// YAML of any bytes. Held to: marks lie in the text, members in their
// collection, documents in order and apart; a plain scalar of one line stands
// in the text as it was read, and is read the same again by itself.
namespace {

using namespace serjeant;

void hold(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void check(const YamlNode& node, std::string_view text) {
  hold(node.mark.offset + std::size_t{node.mark.length} <= text.size(), "a mark in the text");
  for (const auto& item : node.items) {
    hold(item.mark.offset >= node.mark.offset, "a member in its collection");
    check(item, text);
  }
  if (!node.plain || !node.is_scalar()) return;
  const auto written = text.substr(node.mark.offset, node.mark.length);
  if (written.find_first_of("\n\r") != std::string_view::npos || written.size() != node.text.size())
    return;
  hold(written == node.text, "a plain scalar as written");
  const auto again = read_yaml_scalar(node.text);
  hold(again && again->kind == node.kind && again->integer == node.integer, "the same again");
}

}  // namespace

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const auto text = std::string_view(reinterpret_cast<const char*>(data), size);
  auto end = std::size_t{0};
  for (const auto& document : read_yaml(text)) {
    hold(document.mark.offset >= end, "documents in order");
    hold(document.mark.offset + std::size_t{document.mark.length} <= text.size(),
         "a mark in the text");
    end = document.mark.offset + std::size_t{document.mark.length};
    if (document.flaw) {
      hold(document.flaw->mark.offset <= text.size(), "a flaw in the text");
      hold(!document.flaw->message.empty(), "a flaw with a message");
      static_cast<void>(place_of(document.flaw->mark, text, "f"));
      end = document.mark.offset;
    } else {
      check(document.root, text);
    }
  }
  return 0;
}
