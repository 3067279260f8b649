#include "exercise/prose.h"

#include <vector>

namespace serjeant::exercise {
namespace {

// In all pools: $S the subject, $P the place, $N a number.
constexpr auto kLure = std::array<std::string_view, 30>{
    "After eight months of negotiation $S is back on the table in $P.",
    "Officials in $P confirmed on Monday that $S had been discussed twice in private.",
    "Two people familiar with the draft say that $S was never costed.",
    "A document seen by this newsroom puts the price of $S at $N million crowns.",
    "Critics of $S point to a report that was shelved three years ago.",
    "The question is no longer whether, but when $P will have to decide.",
    "Residents of $P have collected $N signatures within a fortnight.",
    "The opposition wants an inquiry; the government calls that a distraction.",
    "What began as a technical matter has become a test for $P.",
    "Our correspondent spoke to nine people who worked on $S.",
    "None of them would be named, and all of them told the same story.",
    "The vote is expected before the recess, although the date may slip again.",
    "A spokesman declined to comment on $S and referred to the minutes.",
    "Similar plans in neighbouring regions were dropped after $N months.",
    "The archive holds letters which show how early the warnings came.",
    "For the first time the figures behind $S can be read in full.",
    "Lawyers doubt that the clause would survive a challenge in court.",
    "An earlier version mentioned $P by name; the final one does not.",
    "The committee chair said that she had learned of it from the press.",
    "Experts had warned that $S would cost more than its benefits.",
    "In $P the mood is calm, yet nobody expects a quick settlement.",
    "The auditors counted $N irregularities, most of them small.",
    "It is the third attempt in a decade to settle $S.",
    "A recording of the meeting leaves little room for doubt.",
    "Behind the scenes the wording was changed four times in one night.",
    "The map that came with the proposal was out of date by years.",
    "Whoever reads the annex finds a different picture of $S.",
    "Traders in $P speak of a lost season and of empty storehouses.",
    "Observers from abroad were turned away at the door without a reason.",
    "The full story, with documents, can be read on our pages."};

constexpr auto kNews = std::array<std::string_view, 34>{
    "Readers asked us how the new rules apply to tenants with a fixed contract.",
    "If your train is more than an hour late, a quarter of the fare is returned.",
    "We tested $N kettles, and three of them failed the safety check.",
    "The spring fair takes place in $P from the second weekend of the month.",
    "Our reading list this week has $N titles, most of them short.",
    "A new study of household budgets finds that heating remains the largest item.",
    "Volunteers are wanted for the coastal clean-up near $P.",
    "The workshop on minutes and motions is fully booked; a second date follows.",
    "In the letters page: why the post office in $P should stay.",
    "Fees for paper statements will end in the second quarter.",
    "The regional theatre shows a comedy in four acts with a cast of $N.",
    "Please remember that membership cards are valid until the end of the year.",
    "The garden column explains when to cut back the hedge and when to wait.",
    "An exhibition about sea charts opens in $P with free entry on Sundays.",
    "The choir looks for two altos and welcomes beginners.",
    "We answer your questions about returning goods that were bought online.",
    "Prices for apples fell, while butter rose by $N per cent.",
    "Our podcast talks with the keeper of the last manned lighthouse.",
    "The walking route along the old canal has been marked anew.",
    "The library extends its opening hours on Thursdays and Saturdays.",
    "Insurance for bicycles: what the small print leaves out.",
    "A recipe for barley soup that feeds six people for little money.",
    "The annual meeting approved the accounts and thanked the treasurer.",
    "School classes may apply for guided tours until the end of next month.",
    "In brief: $N new members, two honours, one farewell.",
    "The ferry to $P runs every forty minutes during the works.",
    "Comparing savings accounts pays off, as our table shows.",
    "The photo of the month was taken at dawn above $P.",
    "Repair cafes opened in $N towns and were busy from the first day.",
    "What to do when a parcel is left with a neighbour who has moved.",
    "The chess column: white to move and win in four.",
    "A short guide to the forms that landlords must hand out.",
    "Lectures on harbour history continue with an evening about $P.",
    "Sailing lessons for adults start again as soon as the water is warm."};

constexpr auto kPlaces = std::array<std::string_view, 10>{
    "Port Linde", "Halden",   "Nordhavn", "Upper Vale", "Cape Morrow",
    "Meridia",    "Borealis", "Tamsin",   "Old Quay",   "Sankt Olaf"};

constexpr auto kHeadings = std::array<std::string_view, 20>{
    "Your rights this month", "From the test bench",     "Dates and places",
    "Letters to the editor",  "Members write",           "What it costs",
    "Out and about near $P",  "The week in $N pictures", "Questions and answers",
    "Round the harbour",      "Small print explained",   "Recipes for the season",
    "News from the branches", "In the reading room",     "Weather and tides",
    "Minutes of the meeting", "Walks around $P",         "Looking back",
    "Notes from the board",   "Tickets and times"};

constexpr auto kOffice = std::array<std::string_view, 28>{
    "could you send me the latest version before noon?",
    "I have added two comments on page $N, otherwise it is fine.",
    "the room is booked from ten, the projector works again.",
    "thanks for the quick answer yesterday.",
    "the translation of paragraph $N is still missing.",
    "please bring the signed copy, reception needs it.",
    "shall we move our meeting to Thursday afternoon?",
    "the delegation arrives with $N people, one of them vegetarian.",
    "I forward the question from the constituency office below.",
    "the numbers in the second table do not add up yet.",
    "the clerk asks for the list of speakers by four.",
    "I am out of the office tomorrow, Rosa has the keys.",
    "attached is what we agreed, with the dates corrected.",
    "can you take the minutes this time?",
    "the printer on floor $N is out of order again.",
    "I would leave the last sentence out, it promises too much.",
    "the visitors' group has been confirmed for next week.",
    "let us talk about the wording on the phone.",
    "the invoice of the caterer is correct, please approve.",
    "the amendment was withdrawn, so item $N falls away.",
    "do you know who keeps the old archive list?",
    "the interpreter can only stay until six.",
    "I am fine with both options, you choose.",
    "the committee wants the answer in writing.",
    "we still need a photograph for the invitation.",
    "the train is late, please start without me.",
    "here are the three names for the working group.",
    "the heating in room $N will be repaired on Friday."};

constexpr auto kSubjects = std::array<std::string_view, 24>{"Minutes",
                                                            "Agenda for Tuesday",
                                                            "Room booking",
                                                            "Travel dates",
                                                            "Question $N",
                                                            "Draft, version $N",
                                                            "Lunch",
                                                            "List of speakers",
                                                            "Visitors' group",
                                                            "Invoice",
                                                            "Translation",
                                                            "Amendment $N",
                                                            "Interview request",
                                                            "Timetable",
                                                            "Signed copy",
                                                            "Working group",
                                                            "Photographs",
                                                            "Keys",
                                                            "Constituency day",
                                                            "Table on page $N",
                                                            "Answer in writing",
                                                            "Phone call",
                                                            "Projector",
                                                            "Farewell of a colleague"};

void fill(std::string& out, std::string_view frame, std::string_view subject,
          std::string_view place, Stream& draw) {
  for (auto i = std::size_t{0}; i < frame.size(); ++i) {
    if (frame[i] != '$') {
      out += frame[i];
      continue;
    }
    const auto what = frame[++i];
    if (what == 'S') {
      out += subject;
    } else if (what == 'P') {
      out += place;
    } else {
      out += std::to_string(draw.between(3, 48));
    }
  }
}

// `count` different frames of a pool.
template <std::size_t N>
auto choose(const std::array<std::string_view, N>& pool, std::uint32_t count, Stream& draw)
    -> std::vector<std::string_view> {
  auto order = pool;
  auto chosen = std::vector<std::string_view>{};
  for (auto i = std::uint32_t{0}; i < count && i < N; ++i) {
    std::swap(order[i], order[i + draw.below(static_cast<std::uint32_t>(N) - i)]);
    chosen.push_back(order[i]);
  }
  return chosen;
}

}  // namespace

auto lure_paragraph(Stream& draw, const Story& story, std::uint32_t count, std::uint32_t half)
    -> std::string {
  auto pool = std::array<std::string_view, kLure.size() / 2>{};
  for (auto i = std::size_t{0}; i < pool.size(); ++i) pool[i] = kLure[2 * i + half];
  auto text = std::string{};
  for (const auto frame : choose(pool, count, draw)) {
    if (!text.empty()) text += ' ';
    fill(text, frame, story.subject, story.place, draw);
  }
  return text;
}

auto newsletter_item(Stream& draw, std::uint32_t count) -> std::string {
  auto text = std::string{};
  const auto place = draw.pick(kPlaces);
  for (const auto frame : choose(kNews, count, draw)) {
    if (!text.empty()) text += ' ';
    fill(text, frame, {}, place, draw);
  }
  return text;
}

auto newsletter_heading(Stream& draw) -> std::string {
  auto text = std::string{};
  const auto place = draw.pick(kPlaces);
  fill(text, draw.pick(kHeadings), {}, place, draw);
  return text;
}

auto everyday_body(Stream& draw, std::string_view from, std::string_view to) -> std::string {
  auto text = std::string{};
  constexpr auto kGreetings = std::array<std::string_view, 4>{"Dear ", "Hello ", "Hi ", ""};
  text.append(draw.pick(kGreetings)).append(to).append(",\n\n");
  for (const auto frame : choose(kOffice, draw.between(2, 5), draw)) {
    fill(text, frame, {}, {}, draw);
    text += draw.chance(600'000) ? '\n' : ' ';
  }
  if (text.back() == ' ') text.back() = '\n';
  constexpr auto kEnds =
      std::array<std::string_view, 4>{"\nBest regards\n", "\nThanks\n", "\nYours\n", "\n"};
  text.append(draw.pick(kEnds)).append(from).append("\n");
  return text;
}

auto everyday_subject(Stream& draw) -> std::string {
  auto text = std::string{};
  fill(text, draw.pick(kSubjects), {}, {}, draw);
  return text;
}

}  // namespace serjeant::exercise
