#include "seal/evidence.h"

#include <algorithm>

#include "seal/intake.h"
#include "seal/walk.h"

namespace serjeant {

auto take_in(const std::vector<std::string>& arguments, const SealOptions& options,
             Progress& progress) -> Result<Evidence> {
  SJ_TRY(auto found, find_files(arguments));
  auto intake = Intake(options, progress);
  SJ_DO(intake.seal_files(std::move(found)));
  SJ_DO(intake.unpack_all());
  return intake.finish();
}

auto Evidence::lost() const -> std::vector<Fault> {
  auto out = std::vector<Fault>{};
  for (const auto& source : sources) {
    const auto at = source.guard.lost();
    if (!at) continue;
    const auto length = std::min<std::uint64_t>(source.size - *at, 0xffffffff);
    out.push_back({FaultKind::kUnreadable, {*at, static_cast<std::uint32_t>(length), source.id}});
  }
  return out;
}

}  // namespace serjeant
