#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "shape/shape.h"

// For tests: events in a form that can be compared.
namespace serjeant::test {

struct Shaped {
  std::string spine;   // as JSON
  std::string native;  // as JSON
  std::vector<FaultKind> faults;
  std::uint64_t hash = 0;
  std::int32_t result_index = -1, result_count = -1;
  std::string service, service_too;
  friend auto operator==(const Shaped&, const Shaped&) -> bool = default;
};

class EventCollector : public EventSink {
 public:
  void event(const Event& event) override {
    auto kept = Shaped{};
    write_spine(event, kept.spine);
    JsonWriter(kept.native).value(event.native);
    for (const auto& fault : event.faults) kept.faults.push_back(fault.kind);
    kept.hash = event.content_hash;
    kept.result_index = event.result_index;
    kept.result_count = event.result_count;
    kept.service = event.service;
    kept.service_too = event.service_too;
    events.push_back(std::move(kept));
  }
  std::vector<Shaped> events;
};

class ShapeAll : public RecordSink {
 public:
  ShapeAll(const Profile& profile, std::string_view name, Arena& arena)
      : shaper_(profile, name), arena_(arena) {}
  void record(const Record& record) override { shaper_.shape(record, arena_, sink); }
  void fault(const Fault&) override {}
  void account(Extent, Coverage, std::string_view) override {}
  EventCollector sink;

 private:
  Shaper shaper_;
  Arena& arena_;
};

// Every event of a source, as the program would make it.
inline auto shape_source(const Profiles& profiles, std::string_view text, std::string_view name,
                         std::string* profile = nullptr) -> std::vector<Shaped> {
  const auto reader = open_reader(text, 1, name);
  const auto* found = profiles.recognise(*reader, name);
  if (profile) *profile = profile_name(*found);
  auto arena = Arena{};
  auto all = ShapeAll(*found, name, arena);
  for (const auto chunk : reader->plan(1 << 20)) reader->read(chunk, arena, all);
  return all.sink.events;
}

inline auto built_in() -> const Profiles& {
  static const auto profiles = [] {
    auto loaded = Profiles::load({});
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    return std::move(*loaded);
  }();
  return profiles;
}

}  // namespace serjeant::test
