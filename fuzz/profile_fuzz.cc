#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/json.h"
#include "shape/profile.h"

// Either a profile or a reason why not, with a place; and every profile can
// shape a record.
namespace {

class Count : public serjeant::EventSink {
 public:
  void event(const serjeant::Event&) override { ++count; }
  int count = 0;
};

}  // namespace

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  using namespace serjeant;
  const auto text = std::string_view(reinterpret_cast<const char*>(data), size);
  auto diagnostics = std::vector<Diagnostic>{};
  const auto profile = read_profile(text, "fuzz.yaml", diagnostics);
  if ((profile == nullptr) != !diagnostics.empty()) std::abort();
  for (const auto& diagnostic : diagnostics)
    if (diagnostic.places.empty() || diagnostic.code.size() != 6) std::abort();
  if (!profile) return 0;
  auto arena = Arena{};
  auto document = Document{};
  parse_json(R"({"a":"2026-03-02 10:00:00","b":"1.2.3.4","c":[{"d":"x"}],"e":1})", {}, document,
             arena);
  auto sink = Count{};
  auto shaper = Shaper(*profile, "a.csv");
  shaper.shape({{0, 1, 1}, document.root(), nullptr, {}}, arena, sink);
  if (sink.count != 1) std::abort();
  return 0;
}
