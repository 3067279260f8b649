#include <set>
#include <tuple>
#include <unordered_map>

#include "core/text.h"
#include "intel/report/report.h"
#include "intel/report/words.h"

// Names: runs of words with capitals, classed by the words in them (an office,
// a ministry, an animal behind an adjective) and by what stands around them.
// There is no list of persons, and of groups only the ways vendors name them.
namespace serjeant::report {
namespace {

struct State {
  std::string_view name, adjective, capital;
};
constexpr auto kStates = std::to_array<State>({
    {"United States", "American", "Washington"},
    {"US", "US", "Washington"},
    {"United Kingdom", "British", "London"},
    {"UK", "UK", "London"},
    {"Great Britain", "British", "London"},
    {"New Zealand", "New Zealand", "Wellington"},
    {"Australia", "Australian", "Canberra"},
    {"Canada", "Canadian", "Ottawa"},
    {"China", "Chinese", "Beijing"},
    {"Russia", "Russian", "Moscow"},
    {"Iran", "Iranian", "Tehran"},
    {"North Korea", "North Korean", "Pyongyang"},
    {"South Korea", "South Korean", "Seoul"},
    {"Japan", "Japanese", "Tokyo"},
    {"India", "Indian", "Delhi"},
    {"Pakistan", "Pakistani", "Islamabad"},
    {"Vietnam", "Vietnamese", "Hanoi"},
    {"Taiwan", "Taiwanese", "Taipei"},
    {"Israel", "Israeli", "Jerusalem"},
    {"Turkey", "Turkish", "Ankara"},
    {"Ukraine", "Ukrainian", "Kyiv"},
    {"Belarus", "Belarusian", "Minsk"},
    {"Poland", "Polish", "Warsaw"},
    {"Germany", "German", "Berlin"},
    {"France", "French", "Paris"},
    {"Italy", "Italian", "Rome"},
    {"Spain", "Spanish", "Madrid"},
    {"Netherlands", "Dutch", "The Hague"},
    {"Belgium", "Belgian", "Brussels"},
    {"Norway", "Norwegian", "Oslo"},
    {"Sweden", "Swedish", "Stockholm"},
    {"Finland", "Finnish", "Helsinki"},
    {"Denmark", "Danish", "Copenhagen"},
    {"Estonia", "Estonian", "Tallinn"},
    {"Latvia", "Latvian", "Riga"},
    {"Lithuania", "Lithuanian", "Vilnius"},
    {"Czech Republic", "Czech", "Prague"},
    {"Austria", "Austrian", "Vienna"},
    {"Switzerland", "Swiss", "Bern"},
    {"Greece", "Greek", "Athens"},
    {"Romania", "Romanian", "Bucharest"},
    {"Hungary", "Hungarian", "Budapest"},
    {"Bulgaria", "Bulgarian", "Sofia"},
    {"Serbia", "Serbian", "Belgrade"},
    {"Albania", "Albanian", "Tirana"},
    {"Georgia", "Georgian", "Tbilisi"},
    {"Syria", "Syrian", "Damascus"},
    {"Egypt", "Egyptian", "Cairo"},
    {"Brazil", "Brazilian", "Brasilia"},
    {"Mexico", "Mexican", "Mexico City"},
    {"Singapore", "Singaporean", "Singapore"},
    {"Philippines", "Philippine", "Manila"},
});

constexpr auto kBodies = std::to_array<std::string_view>(
    {"ministry",    "bureau",         "office",     "agency",      "department",   "commission",
     "parliament",  "centre",         "center",     "directorate", "service",      "services",
     "council",     "embassy",        "university", "institute",   "court",        "prosecutor",
     "committee",   "administration", "authority",  "police",      "treasury",     "assembly",
     "senate",      "congress",       "government", "army",        "command",      "academy",
     "secretariat", "headquarters",   "union",      "board",       "inspectorate", "chancellery",
     "registry",    "tribunal",       "bank",       "hospital",    "division",     "unit",
     "prosecutors"});
constexpr auto kCompanies = std::to_array<std::string_view>(
    {"ltd",          "llc",          "inc",         "gmbh",         "labs",    "technology",
     "technologies", "company",      "corporation", "corp",         "limited", "security",
     "research",     "intelligence", "systems",     "software",     "group",   "networks",
     "analytics",    "consulting",   "holdings",    "laboratories", "plc",     "solutions"});
constexpr auto kBeasts = std::to_array<std::string_view>(
    {"heron",   "goose",    "snake", "bear",    "panda",    "kitten",    "tiger",    "leopard",
     "spider",  "jackal",   "wolf",  "buffalo", "chollima", "crane",     "hawk",     "lynx",
     "typhoon", "blizzard", "sleet", "storm",   "tempest",  "sandstorm", "tsunami",  "flood",
     "dust",    "hail",     "rain",  "cyclone", "otter",    "falcon",    "raven",    "viper",
     "cobra",   "fox",      "owl",   "eagle",   "dragon",   "lion",      "scorpion", "shark",
     "turtle",  "badger",   "stork", "crow",    "magpie",   "weasel",    "stoat",    "marten",
     "moth",    "hornet",   "wasp",  "mantis",  "lizard",   "gecko",     "puma",     "jaguar",
     "hyena",   "ferret",   "swan",  "kite",    "osprey",   "egret",     "gull",     "toad",
     "newt",    "adder",    "pike",  "eel",     "ray",      "beetle",    "cricket",  "mole",
     "vole",    "hare",     "elk",   "moose",   "boar",     "ibex",      "lemur",    "sloth",
     "werewolf"});
constexpr auto kRoles = std::to_array<std::string_view>(
    {"minister",   "secretary", "president", "spokesperson", "spokesman",  "spokeswoman",
     "ambassador", "director",  "attorney",  "prosecutor",   "chancellor", "commissioner",
     "general",    "diplomat",  "chief",     "head",         "judge",      "official",
     "officer",    "analyst",   "senator"});
constexpr auto kPlainWords = std::to_array<std::string_view>(
    {"the",       "a",         "an",          "in",       "on",          "at",        "we",
     "it",        "he",        "she",         "they",     "this",        "these",     "that",
     "those",     "our",       "their",       "his",      "her",         "its",       "each",
     "every",     "all",       "no",          "none",     "some",        "both",      "but",
     "and",       "or",        "if",          "when",     "while",       "after",     "before",
     "between",   "according", "shortly",     "hackers",  "messages",    "sanctions", "earlier",
     "inside",    "data",      "attribution", "question", "answer",      "key",       "is",
     "what",      "does",      "so",          "for",      "from",        "by",        "to",
     "as",        "with",      "there",       "here",     "such",        "any",       "monday",
     "tuesday",   "wednesday", "thursday",    "friday",   "saturday",    "sunday",    "january",
     "february",  "march",     "april",       "may",      "june",        "july",      "august",
     "september", "october",   "november",    "december", "i",           "you",       "one",
     "two",       "three",     "four",        "five",     "six",         "seven",     "eight",
     "nine",      "ten",       "an",          "attempts", "accusations", "statement", "correction",
     "operators", "since",     "during",      "under",    "of",          "not",       "however",
     "also",      "name",      "unique",      "id",       "listed",      "dob",       "pob",
     "address"});

constexpr auto kMostEntities = std::size_t{4096};
constexpr auto kMostStates = std::size_t{256};  // whose adjectives are known; each word asks all

struct Run {
  Part span;
  std::vector<std::string_view> words;
};

class Names {
 public:
  Names(const Text& text, Reading& to) : text_(text), shadow_(text.shadow), to_(to) {}

