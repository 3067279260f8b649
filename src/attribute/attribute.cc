#include "attribute/attribute.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "attribute/likelihood.h"
#include "attribute/words.h"
#include "core/json.h"

namespace serjeant {
namespace {

constexpr auto kMostEvidence = std::size_t{50};  // cited findings per item

auto ppm(double probability) -> std::int64_t { return std::llround(probability * 1e6); }
auto micro(double nats) -> std::int64_t { return std::llround(nats * 1e6); }

// One question: who is behind what was observed in this case.
class Inquiry {
 public:
  Inquiry(const Knowledge& knowledge, std::vector<Item> items, CaseWriter& out)
      : knowledge_(knowledge), items_(std::move(items)), out_(out) {
    auto builder = IdBuilder("question");
    for (const auto& item : items_) builder.add(item.id);
    question_ = builder.finish();
    main_ = posteriors(knowledge_, items_, {});
    top_ = main_.best();
  }

  auto run() -> AttributeSummary {
    write_items();
    find_intervals();
    judge();
    write_unknown();
    for (auto g = std::size_t{0}; g < knowledge_.groups.size(); ++g) {
      write_group(g);
      write_framed(g);
    }
    write_sensitivity();
    return summary();
  }

 private:
  auto name_of(std::size_t g) const -> const std::string& { return knowledge_.groups[g].name; }
  auto hypothesis_id(std::string_view kind, std::string_view subject) const -> Id {
    return IdBuilder("hypothesis").add(question_).add(kind).add(subject).finish();
  }

  // Each item is a claim that leads to findings and so to bytes.
  void write_items() {
    const auto asserter = entity_id("identity", "serjeant");
    out_.add(EntityRow{.id = asserter,
                       .kind = "identity",
                       .value = "serjeant",
                       .stix_id = {},
                       .df = 0,
                       .tlp = Tlp::kClear});
    for (const auto& item : items_) {
      const auto& seen = *item.observed;
      const auto technique = entity_id("technique", item.technique);
      out_.add(EntityRow{.id = technique,
                         .kind = "technique",
                         .value = item.technique,
                         .stix_id = {},
                         .df = static_cast<std::uint64_t>(item.df),
                         .tlp = Tlp::kClear});
      auto claim = ClaimRow{};
      claim.id = item.id;
      claim.subject = question_;
      claim.predicate = Predicate::kObserved;
      claim.object = technique;
      claim.words =
          fmt::format("{} was observed: {} {} of {}", item.technique, seen.count,
                      seen.count == 1 ? "finding" : "findings", fmt::join(seen.rules, "; "));
      claim.asserter = asserter;
      claim.reliability = "B";
      claim.credibility = 2;
      claim.held0 = seen.first;
      claim.held1 = seen.last;
      claim.extractor = "rule tags";
      out_.add(std::move(claim));
      const auto cited = std::min(kMostEvidence, seen.findings.size());
      for (auto n = std::size_t{0}; n < cited; ++n) {
        auto evidence = ClaimEvidenceRow{};
        evidence.claim = item.id;
        evidence.n = static_cast<std::uint32_t>(n);
        evidence.finding = seen.findings[n];
        out_.add(std::move(evidence));
      }
      auto keys = std::string{};
      auto json = JsonWriter(keys);
      json.begin_array();
      for (const auto& rule : seen.rules) json.text("rule:" + rule);
      json.end_array();
      out_.add(ItemOfEvidenceRow{.id = item.id,
                                 .kind = "technique",
                                 .vertex = 2,
                                 .aspect = 4,
                                 .family = "technique",
                                 .grader = "serjeant",
                                 .why = "mapped by the rule's own tag; own sensor, sealed bytes",
                                 .indep = keys,
                                 .forge = ppm(kPlanted),
                                 .t0 = seen.first,
                                 .t1 = seen.last});
    }
  }

  // The range over what is uncertain in the model itself: the discount's spread
  // over folds, the ends of the grade, and the loss of any one item.
  void find_intervals() {
    low_ = high_ = main_;
    const auto widen = [&](const Posteriors& other) {
      for (auto g = std::size_t{0}; g < main_.group.size(); ++g) {
        low_.group[g] = std::min(low_.group[g], other.group[g]);
        high_.group[g] = std::max(high_.group[g], other.group[g]);
        low_.framed[g] = std::min(low_.framed[g], other.framed[g]);
        high_.framed[g] = std::max(high_.framed[g], other.framed[g]);
      }
      low_.unknown = std::min(low_.unknown, other.unknown);
      high_.unknown = std::max(high_.unknown, other.unknown);
    };
    for (const auto discount : {kDiscountLow, kDiscountHigh})
      for (const auto reliability : {kReliabilityLow, kReliabilityHigh})
        widen(posteriors(knowledge_, items_, {.discount = discount, .reliability = reliability}));
    for (auto i = std::size_t{0}; i < items_.size(); ++i) {
      without_.push_back(posteriors(knowledge_, items_, {.left_out = {i}}));
      widen(without_.back());
      fragile_ = fragile_ || without_.back().best() != top_;
    }
    // What one rule reported stands on the same bytes and falls together.
    auto together = std::map<std::size_t, std::vector<std::size_t>>{};
    for (auto i = std::size_t{0}; i < items_.size(); ++i)
      together[items_[i].group_of_dependence].push_back(i);
    for (auto& [group, members] : together)
      if (members.size() > 1 && members.size() < items_.size())
        one_leg_ = one_leg_ ||
                   posteriors(knowledge_, items_, {.left_out = std::move(members)}).best() != top_;
    flipping_ = flipping_set(knowledge_, items_);
  }

