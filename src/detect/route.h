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

// Which log sources an event belongs to, and how its fields are named there.
// The table is logsources.yaml, compiled into the program. Windows events are
// routed by provider, channel and event id (decisions R1 to R8, docs/rules.md);
// others by what their profile says; an event of unknown source belongs to all.
namespace serjeant {

// A field that a log source knows under another name than the record.
struct MappedField {
  enum class How : std::uint8_t { kCopy, kHex, kJoin, kWords };
  std::string name;
  How how = How::kCopy;
  std::vector<std::string> from;  // one, or the parts of kJoin
  std::string by;                 // between the parts
  bool only = false;              // the record's own field of that name means something else
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

// Where the fields of a Windows record are, whatever wrote it: evtx_dump's
// Event/System/#attributes, Winlogbeat's winlog.*, NXLog's and our own flat
// form. Empty values where the record is something else.
struct WindowsParts {
  Value root;       // everything
  Value data;       // EventData
  Value user_data;  // the one element in UserData (R8)
  Value system;     // System, if it is an object of its own
  Value winlog;
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
  auto parts() const -> const WindowsParts& { return parts_; }
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
  auto mapped(const MappedField& how, Field& out) -> bool;
  void add_derived(Kind kind, std::string_view text, Field& out);

  const Event* event_ = nullptr;
  std::string_view raw_;
  bool windows_ = false;
  WindowsParts parts_;
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
