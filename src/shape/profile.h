#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/diagnostic.h"
#include "shape/shape.h"
#include "shape/time_formats.h"
#include "shape/transforms.h"

// A source profile as the program holds it (docs/formats/profiles.md says how
// the files are written).
namespace serjeant {

// A spine column that a profile may fill from text.
enum class Column : std::uint8_t {
  kOutcome,
  kOperation,
  kOrg,
  kActor,
  kActorKind,
  kTarget,
  kMailbox,
  kSession,
  kToken,
  kDevice,
  kApp,
  kClientApp,
  kAgent,
  kIp,
  kPort,
  kAsn,
  kCountry,
  kObject,
  kObjectKind,
  kMessageId,
  kItemCount,
  kBytesIn,
  kBytesOut,
  kError,
  kRecordId,
  kClassUid,
  kActivityId,
  kFlag
};
auto column_from_word(std::string_view word) -> std::optional<Column>;
auto column_words() -> std::vector<std::string_view>;

// Where a value stands: a name at the top, or names and list positions with
// dots between ("status.errorCode", "targetResources.0.id"). A name that has
// dots itself is found first.
struct Path {
  std::string text;
  std::vector<std::string> steps;
  std::size_t id = 0;  // of all paths of the profile, for shapers' memories
};

// How one column is filled. The first source that has a value is taken; then
// it is transformed, looked up, and put into the column.
struct Mapping {
  Column column = Column::kOperation;
  std::vector<Path> from;
  bool concat = false;  // all sources, one after the other, instead of the first
  std::string between;
  std::vector<Transform> as;
  std::vector<std::pair<std::string, std::string>> table;  // value to column value
  std::optional<std::string> otherwise;                    // no value, or one that the table
                                                           // lacks; without it that one is kept
  std::optional<std::string> constant;
};

// Where a time stands. Several fields are joined with blanks.
struct TimeSource {
  std::vector<Path> fields;
  TimeFormat format;
  enum class Zone : std::uint8_t { kLocal, kUtc, kFixed } zone = Zone::kLocal;
  std::int32_t east = 0;          // of kFixed, seconds
  std::uint32_t aggregation = 0;  // seconds that one record stands for
  bool inferred = false;          // from something beside the record, such as its file's head
};

// True if the field has one of the values, case ignored; `*` at an end stands
// for anything; without values: if it is there at all.
struct Condition {
  Path field;
  std::vector<std::string> values;
};

struct ItemSource {
  Path from;          // a list, or text
  std::string split;  // what separates entries of text; empty = one entry
  std::string until;  // what ends the key in an entry; empty = its end
  std::string kind;
  Path key, native_id, container, bytes;  // in each entry; empty key = the entry itself
};

struct Rules {
  std::string product, category, service, service_too;
  std::vector<TimeSource> times;
  std::vector<Mapping> map;
  std::vector<ItemSource> items;
};

struct Case {
  std::vector<Condition> when;  // all of them
  Rules rules;
};

// One way to recognise a source.
struct Signs {
  std::vector<std::string> formats;  // empty = any
  std::vector<std::string> columns;  // all of these; case ignored, `*` at the end
  std::vector<std::string> any;      // and one of these, if there are any
  std::vector<std::string> absent;   // and none of these
};

struct Alias {
  std::string name;
  Path from;
};

struct Sample {
  std::string name;
  std::string text;
  std::vector<std::string> spines;  // JSON, one an event
};

class Profile {
 public:
  std::string name, doc, file;
  std::vector<Signs> signs;
  std::string shaper;   // "" or the name of a shaper in C++
  std::string wrapper;  // a member that holds the record; paths are tried there too
  Rules rules;
  std::vector<Case> cases;  // the first that applies adds to `rules`
  std::vector<Alias> aliases;
  std::vector<Sample> samples;
  std::size_t path_count = 0;
  bool flat = false;  // only formats whose records are rows of cells
  std::shared_ptr<const std::vector<std::pair<std::string, std::int32_t>>>
      zones;  // of all profiles
};

// Reads one profile file. Nothing, and at least one error in `diagnostics`, if
// it is wrong. Codes SJ0301 to SJ0310 (docs/formats/profiles.md).
auto read_profile(std::string_view text, std::string_view file,
                  std::vector<Diagnostic>& diagnostics) -> std::unique_ptr<Profile>;

}  // namespace serjeant
