#include "detect/sigma/fast/find.h"

#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "detect/sigma/fast/bytes.h"

namespace serjeant::sigma::fast {

// Sixteen places at a time are asked for the first and the last byte of the
// part; few of them have both, and those are compared in full.
auto contains_text(std::string_view text, std::string_view part) -> bool {
  if (part.empty()) return true;
  if (part.size() > text.size()) return false;
#ifdef __SSE2__
  static_assert(kPadding >= 16);
  const auto places = text.size() - part.size() + 1;
  const auto first = _mm_set1_epi8(part.front());
  const auto last = _mm_set1_epi8(part.back());
  const auto load = [](const char* at) {
    auto out = __m128i{};
    std::memcpy(&out, at, sizeof out);
    return out;
  };
  for (auto from = std::size_t{0}; from < places; from += 16) {
    const auto* const at = text.data() + from;
    const auto both = _mm_and_si128(_mm_cmpeq_epi8(first, load(at)),
                                    _mm_cmpeq_epi8(last, load(at + part.size() - 1)));
    auto found = static_cast<unsigned>(_mm_movemask_epi8(both));
    if (places - from < 16) found &= (1u << (places - from)) - 1;
    for (; found != 0; found &= found - 1)
      if (same({at + __builtin_ctz(found), part.size()}, part)) return true;
  }
  return false;
#else
  return text.find(part) != std::string_view::npos;
#endif
}

}  // namespace serjeant::sigma::fast
