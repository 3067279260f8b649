#include <optional>

#include "core/text.h"
#include "intel/report/report.h"
#include "intel/report/words.h"

// Words that measure: how likely, how sure, who hedges, how many, when.
namespace serjeant::report {
namespace {

struct Phrase {
  std::string_view words, kind, band;
};
// Longest first among those that begin alike. Bands of the yardstick of the UK
// Professional Head of Intelligence Assessment, and of ICD 203 where only that
// has the word.
constexpr auto kLikelihoods = std::to_array<Phrase>({
    {"almost certainly not", "likelihood", "remote-chance"},
    {"almost certainly", "likelihood", "almost-certain"},
    {"almost certain", "likelihood", "almost-certain"},
    {"almost no chance", "likelihood", "almost-no-chance"},
    {"highly unlikely", "likelihood", "highly-unlikely"},
    {"very unlikely", "likelihood", "very-unlikely"},
    {"highly improbable", "likelihood", "very-unlikely"},
    {"highly likely", "likelihood", "highly-likely"},
    {"highly probable", "likelihood", "very-likely"},
    {"very likely", "likelihood", "very-likely"},
    {"realistic possibility", "likelihood", "realistic-possibility"},
    {"realistic probability", "likelihood", "realistic-possibility"},
    {"roughly even chance", "likelihood", "roughly-even-chance"},
    {"roughly even odds", "likelihood", "roughly-even-chance"},
    {"remote chance", "likelihood", "remote-chance"},
    {"remote possibility", "likelihood", "remote-chance"},
    {"improbable", "likelihood", "unlikely"},
    {"unlikely", "likelihood", "unlikely"},
    {"probably", "likelihood", "likely"},
    {"probable", "likelihood", "likely"},
    {"likely", "likelihood", "likely"},
});
constexpr auto kHedges = std::to_array<Phrase>({
    {"allegedly", "legal-hedge", ""},
    {"alleged", "legal-hedge", ""},
    {"is suspected to", "legal-hedge", ""},
    {"are suspected to", "legal-hedge", ""},
    {"is suspected of", "legal-hedge", ""},
    {"are suspected of", "legal-hedge", ""},
    {"purportedly", "legal-hedge", ""},
    {"reportedly", "reporter-hedge", ""},
    {"apparently", "reporter-hedge", ""},
    {"seemingly", "reporter-hedge", ""},
    {"supposedly", "reporter-hedge", ""},
    {"is said to", "source-marker", ""},
    {"are said to", "source-marker", ""},
    {"according to", "source-marker", ""},
    {"no indication", "absence-of-evidence", ""},
    {"no evidence that", "absence-of-evidence", ""},
    {"not seen evidence", "absence-of-evidence", ""},
    {"no sign", "absence-of-evidence", ""},
    {"not found evidence", "absence-of-evidence", ""},
    {"not seen any evidence", "absence-of-evidence", ""},
    {"found no evidence", "absence-of-evidence", ""},
    {"seen no evidence", "absence-of-evidence", ""},
});
constexpr auto kNumbers = std::to_array<std::string_view>(
    {"zero",     "one",     "two",     "three",     "four",     "five",     "six",
     "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen",
     "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"});
constexpr auto kMonths =
    std::to_array<std::string_view>({"january", "february", "march", "april", "may", "june", "july",
                                     "august", "september", "october", "november", "december"});
constexpr auto kDays = std::to_array<std::string_view>(
    {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"});
// What is counted: a number before another word is a label or an age.
constexpr auto kUnits = std::to_array<std::string_view>(
    {"emails",       "e-mails",       "messages",         "voters",    "people",      "persons",
     "individuals",  "entity",        "entities",         "companies", "members",     "nationals",
     "recipients",   "governments",   "accounts",         "servers",   "records",     "customers",
     "victims",      "organisations", "organizations",    "years",     "months",      "attacks",
     "actions",      "devices",       "routers",          "citizens",  "files",       "documents",
     "computers",    "systems",       "employees",        "officers",  "men",         "women",
     "bodies",       "ministries",    "parliamentarians", "lawmakers", "journalists", "hospitals",
     "universities", "chinese",       "russian",          "russians",  "hackers",     "suspects",
     "defendants",   "agencies",      "states",           "addresses", "domains",     "phones",
     "mailboxes",    "passwords",     "terabytes",        "gigabytes", "patients",    "staff",
     "households",   "sites",         "websites"});

class Measures {
 public:
  Measures(const Text& text, Reading& to) : text_(text), low_(lower_ascii(text.shadow)), to_(to) {}

  void run() {
    const auto has = [&](std::string_view words) { return has_words(low_, words); };
    to_.scale = has("icd 203") || has("very likely") || has("roughly even chance") ||
                        has("almost no chance") || has("united states")
                    ? "icd203"
                    : "yardstick";
    for (const auto& paragraph : to_.paragraphs) {
      if (paragraph.section != Section::kBody && paragraph.section != Section::kHeading) continue;
      const auto heading = paragraph.section == Section::kHeading;
      for (auto at = paragraph.span.begin; at < paragraph.span.end;) {
        if (!word_char(low_[at]) || (at > 0 && word_char(low_[at - 1]))) {
          ++at;
          continue;
        }
        at = std::max(at + 1, take(at, paragraph.span, heading));
      }
    }
  }

 private:
  auto take(std::uint32_t at, Part in, bool heading) -> std::uint32_t {
    for (const auto& one : kLikelihoods)
      if (stands(low_, at, one.words)) {
        const auto end = at + static_cast<std::uint32_t>(one.words.size());
        if (is_judgement(at, in))
          to_.likelihoods.push_back({"likelihood", one.band, {at, end}});
        else if (one.words == "likely")
          to_.hedges.push_back({"forecast-by-the-reporter", {}, {at, end}});
        return end;
      }
    for (const auto& one : kHedges)
      if (stands(low_, at, one.words)) {
        const auto end = at + static_cast<std::uint32_t>(one.words.size());
        // An indictment or a document is where it stands, not a hedge.
        if (!(one.words == "according to" &&
              (stands(low_, end + 1, "the indictment") || stands(low_, end + 1, "the complaint"))))
          to_.hedges.push_back({one.kind, {}, {at, end}});
        return end;
      }
    for (const auto band : {"high", "moderate", "medium", "low"})
      if (stands(low_, at, band)) {
        auto end = at + static_cast<std::uint32_t>(std::string_view(band).size());
        const auto start = std::max(in.begin, at > 120 ? at - 120 : 0);
        if (stands(low_, end + 1, "confidence")) {
          end += 11;
        } else if (!has_words(std::string_view(low_).substr(start, at - start), "confidence")) {
          return end;
        }
        to_.likelihoods.push_back(
            {"confidence", band == std::string_view("medium") ? "moderate" : band, {at, end}});
        return end;
      }
    if (const auto end = time(at, in); end != 0) return end;
    return heading ? 0 : number(at, in);
  }

  // "likely" is an intelligence word inside an assessment, and a guess of the
  // writer elsewhere ("which is likely to cool relations").
  auto is_judgement(std::uint32_t at, Part in) const -> bool {
    for (const auto& sentence : text_.shadow.empty() ? std::vector<Part>{} : sentences_of(in))
      if (at >= sentence.begin && at < sentence.end) {
        const auto words =
            std::string_view(low_).substr(sentence.begin, sentence.end - sentence.begin);
        for (const auto sign : {"assess", "assesses", "assessed", "judge", "judges", "judged",
                                "it is", "there is", "believe", "believes", "assessment",
                                "conclude", "concluded", "was almost", "were almost"})
          if (has_words(words, sign)) return true;
        return stands(low_, at, "almost certainly") || stands(low_, at, "highly likely");
      }
    return false;
  }
  auto sentences_of(Part in) const -> const std::vector<Part>& {
    if (!(in == cached_)) {
      cached_ = in;
      split_ = sentences(text_, in);
    }
    return split_;
  }

  auto word(std::uint32_t at) const -> std::string_view {
    if (at >= low_.size()) return {};
    auto end = at;
    while (end < low_.size() && (word_char(low_[end]) || (low_[end] == '-' && end > at))) ++end;
    return std::string_view(low_).substr(at, end - at);
  }
  auto year(std::uint32_t at) const -> bool {
    const auto one = word(at);
    return one.size() == 4 && (one.starts_with("19") || one.starts_with("20")) && digit(one[2]) &&
           digit(one[3]);
  }

  auto put_time(std::uint32_t at, std::size_t end) -> std::uint32_t {
    to_.times.push_back({{}, {}, {at, static_cast<std::uint32_t>(end)}});
    return static_cast<std::uint32_t>(end);
  }
  // The end of "2021", "August 2021", "25 March 2024" or "25/03/2024" at `at`.
  auto date_end(std::uint32_t at) const -> std::uint32_t {
    const auto first = word(at);
    auto next = at + static_cast<std::uint32_t>(first.size()) + 1;
    if (first.empty() || next >= low_.size()) return year(at) ? next - 1 : 0;
    if (first.size() <= 2 && digit(first[0])) {
      if (low_[next - 1] == '/') {
        const auto end = at + 10;
        return end <= low_.size() && low_[at + 2] == '/' && low_[at + 5] == '/' && year(at + 6)
                   ? end
                   : 0;
      }
      const auto month = word(next);
      if (!one_of(kMonths, month)) return 0;
      const auto behind = next + static_cast<std::uint32_t>(month.size()) + 1;
      return year(behind) ? behind + 4 : behind - 1;
    }
    if (one_of(kMonths, first) && (year(next))) return next + 4;
    return year(at) ? at + 4 : 0;
  }
  auto time(std::uint32_t at, Part) -> std::uint32_t {
    const auto first = word(at);
    if (one_of(kDays, first)) return put_time(at, at + first.size());
    for (const auto phrase :
         {"in recent years", "within a few months", "shortly afterwards", "in recent months",
          "last year", "last month", "last week", "upcoming", "yesterday"})
      if (stands(low_, at, phrase)) return put_time(at, at + std::string_view(phrase).size());
    if (first == "for" && at + 4 < low_.size()) {
      const auto count = word(at + 4);
      const auto unit_at = at + 5 + static_cast<std::uint32_t>(count.size());
      if (unit_at < low_.size() &&
          (one_of(kNumbers, count) || (!count.empty() && digit(count[0]))) &&
          (word(unit_at) == "years" || word(unit_at) == "months"))
        return to_.times.push_back(
                   {{}, {}, {at, unit_at + static_cast<std::uint32_t>(word(unit_at).size())}}),
               0;
    }
    auto end = date_end(at);
    if (end == 0) return 0;
    // "between A and B" is one interval.
    if (stands(low_, end, " and ") || low_.substr(end, 5) == " and ") {
      const auto second = date_end(end + 5);
      if (second != 0 && at >= 8 && stands(low_, at - 8, "between")) end = second;
    }
    return put_time(at, end);
  }

  auto number(std::uint32_t at, Part in) -> std::uint32_t {
    auto value = std::optional<std::int64_t>{};
    auto end = at;
    const auto first = word(at);
    if (digit(low_[at])) {
      auto digits = std::string();
      while (end < in.end &&
             (digit(low_[end]) || (low_[end] == ',' && end + 1 < in.end && digit(low_[end + 1]))))
        if (const auto c = low_[end++]; c != ',') digits += c;
      if (digits.size() > 12 || (end < in.end && (word_char(low_[end]) || low_[end] == '.') &&
                                 end + 1 < in.end && word_char(low_[end + 1])))
        return end + static_cast<std::uint32_t>(word(end).size());
      value = to_int(digits);
    } else {
      for (std::size_t i = 1; i < kNumbers.size(); ++i)
        if (kNumbers[i] == first) value = static_cast<std::int64_t>(i);
      end = at + static_cast<std::uint32_t>(first.size());
    }
    if (!value || (at > 0 && (low_[at - 1] == '-' || low_[at - 1] == '.' || low_[at - 1] == '/')))
      return 0;
    if (end + 1 < in.end && stands(low_, end + 1, "million")) value = *value * 1000000, end += 8;
    if (end + 1 < in.end && stands(low_, end + 1, "billion")) value = *value * 1000000000, end += 8;
    // The unit is the last noun of the next few words.
    auto unit = Part{};
    auto look = end;
    for (auto i = 0; i < 4 && look < in.end && low_[look] == ' '; ++i) {
      const auto next = word(look + 1);
      if (next.empty()) break;
      const auto stop = look + 1 + static_cast<std::uint32_t>(next.size());
      if (one_of(kUnits, next)) {
        unit = {look + 1, stop};
        break;
      }
      look = stop;
    }
    auto begin = at;
    auto relation = std::string_view("=");
    constexpr auto kRelations = std::to_array<Phrase>({{"more than ", ">", ""},
                                                       {"over ", ">", ""},
                                                       {"at least ", ">=", ""},
                                                       {"about ", "~", ""},
                                                       {"around ", "~", ""},
                                                       {"some ", "~", ""},
                                                       {"approximately ", "~", ""},
                                                       {"nearly ", "<", ""},
                                                       {"almost ", "<", ""},
                                                       {"fewer than ", "<", ""},
                                                       {"less than ", "<", ""},
                                                       {"up to ", "<=", ""}});
    for (const auto& one : kRelations)
      if (at >= in.begin + one.words.size() &&
          low_.compare(at - one.words.size(), one.words.size(), one.words) == 0) {
        relation = one.kind;
        if (relation != ">=" && *value > 99)
          begin = at - static_cast<std::uint32_t>(one.words.size());
      }
    if (unit.end == 0 && !(relation != "=" && *value > 99)) return end;
    const auto whole = unit.end != 0 && (*value > 99 || unit.begin == end + 1) &&
                               !(unit.end != 0 && digit(low_[at]) && *value <= 99)
                           ? unit.end
                           : end;
    to_.quantities.push_back({*value, relation, unit, {begin, whole}});
    return whole;
  }

  const Text& text_;
  std::string low_;
  Reading& to_;
  mutable Part cached_;
  mutable std::vector<Part> split_;
};

}  // namespace

void find_measures(const Text& text, Reading& to) { Measures(text, to).run(); }

}  // namespace serjeant::report
