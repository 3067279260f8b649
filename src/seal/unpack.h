#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/span.h"
#include "seal/container.h"
#include "seal/evidence.h"
#include "seal/keeper.h"

namespace serjeant {

// What one container may give. When more is asked for, unpacking ends there
// with a fault.
struct Allowance {
  std::uint64_t ratio = 200;
  std::uint64_t bytes = 0;
  std::uint64_t members = 0;
};

// What several containers that are unpacked beside each other used up
// together. When that passes what is left for all of them, all stop at once,
// and the caller unpacks them again one after the other: so the outcome never
// depends on which was quicker.
struct SharedUse {
  std::uint64_t most_bytes;
  std::uint64_t most_members;
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> members{0};
  auto exceeded() const -> bool {
    return bytes.load(std::memory_order_relaxed) > most_bytes ||
           members.load(std::memory_order_relaxed) > most_members;
  }
};

struct UnpackedMember {
  Keeper::Kept kept;
  std::string name;          // as found; "" = the stream does not say
  std::uint64_t offset = 0;  // in the container, where its bytes are that of a file there
  std::uint64_t length = 0;
  std::vector<Fault> faults;  // of the member's own bytes, source 0
};

struct Unpacked {
  std::string codec;  // "zip", "tar", "tar.gz", ...
  std::vector<UnpackedMember> members;
  std::vector<Refused> refused;  // named as in the container
  std::vector<Fault> faults;     // of the container, source 0
  std::uint64_t bytes = 0;       // expanded, those of members that were dropped included
  std::uint64_t count = 0;       // members met
};

// Unpacks one container, one level deep. Nothing of it is trusted: names are
// labels and never paths, sizes are not believed, and what is damaged gives
// what can be had and a fault. Links and devices in it are refused by name.
// Faults of the container: kTruncated, kBadSyntax, kEncrypted, kUnsupported,
// kAmbiguous (see zip.h), kRatio, kTooBig, kTooMany.
// A member's ratio is judged 1 MiB of packed bytes ahead, so that a run of
// zeros at its start does not condemn it, once it has given 10 MiB.
// Fails only if the bytes cannot be kept, or (kTooLarge) if `shared` was exceeded.
auto unpack(std::string_view bytes, Container kind, const Allowance& allowance, Keeper& keeper,
            SharedUse& shared) -> Result<Unpacked>;

}  // namespace serjeant
