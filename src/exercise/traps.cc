#include "exercise/traps.h"

#include <array>
#include <string_view>

#include "core/text.h"
#include "exercise/exercise.h"

namespace serjeant {
namespace exercise {
namespace {

struct Entry {
  ExerciseTrap trap;
  bool Traps::*flag;
};

constexpr auto kEntries = std::array{
    Entry{{"utf16", "The January audit export is UTF-16LE with a byte-order mark."}, &Traps::utf16},
    Entry{{"key-case", "The February export spells its keys in camel case (Graph)."},
          &Traps::key_case},
    Entry{{"v6-port", "Addresses come as v4, v4:port, v6 and [v6]:port."}, &Traps::v6_port},
    Entry{
        {"provider-addresses", "The provider's own systems act in mailboxes, from its addresses."},
        &Traps::provider_addresses},
    Entry{{"export-limit", "An export stopped at 50,000 of 83,348 records."}, &Traps::export_limit},
    Entry{{"repeats", "44 % of the audit rows repeat another row."}, &Traps::repeats},
    Entry{{"throttle", "Mail-read logging of one mailbox paused for a day."}, &Traps::throttle},
    Entry{{"hole", "The audit log has a hole of 9 days."}, &Traps::hole},
    Entry{{"wide-record", "A record of over 10,000 characters survives only in cut raw text."},
          &Traps::wide_record},
    Entry{{"lost-index", "Three records are missing, which only ResultIndex shows."},
          &Traps::lost_index},
    Entry{{"shared-egress", "A gateway abroad makes 1,200 honest trips look impossible."},
          &Traps::shared_egress},
    Entry{{"cgnat", "Three homes in ten share a carrier's eight addresses."}, &Traps::cgnat},
    Entry{{"shared-address", "The intruder also comes from an address that the victim uses."},
          &Traps::shared_address},
    Entry{{"roaming", "Sessions of phones move between networks."}, &Traps::roaming},
    Entry{{"right-password", "Some failed log-ins come after the right password."},
          &Traps::right_password},
    Entry{{"aliases", "Users appear under aliases and in several spellings."}, &Traps::aliases},
    Entry{{"resent-ids", "Message-IDs are used again for other recipients."}, &Traps::resent_ids},
    Entry{{"damage", "3 % of the audit rows are cut, hold NUL, a wrong quote or newline."},
          &Traps::damage},
};

}  // namespace

auto traps_without(const std::vector<std::string>& names) -> Result<Traps> {
  auto traps = Traps{};
  for (const auto& name : names) {
    auto known = std::vector<std::string_view>{};
    auto found = false;
    for (const auto& entry : kEntries) {
      known.push_back(entry.trap.name);
      if (entry.trap.name != name) continue;
      traps.*entry.flag = false;
      found = true;
    }
    if (found) continue;
    auto message = "no trap is called '" + printable(name) + "'";
    if (const auto near = nearest_word(name, known)) {
      message += "; did you mean '" + std::string{*near} + "'?";
    } else {
      for (const auto& word : known)
        message += (&word == &known.front() ? "; there are: " : ", ") + std::string{word};
    }
    return fail(Code::kMalformed, std::move(message), "--without");
  }
  return traps;
}

}  // namespace exercise

auto exercise_traps() -> const std::vector<ExerciseTrap>& {
  static const auto traps = [] {
    auto list = std::vector<ExerciseTrap>{};
    for (const auto& entry : exercise::kEntries) list.push_back(entry.trap);
    return list;
  }();
  return traps;
}

}  // namespace serjeant
