#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/arena.h"
#include "core/json.h"
#include "detect/matcher.h"

// A selection and events of any bytes: "SELECTION\0EVENT\0EVENT...". Held to: the
// fast engine says of every event what the slow one says, for the rule and for
// its negation, when an event is new and when it comes again. Were a witness too
// strong, an index too narrow or a remembered value mistaken, they would differ.
namespace {

using namespace serjeant;

auto rule(std::string_view selection, std::string_view condition) -> RuleText {
  return {"r.yml", "title: t\nlogsource: {product: x}\ndetection:\n  s:\n" +
                       std::string(selection) + "\n  condition: " + std::string(condition) + "\n"};
}

void judge(Matcher& matcher, std::string_view json, std::string_view profile) {
  auto arena = Arena{};
  auto document = Document{};
  parse_json(json, {}, document, arena);
  auto event = Event{};
  event.profile = profile;
  if (profile != "unknown") event.product = "x";
  event.native = document.root();
  auto out = std::vector<Finding>{};
  matcher.match(event, json.substr(json.size() / 2), out);
  if (matcher.difference().empty()) return;
  std::fprintf(stderr, "%s\n%.*s\n", matcher.difference().c_str(), static_cast<int>(json.size()),
               json.data());
  std::abort();
}

}  // namespace

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const auto text = std::string_view(reinterpret_cast<const char*>(data), size);
  const auto cut = text.find('\0');
  if (cut == std::string_view::npos || size > 8192) return 0;
  const auto selection = text.substr(0, cut);
  const auto rules = load_rule_texts({rule(selection, "s"), rule(selection, "not s")});
  if (rules.loaded() == 0) return 0;
  const auto matcher = make_matcher(rules, Engine::kBoth);
  for (auto round = 0; round < 2; ++round) {
    for (auto at = cut + 1; at < text.size();) {
      const auto end = std::min(text.find('\0', at), text.size());
      for (const auto* profile : {"unknown", "stated"})
        judge(*matcher, text.substr(at, end - at), profile);
      at = end + 1;
    }
  }
  return 0;
}
