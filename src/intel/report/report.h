#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "intel/report/indicators.h"
#include "intel/report/text.h"

// A report as claims: who says what of whom, how sure, and what is denied or
// taken back. Rules and word tables only, no statistics; everything found is
// a proposal for a person to accept.
namespace serjeant::report {

struct Mention {
  Part span;
  std::string_view form;  // name, alias, metonym, nominal, pronoun
};
struct Entity {
  std::string_view type;  // state, government, organisation, person, intrusion-set, malware, place
  std::string name;
  std::string country;  // name of the state it is of, if the text says so
  std::vector<Mention> mentions;
};

struct Marked {  // a word that measures: likelihood, confidence, hedge, time
  std::string_view kind;
  std::string_view band;
  Part span;
};
struct Quantity {
  std::int64_t value = 0;
  std::string_view relation;  // =, ~, >, >=, <
  Part unit;
  Part span;
};

struct Claim {
  std::string_view kind, stance = "asserts", act;
  int asserter = -1;  // an entity; -1 is the text's own voice
  int subject = -1;
  Part subject_words, object;
  bool negated = false;
  std::string_view modality = "past";
  int likelihood = -1, confidence = -1;  // places in `likelihoods`
  std::vector<int> hedges;               // places in `hedges`
  std::vector<int> denies;               // claims of this text; empty = made elsewhere
  Part evidence;
};

struct Reading {
  std::vector<Paragraph> paragraphs;
  Indicators indicators;
  std::vector<Entity> entities;
  std::vector<Marked> likelihoods, hedges, times;
  std::vector<Quantity> quantities;
  std::vector<Claim> claims;
  std::string_view scale;  // of likelihood words: icd203 if the text shows it, else yardstick
};

// Reads a report. Time grows with the text times the length of its sentences,
// which is bounded: what is longer than 4,000 bytes yields no claim.
auto read_report(const Text& text) -> Reading;

// Stages of it. Entities first; claims last, of everything before.
void find_entities(const Text& text, Reading& to);
void find_measures(const Text& text, Reading& to);
void find_claims(const Text& text, Reading& to);

// In the form of `serjeant.report-truth/1`; spans are bytes of the source.
void write_report(const Text& text, const Reading& reading, std::string_view name,
                  JsonWriter& json);

}  // namespace serjeant::report
