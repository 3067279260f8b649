#include <array>
#include <utility>

#include "shape/event.h"

namespace serjeant {
namespace {

using namespace std::string_view_literals;

constexpr auto kOutcomes =
    std::array{"unknown"sv, "success"sv, "failure"sv, "password-only"sv, "blocked"sv};
constexpr auto kActorKinds =
    std::array{"unknown"sv, "person"sv, "service"sv, "application"sv, "provider"sv, "anonymous"sv};
constexpr auto kIpRoles = std::array{"unknown"sv,     "user"sv,    "egress-shared"sv, "provider"sv,
                                     "relay-known"sv, "private"sv, "loopback"sv};
constexpr auto kObjectKinds =
    std::array{"none"sv, "file"sv,   "url"sv,     "rule"sv,    "application"sv, "number"sv,
               "mail"sv, "folder"sv, "mailbox"sv, "account"sv, "role"sv,        "other"sv};
constexpr auto kBases =
    std::array{"none"sv, "explicit"sv, "defined"sv, "declared"sv, "inferred"sv, "assumed"sv};
constexpr auto kFlags = std::array{std::pair{kRepeat, "repeat"sv},
                                   std::pair{kCut, "cut"sv},
                                   std::pair{kWrapperTime, "wrapper-time"sv},
                                   std::pair{kThrottled, "throttled"sv},
                                   std::pair{kDelegate, "delegate"sv},
                                   std::pair{kNoise, "noise"sv},
                                   std::pair{kIdConflict, "id-conflict"sv},
                                   std::pair{kExternal, "external"sv}};

template <class E, std::size_t N>
auto word_of(E value, const std::array<std::string_view, N>& words) -> std::string_view {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? words[index] : words[0];
}

template <class E, std::size_t N>
auto from_word(std::string_view word, const std::array<std::string_view, N>& words)
    -> std::optional<E> {
  for (auto i = std::size_t{0}; i < N; ++i)
    if (words[i] == word) return static_cast<E>(i);
  return {};
}

}  // namespace

auto outcome_word(Outcome outcome) -> std::string_view { return word_of(outcome, kOutcomes); }
auto actor_kind_word(ActorKind kind) -> std::string_view { return word_of(kind, kActorKinds); }
auto ip_role_word(IpRole role) -> std::string_view { return word_of(role, kIpRoles); }
auto object_kind_word(ObjectKind kind) -> std::string_view { return word_of(kind, kObjectKinds); }
auto basis_word(TimeBasis basis) -> std::string_view { return word_of(basis, kBases); }

auto outcome_from_word(std::string_view word) -> std::optional<Outcome> {
  return from_word<Outcome>(word, kOutcomes);
}
auto actor_kind_from_word(std::string_view word) -> std::optional<ActorKind> {
  return from_word<ActorKind>(word, kActorKinds);
}
auto object_kind_from_word(std::string_view word) -> std::optional<ObjectKind> {
  return from_word<ObjectKind>(word, kObjectKinds);
}
auto flag_from_word(std::string_view word) -> std::optional<EventFlag> {
  for (const auto& [flag, name] : kFlags)
    if (name == word) return flag;
  return {};
}
auto flag_word(EventFlag flag) -> std::string_view {
  for (const auto& [value, name] : kFlags)
    if (value == flag) return name;
  return {};
}

}  // namespace serjeant
