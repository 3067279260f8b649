#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

// How often a text is to be expected in the fields of ordinary events: what a
// witness costs. Counted in triples of bytes over benign.txt, a list of values
// as an unremarkable network writes them. It decides nothing but speed.
namespace serjeant::sigma::fast {

class Rarity {
 public:
  Rarity();
  static auto shared() -> const Rarity&;

  // The share of values that hold the folded text, estimated: that of its rarest
  // triple, and less for every further triple never seen. Above 0, at most 1.
  auto share(std::string_view text) const -> double;
  // Larger for what is met more often: the four or two bytes at `at`, to choose
  // where to look for a text.
  auto weight_of_four(const char* at) const -> double;
  auto weight_of_two(const char* at) const -> double;

 private:
  auto count(const char* at) const -> std::uint32_t;
  std::vector<std::uint16_t> counts_;  // by hash of a triple
  std::vector<std::uint16_t> pairs_, singles_;
  double positions_ = 1;
};

}  // namespace serjeant::sigma::fast
