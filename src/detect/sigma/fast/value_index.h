#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.h"
#include "detect/sigma/address.h"
#include "detect/sigma/fast/frozen_map.h"
#include "detect/sigma/fast/scanner.h"
#include "detect/sigma/fast/trigger.h"

namespace serjeant::sigma::fast {

// Many triggers on one field: which of them does a value meet? By kind:
// equality by a hash of the whole, beginnings and ends by a hash of their first
// or last 1, 2, 4, 8, 16 or 32 bytes (whichever is the longest that they have),
// contained texts by the scanner, networks by prefix. Filled once, then constant
// and shared by workers. kPresent is not for it: that is known without a look.
class ValueIndex {
 public:
  void add(const Trigger& trigger, std::uint32_t id);
  void freeze();
  auto empty() const -> bool { return count_ == 0; }
  // Does a look at a long value take long?
  auto scans() const -> bool { return !scanner_.empty(); }

  // Calls `hit(id)` for each trigger that the value meets, maybe more than once.
  // `folded` is the value's folded text, with kPadding readable bytes behind it;
  // `leaf` the value, not null.
  template <class Hit>
  void probe(std::string_view folded, Value leaf, Hit&& hit) const {
    if (!equals_.empty() && ((lengths_ >> length_bit(folded.size())) & 1) != 0)
      for (const auto at : equals_.find(hash_of(folded)))
        if (same(literals_[at].text, folded)) hit(literals_[at].id);
    for (const auto& anchor : anchors_) {
      if (folded.size() < anchor.size) break;
      const auto* const from =
          anchor.at_end ? folded.data() + folded.size() - anchor.size : folded.data();
      for (const auto at : anchor.texts.find(anchor_hash(from, anchor.size))) {
        const auto& literal = literals_[at];
        if (anchor.at_end ? folded.ends_with(literal.text) : folded.starts_with(literal.text))
          hit(literal.id);
      }
    }
    if (!scanner_.empty()) scanner_.scan(folded, hit);
    if (!numbers_.empty() && leaf.is_number() && !is_plain_number(leaf.text()))
      for (const auto id : numbers_) hit(id);
    if (!networks_.empty()) probe_networks(leaf.text(), hit);
  }

 private:
  static constexpr auto kWidths = std::array<std::size_t, 6>{1, 2, 4, 8, 16, 32};
  struct Literal {
    std::string text;
    std::uint32_t id;
  };

  struct Anchor {
    std::size_t size = 0;
    bool at_end = false;
    FrozenMap texts;
  };

  // Of 1, 2, 4, 8, 16 or 32 bytes, with kPadding readable ones behind.
  static auto anchor_hash(const char* at, std::size_t size) -> std::uint64_t {
    if (size > 16)
      return mix(mix(load64(at), load64(at + 8)), mix(load64(at + 16), load64(at + 24)));
    if (size > 8) return mix(load64(at), load64(at + 8));
    return mix(load64(at) & (~std::uint64_t{0} >> (64 - 8 * size)), size);
  }
  static auto length_bit(std::size_t size) -> std::size_t { return size < 63 ? size : 63; }
  // Written in the one way that equal numbers share: then its text decides.
  static auto is_plain_number(std::string_view text) -> bool;
  static auto network_key(const Address& address, std::uint32_t prefix) -> std::uint64_t;
  auto keep(const Trigger& trigger, std::uint32_t id) -> std::uint32_t;
  void add_anchored(const Trigger& trigger, std::uint32_t id);

  template <class Hit>
  void probe_networks(std::string_view text, Hit&& hit) const {
    const auto address = parse_address(text);
    if (!address) return;
    for (const auto& [prefix, v4] : prefixes_) {
      if (v4 != address->v4) continue;
      for (const auto at : networks_.find(network_key(*address, prefix)))
        if (contains(network_list_[at].first, *address)) hit(network_list_[at].second);
    }
  }

  std::size_t count_ = 0;
  std::deque<Literal> literals_;  // the scanner looks into them
  FrozenMap equals_;
  std::uint64_t lengths_ = 0;    // of texts in equals_
  std::vector<Anchor> anchors_;  // by size
  Scanner scanner_;
  std::vector<std::uint32_t> numbers_;
  FrozenMap networks_;
  std::vector<std::pair<Network, std::uint32_t>> network_list_;
  std::vector<std::pair<std::uint32_t, bool>> prefixes_;  // and whether of IPv4
};

}  // namespace serjeant::sigma::fast
