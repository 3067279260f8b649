#include <algorithm>
#include <optional>

#include "core/text.h"
#include "intel/report/report.h"
#include "intel/report/words.h"

// Claims: sentences are read for who speaks (a verb of saying, "according to",
// the sentence before, the publisher), and for acts from a table of verbs.
namespace serjeant::report {
namespace {

struct Act {
  std::string_view words, act, kind;
};
constexpr auto kActs = std::to_array<Act>({
    {"responsible for", "responsible-for", "attribution"},
    {"being behind", "responsible-for", "attribution"},
    {"is behind", "responsible-for", "attribution"},
    {"was behind", "responsible-for", "attribution"},
    {"were behind", "responsible-for", "attribution"},
    {"carried out", "conducted", "attribution"},
    {"conducted", "conducted", "attribution"},
    {"activities by", "conducted", "attribution"},
    {"attacks by", "conducted", "attribution"},
    {"committed", "conducted", "attribution"},
    {"perpetrated", "conducted", "attribution"},
    {"orchestrated", "conducted", "attribution"},
    {"mounted", "conducted", "attribution"},
    {"launched", "conducted", "attribution"},
    {"attacked", "attacked", "attribution"},
    {"targeted", "attacked", "attribution"},
    {"cyberattacks against", "attacked", "attribution"},
    {"attacks against", "attacked", "attribution"},
    {"took part in", "took-part-in", "attribution"},
    {"participated in", "took-part-in", "attribution"},
    {"engagement in", "engaged-in", "allegation"},
    {"engaged in", "engaged-in", "allegation"},
    {"has linked", "responsible-for", "attribution"},
    {"have linked", "responsible-for", "attribution"},
    {"directed by", "directed", "attribution"},
    {"on the orders of", "directed", "attribution"},
    {"controlled by", "directed", "attribution"},
    {"tasked by", "directed", "attribution"},
    {"state supported", "supported-by", "attribution"},
    {"sponsored by", "supported-by", "attribution"},
    {"supported by", "supported-by", "attribution"},
    {"backed by", "supported-by", "attribution"},
    {"on behalf of", "acted-for", "attribution"},
    {"in the interest of", "works-in-interest-of", "attribution"},
    {"in the interests of", "works-in-interest-of", "attribution"},
    {"is a member of", "member-of", "allegation"},
    {"are members of", "member-of", "allegation"},
    {"was a member of", "member-of", "allegation"},
    {"were members of", "member-of", "allegation"},
    {"associated with", "associated-with", "allegation"},
    {"worked for", "employed-by", "allegation"},
    {"works for", "employed-by", "allegation"},
    {"employed by", "employed-by", "allegation"},
    {"sent", "sent", "allegation"},
    {"sending", "sent", "allegation"},
    {"gained access", "accessed", "allegation"},
    {"obtained access", "accessed", "allegation"},
    {"allowed access", "accessed", "allegation"},
    {"accessed", "accessed", "allegation"},
    {"accessible to", "accessed", "allegation"},
    {"break into", "accessed", "allegation"},
    {"broke into", "accessed", "allegation"},
    {"hacking into", "accessed", "attribution"},
    {"hacked into", "accessed", "attribution"},
    {"hacked", "accessed", "attribution"},
    {"breached", "accessed", "allegation"},
    {"penetrated", "accessed", "allegation"},
    {"stole", "exfiltrated", "allegation"},
    {"stolen", "exfiltrated", "allegation"},
    {"exfiltrated", "exfiltrated", "allegation"},
    {"compromised", "compromised", "attribution"},
    {"hidden image", "used-tracking-images", "allegation"},
    {"hidden images", "used-tracking-images", "allegation"},
    {"registered infrastructure", "registered-infrastructure-for", "allegation"},
    {"registered domains", "registered-infrastructure-for", "allegation"},
    {"rented servers for", "registered-infrastructure-for", "allegation"},
    {"have failed", "failed", "outcome"},
    {"has failed", "failed", "outcome"},
    {"repelled", "repelled", "outcome"},
    {"thwarted", "repelled", "outcome"},
    {"was blocked", "repelled", "outcome"},
    {"were blocked", "repelled", "outcome"},
    {"foiled", "repelled", "outcome"},
    {"incapacitated", "incapacitated", "outcome"},
    {"disrupted", "incapacitated", "outcome"},
    {"no impact", "impact-on", "outcome"},
    {"was affected", "affected", "outcome"},
    {"were affected", "affected", "outcome"},
    {"altered", "altered", "outcome"},
    {"were changed", "changed", "outcome"},
    {"was changed", "changed", "outcome"},
    {"was published", "published", "outcome"},
    {"were published", "published", "outcome"},
    {"leaked", "published", "outcome"},
    {"charged", "charged", "official-act"},
    {"indictment that charges", "charged", "official-act"},
    {"indicted", "charged", "official-act"},
    {"subject to sanctions", "sanction", "official-act"},
    {"sanctioned", "sanction", "official-act"},
    {"imposed sanctions", "sanction", "official-act"},
    {"sanctions list", "sanction", "official-act"},
    {"summoned", "summon", "diplomatic-act"},
    {"lodged a protest", "protested-to", "diplomatic-act"},
    {"protested to", "protested-to", "diplomatic-act"},
    {"protests to", "protested-to", "diplomatic-act"},
    {"expelled", "expelled", "diplomatic-act"},
    {"overlaps with", "overlaps-with", "alias"},
    {"overlap with", "overlaps-with", "alias"},
    {"the same as", "same-as", "alias"},
    {"by the same team", "same-as", "same-as"},
    {"by the same group", "same-as", "same-as"},
    {"by the same actor", "same-as", "same-as"},
    {"is withdrawn", "indicates", "retraction"},
    {"are withdrawn", "indicates", "retraction"},
    {"listed by mistake", "indicates", "retraction"},
    {"listed in error", "indicates", "retraction"},
    {"illegal", "illegal", "evaluation"},
    {"unlawful", "illegal", "evaluation"},
    {"victims", "victim-of", "position"},
    {"presumed innocent", "presumed-innocent", "presumption-of-innocence"},
    {"false flag", "possible", "alternative"},
    {"shares a certificate", "shares-certificate-with", "observation"},
    {"shares infrastructure", "shares-infrastructure-with", "observation"},
    {"blamed", "responsible-for", "attribution"},
    {"steered by", "directed", "attribution"},
    {"ordered by", "directed", "attribution"},
    {"modified", "altered", "outcome"},
    {"tampered with", "altered", "outcome"},
    {"filed charges", "charged", "official-act"},
    {"asset freeze on", "sanction", "official-act"},
    {"designated", "sanction", "official-act"},
    {"infiltrated", "accessed", "allegation"},
    {"broken into", "accessed", "allegation"},
    {"copied", "exfiltrated", "allegation"},
    {"downloaded", "exfiltrated", "allegation"},
    {"surveillance programme", "conducted", "counter-accusation"},
    {"spying programme", "conducted", "counter-accusation"},
});
constexpr auto kDenials = std::to_array<std::string_view>(
    {"rejects", "rejected", "denies", "denied", "dismisses", "dismissed", "refutes", "refuted",
     "denounced accusations", "unfounded", "groundless", "baseless", "slander", "fabrication",
     "fabricated", "not true", "untrue"});
constexpr auto kSays = std::to_array<std::string_view>({"said",        "says",
                                                        "announced",   "announce",
                                                        "announces",   "stated",
                                                        "assesses",    "assessed",
                                                        "assess",      "judges",
                                                        "judge",       "accused",
                                                        "accuse",      "accuses",
                                                        "denounced",   "condemned",
                                                        "claimed",     "claims",
                                                        "reported",    "concluded",
                                                        "concludes",   "believes",
                                                        "told",        "has linked",
                                                        "have linked", "tracks",
                                                        "confirmed",   "confirms",
                                                        "alleges",     "alleged that",
                                                        "attributed",  "attributes",
                                                        "consider",    "has repeatedly rejected",
                                                        "added"});

class Claims {
 public:
  Claims(const Text& text, Reading& to) : text_(text), low_(lower_ascii(text.shadow)), to_(to) {}

