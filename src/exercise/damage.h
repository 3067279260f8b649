#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exercise/rng.h"
#include "exercise/ual_dialect.h"

namespace serjeant::exercise {

// Spoils 3 % of the rows of a file, each in one of four ways: "cut" (the end is
// missing), "nul" (bytes overwritten with NUL), "quote" (a quote too few),
// "newline" (another line end than its neighbours').
class Damage {
 public:
  explicit Damage(PhiloxKey key) : key_(key) {}
  // What was done to `row`, the row of that number; empty for most rows. The
  // row keeps a line end and stays well-formed UTF-8.
  auto apply(std::uint64_t number, std::string_view newline, Dialect dialect,
             std::string& row) const -> std::string_view;

 private:
  PhiloxKey key_;
};

}  // namespace serjeant::exercise
