#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/json.h"
#include "intel/stix/jcs.h"

// Canonical JSON is JSON whose canonical form is itself, whatever the order and
// spelling it was made from.
extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  using namespace serjeant;
  const auto text = std::string_view(reinterpret_cast<const char*>(data), size);
  auto document = Document{};
  auto arena = Arena{};
  if (!parse_json(text, "", document, arena).complete) return 0;
  const auto once = stix::canonical_json(document.root());
  if (!once) return 0;
  auto again = Document{};
  const auto outcome = parse_json(*once, "", again, arena);
  if (!outcome.complete || outcome.consumed != once->size()) std::abort();
  const auto twice = stix::canonical_json(again.root());
  if (!twice || *twice != *once) std::abort();
  return 0;
}
