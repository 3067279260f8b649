#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/case_writer.h"
#include "store/runs.h"
#include "store/tables.h"

// What case_rows.cc (rows in) and case_writer.cc (case out) share.
namespace serjeant {

struct CaseWriter::Impl {
  Impl(std::string dir, std::uint64_t budget)
      : work_dir(std::move(dir)), memory(budget), unit(kTables) {}

  std::string work_dir;
  std::uint64_t memory;
  UnitWriter unit;
  std::vector<std::string> runs;  // spilled so far
  std::optional<Error> error;     // the first one while adding
  bool built_in_rules = false;    // some rule has intel 0
  bool built_in_intel = false;    // somebody entered intel 0
  RowBuilder builder;

  auto row() -> RowBuilder& {
    builder.start();
    return builder;
  }
  void push(Table table);
  // Enters an organisation that a row names; what kind it is, others may know.
  void name_org(std::string_view name);
  void spill();
  void remove_runs();
};

}  // namespace serjeant