  void run() {
    find_places();
    find_publisher();
    for (const auto& paragraph : to_.paragraphs) {
      if (paragraph.section != Section::kBody) continue;
      if (paragraph.label == "question" || paragraph.label == "q") {
        questioned(paragraph);
        continue;
      }
      for (const auto& sentence : sentences(text_, paragraph.span))
        if (sentence.end - sentence.begin <= 4000) take(sentence);
    }
    link();
  }

 private:
  auto words(Part part) const -> std::string_view {
    return std::string_view(low_).substr(part.begin, part.end - part.begin);
  }

  // Whose text it is: its "we", and the voice of what has no other.
  void find_publisher() {
    const auto notice = has_words(low_, "statement of reasons");
    const auto indictment = has_words(low_, "indictment");
    const auto own_voice = speaks_itself();
    if (notice || indictment || own_voice)
      for (std::size_t i = 0; i < to_.entities.size() && publisher_ < 0; ++i) {
        const auto& one = to_.entities[i];
        if (notice ? one.type == "state" : one.type == "organisation")
          publisher_ = static_cast<int>(i);
      }
    if (own_voice && !notice && !indictment) {
      auto first = std::uint32_t{~0u};
      for (std::size_t i = 0; i < to_.entities.size(); ++i)
        if (to_.entities[i].type == "organisation")
          for (const auto& mention : to_.entities[i].mentions)
            if (mention.span.begin < first && speaks(mention.span.end)) {
              first = mention.span.begin;
              publisher_ = static_cast<int>(i);
            }
    }
  }
  // "we" outside quotation marks.
  auto speaks_itself() const -> bool {
    for (const auto& paragraph : to_.paragraphs) {
      if (paragraph.section != Section::kBody) continue;
      auto quoted = false;
      for (auto at = paragraph.span.begin; at < paragraph.span.end; ++at) {
        if (low_[at] == '"') quoted = !quoted;
        if (!quoted && (stands(low_, at, "we") || stands(low_, at, "our"))) return true;
      }
    }
    return false;
  }
  // A verb of speaking behind a name, with an adverb before it or without.
  auto speaks(std::uint32_t at) const -> bool {
    auto after = std::string_view(low_).substr(at, 40);
    if (!after.starts_with(' ')) return false;
    after.remove_prefix(1);
    if (const auto blank = after.find(' ');
        blank != std::string_view::npos && after.substr(0, blank).ends_with("ly"))
      after.remove_prefix(blank + 1);
    for (const auto verb : {"assesses", "tracks", "published", "rejects", "judges", "research"})
      if (after.starts_with(verb)) return true;
    return false;
  }

