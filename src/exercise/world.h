#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exercise/rng.h"
#include "exercise/traps.h"

// The parliament of Arcadia: who works there, with what, from where. Built once
// from the seed and constant afterwards; every writer reads it.
namespace serjeant::exercise {

using Seconds = std::int64_t;  // since 1970-01-01T00:00:00Z
constexpr auto kDaySeconds = Seconds{86'400};
constexpr auto kHourSeconds = Seconds{3'600};
// 2020-11-02T00:00:00Z, a Monday. 180 days of audit log end on 2021-05-01.
constexpr auto kLogStart = Seconds{1'604'275'200};
constexpr auto kLogDays = 180u;
constexpr auto kLogEnd = kLogStart + kLogDays * kDaySeconds;
// Arcadia keeps UTC+1 all year; the logs of this organisation are in UTC.
constexpr auto kArcadia = kHourSeconds;
inline auto day_start(std::uint32_t day) -> Seconds { return kLogStart + day * kDaySeconds; }
inline auto day_of(Seconds at) -> std::uint32_t {
  return static_cast<std::uint32_t>((at - kLogStart) / kDaySeconds);
}

constexpr auto kDomain = std::string_view{"arcadia-parliament.example"};
constexpr auto kPeople = 3'000u;
constexpr auto kTargets = 43u;  // people 0 .. 42

// What grows with the size; the planted facts do not.
struct Load {
  std::string_view name;
  std::uint32_t active;       // people who appear in the logs
  std::uint32_t activity;     // mean acts of an active person and work day, in hundredths
  std::uint32_t noise;        // rows of service noise a day
  std::uint32_t window_days;  // days that the export of 50,000 asked for
  std::uint32_t repeats;      // audit rows repeated outside of that export, a million
  std::uint32_t newsletters;  // mails of each of the three
  std::uint32_t training;     // mails
  std::uint32_t everyday;     // person-to-person mails in a mailbox
  std::uint32_t trace;        // benign message-trace rows a day
  std::uint32_t web, names;   // benign proxy and DNS rows a day
};
// Null if there is no such size here.
auto find_load(std::string_view size) -> const Load*;

enum class Machine : std::uint8_t { kOfficePc, kPhone, kHome };
constexpr auto kMachines = 3u;
struct Device {
  std::string agent;   // browser string
  std::string client;  // what Exchange calls the mail client
  std::string os, browser;
  std::string id;    // of the directory
  std::string host;  // inside address in the office
};

struct Person {
  std::uint32_t index = 0;
  std::string first, last, display;
  std::string upn;                // spelling of the directory
  std::string lower;              // the account key
  std::string alias;              // another address of the same mailbox; "" if none
  std::string role, unit, group;  // role: member, staff
  std::string oid, user_key, sid, mailbox_guid;
  std::string office_ip, home_ip, mobile_ip;  // v4 or v6
  bool cgnat = false;
  std::array<Device, kMachines> devices;
  std::uint32_t phone_change = 0;  // day of a new phone; 0 = none
  Device new_phone;
  std::uint32_t starts = 0, works = 0;  // minutes after local midnight; length
  std::uint32_t weight = 0;             // of their activity, 100 = mean
  std::uint32_t session_days = 0;       // how long a log-in lasts
  std::array<std::uint32_t, 2> leave_from{}, leave_days{};
  std::uint32_t trip_from = 0, trip_days = 0;
  std::string trip_ip;
  std::uint32_t community = 0;
};

struct World {
  std::uint64_t seed = 0;
  const Load* load = nullptr;
  Traps traps;
  std::vector<Person> people;
  std::vector<std::uint32_t> active;  // indexes, rising
  std::string tenant;                 // id of the organisation

  // The key of a source's streams; those named often are worked out once.
  auto key(std::string_view source) const -> PhiloxKey;
  std::vector<std::pair<std::string_view, PhiloxKey>> known_keys;  // sorted by name
};

auto build_world(std::uint64_t seed, const Load& load, const Traps& traps) -> World;

// People with a part to play.
constexpr auto kVictim = 60u;     // taken over by C
constexpr auto kThrottled = 61u;  // whose mail-read log pauses
constexpr auto kAdmin = 62u;
constexpr auto kSprayed = 100u;  // and the 29 after
constexpr auto kSprayedCount = 30u;
constexpr auto kSprayHits = 3u;   // the first of them gave the right password
constexpr auto kMailboxes = 64u;  // people 0 .. 63 handed in their mailbox

// Where addresses come from: networks of the documentation ranges.
constexpr auto kEgress = std::array<std::string_view, 4>{"198.51.100.68", "198.51.100.69",
                                                         "198.51.100.70", "198.51.100.71"};
constexpr auto kCgnat = std::array<std::string_view, 8>{
    "198.51.100.8",  "198.51.100.9",  "198.51.100.10", "198.51.100.11",
    "198.51.100.12", "198.51.100.13", "198.51.100.14", "198.51.100.15"};
constexpr auto kProvider = std::array<std::string_view, 4>{
    "2001:db8:ffff:1::17", "2001:db8:ffff:2::4a", "192.0.2.201", "192.0.2.214"};

}  // namespace serjeant::exercise
