#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/progress.h"
#include "core/result.h"
#include "core/sha256.h"
#include "seal/evidence.h"

// Finds evidence again, long after it was taken in, and says what became of it.
namespace serjeant {

// Index of the first leaf (MiB) of `bytes` that differs from the sealed
// leaves; nothing if all agree. Bytes beyond the sealed ones, or missing from
// them, differ too: the index is then that of the first leaf concerned. A file
// that grew or shrank inside its last leaf shows in that leaf.
auto verify_source(std::string_view bytes, const std::vector<Digest>& leaves)
    -> std::optional<std::uint64_t>;

// A source as the case knows it.
struct SealedSource {
  Digest sha256{};
  std::vector<Digest> leaves;
  std::uint64_t size = 0;
  std::vector<std::string> names;  // of its origins; only used to find what was changed
};

struct FoundAgain {
  enum class State : std::uint8_t { kIntact, kDamaged, kMissing };
  State state = State::kMissing;
  // For kIntact and kDamaged: its id in Again::evidence, and where it is now.
  std::uint32_t id = 0;
  std::uint64_t first_damaged = 0;  // leaf; kDamaged only
  std::uint64_t damaged = 0;        // how many leaves differ; kDamaged only
};

struct Again {
  Evidence evidence;
  std::vector<FoundAgain> sources;  // one for each that was asked for, in that order
};

// Takes in what lies in `folder` (containers are unpacked as they were before)
// and looks for each sealed source in it: by content first, whatever it is
// called now. One whose content is not there is looked for by name, and if no
// name fits, among those that share most of its leaves; such a one is damaged.
// Fails as take_in does.
auto find_again(const std::string& folder, const std::vector<SealedSource>& wanted,
                const SealOptions& options, Progress& progress) -> Result<Again>;

}  // namespace serjeant
