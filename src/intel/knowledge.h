#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/span.h"
#include "store/case_writer.h"

// What the world has published about groups and what they do, from STIX
// bundles such as MITRE ATT&CK's. Every relation keeps its sources; a name that
// several groups bear stays ambiguous.
namespace serjeant {

struct Technique {
  std::string id;  // "T1598.003"
  std::string name;
  std::vector<std::string> tactics;
  Span span;  // the object in its bundle
};

struct GroupUse {
  std::string technique;             // id
  std::vector<std::string> sources;  // cited sources by name, sorted; may be empty
  Span span;                         // the relation's object
};

struct Group {
  std::string id;  // "G0128"
  std::string stix_id;
  std::string name;
  std::vector<std::string> aliases;  // without the name itself
  std::vector<GroupUse> uses;        // sorted by technique
  std::vector<std::string> sources;  // all cited sources, sorted
  Span span;
};

struct Knowledge {
  std::string name;     // "Enterprise ATT&CK"
  std::string version;  // "18.1"; "" if the bundle does not say
  std::string publisher;
  MaybeTime issued;  // newest `modified` in the bundle
  std::uint32_t source = 0;
  std::vector<Technique> techniques;  // sorted by id; revoked and deprecated ones left out
  std::vector<std::pair<std::string, std::string>> renumbered;  // revoked id -> id that replaced it
  std::vector<Group> groups;                                    // sorted by id
  std::uint64_t objects = 0, skipped = 0;
  std::vector<Fault> faults;
};

// Reads a STIX 2.0 or 2.1 bundle. Fails if the bytes are no bundle.
auto read_knowledge(std::string_view bytes, std::uint32_t source, std::string_view file_name)
    -> Result<Knowledge>;

// Enters the bundle (intel), its groups (entities) and their names (claims
// also-called, asserted by the publisher, with spans) into a case. `intel_id` is the row's id.
void write_knowledge(const Knowledge& knowledge, std::uint32_t intel_id, CaseWriter& out);

}  // namespace serjeant
