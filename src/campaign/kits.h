#pragma once

#include <cstdint>
#include <vector>

#include "campaign/features.h"

// A kit is a set of mails made from one mould: the same skeleton that loads the
// same kind of thing. Kits are what is compared, so that ten thousand mails
// from forty moulds cost forty moulds' work.
namespace serjeant::campaign {

struct Kit {
  std::vector<std::uint32_t> mails;  // indexes into Mails::mails(), rising
  // Features that at least a third of its mails show, sorted, with their count.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> features;
  std::vector<std::uint32_t> recipients;  // sorted, each once
  std::vector<std::int32_t> days;         // days on which its mails were sent, sorted, each once

  auto count(std::uint32_t feature) const -> std::uint32_t;
};

// Mails of the recipients' own house, and those that carry nothing, link nowhere
// and resemble no other, are in no kit. Sorted by first mail.
auto make_kits(const Mails& mails) -> std::vector<Kit>;

// Groups of kits whose mails say nearly the same: pairs (kit, kit, likeness in
// parts per thousand), by MinHash over 3-word shingles, 32 bands of 4, verified
// at 0.6 (mail notes, section 8). Sorted.
struct TextTie {
  std::uint32_t a = 0, b = 0, likeness = 0;
  std::uint32_t mail_a = 0, mail_b = 0;  // the pair that was compared
};
auto text_ties(const Mails& mails, const std::vector<Kit>& kits) -> std::vector<TextTie>;

}  // namespace serjeant::campaign