  void run() {
    for (auto pass = 0; pass < 2; ++pass)
      for (const auto& paragraph : to_.paragraphs)
        if (paragraph.section == Section::kBody || paragraph.section == Section::kTable ||
            (pass == 1 && paragraph.section == Section::kHeading))
          each_run(paragraph.span, pass);
    for (auto& entity : to_.entities)
      std::sort(entity.mentions.begin(), entity.mentions.end(),
                [](const auto& a, const auto& b) { return a.span.begin < b.span.begin; });
  }

 private:
  auto word_end(std::size_t at, std::size_t end) const -> std::size_t {
    while (at < end && (word_char(shadow_[at]) || ((shadow_[at] == '-' || shadow_[at] == '_') &&
                                                   at + 1 < end && word_char(shadow_[at + 1]))))
      ++at;
    return at;
  }

  // Words with capitals in a row; "of", "for" and "and the like" join an
  // office to its field ("Bureau of State Documentation").
  void each_run(Part part, int pass) {
    auto run = Run{};
    auto body = false;
    const auto close = [&] {
      if (!run.words.empty()) judge(run, pass);
      run = {};
      body = false;
    };
    for (auto at = std::size_t{part.begin}; at < part.end;) {
      if (!word_char(shadow_[at])) {
        if (shadow_[at] != ' ') close();
        ++at;
        continue;
      }
      const auto stop = word_end(at, part.end);
      const auto word = shadow_.substr(at, stop - at);
      const auto low = lower_ascii(word);
      const auto cap = capital(word[0]) && !(run.words.empty() && one_of(kPlainWords, low));
      const auto joins = body && (low == "of" || low == "for" || low == "in") &&
                         stop + 1 < part.end &&
                         (capital(shadow_[stop + 1]) ||
                          (stop + 5 < part.end && shadow_.substr(stop + 1, 4) == "the " &&
                           capital(shadow_[stop + 5])));
      const auto the = !run.words.empty() && low == "the" &&
                       (run.words.back() == "of" || run.words.back() == "in");
      if (cap || joins || the) {
        if (run.words.empty()) run.span.begin = static_cast<std::uint32_t>(at);
        run.words.push_back(word);
        run.span.end = static_cast<std::uint32_t>(stop);
        body = body || one_of(kBodies, low);
      } else {
        close();
      }
      at = stop;
    }
    close();
  }