  // Where names stand, in order, so that a sentence looks at its own only.
  struct Place {
    Part span;
    int entity = -1;
  };
  void find_places() {
    for (std::size_t i = 0; i < to_.entities.size(); ++i)
      for (const auto& mention : to_.entities[i].mentions)
        places_.push_back({mention.span, static_cast<int>(i)});
    std::stable_sort(places_.begin(), places_.end(),
                     [](const Place& a, const Place& b) { return a.span.begin < b.span.begin; });
  }
  // The first or the last entity that `part` names and that is `wanted`; -1 if none.
  template <class Wanted>
  auto find_in(Part part, bool last, Wanted wanted) const -> int {
    auto out = -1;
    auto at = std::lower_bound(
        places_.begin(), places_.end(), part.begin,
        [](const Place& place, std::uint32_t begin) { return place.span.begin < begin; });
    for (; at != places_.end() && at->span.begin < part.end; ++at) {
      if (at->span.end > part.end || !wanted(entity(at->entity))) continue;
      out = at->entity;
      if (!last) break;
    }
    return out;
  }
  auto entity(int at) const -> const Entity& { return to_.entities[static_cast<std::size_t>(at)]; }
  auto entity_in(Part part, bool last) const -> int {
    return find_in(part, last, [](const Entity& one) { return one.type != "place"; });
  }

  // Who stands before `verb` in the clause.
  auto speaker_before(Part sentence, std::uint32_t verb) -> std::optional<int> {
    auto begin = verb;
    while (begin > sentence.begin && low_[begin - 1] != ',' && low_[begin - 1] != '"') --begin;
    const auto clause = words({begin, verb});
    if (const auto who = entity_in({begin, verb}, false); who >= 0) return who;
    if (has_words(clause, "we") || has_words(clause, "our")) return publisher_;
    if (has_words(clause, "he") || has_words(clause, "she")) return person_;
    if (const auto who = entity_in({sentence.begin, verb}, true); who >= 0) return who;
    return {};
  }

