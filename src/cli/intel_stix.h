#pragma once

#include "cli/arguments.h"

// The acts of `intel` that judge STIX: vectors, validate, pattern.
namespace serjeant::cli {

auto run_stix_act(const Arguments& arguments) -> int;

}  // namespace serjeant::cli
