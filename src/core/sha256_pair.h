#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// Two SHA-256 computations side by side on one core (FIPS 180-4). The rounds
// of one hash wait for each other; those of two do not, so that processors
// with the SHA instructions (x86 SHA extensions) do both in little more than
// the time of one. Only the compression of whole blocks is here: buffering and
// padding are the caller's. `seal/fingerprint.h` uses it for the two hashes of
// a file; its test compares them with OpenSSL's.
namespace serjeant::sha256_pair {

constexpr auto kBlock = std::size_t{64};
using State = std::array<std::uint32_t, 8>;

constexpr auto kInitial = State{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

// Whether this processor has the instructions. Nothing else may be called if not.
auto is_supported() -> bool;
// Takes `blocks` times 64 bytes from `bytes` into `state`.
void compress(State& state, const char* bytes, std::size_t blocks);
// The same for two states and two places at once.
void compress(State& first, const char* first_bytes, State& second, const char* second_bytes,
              std::size_t blocks);

}  // namespace serjeant::sha256_pair
