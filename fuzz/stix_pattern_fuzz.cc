#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>

#include "intel/stix/pattern.h"
#include "intel/stix/pattern_equal.h"

// A pattern that is accepted prints as one that is accepted and prints alike, in
// either version; its flaws are the same, and it is equal to itself.
extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  using namespace serjeant::stix;
  auto text = std::string(reinterpret_cast<const char*>(data), size);
  if (text.empty()) return 0;
  const auto choice = static_cast<unsigned char>(text.front());
  text.erase(0, 1);
  // Characters below 16 stand for words. The literal holds a NUL: its size says its end.
  static constexpr char kLetters[] =
      "[]()'=<>!:.*, 01a_-thb\\\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20";
  constexpr auto kWords = std::string_view(kLetters, sizeof kLetters - 1);
  constexpr const char* kLong[] = {" AND ",
                                   " OR ",
                                   " FOLLOWEDBY ",
                                   " NOT ",
                                   " IN ",
                                   " LIKE ",
                                   " WITHIN 1 SECONDS",
                                   " REPEATS 2 TIMES",
                                   "[a:b=1]",
                                   "t'2020-01-01T00:00:00Z'",
                                   " EXISTS ",
                                   "true",
                                   " ISSUBSET '1.2.3.4/8'",
                                   " MATCHES 'a'",
                                   "b'AQI='",
                                   "h'0a'"};
  if ((choice & 2) != 0) {
    auto spelt = std::string{};
    for (const auto c : text) {
      const auto letter = kWords[static_cast<unsigned char>(c) % kWords.size()];
      const auto number = static_cast<unsigned char>(letter);
      if (number > 0 && number <= std::size(kLong))
        spelt += kLong[number - 1];
      else
        spelt += letter;
    }
    text = spelt;
  }
  const auto version = (choice & 1) != 0 ? PatternVersion::k20 : PatternVersion::k21;
  const auto once = parse_pattern(text, version);
  if (!once.flaws.empty()) return 0;
  const auto printed = print_pattern(once.pattern);
  const auto twice = parse_pattern(printed, version);
  if (!twice.flaws.empty() || print_pattern(twice.pattern) != printed) std::abort();
  if (check_pattern(once.pattern, version).size() != check_pattern(twice.pattern, version).size())
    std::abort();
  if (text.size() < 400 && compare_patterns(once.pattern, twice.pattern) == Equivalence::kDifferent)
    std::abort();
  return 0;
}
