#pragma once

#include "cli/arguments.h"

// One function a verb; each returns the exit status.
namespace serjeant::cli {

auto run_investigate(const Arguments& arguments) -> int;
auto run_detect(const Arguments& arguments) -> int;
auto run_search(const Arguments& arguments) -> int;
auto run_read(const Arguments& arguments) -> int;
auto run_mail(const Arguments& arguments) -> int;
auto run_intel(const Arguments& arguments) -> int;
auto run_attribute(const Arguments& arguments) -> int;
auto show_hypotheses(const Arguments& arguments) -> int;  // `attribute CASE`
auto run_show(const Arguments& arguments) -> int;
auto run_dossier(const Arguments& arguments) -> int;
auto run_export(const Arguments& arguments) -> int;
auto run_verify(const Arguments& arguments) -> int;
auto run_exercise(const Arguments& arguments) -> int;
auto run_score(const Arguments& arguments) -> int;
auto run_manual(const Arguments& arguments) -> int;

}  // namespace serjeant::cli
