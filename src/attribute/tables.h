#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "attribute/neutral.h"

// The benchmark's tables for the plain scorers and for the plain stack, as the
// reference implementation of the data set defines them. They are what the
// engine's own figures are held against (docs/attribution.md).
namespace serjeant::neutral {

constexpr auto kWindow = 6;       // months around a case that its knowledge must not be of
constexpr auto kLeastItems = 3u;  // that a group keeps to count as known

using Figure = std::variant<double, std::int64_t, std::string>;

struct FigureRow {
  std::string table, row;
  std::vector<std::pair<std::string, Figure>> figures;
};
using Figures = std::vector<FigureRow>;

// Tables A (campaigns), B (report-cases), C (splits by release); what the folder
// has no data for stays empty.
void campaign_table(const Library& library, Figures& out);
void case_table(const Library& library, Figures& out);
void release_table(const Library& library, Figures& out);
// Tables D (single items), E (odds), F (planted items), G (countries), H (toy).
void odds_tables(const Library& library, Figures& out);
void toy_table(const Library& library, Figures& out);

// {"figures":{table:{row:{figure:number}}}}, numbers to four places.
auto figures_json(const Figures& figures) -> std::string;

}  // namespace serjeant::neutral
