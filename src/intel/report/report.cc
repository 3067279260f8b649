#include "intel/report/report.h"

#include <fmt/core.h>

#include "core/text.h"

namespace serjeant::report {
namespace {

class Writer {
 public:
  Writer(const Text& text, const Reading& reading, JsonWriter& json)
      : text_(text), reading_(reading), json_(json) {}

  void write(std::string_view name) {
    json_.begin_object().field("schema", "serjeant.report-truth/1");
    json_.key("document").begin_object().field("file", replace_bad_utf8(name));
    json_.field("bytes", static_cast<std::int64_t>(text_.source.size()));
    json_.key("cut").boolean(text_.cut).end_object();
    sections();
    entities();
    claims();
    acts("sanctions", "sanction");
    acts("charges", "charged");
    links("denials", "denies");
    links("retractions", "retracts");
    marked("likelihood_words", reading_.likelihoods);
    marked("hedges", reading_.hedges);
    marked("times", reading_.times);
    quantities();
    indicators("indicators", reading_.indicators.taken);
    indicators("rejected_indicators", reading_.indicators.rejected);
    indicators("attack_ids", reading_.indicators.attack_ids);
    json_.end_object();
  }

 private:
  void place(std::string_view key, Part part) {
    const auto at = text_.at(part);
    json_.key(key).begin_array().number(at.begin).number(at.end).end_array();
  }
  auto shown(Part part) const -> std::string { return replace_bad_utf8(text_.written(part)); }
  static auto id(char letter, std::size_t i) -> std::string {
    return fmt::format("{}{}", letter, i + 1);
  }

