#include "expose/ladder.h"

#include <algorithm>

#include "expose/control.h"

namespace serjeant {
namespace {

constexpr auto kStays = 90 * kDay;  // how long after a takeover a hostile rule counts as its own

auto is_certain(std::string_view word) -> bool { return word == "certain" || word == "strong"; }
auto is_likely(std::string_view word) -> bool { return is_certain(word) || word == "probable"; }

auto plural(std::uint64_t count, std::string_view one, std::string_view many) -> std::string {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

class Climber {
 public:
  Climber(const AccountStory& story, const CoverageBook& book) : story_(story), book_(book) {}

  auto climb() -> Ladder {
    campaigns();
    attempts();
    for (const auto& verdict : story_.verdicts) entered(verdict);
    opened_by_others();
    planted();
    forwarded();
    return finish();
  }

 private:
  // Proof of a rung; the surest word stands, intervals and proofs join.
  void reach(Rung rung, std::string_view certainty, std::optional<Nanos> first,
             std::optional<Nanos> last, const std::vector<BasisRecord>& basis, std::string words,
             const Id& campaign = {}) {
    auto found = std::find_if(out_.steps.begin(), out_.steps.end(), [&](const Step& step) {
      return step.rung == rung && step.campaign == campaign;
    });
    if (found == out_.steps.end()) {
      out_.steps.emplace_back();
      found = std::prev(out_.steps.end());
      found->rung = rung;
      found->campaign = campaign;
    }
    auto low = is_certain(certainty) ? 1 : 0;
    auto likely = is_likely(certainty) ? 1 : 0;
    auto better = std::tuple(low, likely) > std::tuple(found->low, found->likely);
    if (found->high == 0 || better) {
      found->certainty = std::string(certainty);
      found->words = std::move(words);
    }
    found->low = std::max(found->low, low);
    found->likely = std::max(found->likely, likely);
    found->high = 1;
    if (first && (!found->first || *first < *found->first)) found->first = first;
    if (last && (!found->last || *last > *found->last)) found->last = last;
    constexpr auto kBasis = std::size_t{64};
    for (const auto& record : basis)
      if (found->basis.size() < kBasis) found->basis.push_back(record);
  }

  void campaigns() {
    for (const auto& aimed : story_.aims) {
      const auto* aim = aimed.aim;
      const auto* told = aimed.reach;
      auto at = aim->basis == TimeBasis::kNone ? std::optional<Nanos>{} : aim->at;
      auto mail = std::vector<BasisRecord>{{{aim->span, {}, aim->at}, aim->message_id}};
      reach(Rung::kTargeted, "certain", at, at, mail, "A mail of the campaign was addressed to it.",
            aim->campaign);
      if (told == nullptr) continue;
      auto step = [&](Rung rung, const std::optional<BasisRecord>& record,
                      std::string_view certainty, std::string words) {
        if (record)
          reach(rung, certainty, record->cite.at, record->cite.at, {*record}, std::move(words),
                aim->campaign);
      };
      step(Rung::kDelivered, told->delivered, "certain",
           "The mail was delivered, or lies in the mailbox.");
      auto leak = told->opened_client.empty()
                      ? std::string{}
                      : "; the fetch told the client string \"" + told->opened_client + "\"";
      step(Rung::kOpened, told->opened, "strong",
           "Its tracking image was fetched from the own network" +
               (told->opened_address.empty() ? "" : " (" + told->opened_address + ")") + leak +
               ".");
      step(Rung::kOpened, told->proxied, "probable",
           "Its tracking image was fetched by a mail provider's proxy: shown or fetched ahead, "
           "no location" +
               leak + ".");
      step(Rung::kClicked, told->clicked, "strong", "The link of the mail was fetched.");
    }
  }

  void attempts() {
    for (const auto& attack : story_.attacks)
      reach(Rung::kAttempted, attack.certainty, attack.first, attack.last, attack.basis,
            attack.kind + ": " + attack.note + ".");
  }

  void entered(const Verdict& verdict) {
    auto word = verdict.verdict == "undecidable" ? std::string("possible") : verdict.certainty;
    auto at = [&](Rung rung, std::string_view certainty, std::string words) {
      reach(rung, certainty, verdict.first, verdict.last, verdict.basis, std::move(words));
    };
    if (verdict.verdict == "blocked") {
      at(Rung::kAttempted, word, verdict.statement);
      return;
    }
    auto origin = verdict.origins.empty() ? std::string("somebody") : verdict.origins.front();
    auto is_app = origin.starts_with("app:");
    if (verdict.verdict == "credentials_known") {
      out_.sub = "credentials_known";
      at(Rung::kAttempted, word, verdict.statement);
      at(Rung::kTakenOver, "possible", verdict.statement);
      return;
    }
    if (!is_app) at(Rung::kTakenOver, word, verdict.statement);
    at(Rung::kReachable, word,
       is_app ? verdict.statement : "Whoever held the account could reach all that it reaches.");
    if (verdict.items_read > 0 || verdict.whole_mailbox || (verdict.files > 0))
      at(Rung::kAccessed, word,
         (verdict.items_read > 0  ? plural(verdict.items_read, "mail", "mails") + " read"
          : verdict.whole_mailbox ? std::string("folders synchronised")
                                  : plural(verdict.files, "act", "acts") + " on files") +
             " by " + origin + ".");
    if (verdict.downloads > 0)
      at(Rung::kLeft, word,
         plural(verdict.downloads, "file", "files") + " downloaded by " + origin +
             (verdict.bytes > 0 ? " (" + std::to_string(verdict.bytes) + " bytes)" : "") + ".");
    // One mail may be a test of what works; abuse begins with the second, or
    // with a hand that also changed things.
    if (verdict.sent > 0)
      at(Rung::kAbused, !is_app || verdict.sent > 1 ? word : "possible",
         plural(verdict.sent, "mail", "mails") + " sent by " + origin + " in this name.");
    if (verdict.hostile_acts > 0)
      at(Rung::kAbused, word,
         plural(verdict.hostile_acts, "change that serves", "changes that serve") +
             " an intruder made by " + origin +
             (verdict.acts.empty() ? "" : ": " + verdict.acts.front()) + ".");
  }

  void opened_by_others() {
    for (const auto& open : story_.opened_to)
      reach(Rung::kReachable, open.certainty, open.record.cite.at, open.record.cite.at,
            {open.record},
            "Full access to the mailbox was given to " + open.to + " by the intruder in " +
                open.by + ".");
  }

  // Mails that a trace shows at the far end of a hostile rule.
  void forwarded() {
    for (const auto& left : story_.persistence)
      if (left.forwarded > 0)
        reach(Rung::kLeft,
              left.actor_certainty == "undecidable" ? "possible" : left.actor_certainty,
              left.forwarded_basis.front().cite.at, left.forwarded_basis.back().cite.at,
              left.forwarded_basis,
              plural(left.forwarded, "mail", "mails") + " sent on by " + left.words + ".");
  }

  // A hostile rule on an account that was taken over before may be the thief's.
  void planted() {
    for (const auto& verdict : story_.verdicts) {
      if (verdict.verdict != "taken_over") continue;
      for (const auto& left : story_.persistence)
        if (left.weight >= 3 * kNat && left.record.cite.at >= verdict.first &&
            left.record.cite.at - verdict.last <= kStays)
          reach(Rung::kAbused, is_certain(left.actor_certainty) ? left.actor_certainty : "probable",
                left.record.cite.at, left.record.cite.at, {left.record}, left.words + ".");
    }
    for (const auto& left : story_.persistence)
      if (left.weight >= 3 * kNat)
        reach(Rung::kAbused, "possible", left.record.cite.at, left.record.cite.at, {left.record},
              left.words + ".");
  }

  auto finish() -> Ladder {
    std::stable_sort(out_.steps.begin(), out_.steps.end(), [](const Step& a, const Step& b) {
      return std::tie(a.rung, a.campaign) < std::tie(b.rung, b.campaign);
    });
    for (const auto& step : out_.steps) {
      if (step.likely > 0) {
        out_.rung = step.rung;
        out_.certainty = step.certainty;
        out_.why = step.words;
      }
      out_.at_most = step.rung;
    }
    if (!out_.rung) {
      out_.certainty = out_.steps.empty() ? "certain" : "possible";
      out_.why = !story_.created_by.empty()
                     ? "The account itself was made by the intruder in " + story_.created_by + "."
                 : out_.steps.empty() ? "No record of a foreign hand on this account."
                                      : "Nothing that speaks against its owner reaches probable.";
    }
    out_.why_not_higher = why_not();
    return std::move(out_);
  }

  auto why_not() const -> std::string {
    if (out_.rung == Rung::kAbused) return "T9 is the top rung.";
    auto missing = std::string{};
    auto possible = std::string{};
    auto begins = out_.rung ? static_cast<int>(*out_.rung) + 1 : 0;
    for (auto rung = begins; rung <= 9; ++rung) {
      auto here = static_cast<Rung>(rung);
      if (rung < 4 && story_.aims.empty()) continue;
      auto step = std::find_if(out_.steps.rbegin(), out_.steps.rend(),
                               [&](const Step& one) { return one.rung == here; });
      if (step != out_.steps.rend()) {
        possible += (possible.empty() ? "Possible, not likely: T" : "; T") + std::to_string(rung) +
                    " " + std::string(rung_words(here)) + " (" + step->words + ")";
      } else {
        missing += (missing.empty() ? "" : ", ") + std::string(lack_words(here));
      }
    }
    auto out = std::string{};
    if (!missing.empty()) out = "No record of " + missing;
    if (!out.empty()) out += ". ";
    if (!possible.empty()) out += possible + ". ";
    if (!story_.reads_logged && (!out_.rung || *out_.rung < Rung::kAccessed))
      out +=
          "No read of this mailbox is logged at all, by anybody: whether reads are logged is not "
          "known. ";
    return out + covered();
  }

  auto covered() const -> std::string {
    auto from = story_.first, to = story_.last;
    for (const auto& log : book_.logs())
      if (log.org == story_.org) to = std::max(to, log.last);
    if (to <= from) return "The log holds one moment of it only.";
    auto out = "From " + format_time(from) + " to " + format_time(to) + " the logs cover " +
               std::to_string(book_.covered_percent(story_.org, from, to)) + " %";
    auto gaps = book_.gaps_in(story_.org, story_.key, from, to);
    if (gaps.empty()) return out + "; no gap is known.";
    out += "; gaps: ";
    constexpr auto kTold = std::size_t{4};
    for (auto i = std::size_t{0}; i < std::min(gaps.size(), kTold); ++i)
      out += (i > 0 ? " " : "") + gaps[i]->effect;
    if (gaps.size() > kTold) out += " And " + std::to_string(gaps.size() - kTold) + " more.";
    return out;
  }

  static auto lack_words(Rung rung) -> std::string_view {
    switch (rung) {
      case Rung::kTargeted:
        return "a mail addressed to it";
      case Rung::kDelivered:
        return "a delivery";
      case Rung::kOpened:
        return "an image fetched";
      case Rung::kClicked:
        return "a link followed";
      case Rung::kAttempted:
        return "guessed passwords or refused entry";
      case Rung::kTakenOver:
        return "a foreign sign-in";
      case Rung::kReachable:
        return "rights given to a foreign hand";
      case Rung::kAccessed:
        return "mail or files read by a foreign hand";
      case Rung::kLeft:
        return "a download or a mail forwarded";
      case Rung::kAbused:
        return "mail sent or rules made by a foreign hand";
    }
    return "";
  }

  const AccountStory& story_;
  const CoverageBook& book_;
  Ladder out_;
};

}  // namespace

auto rung_words(Rung rung) -> std::string_view {
  switch (rung) {
    case Rung::kTargeted:
      return "targeted";
    case Rung::kDelivered:
      return "delivered";
    case Rung::kOpened:
      return "opened";
    case Rung::kClicked:
      return "clicked or entered";
    case Rung::kAttempted:
      return "log-in attempted";
    case Rung::kTakenOver:
      return "taken over";
    case Rung::kReachable:
      return "data reachable";
    case Rung::kAccessed:
      return "data accessed";
    case Rung::kLeft:
      return "data left";
    case Rung::kAbused:
      return "onward abuse";
  }
  return "";
}

auto climb(const AccountStory& story, const CoverageBook& book) -> Ladder {
  return Climber(story, book).climb();
}

}  // namespace serjeant