  // What the gate for naming asks of the likeliest group.
  void judge() {
    const auto quiet = posteriors(knowledge_, items_, {.quiet_only = true});
    const auto above = std::count_if(quiet.group.begin(), quiet.group.end(),
                                     [&](double p) { return p > quiet.group[top_]; });
    quiet_share_ = static_cast<double>(above) / static_cast<double>(quiet.group.size());
    cost_ = cost_of_frame();
    if (ppm(main_.group[top_]) < 900'000) failed_.emplace_back("posterior below 0.90");
    failed_.emplace_back("confidence below moderate: all items are of one vertex, capability");
    failed_.emplace_back("techniques alone never name a group");
    if (quiet_share_ > kQuietBound)
      failed_.emplace_back("the quiet items alone point elsewhere (loud/quiet test)");
    if (main_.unknown >= 0.08) failed_.emplace_back("unknown at 0.08 or more");
    if (main_.framed[top_] >= 0.05) failed_.emplace_back("framed at 0.05 or more");
    if (cost_ < 4) failed_.emplace_back("fewer than 4 planted items would have sufficed");
    if (fragile_) failed_.emplace_back("the order changes when one item is left out");
    if (one_leg_ && !fragile_)
      failed_.emplace_back("the order changes when what one rule reported is left out");
  }

  // The smallest number of planted items that makes a framer's choice look as
  // strong as the top group does now, on what is quiet in this case.
  auto cost_of_frame() const -> std::int64_t {
    auto rare = std::vector<double>{};
    const auto& group = knowledge_.groups[top_];
    for (const auto& use : group.uses) {
      auto planted = Item{};
      planted.has.assign(knowledge_.groups.size(), false);
      for (auto g = std::size_t{0}; g < knowledge_.groups.size(); ++g)
        for (const auto& other : knowledge_.groups[g].uses)
          if (other.technique == use.technique) {
            planted.has[g] = true;
            ++planted.df;
            break;
          }
      rare.push_back(ratio_of(knowledge_, planted, top_, kReliability).lr);
    }
    std::sort(rare.rbegin(), rare.rend());
    const auto base = posteriors(knowledge_, items_, {.quiet_only = true});
    const auto now = main_.group[top_] / main_.unknown;
    auto odds = base.group[top_] / base.unknown;
    for (auto k = std::size_t{0}; k < rare.size(); ++k) {
      if (odds >= now) return static_cast<std::int64_t>(k);
      odds *= std::exp(kTechniqueDiscount * rare[k]);
    }
    return static_cast<std::int64_t>(rare.size());
  }

  void write_hypothesis(const Id& id, std::string_view kind, const Id& subject, double prior,
                        double posterior, double low, double high, bool is_top) {
    auto hypothesis = HypothesisRow{};
    hypothesis.id = id;
    hypothesis.question = question_;
    hypothesis.kind = kind;
    hypothesis.subject = subject;
    hypothesis.prior = hypothesis.prior_technical = ppm(prior);
    out_.add(std::move(hypothesis));
    auto reasons = std::string{};
    auto json = JsonWriter(reasons);
    json.begin_object();
    if (is_top) {
      json.key("not_named_because").begin_array();
      for (const auto& why : failed_) json.text(why);
      json.end_array();
      json.field("quiet_share_above_ppm", ppm(quiet_share_));
      json.key("another_first_without").begin_array();
      for (const auto i : flipping_) json.text(items_[i].technique);
      json.end_array();
    }
    json.field("interval", "discount over folds, ends of the grade, any one item left out");
    json.end_object();
    auto row = AssessmentRow{};
    row.hypothesis = id;
    row.posterior = row.technical = std::clamp<std::int64_t>(ppm(posterior), 1, 990'000);
    row.lo = ppm(low);
    row.hi = ppm(high);
    row.word = likelihood_word(row.posterior, row.lo);
    row.confidence = 1;
    row.quiet = quiet_share_ <= kQuietBound;
    row.technique_only = true;
    row.cost = is_top ? cost_ : 0;
    row.clean = true;
    row.named = false;
    row.reasons = reasons;
    out_.add(std::move(row));
  }

  void write_unknown() {
    write_hypothesis(hypothesis_id("unknown", ""), "unknown", {}, kUnknownPrior, main_.unknown,
                     low_.unknown, high_.unknown, false);
  }

  void write_group(std::size_t g) {
    const auto id = hypothesis_id("group", knowledge_.groups[g].id);
    write_hypothesis(id, "group", entity_id("group", knowledge_.groups[g].id),
                     group_prior(knowledge_), main_.group[g], low_.group[g], high_.group[g],
                     g == top_);
    auto ratios = std::vector<Ratio>{};
    auto logs = std::vector<double>{};
    for (const auto& item : items_) {
      ratios.push_back(ratio_of(knowledge_, item, g, kReliability));
      logs.push_back(ratios.back().lr);
    }
    const auto weights = weights_within_groups(items_, logs, {});
    for (auto i = std::size_t{0}; i < items_.size(); ++i) {
      const auto& ratio = ratios[i];
      const auto discount = kTechniqueDiscount * weights[i];
      out_.add(FactorRow{.hypothesis = id,
                         .item = items_[i].id,
                         .p1 = ppm(ratio.p1),
                         .p0 = ppm(ratio.p0),
                         .r = ppm(kReliability),
                         .phi = ppm(kPlanted),
                         .s = ppm(ratio.s),
                         .e = ppm(ratio.e),
                         .lr_raw = micro(ratio.raw),
                         .lr = micro(ratio.lr),
                         .discount = ppm(discount),
                         .lr_used = micro(discount * ratio.lr),
                         .provenance = "p0, p1, discount learned; r, phi, s, e judged"});
    }
  }

  void write_framed(std::size_t g) {
    const auto prior = kFramedPrior * scapegoat_share(knowledge_, g);
    write_hypothesis(hypothesis_id("framed", knowledge_.groups[g].id), "framed",
                     entity_id("group", knowledge_.groups[g].id), prior, main_.framed[g],
                     low_.framed[g], high_.framed[g], false);
  }

  void write_sensitivity() {
    for (auto i = std::size_t{0}; i < items_.size(); ++i) {
      const auto best = without_[i].best();
      const auto unknown_first = without_[i].unknown >= without_[i].group[best];
      out_.add(SensitivityRow{
          .question = question_,
          .left_out = items_[i].id,
          .top = unknown_first ? hypothesis_id("unknown", "")
                               : hypothesis_id("group", knowledge_.groups[best].id),
          .posterior = ppm(unknown_first ? without_[i].unknown : without_[i].group[best])});
    }
  }

  auto summary() const -> AttributeSummary {
    auto order = std::vector<std::size_t>(knowledge_.groups.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return main_.group[a] > main_.group[b]; });
    auto names = std::vector<std::string>{};
    const auto bar = group_prior(knowledge_);
    for (const auto g : order)
      if (names.size() < 3 && main_.group[g] > bar) names.push_back(name_of(g));
    auto out = AttributeSummary{};
    out.hypotheses = 2 * knowledge_.groups.size() + 1;
    const auto unknown_first = main_.unknown >= main_.group[top_];
    out.top = unknown_first ? "unknown" : name_of(top_);
    out.posterior = ppm(unknown_first ? main_.unknown : main_.group[top_]);
    out.sentence = names.empty()
                       ? "Unattributed: the techniques observed point to no known group."
                       : fmt::format(
                             "Unattributed. The techniques observed are consistent with {}, "
                             "among others; techniques alone name nobody.",
                             fmt::join(names, ", "));
    return out;
  }

  const Knowledge& knowledge_;
  std::vector<Item> items_;
  CaseWriter& out_;
  Id question_;
  Posteriors main_, low_, high_;
  std::vector<Posteriors> without_;
  std::size_t top_ = 0;
  bool fragile_ = false;
  bool one_leg_ = false;  // does the order hang on what one rule reported
  std::vector<std::size_t> flipping_;
  double quiet_share_ = 0;
  std::int64_t cost_ = 0;
  std::vector<std::string> failed_;
};

}  // namespace

auto attribute(const Knowledge* knowledge, std::span<const ObservedTechnique> observed,
               CaseWriter& out) -> Result<AttributeSummary> {
  if (knowledge == nullptr || knowledge->groups.empty()) return AttributeSummary{};
  auto items = make_items(*knowledge, observed);
  if (items.empty()) return AttributeSummary{};
  return Inquiry(*knowledge, std::move(items), out).run();
}

}  // namespace serjeant
