#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "exercise/story.h"
#include "exercise/world.h"

// A day in the audit log of the parliament: who did what, when, with which
// device, from where. A pure function of (world, story, day).
namespace serjeant::exercise {

enum class Spot : std::uint8_t { kOffice, kHome, kMobile, kTrip, kGateway };

struct Stub {
  Seconds at = 0;
  std::uint32_t who = 0;    // index of a person, or kService
  std::int32_t act = -1;    // index into the story, or none
  std::uint16_t block = 0;  // number of the log-in on that machine
  Op op = Op::kSignIn;
  std::uint8_t machine = 0;
  Spot spot = Spot::kOffice;
  std::uint32_t serial = 0;  // position within its day; names the record's streams
};
constexpr auto kService = 0xFFFFFFFFu;
constexpr auto kHoleFrom = 98u, kHoleTo = 107u;  // days without a record

class Life {
 public:
  Life(const World& world, const StoryLine& story);
  // All records of a day, in order of time.
  auto day(std::uint32_t day) const -> std::vector<Stub>;
  // How many records the first `window_days` hold: 83,348.
  static constexpr auto kWindowRecords = std::size_t{83'348};

 private:
  void add_person(std::uint32_t day, const Person& person, std::vector<Stub>& out) const;
  void add_gateway_trips(std::uint32_t day, std::vector<Stub>& out) const;
  void add_story(std::uint32_t day, std::vector<Stub>& out) const;
  void add_noise(std::uint32_t day, std::uint32_t count, std::vector<Stub>& out) const;
  auto of_people(std::uint32_t day) const -> std::vector<Stub>;
  auto noise_of(std::uint32_t day) const -> std::uint32_t;

  const World& world_;
  const StoryLine& story_;
  PhiloxKey day_key_, device_key_, noise_key_, trip_key_;
  std::vector<std::uint32_t> window_noise_;  // of the days of the capped export
  std::vector<std::uint32_t> trips_;         // through the gateway, by day
};

auto is_weekend(std::uint32_t day) -> bool;
auto device_of(const Person& person, const Stub& stub, std::uint32_t day) -> const Device&;
auto address_of(const World& world, const Person& person, const Stub& stub) -> std::string_view;
void append_session(const World& world, const Stub& stub, std::string& out);

}  // namespace serjeant::exercise
