#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detect/mail/facts.h"

// Signatures by which near-equal texts and skeletons are found: one-permutation
// MinHash with optimal densification (Li, Owen, Zhang 2012; Shrivastava 2017),
// over shingles of three words.
namespace serjeant::mail {

// Words of a text as they are compared: lower case, without quoted replies, the
// signature behind "-- ", addresses, digits, and the words in `strip` (the
// recipient's own name and address, proven tokens; in lower case). Words of
// scripts without blanks are single characters. At most 20,000 words.
auto normal_words(std::string_view text, const std::vector<std::string>& strip)
    -> std::vector<std::string>;

// Fills `out` from the distinct hashes of shingles; returns how many there are.
auto text_signature(const std::vector<std::string>& words, TextSignature& out) -> std::uint32_t;

// From hashes of any kind of shingle. Without any, `out` stays zero.
void min_hash(const std::vector<std::uint64_t>& shingles, std::uint32_t* out, std::size_t bins);

}  // namespace serjeant::mail