  auto state(std::string_view word) const -> std::string_view {
    for (const auto& one : kStates)
      if (one.name == word || one.adjective == word)
        return one.name == "US"                                  ? "United States"
               : one.name == "UK" || one.name == "Great Britain" ? "United Kingdom"
                                                                 : one.name;
    for (const auto place : states_)
      if (const auto& entity = to_.entities[place];
          entity.name == word ||
          (word.size() > 4 && entity.name.size() > 3 && word.size() <= entity.name.size() + 4 &&
           word.starts_with(std::string_view(entity.name).substr(0, entity.name.size() - 1)) &&
           (word.ends_with("n") || word.ends_with("ic") || word.ends_with("ish") ||
            word.ends_with("ese") || word.ends_with("er"))))
        return entity.name;
    return {};
  }

  static auto like_a_state(std::string_view word) -> bool {
    return word.size() >= 5 &&
           (word.ends_with("ia") || word.ends_with("land") || word.ends_with("stan") ||
            word.ends_with("mark") || word.ends_with("onia") || word.ends_with("avia"));
  }

  // The place of an entity in the index: its type, and its name in small letters.
  static auto key_of(std::string_view type, std::string_view name) -> std::string {
    return std::string(type) + '\n' + lower_ascii(name);
  }

  auto add(std::string_view type, std::string name, Part span, std::string_view form,
           std::string country = {}) -> void {
    auto key = key_of(type, name);
    // Both passes meet a state: it is mentioned once all the same.
    const auto known = index_.find(key);
    const auto place = known == index_.end() ? to_.entities.size() : known->second;
    if (place == kMostEntities || !met_.emplace(place, span.begin, span.end).second) return;
    if (known != index_.end()) {
      to_.entities[place].mentions.push_back({span, form});
      return;
    }
    index_.emplace(std::move(key), to_.entities.size());
    if (type == "state" && states_.size() < kMostStates) states_.push_back(to_.entities.size());
    to_.entities.push_back({type, std::move(name), std::move(country), {{span, form}}});
  }

  // "the" belongs to the name of a body.
  auto with_article(Part span) const -> Part {
    if (span.begin >= 4 && equals_ignoring_ascii_case(shadow_.substr(span.begin - 4, 4), "the "))
      span.begin -= 4;
    return span;
  }