  auto asserter(Part sentence) -> std::optional<int> {
    const auto all = words(sentence);
    if (const auto at = find_words(all, "according to"); at != std::string_view::npos) {
      const auto from = sentence.begin + static_cast<std::uint32_t>(at) + 13;
      if (stands(low_, from, "the indictment") || stands(low_, from, "the complaint"))
        return publisher_;
      auto stop = from;
      while (stop < sentence.end && low_[stop] != ',' && low_[stop] != '.') ++stop;
      if (const auto who = entity_in({from, stop}, false); who >= 0) return who;
      return -1;
    }
    auto first = std::string_view::npos;
    for (const auto verb : kSays)
      if (const auto at = find_words(all, verb); at < first && !noun(all, at)) first = at;
    if (first == std::string_view::npos) return {};
    const auto verb = sentence.begin + static_cast<std::uint32_t>(first);
    const auto before = all.substr(0, first);
    if (before.ends_with(", ") || before.ends_with("\"") || before.ends_with("\" "))
      if (const auto by = entity_in({verb, sentence.end}, true); by >= 0) return by;
    if (const auto who = speaker_before(sentence, verb)) return who;
    const auto who = entity_in({verb, sentence.end}, false);  // "...", said X
    if (who >= 0) return who;
    return {};
  }

  // "the accused", "groundless claims"; and "servers that X attributed to Y",
  // which only says what kind of servers.
  static auto noun(std::string_view all, std::size_t at) -> bool {
    const auto before = all.substr(0, at);
    for (const auto word : {"the ", "these ", "two ", "three ", "four ", "five ", "six ", "seven ",
                            "eight ", "nine ", "ten "})
      if (before.ends_with(word)) return true;
    if (all.substr(at).starts_with("said") && (before.ends_with("is ") || before.ends_with("are ")))
      return true;
    if (!all.substr(at).starts_with("attributed")) return false;
    const auto that = before.rfind(" that ");
    return that != std::string_view::npos && at - that < 40;
  }
  // Words that make a claim only in some company.
  static auto fits(std::string_view all, std::size_t at, std::string_view words) -> bool {
    const auto before = all.substr(at > 40 ? at - 40 : 0, std::min<std::size_t>(at, 40));
    if (words == "responsible for") {
      for (const auto sign : {"is", "was", "were", "are", "be", "being", "certainly", "likely",
                              "probably", "held", "group", "actor"})
        if (has_words(before, sign)) return true;
      return false;
    }
    if (words == "victims") return has_words(all, "itself");
    if (words.ends_with("against"))
      return has_words(all, "denounced") || has_words(all, "condemned");
    if (words == "sent") return !before.ends_with("were ") || !has_words(before, "be");
    if (words == "charged") return !has_words(all, "indictment that charges");
    return true;
  }

  void take(Part sentence) {
    const auto all = words(sentence);
    if (all.ends_with("?")) return;
    auto who = asserter(sentence);
    const auto own = has_words(all, "we") || has_words(all, "our");
    if (!who && own && publisher_ >= 0) who = publisher_;
    if (!who) who = publisher_;
    if (const auto person =
            find_in(sentence, true, [](const Entity& one) { return one.type == "person"; });
        person >= 0)
      person_ = person;
    const auto admits = has_words(all, "do not dispute") || has_words(all, "admit") ||
                        has_words(all, "acknowledge");
    const auto retracts =
        has_words(all, "no longer assess") || has_words(all, "no longer assesses");
    if (!admits && denial(sentence, *who)) return;
    auto done = std::vector<std::string_view>{};
    for (const auto& act : kActs) {
      const auto at = find_words(all, act.words);
      if (at == std::string_view::npos || one_of(done, act.act) || !fits(all, at, act.words))
        continue;
      done.push_back(act.act);
      auto claim = make(sentence, static_cast<std::uint32_t>(at + sentence.begin), act, *who);
      if (act.act == "presumed-innocent") claim.asserter = -1;
      if (admits) claim.kind = "admission";
      if (retracts || act.kind == "retraction")
        claim.stance = "retracts", claim.kind = "retraction";
      if (act.act == "same-as" &&
          (has_words(all, "not consider") || has_words(all, "is not the same")))
        claim.stance = "denies";
      if (to_.claims.size() < 100000) to_.claims.push_back(std::move(claim));
    }
  }

