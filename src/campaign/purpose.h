#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "campaign/kits.h"

// What a group of kits is for, as far as the mails themselves show it. A lone
// pixel is never a verdict: newsletters have it too.
namespace serjeant::campaign {

enum class Purpose : std::uint8_t {
  kNone,            // nothing that sets it apart from everyday mail
  kBulk,            // newsletters and lists: benign features
  kExercise,        // says of itself that it is a phishing exercise
  kReconnaissance,  // learns who opens, and tells its sender nowhere that he does
};
auto purpose_word(Purpose purpose) -> std::string_view;

struct Judgement {
  Purpose purpose = Purpose::kNone;
  std::vector<std::string> reasons;  // sentences with counts
};

auto judge(const Mails& mails, const std::vector<Kit>& kits,
           const std::vector<std::uint32_t>& group) -> Judgement;

}  // namespace serjeant::campaign