  void judge(const Run& run, int pass) {
    const auto whole = std::string(text_.words(run.span));
    const auto last = lower_ascii(run.words.back());
    const auto before = lower_ascii(shadow_.substr(run.span.begin > 24 ? run.span.begin - 24 : 0,
                                                   std::min(run.span.begin, 24u)));
    const auto after = shadow_.substr(run.span.end, 24);
    if (pass == 0) {  // states, so that their adjectives are known in the second
      if (run.words.size() == 1 &&
          (like_a_state(whole) || before.ends_with("nationals of ") ||
           before.ends_with("interest of ")) &&
          state(whole).empty())
        add("state", whole, run.span, "name", whole);
      for (std::size_t i = 1; i < run.words.size(); ++i)
        if (run.words[i - 1] == "of" && like_a_state(run.words[i]) && state(run.words[i]).empty())
          add_state_inside(run, i);
      return;
    }
    auto digits =
        std::count_if(whole.begin(), whole.end(), [](char c) { return c >= '0' && c <= '9'; });
    auto country = std::string();
    for (const auto word : run.words)
      if (country.empty()) country = std::string(state(word));
    if (run.words.size() >= 2 && country.empty())
      country = std::string(state(std::string(run.words[0]) + " " + std::string(run.words[1])));
    if (run.words.size() == 1 && digits >= 1 && capital(whole[0]) && whole.size() >= 4 &&
        whole.size() <= 14 && digits + 2 <= static_cast<long>(whole.size()) &&
        !whole.starts_with("CVE") && !whole.starts_with("CYB") &&
        (capital(whole[1]) || whole.find('-') != std::string::npos) &&
        !((whole[0] == 'T' || whole[0] == 'G' || whole[0] == 'S') && digits >= 4 &&
          digits + 1 >= static_cast<long>(whole.size())) &&
        !whole.starts_with("SHA") && !whole.starts_with("MD5"))
      return add("intrusion-set", whole, run.span, "name");
    if (run.words.size() == 2 && one_of(kBeasts, last))
      return add("intrusion-set", title_case(whole), run.span, "name");
    for (std::size_t i = 0; i < run.words.size(); ++i) {
      if (!one_of(kRoles, lower_ascii(run.words[i])) || i + 2 >= run.words.size()) continue;
      auto from = i + 1;
      while (from < run.words.size() && one_of(kRoles, lower_ascii(run.words[from]))) ++from;
      if (run.words.size() - from < 2 || run.words[from] == "of" || run.words[from] == "for") break;
      return add("person", tail(run, from), tail_span(run, from), "name", country);
    }
    if (run.words.size() >= 2 && one_of(kRoles, last) &&
        with_article(run.span).begin != run.span.begin)
      return add("role-holder", whole, with_article(run.span), "name", country);
    for (const auto word : run.words)
      if (one_of(kBodies, lower_ascii(word)))
        return add("organisation", whole, with_article(run.span), "name", country);
    if (run.words.size() >= 2 && one_of(kCompanies, last))
      return add("organisation", whole, run.span, "name");
    for (const auto& one : kStates)
      if (one.capital == whole)
        return add(
            before.ends_with("in ") || before.ends_with("city of ") ? "place" : "government",
            before.ends_with("in ") || before.ends_with("city of ") ? whole
                                                                    : std::string(state(one.name)),
            run.span, before.ends_with("in ") || before.ends_with("city of ") ? "name" : "metonym",
            std::string(state(one.name)));
    if (const auto known = state(whole); !known.empty())
      return add("state", std::string(known), with_state(run.span), "name", std::string(known));
    const auto malware = before.ends_with("malware ") || before.ends_with("implant ") ||
                         before.ends_with("backdoor ") || before.ends_with("trojan ") ||
                         before.ends_with("loader ") || before.ends_with("ransomware ");
    const auto shout = run.words.size() == 1 && whole.size() >= 6 &&
                       std::all_of(whole.begin(), whole.end(), capital);
    if (malware || (shout && known_as("malware", whole)))
      return add("malware", whole, run.span, "name");
    if (before.ends_with("called ") || before.ends_with("known as ") ||
        before.ends_with("known as\"") || before.ends_with("track as ") ||
        before.ends_with("the group "))
      return add("intrusion-set", whole, run.span, "name");
    if (after.starts_with(" research") || after.starts_with(" tracks") ||
        after.starts_with(" published") || after.starts_with(" assesses") ||
        after.starts_with(" no longer ") || before.ends_with("(") ||
        known_as("organisation", whole))
      return add("organisation", whole, run.span, "name");
    if (run.words.size() >= 2 && run.words.size() <= 3) add("person", whole, run.span, "name");
  }

  auto known_as(std::string_view type, std::string_view name) const -> bool {
    const auto known = index_.find(key_of(type, name));
    return known != index_.end() && to_.entities[known->second].name == name;
  }
  void add_state_inside(const Run& run, std::size_t i) {
    const auto at = static_cast<std::uint32_t>(run.words[i].data() - shadow_.data());
    add("state", std::string(run.words[i]),
        {at, at + static_cast<std::uint32_t>(run.words[i].size())}, "name",
        std::string(run.words[i]));
  }
  static auto title_case(std::string_view name) -> std::string {
    auto out = lower_ascii(name);
    for (std::size_t i = 0; i < out.size(); ++i)
      if ((i == 0 || out[i - 1] == ' ') && out[i] >= 'a' && out[i] <= 'z')
        out[i] = static_cast<char>(out[i] - 32);
    return out;
  }
  auto tail_span(const Run& run, std::size_t from) const -> Part {
    return {static_cast<std::uint32_t>(run.words[from].data() - shadow_.data()), run.span.end};
  }
  auto tail(const Run& run, std::size_t from) const -> std::string {
    return std::string(text_.words(tail_span(run, from)));
  }
  // "the Chinese state".
  auto with_state(Part span) const -> Part {
    if (shadow_.substr(span.end).starts_with(" state")) {
      span.end += 6;
      return with_article(span);
    }
    return span;
  }

  const Text& text_;
  std::string_view shadow_;
  Reading& to_;
  std::unordered_map<std::string, std::size_t> index_;                   // of entities, by key_of
  std::vector<std::size_t> states_;                                      // entities that are states
  std::set<std::tuple<std::size_t, std::uint32_t, std::uint32_t>> met_;  // entity and span
};

}  // namespace

void find_entities(const Text& text, Reading& to) { Names(text, to).run(); }

}  // namespace serjeant::report