  auto make(Part sentence, std::uint32_t at, const Act& act, int who) -> Claim {
    auto claim = Claim{};
    claim.kind = act.kind;
    claim.act = act.act;
    claim.asserter = who;
    auto begin = at;
    auto end = at + static_cast<std::uint32_t>(act.words.size());
    while (begin > sentence.begin && low_[begin - 1] != ',' && low_[begin - 1] != ';') --begin;
    if (begin + 12 > at) begin = sentence.begin;
    while (end < sentence.end && low_[end] != ',' && low_[end] != ';') ++end;
    while (begin < at && low_[begin] == ' ') ++begin;
    claim.evidence = {begin, end};
    claim.subject_words = {begin, at};
    claim.object = {at + static_cast<std::uint32_t>(act.words.size()), end};
    claim.subject = entity_in(claim.subject_words, true);
    const auto clause = words(claim.evidence);
    for (const auto sign : {"no", "not", "none", "never", "nor"})
      claim.negated = claim.negated || has_words(clause.substr(0, at - begin + 3), sign);
    if (has_words(clause, "will")) claim.modality = "future";
    for (std::size_t i = 0; i < to_.likelihoods.size(); ++i) {
      const auto& one = to_.likelihoods[i];
      if (one.span.begin < begin || one.span.end > end) continue;
      (one.kind == "confidence" ? claim.confidence : claim.likelihood) = static_cast<int>(i);
    }
    for (std::size_t i = 0; i < to_.hedges.size(); ++i)
      if (to_.hedges[i].span.begin >= begin && to_.hedges[i].span.end <= end)
        claim.hedges.push_back(static_cast<int>(i));
    return claim;
  }

  auto denial(Part sentence, int who) -> bool {
    const auto all = words(sentence);
    for (const auto word : kDenials) {
      const auto at = find_words(all, word);
      if (at == std::string_view::npos) continue;
      auto claim = make(sentence, sentence.begin + static_cast<std::uint32_t>(at),
                        {word, "unfounded", "denial"}, who);
      claim.evidence = sentence;
      claim.stance = "denies";
      claim.negated = false;
      // Who rejects is the one who says so.
      if (word == "rejects" || word == "rejected" || word == "denies" || word == "denied" ||
          word == "denounced accusations" || word == "dismissed" || word == "dismisses")
        if (const auto by =
                entity_in({sentence.begin, sentence.begin + static_cast<std::uint32_t>(at)}, false);
            by >= 0)
          claim.asserter = by;
      to_.claims.push_back(std::move(claim));
      return true;
    }
    return false;
  }

  // What a question reports of others is theirs, not the questioner's.
  void questioned(const Paragraph& paragraph) {
    for (const auto& sentence : sentences(text_, paragraph.span)) {
      const auto all = words(sentence);
      if (all.ends_with("?") || !has_words(all, "said")) continue;
      take(sentence);
    }
  }

  auto country(int who) const -> std::string_view {
    return who < 0 ? std::string_view() : to_.entities[static_cast<std::size_t>(who)].country;
  }

  // A denial is of what was said before it by others; an embassy answers the
  // country it stands in.
  void link() {
    for (auto i = std::size_t{0}; i < to_.claims.size(); ++i) {
      auto& denial = to_.claims[i];
      if (denial.stance != "denies" || denial.act != "unfounded") continue;
      const auto name = denial.asserter < 0
                            ? std::string()
                            : to_.entities[static_cast<std::size_t>(denial.asserter)].name;
      const auto in = name.find(" in ");
      for (auto j = std::size_t{0}; j < i && denial.denies.size() < 64; ++j) {
        const auto& said = to_.claims[j];
        if (said.stance != "asserts" || (said.kind != "attribution" && said.act != "engaged-in") ||
            said.asserter == denial.asserter)
          continue;
        if (in != std::string::npos && lower_ascii(name).find("embassy") != std::string::npos &&
            !of_place(said.asserter, name.substr(in + 4)))
          continue;
        denial.denies.push_back(static_cast<int>(j));
      }
    }
  }
  auto of_place(int who, std::string_view place) const -> bool {
    const auto of = country(who);
    if (of.empty()) return false;
    if (of == place || (of == "United Kingdom" && place == "Great Britain")) return true;
    for (const auto& one : to_.entities)
      if ((one.type == "government" || one.type == "place") && one.country == of)
        for (const auto& mention : one.mentions)
          if (text_.words(mention.span) == place) return true;
    return false;
  }

  const Text& text_;
  std::string low_;
  Reading& to_;
  std::vector<Place> places_;
  int publisher_ = -1;
  int person_ = -1;
};

}  // namespace

void find_claims(const Text& text, Reading& to) { Claims(text, to).run(); }

}  // namespace serjeant::report
