#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "detect/mail/css.h"
#include "detect/mail/facts.h"

namespace serjeant::mail {

// The properties of one element that decide whether it is seen, after the
// cascade (CSS Cascade 3): attributes, sheet, inline, important ones last.
class ComputedStyle {
 public:
  void set(std::string_view name, std::string_view value, bool from_sheet);

  // Reasons that hide this element and everything in it.
  auto own_reasons() const -> std::uint32_t;
  // Reasons that hide a picture of its own: its size, too.
  auto picture_reasons() const -> std::uint32_t;
  // Reasons that hide what is in it, but not itself.
  auto inner_reasons() const -> std::uint32_t;
  // "hidden", "visible" or empty where not stated here: it is inherited.
  auto visibility() const -> std::string_view { return visibility_; }
  auto has_size() const -> bool { return width_.known || height_.known || percent_; }
  auto font_size_zero() const -> bool { return font_zero_; }
  auto backgrounds() const -> const std::vector<std::string_view>& { return backgrounds_; }
  auto displays_block() const -> bool { return block_; }

 private:
  auto tiny(const CssLength& length) const -> bool {
    return length.known && length.milli_px <= 2000;
  }

  std::uint32_t sheet_ = 0;  // reasons whose property came from a sheet
  bool display_none_ = false, transparent_ = false, clipped_ = false, scaled_away_ = false;
  bool overflow_hidden_ = false, positioned_ = false, off_screen_ = false, percent_ = false;
  bool moved_ = false, indented_ = false, font_zero_ = false, block_ = false;
  bool rect_clip_ = false;
  std::string_view visibility_;
  CssLength width_, height_, max_width_, max_height_;
  std::vector<std::string_view> backgrounds_;
};

}  // namespace serjeant::mail
