#include "detect/sigma/fast/value_index.h"

#include <algorithm>

#include "core/check.h"
#include "core/narrow.h"

namespace serjeant::sigma::fast {

auto ValueIndex::keep(const Trigger& trigger, std::uint32_t id) -> std::uint32_t {
  literals_.push_back({trigger.text, id});
  return narrow<std::uint32_t>(literals_.size() - 1);
}

void ValueIndex::add(const Trigger& trigger, std::uint32_t id) {
  ++count_;
  switch (trigger.kind) {
    case Trigger::Kind::kNumber:
      numbers_.push_back(id);
      [[fallthrough]];
    case Trigger::Kind::kEquals:
      equals_.add(hash_of(trigger.text), keep(trigger, id));
      lengths_ |= std::uint64_t{1} << length_bit(trigger.text.size());
      return;
    case Trigger::Kind::kStarts:
    case Trigger::Kind::kEnds:
      add_anchored(trigger, id);
      return;
    case Trigger::Kind::kContains:
      scanner_.add(literals_[keep(trigger, id)].text, id);
      return;
    case Trigger::Kind::kNetwork: {
      const auto at = narrow<std::uint32_t>(network_list_.size());
      network_list_.emplace_back(trigger.network, id);
      networks_.add(network_key(trigger.network.base, trigger.network.prefix), at);
      prefixes_.emplace_back(trigger.network.prefix, trigger.network.base.v4);
      return;
    }
    case Trigger::Kind::kPresent:
      SJ_CHECK(false);
  }
}

void ValueIndex::add_anchored(const Trigger& trigger, std::uint32_t id) {
  SJ_CHECK(!trigger.text.empty());
  auto size = std::size_t{1};
  for (const auto width : kWidths)
    if (width <= trigger.text.size()) size = width;
  const auto at_end = trigger.kind == Trigger::Kind::kEnds;
  auto found = std::find_if(anchors_.begin(), anchors_.end(), [&](const Anchor& anchor) {
    return anchor.size == size && anchor.at_end == at_end;
  });
  if (found == anchors_.end()) found = anchors_.insert(anchors_.end(), {size, at_end, {}});
  // The hash reads behind what it takes in.
  auto padded =
      at_end ? trigger.text.substr(trigger.text.size() - size) : trigger.text.substr(0, size);
  padded.resize(size + kPadding);
  found->texts.add(anchor_hash(padded.data(), size), keep(trigger, id));
}

void ValueIndex::freeze() {
  equals_.freeze();
  std::sort(anchors_.begin(), anchors_.end(),
            [](const Anchor& a, const Anchor& b) { return a.size < b.size; });
  for (auto& anchor : anchors_) anchor.texts.freeze();
  networks_.freeze();
  scanner_.freeze();
  std::sort(prefixes_.begin(), prefixes_.end());
  prefixes_.erase(std::unique(prefixes_.begin(), prefixes_.end()), prefixes_.end());
}

auto ValueIndex::is_plain_number(std::string_view text) -> bool {
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || digits.size() > 18) return false;
  if (digits[0] == '0') return text == "0";
  return std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

auto ValueIndex::network_key(const Address& address, std::uint32_t prefix) -> std::uint64_t {
  auto bytes = address.bytes;
  const auto kept = address.v4 ? prefix + 96 : prefix;
  for (auto i = std::size_t{0}; i < bytes.size(); ++i) {
    const auto from = static_cast<std::uint32_t>(i) * 8;
    if (from >= kept)
      bytes[i] = 0;
    else if (kept - from < 8)
      bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xff00u >> (kept - from)));
  }
  return hash_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                 prefix * 2 + (address.v4 ? 1u : 0u));
}

}  // namespace serjeant::sigma::fast
