#include "attribute/words.h"

namespace serjeant {
namespace {

auto band(long ppm) -> std::string_view {
  if (ppm < 50'000) return "almost no chance";
  if (ppm < 200'000) return "very unlikely";
  if (ppm < 450'000) return "unlikely";
  if (ppm < 550'000) return "roughly even chance";
  if (ppm < 800'000) return "likely";
  if (ppm < 950'000) return "very likely";
  return "almost certain";
}

}  // namespace

auto likelihood_word(long posterior, long low) -> std::string_view {
  return band(low < posterior && posterior >= 450'000 ? low : posterior);
}

}  // namespace serjeant
