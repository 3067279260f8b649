#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/sha256.h"
#include "store/case_reader.h"

namespace serjeant {

// The case as one self-contained page of HTML: no script, nothing loaded, a
// strict policy in its head. Every statement leads to an entry of the evidence
// index: source, offset, length, and the bytes themselves, escaped.
// `evidence` gives the bytes of a source by its SHA-256, or nothing if they are
// not at hand; it may be empty.
using EvidenceLookup = std::function<std::optional<std::string_view>(const Digest& sha256)>;
auto make_dossier(const CaseReader& reader, const EvidenceLookup& evidence) -> Result<std::string>;

}  // namespace serjeant
