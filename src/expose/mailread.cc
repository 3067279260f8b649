#include "expose/mailread.h"

#include <algorithm>
#include <deque>
#include <tuple>

namespace serjeant {
namespace {

constexpr auto kPauseAfter = std::size_t{1000};
constexpr auto kPauseWithin = 24 * kHour;

// "Not Available" is what old records have for a folder's path.
auto is_folder(std::string_view folder) -> bool {
  return !folder.empty() && folder != "Not Available";
}

// Up to the first blank in a semicolon-separated client string; long user
// agents are cut at their first semicolon after the protocol.
auto short_client(std::string_view client) -> std::string_view {
  auto first = client.find(';');
  if (first == std::string_view::npos) return client;
  auto second = client.find(';', first + 1);
  return client.substr(0, second);
}

}  // namespace

auto group_mail_reads(const AccountFacts& facts) -> std::vector<MailReadGroup> {
  auto groups = std::map<std::tuple<ReadBy, std::string, bool>, MailReadGroup>{};
  for (auto i = std::size_t{0}; i < facts.deeds.size(); ++i) {
    const auto& deed = facts.deeds[i];
    if (deed.kind.act != Act::kMailRead) continue;
    auto origin = read_origin(deed);
    auto& group = groups[{origin.kind, origin.key, deed.sync}];
    if (group.deeds.empty()) {
      group.by = origin.kind;
      group.origin = origin.key;
      group.sync = deed.sync;
      group.first = group.last = deed.cite.at;
    }
    group.first = std::min(group.first, deed.cite.at);
    group.last = std::max(group.last, deed.cite.at);
    group.deeds.push_back(narrow<std::uint32_t>(i));
    if (!deed.ip.empty()) group.addresses.insert(format_ip(deed.ip));
    if (!deed.client.empty()) group.clients.insert(short_client(deed.client));
    if (!deed.session.empty()) group.sessions.insert(deed.session);
    group.throttled = group.throttled || deed.throttled;
    for (auto n = std::uint32_t{0}; n < deed.items; ++n) {
      const auto& item = facts.items[deed.items_first + n];
      if (is_folder(item.folder)) group.folders.insert(item.folder);
      if (deed.sync && item.message_id.empty()) continue;
      ++group.references;
      if (!item.message_id.empty())
        group.message_ids.insert(item.message_id);
      else if (!item.native_id.empty())
        group.unnamed.insert(item.native_id);
    }
  }
  auto out = std::vector<MailReadGroup>{};
  for (auto& [key, group] : groups) out.push_back(std::move(group));
  std::sort(out.begin(), out.end(), [](const MailReadGroup& a, const MailReadGroup& b) {
    return std::tie(a.first, a.by, a.origin, a.sync) < std::tie(b.first, b.by, b.origin, b.sync);
  });
  return out;
}

void find_throttling(const AccountFacts& facts, std::string_view profile, CoverageBook& book) {
  auto recent = std::deque<Nanos>{};
  for (const auto& deed : facts.deeds) {
    if (deed.kind.act != Act::kMailRead) continue;
    auto at = deed.cite.at;
    recent.push_back(at);
    while (at - recent.front() >= kPauseWithin) recent.pop_front();
    if (!deed.throttled && recent.size() < kPauseAfter) continue;
    book.throttled(facts.org, profile, facts.key, at, deed.cite.span);
    if (!deed.throttled) recent.clear();
  }
}

void bound_reads(const AccountFacts& facts, const CoverageBook& book, MailReadGroup& group) {
  group.at_least = group.message_ids.size() + group.unnamed.size();
  if (group.sync) {
    auto known = std::all_of(group.deeds.begin(), group.deeds.end(), [&](std::uint32_t index) {
      const auto& deed = facts.deeds[index];
      for (auto n = std::uint32_t{0}; n < deed.items; ++n)
        if (is_folder(facts.items[deed.items_first + n].folder)) return true;
      return false;
    });
    if (known) {
      group.whole_folders = group.folders;
      group.because.emplace_back(
          "synchronised folders: whatever lay in them at that time was taken");
    } else {
      group.whole_mailbox = true;
      group.because.emplace_back(
          "synchronised, and the log names no folder: anything in the mailbox may have been taken");
    }
  }
  for (const auto* gap : book.gaps_in(facts.org, facts.key, group.first, group.last)) {
    if (gap->kind == "throttle") {
      group.whole_mailbox = true;
      group.because.push_back(gap->effect);
    } else if (gap->kind == "lost_index" || gap->kind == "hole" || gap->kind == "export_edge" ||
               gap->kind == "audit_off") {
      group.whole_mailbox = true;
      group.because.push_back(gap->effect);
    }
  }
  if (!group.whole_mailbox && group.whole_folders.empty())
    group.because.emplace_back("each read was logged with its items, and no gap lies in between");
}

}  // namespace serjeant
