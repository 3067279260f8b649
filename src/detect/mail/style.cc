#include "detect/mail/style.h"

#include <algorithm>

#include "core/text.h"

namespace serjeant::mail {
namespace {

// Farther than this from the page nothing is seen, however wide the window.
constexpr auto kFarAway = std::int64_t{-500'000};  // thousandths of a px

auto is_far(std::string_view value) -> bool {
  const auto length = css_length(value);
  return length.known && length.milli_px <= kFarAway;
}

// Numbers between brackets: "rect(0, 0, 0, 0)", "scale(0)".
auto arguments(std::string_view value) -> std::vector<std::string_view> {
  auto out = std::vector<std::string_view>{};
  const auto open = value.find('(');
  if (open == value.npos) return out;
  auto inner = value.substr(open + 1);
  inner = inner.substr(0, inner.find(')'));
  for (const auto part : split(inner, ','))
    for (const auto word : split(trim(part), ' '))
      if (!trim(word).empty()) out.push_back(trim(word));
  return out;
}

auto is_zero(std::string_view word) -> bool {
  const auto length = css_length(word);
  return length.known && length.milli_px == 0;
}

// At most 0.02, or 2 %.
auto is_transparent(std::string_view value) -> bool {
  value = trim(value);
  const auto percent = value.ends_with('%');
  if (percent) value.remove_suffix(1);
  const auto number = css_length(value);
  return number.known && number.milli_px <= (percent ? 2000 : 20);
}

// rect(top, right, bottom, left) that leaves at most 2 px in one direction.
auto rect_is_empty(std::string_view value) -> bool {
  const auto words = arguments(value);
  if (words.size() != 4) return false;
  CssLength sides[4];
  for (auto i = std::size_t{0}; i < 4; ++i) sides[i] = css_length(words[i]);
  const auto gone = [](const CssLength& from, const CssLength& to) {
    return from.known && to.known && to.milli_px - from.milli_px <= 2000;
  };
  return gone(sides[0], sides[2]) || gone(sides[3], sides[1]);
}

auto path_is_empty(std::string_view value) -> bool {
  const auto lowered = lower_ascii(value);
  const auto words = arguments(lowered);
  if (words.empty()) return false;
  if (lowered.starts_with("circle") || lowered.starts_with("ellipse")) return is_zero(words[0]);
  if (lowered.starts_with("inset"))
    return words[0].ends_with('%') &&
           to_int(words[0].substr(0, words[0].size() - 1)).value_or(0) >= 50;
  if (lowered.starts_with("polygon")) return std::all_of(words.begin(), words.end(), is_zero);
  return false;
}

}  // namespace

void ComputedStyle::set(std::string_view name, std::string_view value, bool from_sheet) {
  const auto word = value.size() <= 64 ? lower_ascii(value) : std::string{};
  const auto note = [&](std::uint32_t reason) {
    sheet_ = from_sheet ? sheet_ | reason : sheet_ & ~reason;
  };
  if (name == "display") {
    display_none_ = word == "none";
    block_ = word == "block" || word == "table";
    note(kHiddenDisplay);
  } else if (name == "visibility") {
    visibility_ = word == "hidden" || word == "collapse" ? "hidden"
                  : word == "visible"                    ? "visible"
                                                         : "";
    note(kHiddenVisibility);
  } else if (name == "opacity") {
    transparent_ = is_transparent(value);
    note(kHiddenOpacity);
  } else if (name == "filter" || name == "-ms-filter") {
    const auto words = arguments(word);
    if (word.find("opacity") != word.npos && !words.empty()) {
      auto last = words.back();
      if (const auto equals = last.find('='); equals != last.npos) {
        last = last.substr(equals + 1);
        transparent_ =
            transparent_ || (css_length(last).known && css_length(last).milli_px <= 2000);
      } else {
        transparent_ = transparent_ || is_transparent(last);
      }
      note(kHiddenOpacity);
    }
  } else if (name == "width" || name == "height") {
    (name == "width" ? width_ : height_) = css_length(value);
    percent_ = percent_ || value.ends_with('%');
    note(kHiddenSize);
  } else if (name == "max-width") {
    max_width_ = css_length(value);
    note(kHiddenMaxWidth);
  } else if (name == "max-height") {
    max_height_ = css_length(value);
    note(kHiddenMaxHeight);
  } else if (name == "overflow" || name == "overflow-x" || name == "overflow-y") {
    overflow_hidden_ = word.starts_with("hidden") || word.starts_with("clip");
    note(kHiddenOverflow);
  } else if (name == "position") {
    positioned_ = word == "absolute" || word == "fixed" || word == "relative";
    rect_clip_ = word == "absolute" || word == "fixed";
  } else if (name == "left" || name == "top" || name == "right" || name == "bottom") {
    off_screen_ = off_screen_ || is_far(value);
    note(kHiddenOffScreen);
  } else if (name == "margin-left" || name == "margin-top") {
    moved_ = moved_ || is_far(value);
    note(kHiddenOffScreen);
  } else if (name == "margin") {
    const auto words = split(value, ' ');
    moved_ = std::any_of(words.begin(), words.end(), is_far);
    note(kHiddenOffScreen);
  } else if (name == "text-indent") {
    indented_ = is_far(value);
  } else if (name == "clip") {
    clipped_ = rect_is_empty(value);
    note(kHiddenClip);
  } else if (name == "clip-path" || name == "-webkit-clip-path") {
    clipped_ = path_is_empty(value);
    rect_clip_ = rect_clip_ || clipped_;
    note(kHiddenClip);
  } else if (name == "transform" || name == "-webkit-transform") {
    scaled_away_ = false;
    for (const auto* function : {"scale(", "scalex(", "scaley(", "scale3d(", "matrix("}) {
      const auto at = word.find(function);
      if (at == word.npos) continue;
      const auto words = arguments(std::string_view(word).substr(at));
      scaled_away_ = scaled_away_ || (!words.empty() && is_zero(words[0]));
    }
    if (const auto at = word.find("translate"); at != word.npos) {
      const auto words = arguments(std::string_view(word).substr(at));
      moved_ = moved_ || std::any_of(words.begin(), words.end(), is_far);
    }
    note(kHiddenScale);
  } else if (name == "font-size") {
    const auto size = css_length(value);
    font_zero_ = size.known && size.milli_px <= 1000;
  } else if (name == "background" || name == "background-image" || name == "list-style-image" ||
             name == "list-style" || name == "content" || name == "border-image" ||
             name == "border-image-source" || name == "cursor" || name == "mask-image" ||
             name == "mask") {
    for (const auto url : css_urls(value)) backgrounds_.push_back(url);
  }
}

auto ComputedStyle::own_reasons() const -> std::uint32_t {
  auto out = std::uint32_t{0};
  if (display_none_) out |= kHiddenDisplay;
  if (transparent_) out |= kHiddenOpacity;
  if ((off_screen_ && positioned_) || moved_) out |= kHiddenOffScreen;
  if (clipped_ && rect_clip_) out |= kHiddenClip;
  if (scaled_away_) out |= kHiddenScale;
  if ((out & sheet_) != 0) out |= kHiddenSheet;
  return out;
}

auto ComputedStyle::picture_reasons() const -> std::uint32_t {
  auto out = own_reasons();
  if (tiny(width_) || tiny(height_)) out |= kHiddenSize;
  if (tiny(max_width_)) out |= kHiddenMaxWidth;
  if (tiny(max_height_)) out |= kHiddenMaxHeight;
  if ((out & sheet_) != 0) out |= kHiddenSheet;
  return out;
}

auto ComputedStyle::inner_reasons() const -> std::uint32_t {
  auto out = std::uint32_t{0};
  const auto no_room = tiny(width_) || tiny(height_) || tiny(max_width_) || tiny(max_height_);
  if (overflow_hidden_ && no_room) out |= kHiddenOverflow;
  if (indented_) out |= kHiddenOffScreen | (overflow_hidden_ ? kHiddenOverflow : 0u);
  return out;
}

}  // namespace serjeant::mail
