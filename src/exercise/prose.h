#pragma once

#include <array>
#include <string>
#include <string_view>

#include "exercise/rng.h"

// Invented news and office prose. Lures, newsletters, drills and everyday mail
// draw from pools of their own, so that nothing but their plan makes them alike.
namespace serjeant::exercise {

struct Story {
  std::string_view headline, subject, place;
};
constexpr auto kStories = std::array<Story, 38>{{
    {"Land register bill returns to the floor", "the land register", "Arcadia"},
    {"Ferry subsidies under review before the summer", "the ferry subsidies", "Port Linde"},
    {"Islands ask for a second lighthouse tender", "the lighthouse tender", "the Outer Islands"},
    {"Court hears case on fishing quotas", "the fishing quotas", "Meridia"},
    {"New rail timetable divides the valley", "the rail timetable", "Upper Vale"},
    {"Open Seas accord: what the annex says", "the Open Seas accord", "Borealis"},
    {"Broadcast licence fee to be frozen for a year", "the licence fee", "Arcadia"},
    {"University union votes on exchange scheme", "the exchange scheme", "Halden"},
    {"Harbour dredging delayed until autumn", "the harbour dredging", "Port Linde"},
    {"Observers arrive ahead of the municipal vote", "the municipal vote", "Tamsin County"},
    {"Grain reserve sold below cost, auditors find", "the grain reserve", "Meridia"},
    {"Cable consortium names its landing sites", "the sea cable", "Cape Morrow"},
    {"Journalists' visas: ministry answers at last", "the visa delays", "Borealis"},
    {"Museum returns bell to the northern parish", "the parish bell", "Nordhavn"},
    {"Archive of the border commission opens", "the border archive", "Arcadia"},
    {"Textile tariff compromise within reach", "the textile tariff", "Halden"},
    {"Glacier survey shows faster retreat", "the glacier survey", "Upper Vale"},
    {"Pension committee asks for new figures", "the pension figures", "Arcadia"},
    {"Coast guard fleet to be renewed by 2024", "the coast guard fleet", "Cape Morrow"},
    {"Hearing on detained bookseller adjourned", "the bookseller's case", "Meridia"},
    {"Water treaty talks resume after a decade", "the water treaty", "Tamsin County"},
    {"Election monitors publish their handbook", "the monitors' handbook", "Borealis"},
    {"Solar park dispute reaches the ombudsman", "the solar park", "Halden"},
    {"Minister defends telescope contract", "the telescope contract", "Nordhavn"},
    {"Ports agree on common customs window", "the customs window", "Port Linde"},
    {"Language act turns twenty: a balance", "the language act", "the Outer Islands"},
    {"Refugee school opens its second house", "the refugee school", "Halden"},
    {"Rare earth mine: residents demand a vote", "the rare earth mine", "Upper Vale"},
    {"Delegation visits the divided strait", "the delegation's visit", "Cape Morrow"},
    {"Drug price panel meets behind closed doors", "the drug price panel", "Arcadia"},
    {"Bridge tolls return to the agenda", "the bridge tolls", "Port Linde"},
    {"Alliance members call for seat at maritime talks", "the maritime talks", "Borealis"},
    {"Inauguration week: what parliaments expect", "the inauguration", "Meridia"},
    {"Sanctions list: the names and the gaps", "the sanctions list", "Borealis"},
    {"Vaccine contracts: clause by clause", "the vaccine contracts", "Arcadia"},
    {"Observatory says strait traffic has doubled", "the strait traffic", "Cape Morrow"},
    {"Press freedom index: three places lost", "the press index", "Nordhavn"},
    {"Committee to question network supplier", "the network supplier", "Arcadia"},
}};

// A paragraph of `count` sentences about the story, from one half of the pool
// (0 or 1), so that two paragraphs of a mail repeat nothing; the same stream
// gives the same words.
auto lure_paragraph(Stream& draw, const Story& story, std::uint32_t count, std::uint32_t half)
    -> std::string;
auto newsletter_item(Stream& draw, std::uint32_t count) -> std::string;
auto newsletter_heading(Stream& draw) -> std::string;
auto everyday_body(Stream& draw, std::string_view from, std::string_view to) -> std::string;
auto everyday_subject(Stream& draw) -> std::string;

}  // namespace serjeant::exercise
