#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/arena.h"
#include "detect/sigma/rule.h"
#include "shape/event.h"
#include "shape/windows.h"

// Which log sources an event belongs to, and how its fields are named there.
// The table is logsources.yaml, compiled into the program. Windows events are
// routed by provider, channel and event id (decisions R1 to R8, docs/rules.md);
// others by what their profile says; an event of unknown source belongs to all.
namespace serjeant {

// A field that a log source knows under another name than the record.
struct MappedField {
  enum class How : std::uint8_t {
    kCopy,
    kHex,        // hexadecimal numbers as decimal ones
    kJoin,       // the parts of one text
    kWords,      // words for codes
    kJson,       // an object or list as the JSON text that other log systems show it as
    kNamed,      // of a list of {name, value}: the values of those with one name
    kArguments,  // a0, a1, ... up to a count, blanks between
    kEnding,     // what follows the last dot of the last part of a path
    kLast,       // what follows the last slash
  };
  std::string name;
  How how = How::kCopy;
  std::vector<std::string> from;  // the first that is there; the parts of kJoin; of kNamed the
                                  // list and the names in its members (name, value, value, ...)
  std::string by;                 // between the parts; kNamed: the name; kArguments: the count
  std::vector<std::pair<std::string, std::string>> begins;  // kJoin: how it may begin, and how
                                                            // the log source writes that
  bool only = false;  // the record's own field of that name means something else
  std::vector<std::pair<std::string, std::string>> words;  // kWords
};
using FieldMap = std::vector<MappedField>;

struct RoutedSource {
  sigma::LogSource source;
  const FieldMap* map = nullptr;  // null: native names only
};

struct Route {
  std::string key;                    // names it in counts and ledgers
  bool unknown = false;               // judged by all rules (R5)
  std::vector<RoutedSource> sources;  // the native one first
};

// Fields of one event by the names that rules use. Lookups are kept until the
// next `reset`.
class EventView {
 public:
  struct Field {
    bool present = false;
    std::vector<Value> leaves;  // scalars, nulls among them; arrays unfolded (D9)
  };

  void reset(const Event& event, std::string_view raw);
  auto event() const -> const Event& { return *event_; }
  auto raw() const -> std::string_view { return raw_; }
  // A literal key at any level first, then a path through objects and arrays
  // (D10). With a map, its names come before or beside the native ones (R2).
  auto field(std::string_view name, const FieldMap* map) -> const Field&;
  // Every scalar value of the event that is not null.
  auto values() -> const std::vector<Value>&;
  auto folded(std::string_view text) -> std::string_view;  // kept by address
  auto windows() const -> bool { return windows_; }
  auto parts() const -> const windows::Parts& { return parts_; }
  // System values for routing, never shadowed by EventData (R7).
  auto channel() -> std::string_view { return system_text("Channel"); }
  auto provider() -> std::string_view { return system_text("Provider_Name"); }
  auto event_id() -> std::string_view { return system_text("EventID"); }
  // The value that such a text is of; nothing if the record has none.
  auto system_leaf(std::string_view name) const -> Value;
  // Can another event with the same names in the same places, the same route
  // and the same `windows()` have other values under this name than the ones at
  // those places, or lack it? Where not, places may be remembered.
  auto varies(std::string_view name, const FieldMap* map) -> bool;

 private:
  void native(std::string_view name, Field& out);
  void system_field(std::string_view name, Field& out) const;
  auto system_text(std::string_view name) const -> std::string_view;
  void mapped(const MappedField& how, Field& out);
  void join(const MappedField& how, Field& out);
  void as_json(const MappedField& how, Field& out);
  void named(const MappedField& how, Field& out);
  void arguments(const MappedField& how, Field& out);
  void ending(const MappedField& how, Field& out);
  auto first_of(const std::vector<std::string>& names) -> const Field&;
  void add_derived(Kind kind, std::string_view text, Field& out);

  const Event* event_ = nullptr;
  std::string_view raw_;
  bool windows_ = false;
  windows::Parts parts_;
  struct Key {
    const FieldMap* map;
    std::string_view name;
    auto operator==(const Key&) const -> bool = default;
  };
  struct KeyHash {
    auto operator()(const Key& key) const -> std::size_t {
      return std::hash<std::string_view>{}(key.name) ^
             (reinterpret_cast<std::uintptr_t>(key.map) >> 3);
    }
  };
  std::unordered_map<Key, Field, KeyHash> fields_;
  std::unordered_map<const char*, std::pair<std::size_t, std::string_view>> folded_;
  std::vector<Value> values_;
  bool values_known_ = false;
  std::unique_ptr<Arena> arena_ = std::make_unique<Arena>();
  std::deque<Node> derived_;
};

// Are the records of this reader lines of text, so that keywords are looked for
// in the whole line, too (D12)?
auto is_line_format(std::string_view format) -> bool;

// The Sigma service that a Windows channel is the log of; empty if none is known.
auto service_of_channel(std::string_view channel) -> std::string_view;

// Does a rule of a Windows service ask for channels alone that are not of that
// service? As it stands it could never fire; its channel is what it means.
auto means_other_channels(const sigma::Rule& rule) -> bool;

// A worker's router; remembers routes by (channel, provider, event id, ...).
// Routes live as long as it does.
class Router {
 public:
  Router();
  ~Router();
  Router(const Router&) = delete;
  auto operator=(const Router&) -> Router& = delete;
  auto route(EventView& view) -> const Route&;
  // Fields of Windows records that decide a route besides channel, provider and
  // event id.
  static auto deciding_fields() -> const std::set<std::string>&;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace serjeant
