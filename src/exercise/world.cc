#include "exercise/world.h"

#include <algorithm>
#include <set>

#include "core/text.h"
#include "exercise/words.h"

namespace serjeant::exercise {
namespace {

// Sizes by load. Decoy mails and planted facts: exercise notes, table of sizes.
constexpr auto kLoads = std::array{
    Load{.name = "XS",
         .active = 150,
         .activity = 125,
         .noise = 100,
         .window_days = 29,
         .repeats = 520'000,
         .newsletters = 3'000,
         .training = 2'000,
         .everyday = 40,
         .trace = 40,
         .web = 40,
         .names = 50},
    Load{.name = "S",
         .active = kPeople,
         .activity = 95,
         .noise = 1'900,
         .window_days = 14,
         .repeats = 780'000,
         .newsletters = 60'000,
         .training = 2'000,
         .everyday = 100,
         .trace = 700,
         .web = 1'500,
         .names = 1'700},
};

// Sources of which a stream is drawn for each record or mail.
constexpr auto kOftenNamed = std::array<std::string_view, 20>{
    "audit",         "entra",   "entra-app", "entra-change", "entra-refresh", "everyday-subject",
    "everyday-text", "headers", "issue",     "issue-title",  "mail-house",    "mail-id",
    "quarantine",    "record",  "session",   "template",     "template-end",  "token",
    "tokens",        "trace"};

auto pad(std::uint32_t value, std::size_t digits) -> std::string {
  auto text = std::to_string(value);
  return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

auto hex_word(std::uint32_t value) -> std::string {
  constexpr auto kDigits = std::string_view{"0123456789abcdef"};
  auto text = std::string{};
  do {
    text.insert(text.begin(), kDigits[value & 15]);
    value >>= 4;
  } while (value != 0);
  return text;
}

// A /48 of its own, so that networks tell homes apart.
auto v6(std::uint32_t family, std::uint32_t network, std::uint32_t host) -> std::string {
  return "2001:db8:" + hex_word(family << 12 | network) + "::" + hex_word(host);
}

auto make_device(Stream& draw, Machine machine, std::uint32_t person, std::uint32_t floor)
    -> Device {
  auto device = Device{};
  const auto& kit = machine == Machine::kOfficePc ? draw.pick(kOfficeKits)
                    : machine == Machine::kPhone  ? draw.pick(kPhoneKits)
                                                  : draw.pick(kHomeKits);
  device.agent = kit.agent;
  device.client = kit.client;
  device.os = kit.os;
  device.browser = kit.browser;
  draw.guid(device.id);
  device.host = "2001:db8:10:" + hex_word(floor) + "::" + hex_word(0x100 + person);
  return device;
}

void name_person(Stream& draw, Person& person, std::set<std::string>& taken) {
  for (;;) {
    person.first = draw.pick(kFirstNames);
    person.last = draw.pick(kLastNames);
    auto lower = lower_ascii(person.first) + "." + lower_ascii(person.last);
    if (taken.insert(lower).second) break;
  }
  person.display = person.first + " " + person.last;
  person.upn = person.first + "." + person.last + "@" + std::string{kDomain};
  person.lower = lower_ascii(person.upn);
}

auto make_person(const World& world, std::uint32_t index, std::set<std::string>& taken) -> Person {
  auto draw = Stream{world.key("people"), index};
  auto person = Person{};
  person.index = index;
  name_person(draw, person, taken);
  if (draw.chance(220'000) || index < kTargets) {
    auto alias = lower_ascii(person.first).substr(0, 1) + lower_ascii(person.last) +
                 pad(index, 4).substr(1) + "@" + std::string{kDomain};
    if (world.traps.aliases) person.alias = std::move(alias);
  }
  // The inter-parliamentary alliance: 60 of 3,000, 36 of them among the 43.
  const auto target = index < kTargets;
  const auto member = target ? index < 34 : index >= 200 && index < 416;
  person.role = member ? "member" : "staff";
  const auto in_alliance = (target && index < 36) || (index >= 200 && index < 224);
  person.group = in_alliance ? std::string{kAlliance}
                 : member    ? std::string{draw.pick(kCommittees)}
                             : std::string{};
  person.unit = member ? "Chamber" : std::string{draw.pick(kUnits)};
  draw.guid(person.oid);
  draw.guid(person.mailbox_guid);
  person.user_key = "1003";
  draw.upper_hex(person.user_key, 12);
  person.sid = "S-1-5-21-" + std::to_string(draw.next() >> 2) + "-" +
               std::to_string(draw.next() >> 2) + "-" + std::to_string(draw.next() >> 2) + "-" +
               std::to_string(1000 + index);
  const auto floor = draw.between(1, 24);
  person.office_ip = "192.0.2." + std::to_string(10 + floor % 4);
  person.cgnat = world.traps.cgnat && (index == kVictim || draw.chance(300'000));
  person.home_ip =
      person.cgnat ? std::string{draw.pick(kCgnat)} : v6(1, index, 0x20 + draw.below(0x300));
  person.mobile_ip = v6(2, draw.below(48), 0x1000 + index);
  for (auto i = 0u; i < kMachines; ++i) {
    person.devices[i] = make_device(draw, static_cast<Machine>(i), index, floor);
  }
  person.new_phone = make_device(draw, Machine::kPhone, index, floor);
  if (draw.chance(60'000)) person.phone_change = draw.between(20, kLogDays - 20);
  person.starts = draw.between(7 * 60 + 15, 9 * 60 + 45);
  person.works = draw.between(7 * 60, 10 * 60);
  // Heavy tail: most are quiet, one in fifty writes ten times the mean.
  constexpr auto kWeights = std::array<std::uint16_t, 6>{30, 30, 20, 12, 6, 2};
  constexpr auto kLevels = std::array<std::uint32_t, 6>{20, 50, 90, 160, 350, 1'000};
  person.weight = kLevels[draw.weighted(kWeights)];
  person.session_days = draw.between(12, 30);
  for (auto i = 0u; i < 2; ++i) {
    person.leave_from[i] = draw.between(i * 90, i * 90 + 75);
    person.leave_days[i] = draw.between(3, 16);
  }
  if (draw.chance(220'000)) {
    person.trip_from = draw.between(5, kLogDays - 8);
    person.trip_days = draw.between(2, 5);
    person.trip_ip = v6(3, draw.below(600), 0x10 + draw.below(0xF00));
  }
  person.community = draw.below(120);
  return person;
}

}  // namespace

auto find_load(std::string_view size) -> const Load* {
  for (const auto& load : kLoads) {
    if (load.name == size) return &load;
  }
  return nullptr;
}

auto World::key(std::string_view source) const -> PhiloxKey {
  const auto at =
      std::lower_bound(known_keys.begin(), known_keys.end(), source,
                       [](const auto& entry, std::string_view name) { return entry.first < name; });
  if (at != known_keys.end() && at->first == source) return at->second;
  return stream_key(seed, "P", source);
}

auto build_world(std::uint64_t seed, const Load& load, const Traps& traps) -> World {
  auto world = World{};
  world.seed = seed;
  world.load = &load;
  world.traps = traps;
  for (const auto name : kOftenNamed) {
    world.known_keys.emplace_back(name, stream_key(seed, "P", name));
  }
  Stream{world.key("tenant"), 0}.guid(world.tenant);
  auto taken = std::set<std::string>{};
  world.people.reserve(kPeople);
  for (auto i = 0u; i < kPeople; ++i) world.people.push_back(make_person(world, i, taken));
  // People with a part to play are ordinary otherwise, and there all the time.
  for (const auto index : {kVictim, kThrottled, kAdmin}) {
    auto& person = world.people[index];
    person.role = "staff";
    person.weight = std::max(person.weight, 160u);
    person.trip_days = 0;
    person.leave_days = {0, 0};
    person.phone_change = 0;
  }
  if (traps.cgnat) world.people[kVictim].home_ip = kCgnat[1];
  for (auto i = 0u; i < load.active; ++i) world.active.push_back(i);
  return world;
}

}  // namespace serjeant::exercise
