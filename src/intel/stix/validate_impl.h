#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "intel/stix/schema.h"
#include "intel/stix/validate.h"

// What the parts of the validator share.
namespace serjeant::stix {

// Collects findings and knows where in the JSON the walk is.
class Findings {
 public:
  Findings(const ValidateOptions& options, ObjectVerdict& verdict)
      : options_(options), verdict_(verdict) {}

  void must(std::string message, std::string_view member = {}) {
    add(FindingKind::kMust, {}, {}, std::move(message), member);
  }
  void asked(std::string message, std::string_view member = {}) {
    add(FindingKind::kAsked, {}, {}, std::move(message), member);
  }
  void should(const CheckSpec& check, std::string message, std::string_view member = {}) {
    add(FindingKind::kShould, check.number, check.name, std::move(message), member);
  }
  // Is the check of that number on? Then what it is.
  auto on(std::string_view number, bool is_20) const -> const CheckSpec*;

  // Steps into a member while it lives.
  class Step {
   public:
    Step(Findings& findings, std::string_view name);
    Step(Findings& findings, std::size_t index) : Step(findings, std::to_string(index)) {}
    ~Step() { findings_.path_.resize(before_); }
    Step(const Step&) = delete;
    auto operator=(const Step&) -> Step& = delete;

   private:
    Findings& findings_;
    std::size_t before_;
  };

 private:
  void add(FindingKind kind, std::string_view number, std::string_view name, std::string message,
           std::string_view member);
  const ValidateOptions& options_;
  ObjectVerdict& verdict_;
  std::string path_;
};

// The names that are printed in messages, cut and made safe for terminals.
auto shown(std::string_view name) -> std::string;

// Everything the standard demands of one object. `version_21` says by which it is
// judged.
void check_musts(Value object, bool is_20, const ValidateOptions& options, Findings& findings);
// What depends on no schema table: markings, times, patterns, ids.
void check_common_musts(Value object, const TypeSpec* type, bool is_20,
                        const ValidateOptions& options, Findings& findings);
// SHOULDs of one object.
void check_shoulds(Value object, bool is_20, const ValidateOptions& options, Findings& findings);
// Is the object's content covered by an extension definition, so that prefixes need
// not tell that it is one's own? (check 401)
void check_own_content(Value object, const ValidateOptions& options, bool is_20,
                       Findings& findings);

}  // namespace serjeant::stix