  void sections() {
    json_.key("sections").begin_array();
    for (const auto& one : reading_.paragraphs) {
      json_.begin_object().field("kind", section_word(one.section));
      place("span", one.span);
      json_.end_object();
    }
    json_.end_array();
  }
  void entities() {
    json_.key("entities").begin_array();
    for (std::size_t i = 0; i < reading_.entities.size(); ++i) {
      const auto& one = reading_.entities[i];
      json_.begin_object().field("id", id('e', i)).field("type", one.type);
      json_.field("name", replace_bad_utf8(one.name));
      if (!one.country.empty()) json_.field("of", replace_bad_utf8(one.country));
      json_.key("mentions").begin_array();
      for (const auto& mention : one.mentions) {
        json_.begin_object();
        place("span", mention.span);
        json_.field("text", shown(mention.span)).field("form", mention.form).end_object();
      }
      json_.end_array().end_object();
    }
    json_.end_array();
  }
  void who(const Claim& claim) {
    json_.begin_array().text(
        claim.asserter < 0 ? "document" : id('e', static_cast<std::size_t>(claim.asserter)));
    json_.end_array();
  }
  void claims() {
    json_.key("claims").begin_array();
    for (std::size_t i = 0; i < reading_.claims.size(); ++i) {
      const auto& one = reading_.claims[i];
      json_.begin_object().field("id", id('c', i)).field("status", "proposed");
      json_.field("kind", one.kind).field("stance", one.stance).key("asserter");
      who(one);
      json_.field("subject", one.subject < 0 ? shown(one.subject_words)
                                             : id('e', static_cast<std::size_t>(one.subject)));
      json_.field("act", one.act).field("object", shown(one.object));
      json_.field("polarity", one.negated ? "negated" : "positive").field("modality", one.modality);
      json_.key("likelihood");
      if (one.likelihood < 0) {
        json_.null();
      } else {
        const auto& word = reading_.likelihoods[static_cast<std::size_t>(one.likelihood)];
        json_.begin_object().field("scale", reading_.scale).field("band", word.band);
        json_.field("word", shown(word.span));
        place("span", word.span);
        json_.end_object();
      }
      json_.key("confidence");
      if (one.confidence < 0) {
        json_.null();
      } else {
        const auto& word = reading_.likelihoods[static_cast<std::size_t>(one.confidence)];
        json_.begin_object().field("band", word.band).field("word", shown(word.span));
        place("span", word.span);
        json_.end_object();
      }
      json_.key("hedges").begin_array();
      for (const auto hedge : one.hedges) json_.text(id('h', static_cast<std::size_t>(hedge)));
      json_.end_array();
      if (one.stance == "denies") denied(one);
      const auto at = text_.at(one.evidence);
      json_.key("evidence").begin_array().begin_array().number(at.begin).number(at.end);
      json_.end_array().end_array().end_object();
    }
    json_.end_array();
  }
  void denied(const Claim& claim) {
    json_.key("denies").begin_array();
    for (const auto other : claim.denies) json_.text(id('c', static_cast<std::size_t>(other)));
    if (claim.denies.empty()) json_.text("ext:");
    json_.end_array();
  }
  void acts(std::string_view key, std::string_view act) {
    json_.key(key).begin_array();
    for (std::size_t i = 0; i < reading_.claims.size(); ++i) {
      const auto& one = reading_.claims[i];
      if (one.act != act || one.stance != "asserts") continue;
      json_.begin_object().field("claim", id('c', i)).key("authority");
      who(one);
      json_.field("words", shown(one.object));
      json_.field("status", one.modality == "future" ? "announced-future" : "in-force");
      if (act == "charged") json_.key("presumption_of_innocence").boolean(true);
      place("evidence", one.evidence);
      json_.end_object();
    }
    json_.end_array();
  }
  void links(std::string_view key, std::string_view stance) {
    json_.key(key).begin_array();
    for (std::size_t i = 0; i < reading_.claims.size(); ++i) {
      const auto& one = reading_.claims[i];
      if (one.stance != stance) continue;
      json_.begin_object().field("claim", id('c', i)).key("by");
      who(one);
      if (stance == "denies")
        denied(one);
      else
        json_.field("retracts", shown(one.evidence));
      json_.end_object();
    }
    json_.end_array();
  }
  void marked(std::string_view key, const std::vector<Marked>& words) {
    json_.key(key).begin_array();
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto& one = words[i];
      json_.begin_object();
      if (key == "hedges") json_.field("id", id('h', i)).field("kind", one.kind);
      if (key == "likelihood_words")
        json_.field("scale", one.kind == "confidence" ? "analytic-confidence" : reading_.scale)
            .field("band", one.band);
      json_.field(key == "times" ? "text" : "word", shown(one.span));
      place("span", one.span);
      json_.end_object();
    }
    json_.end_array();
  }
  void quantities() {
    json_.key("quantities").begin_array();
    for (const auto& one : reading_.quantities) {
      json_.begin_object().field("value", one.value).field("relation", one.relation);
      json_.field("unit", shown(one.unit)).field("text", shown(one.span));
      place("span", one.span);
      json_.end_object();
    }
    json_.end_array();
  }
  void indicators(std::string_view key, const std::vector<Indicator>& all) {
    json_.key(key).begin_array();
    for (const auto& one : all) {
      json_.begin_object().field("type", one.type);
      json_.field(key == "attack_ids" ? "id" : "value", replace_bad_utf8(one.value));
      if (one.reason.empty())
        json_.field("tier", one.tier);
      else
        json_.field("reason", one.reason);
      json_.field("as_written", shown(one.span));
      place("span", one.span);
      json_.end_object();
    }
    json_.end_array();
  }

  const Text& text_;
  const Reading& reading_;
  JsonWriter& json_;
};

}  // namespace

auto read_report(const Text& text) -> Reading {
  auto to = Reading{};
  to.paragraphs = paragraphs(text);
  to.indicators = find_indicators(text, to.paragraphs);
  find_entities(text, to);
  find_measures(text, to);
  find_claims(text, to);
  return to;
}

void write_report(const Text& text, const Reading& reading, std::string_view name,
                  JsonWriter& json) {
  Writer(text, reading, json).write(name);
}

}  // namespace serjeant::report
