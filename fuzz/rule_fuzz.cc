#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/arena.h"
#include "core/json.h"
#include "detect/matcher.h"

// Rules of any bytes, as they are or as the detection of a rule that is right
// otherwise. Held to: every document is listed once, loaded or with a reason of
// the closed list; every place lies in the text; loading twice gives the same;
// a rule and its negation never both fire, and one of them does.
namespace {

using namespace serjeant;

void hold(bool promise, const char* what, std::string_view text) {
  if (promise) return;
  std::fprintf(stderr, "broken: %s\n%.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

auto fires(const RuleSet& rules, const Event& event) -> bool {
  auto out = std::vector<Finding>{};
  make_reference_matcher(rules)->match(event, out);
  return !out.empty();
}

void load(const std::string& text) {
  const auto rules = load_rule_texts({{"r.yml", text}});
  const auto again = load_rule_texts({{"r.yml", text}});
  hold(rules.rules().size() == again.rules().size(), "twice the same", text);
  for (auto i = std::size_t{0}; i < rules.rules().size(); ++i) {
    const auto& info = rules.rules()[i];
    hold(info.loaded != !info.reason.empty(), "a reason if and only if not loaded", text);
    hold(info.why == again.rules()[i].why && info.sha256 == again.rules()[i].sha256,
         "twice the same", text);
  }
  for (const auto& [document, diagnostic] : rules.diagnostics()) {
    hold(document < rules.rules().size(), "a diagnostic of a document", text);
    for (const auto& place : diagnostic.places)
      hold(place.line >= 1 && place.column >= 1 && place.column <= place.text.size() + 1,
           "a place in its line", text);
    static_cast<void>(render(diagnostic));
  }
}

void judge(std::string_view selection, std::string_view json) {
  const auto begin = std::string("title: t\nlogsource: {product: x}\ndetection:\n  s:\n");
  const auto rule =
      load_rule_texts({{"r.yml", begin + std::string(selection) + "\n  condition: s\n"}});
  const auto inverse =
      load_rule_texts({{"r.yml", begin + std::string(selection) + "\n  condition: not s\n"}});
  if (rule.rules().size() != 1 || !rule.rules()[0].loaded || rule.rules()[0].kind != "rule") return;
  if (inverse.rules().size() != 1 || !inverse.rules()[0].loaded) return;
  auto arena = Arena{};
  auto document = Document{};
  parse_json(json, {}, document, arena);
  auto event = Event{};
  event.profile = "made-up";  // stated, so that no content can route it elsewhere
  event.product = "x";
  event.native = document.root();
  hold(fires(rule, event) != fires(inverse, event), "a rule or its negation", selection);
}

}  // namespace

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const auto text = std::string_view(reinterpret_cast<const char*>(data), size);
  if (text.empty()) return 0;
  if (text[0] % 2 == 0) {
    load(std::string(text.substr(1)));
    return 0;
  }
  const auto cut = text.find('\0');
  const auto json = cut == std::string_view::npos ? std::string_view("{\"A\":[\"x\",1,null]}")
                                                  : text.substr(cut + 1);
  judge(text.substr(1, cut == std::string_view::npos ? cut : cut - 1), json);
  return 0;
}
