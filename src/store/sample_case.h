#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/case_writer.h"

// A small case with rows in every table, for tests. Its evidence is made by
// `sample_source`, so that spans can be read again.
namespace serjeant {

constexpr auto kSampleSources = 3u;  // a log of three leaves, a roster, a communiqué
auto sample_source(std::uint32_t id) -> std::string;

using AddRow = std::function<void(CaseWriter&)>;
auto sample_rows() -> std::vector<AddRow>;
auto sample_rows_but_entities() -> std::vector<AddRow>;  // whose counts are summed
auto sample_frame() -> Frame;
auto sample_id(std::string_view name) -> Id;

// Writes the sample to `path`; `work_dir` exists.
auto write_sample(const std::string& work_dir, const std::string& path) -> Result<SealInfo>;

}  // namespace serjeant
