#include "exercise/life.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace serjeant::exercise {
namespace {

constexpr auto kTripsPlanned = 1'200u;

auto on_leave(const Person& person, std::uint32_t day) -> bool {
  for (auto i = 0u; i < 2; ++i) {
    if (day >= person.leave_from[i] && day < person.leave_from[i] + person.leave_days[i]) {
      return true;
    }
  }
  // The house is closed between the years.
  return day >= 52 && day < 62;
}

auto on_trip(const Person& person, std::uint32_t day) -> bool {
  return person.trip_days > 0 && day >= person.trip_from &&
         day < person.trip_from + person.trip_days;
}

enum class Mode : std::uint8_t { kOff, kOffice, kHome, kTrip };
struct Plan {
  Mode mode = Mode::kOff;
  std::uint8_t machines = 0;  // bit set of those used
};

auto plan_of(PhiloxKey key, const Person& person, std::uint32_t day) -> Plan {
  auto draw = Stream{key, person.index, day};
  const auto phone = draw.chance(550'000) ? 2u : 0u;
  auto plan = Plan{};
  if (on_trip(person, day)) {
    plan.mode = Mode::kTrip;
    plan.machines = static_cast<std::uint8_t>(phone | 4u);
  } else if (is_weekend(day) || on_leave(person, day)) {
    if (!draw.chance(120'000)) return plan;
    plan.mode = Mode::kHome;
    plan.machines = draw.chance(600'000) ? 2 : 4;
  } else if (draw.chance(40'000)) {
    return plan;
  } else if (draw.chance(660'000)) {
    plan.mode = Mode::kOffice;
    plan.machines = static_cast<std::uint8_t>(phone | 1u);
  } else {
    plan.mode = Mode::kHome;
    plan.machines = static_cast<std::uint8_t>(phone | 4u);
  }
  return plan;
}

auto block_of(const Person& person, std::uint32_t machine, std::uint32_t day) -> std::uint16_t {
  const auto phase = (person.index * 7 + machine * 5) % person.session_days;
  auto block = (day + phase) / person.session_days;
  if (machine == 1 && person.phone_change != 0 && day >= person.phone_change) block += 1'000;
  return static_cast<std::uint16_t>(block);
}

// Acts of a machine, as weights: kBind .. kTeams.
constexpr auto kDesk = std::array<std::uint16_t, 14>{30, 7, 9, 6, 6, 4, 16, 8, 3, 0, 3, 1, 1, 3};
constexpr auto kHand = std::array<std::uint16_t, 14>{48, 4, 6, 2, 8, 4, 4, 0, 1, 0, 3, 0, 1, 2};
constexpr auto kDen = std::array<std::uint16_t, 14>{30, 3, 8, 5, 5, 3, 16, 8, 3, 5, 3, 1, 1, 3};

}  // namespace

auto is_weekend(std::uint32_t day) -> bool { return day % 7 >= 5; }  // day 0 is a Monday

Life::Life(const World& world, const StoryLine& story)
    : world_(world),
      story_(story),
      day_key_(world.key("day")),
      device_key_(world.key("machines")),
      noise_key_(world.key("noise")),
      trip_key_(world.key("gateway")) {
  auto days = std::vector<std::uint32_t>{};
  for (auto day = 30u; day < kLogDays; ++day) {
    if (!is_weekend(day) && (day < 52 || day >= 62) && (day < kHoleFrom || day >= kHoleTo)) {
      days.push_back(day);
    }
  }
  trips_.assign(kLogDays, 0);
  if (world.traps.shared_egress) {
    for (auto i = 0u; i < kTripsPlanned; ++i) {
      ++trips_[days[i * days.size() / kTripsPlanned]];
    }
  }
  // The first weeks hold a storm of the service: 83,348 records in all.
  const auto window = world.load->window_days;
  auto people = std::size_t{0};
  for (auto day = 0u; day < window; ++day) people += of_people(day).size();
  auto left = static_cast<std::uint32_t>(kWindowRecords - std::min(kWindowRecords, people));
  auto weights = std::uint32_t{0};
  const auto weight = [&](std::uint32_t day) { return day % 6 == 2 ? 6u : 1u; };
  for (auto day = 0u; day < window; ++day) weights += weight(day);
  for (auto day = 0u; day < window; ++day) {
    const auto share = left / weights * weight(day);
    const auto noise = day + 1 == window ? left : share;
    window_noise_.push_back(noise);
    left -= noise;
    weights -= weight(day);
  }
}

void Life::add_person(std::uint32_t day, const Person& person, std::vector<Stub>& out) const {
  const auto plan = plan_of(device_key_, person, day);
  if (plan.mode == Mode::kOff) return;
  auto draw = Stream{day_key_, person.index, day};
  const auto start = day_start(day) - kArcadia + person.starts * 60;
  const auto length = person.works * 60;

  auto stub = Stub{};
  stub.who = person.index;
  const auto place = [&](std::uint32_t machine, bool evening) {
    if (plan.mode == Mode::kTrip)
      return machine == 1 && draw.chance(300'000) ? Spot::kMobile : Spot::kTrip;
    if (machine == 0) return Spot::kOffice;
    if (machine == 1 && world_.traps.roaming && draw.chance(450'000)) return Spot::kMobile;
    if (evening || plan.mode == Mode::kHome) return Spot::kHome;
    return machine == 1 ? Spot::kOffice : Spot::kHome;
  };
  for (auto machine = 0u; machine < kMachines; ++machine) {
    if ((plan.machines >> machine & 1) == 0) continue;
    stub.machine = static_cast<std::uint8_t>(machine);
    stub.block = block_of(person, machine, day);
    auto fresh = true;
    for (auto back = 1u; back <= person.session_days && back <= day; ++back) {
      if (block_of(person, machine, day - back) != stub.block) break;
      const auto before = day - back;
      if (before >= kHoleFrom && before < kHoleTo && world_.traps.hole) continue;
      if (plan_of(device_key_, person, before).machines >> machine & 1) {
        fresh = false;
        break;
      }
    }
    if (!fresh && !draw.chance(30'000)) continue;
    stub.at = start - 20 - draw.below(100) + machine * 300;
    stub.spot = place(machine, false);
    if (draw.chance(40'000)) {
      stub.op = Op::kSignInFailed;
      stub.at -= 45;
      out.push_back(stub);
      stub.at += 30;
    }
    if (draw.chance(30'000)) {
      stub.op = Op::kSignInPending;
      out.push_back(stub);
      stub.at += 12;
    }
    stub.op = Op::kSignIn;
    out.push_back(stub);
  }

  // How much: the person's mean, times 0, 1/2, 1, 3/2 or 2.
  const auto mean = std::uint64_t{world_.load->activity} * person.weight * draw.below(5) * 5;
  auto acts = static_cast<std::uint32_t>(mean / 100'000);
  if (draw.below(100'000) < mean % 100'000) ++acts;
  for (auto i = 0u; i < acts; ++i) {
    auto machine = draw.below(kMachines);
    while ((plan.machines >> machine & 1) == 0) machine = (machine + 1) % kMachines;
    const auto evening = machine != 0 && draw.chance(250'000);
    const auto& weights = machine == 0 ? kDesk : machine == 1 ? kHand : kDen;
    stub.machine = static_cast<std::uint8_t>(machine);
    stub.block = block_of(person, machine, day);
    stub.op = static_cast<Op>(static_cast<std::size_t>(Op::kBind) + draw.weighted(weights));
    // One rule in a hundred thousand acts or so: people do set rules.
    if (machine == 0 && draw.chance(1'500)) stub.op = Op::kNewRule;
    stub.at = evening ? day_start(day) - kArcadia + 18 * kHourSeconds + draw.below(4 * 3'600)
                      : start + draw.below(length);
    stub.spot = place(machine, evening);
    if (stub.at >= day_start(day + 1)) stub.at = day_start(day + 1) - 1 - draw.below(600);
    const auto silent = stub.op == Op::kBind || stub.op == Op::kSync;
    if (person.index == kThrottled && silent && story_.throttled_from != 0 &&
        stub.at >= story_.throttled_from && stub.at < story_.throttled_from + kDaySeconds) {
      continue;
    }
    out.push_back(stub);
  }
}

// The gateway abroad: a log-in here, and within the hour one through it.
void Life::add_gateway_trips(std::uint32_t day, std::vector<Stub>& out) const {
  auto draw = Stream{trip_key_, day};
  for (auto i = 0u; i < trips_[day]; ++i) {
    auto who = draw.pick(world_.active);
    if (who == kVictim) who = world_.active.back();
    const auto& person = world_.people[who];
    auto stub = Stub{};
    stub.who = who;
    stub.machine = 0;
    stub.block = block_of(person, 0, day);
    stub.op = Op::kSignIn;
    stub.spot = Spot::kOffice;
    stub.at = day_start(day) - kArcadia + person.starts * 60 + draw.below(5 * 3'600);
    out.push_back(stub);
    stub.at += 600 + draw.below(2'400);
    stub.spot = Spot::kGateway;
    out.push_back(stub);
  }
}

void Life::add_story(std::uint32_t day, std::vector<Stub>& out) const {
  const auto from = day_start(day), to = day_start(day + 1);
  for (auto i = std::size_t{0}; i < story_.acts.size(); ++i) {
    const auto& act = story_.acts[i];
    if (act.at < from || act.at >= to) continue;
    auto stub = Stub{};
    stub.at = act.at;
    stub.who = act.person;
    stub.act = static_cast<std::int32_t>(i);
    stub.op = act.op;
    out.push_back(stub);
  }
}

void Life::add_noise(std::uint32_t day, std::uint32_t count, std::vector<Stub>& out) const {
  auto draw = Stream{noise_key_, day};
  auto stub = Stub{};
  stub.who = kService;
  constexpr auto kShare = std::array<std::uint16_t, 6>{45, 20, 10, 12, 8, 5};
  auto left = count;
  const auto end = day_start(day + 1) - 1;
  while (left > 0) {
    // Half of it comes evenly, half in bursts of the same thing.
    const auto burst = draw.chance(60'000) ? std::min(left, draw.between(8, 40)) : 1u;
    stub.op = static_cast<Op>(static_cast<std::size_t>(Op::kMailboxPlan) + draw.weighted(kShare));
    if (!world_.traps.provider_addresses && stub.op == Op::kRestRead) stub.op = Op::kMailboxPlan;
    const auto at = day_start(day) + draw.below(86'400);
    for (auto i = 0u; i < burst; ++i) {
      stub.at = std::min(at + draw.below(90), end);
      out.push_back(stub);
    }
    left -= burst;
  }
}

auto Life::of_people(std::uint32_t day) const -> std::vector<Stub> {
  auto stubs = std::vector<Stub>{};
  if (world_.traps.hole && day >= kHoleFrom && day < kHoleTo) return stubs;
  for (const auto index : world_.active) add_person(day, world_.people[index], stubs);
  add_gateway_trips(day, stubs);
  add_story(day, stubs);
  // One record too wide for a re-export, in the month of the re-export.
  if (day == 137) {
    auto stub = Stub{};
    stub.at = day_start(day) + 10 * kHourSeconds + 743;
    stub.who = kAdmin;
    stub.op = Op::kWide;
    stubs.push_back(stub);
  }
  return stubs;
}

auto Life::noise_of(std::uint32_t day) const -> std::uint32_t {
  if (world_.traps.hole && day >= kHoleFrom && day < kHoleTo) return 0;
  if (day < window_noise_.size()) return window_noise_[day];
  return world_.load->noise * (is_weekend(day) ? 80 : 108) / 100;
}

auto Life::day(std::uint32_t day) const -> std::vector<Stub> {
  auto stubs = of_people(day);
  add_noise(day, noise_of(day), stubs);
  std::stable_sort(stubs.begin(), stubs.end(), [](const Stub& a, const Stub& b) {
    return std::tie(a.at, a.who, a.op) < std::tie(b.at, b.who, b.op);
  });
  for (auto i = std::size_t{0}; i < stubs.size(); ++i) {
    stubs[i].serial = static_cast<std::uint32_t>(i);
  }
  return stubs;
}

auto device_of(const Person& person, const Stub& stub, std::uint32_t day) -> const Device& {
  const auto fresh = stub.machine == 1 && person.phone_change != 0 && day >= person.phone_change;
  return fresh ? person.new_phone : person.devices[stub.machine];
}

auto address_of(const World& world, const Person& person, const Stub& stub) -> std::string_view {
  switch (stub.spot) {
    case Spot::kOffice:
      return person.office_ip;
    case Spot::kHome:
      // A carrier changes its customers' address from log-in to log-in.
      return person.cgnat && person.index != kVictim
                 ? kCgnat[(person.index + stub.block) % kCgnat.size()]
                 : std::string_view{person.home_ip};
    case Spot::kMobile:
      return person.mobile_ip;
    case Spot::kTrip:
      return person.trip_ip;
    default:
      return kEgress[(person.index + world.seed) % kEgress.size()];
  }
}

void append_session(const World& world, const Stub& stub, std::string& out) {
  Stream{world.key("session"), stub.who << 2 | stub.machine, stub.block}.guid(out);
}

}  // namespace serjeant::exercise
