#include "detect/mail/auth/dns_snapshot.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "core/json.h"
#include "core/text.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostLines = std::size_t{4'000'000};
constexpr auto kMostAliases = 8;
constexpr auto kMostSeconds = std::uint64_t{10} * 366 * 86'400;  // longer TTLs are cut to this

auto upper_ascii(std::string_view text) -> std::string {
  auto out = lower_ascii(text);
  for (auto& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

// The strings of a TXT record in presentation form, joined (RFC 1035, section
// 5.1; RFC 7208, section 3.3). Text that is not all quoted strings is kept.
auto unquoted(std::string_view text) -> std::string {
  auto out = std::string{};
  for (auto i = std::size_t{0}; i < text.size();) {
    if (text[i] == ' ') {
      ++i;
      continue;
    }
    if (text[i] != '"') return std::string(text);
    auto closed = false;
    for (++i; i < text.size() && !closed;) {
      const auto c = text[i++];
      if (c == '"') {
        closed = true;
      } else if (c == '\\' && i < text.size()) {
        const auto code = i + 3 <= text.size() ? to_uint(text.substr(i, 3)) : std::nullopt;
        if (code && *code < 256) {
          out += static_cast<char>(*code);
          i += 3;
        } else {
          out += text[i++];
        }
      } else {
        out += c;
      }
    }
    if (!closed) return std::string(text);
  }
  return out;
}

auto rdata_of(Value value, std::string_view type) -> std::optional<std::string> {
  if (value.is_array()) {  // character-strings of one TXT record, or "10", "mx.example"
    auto out = std::string{};
    for (const auto piece : value) {
      if (!piece.is_scalar()) return std::nullopt;
      if (type != "TXT" && !out.empty()) out += ' ';
      out += piece.text();
    }
    return out;
  }
  if (!value.is_scalar()) return std::nullopt;
  if (type == "TXT" && value.text().starts_with('"')) return unquoted(value.text());
  return std::string(value.text());
}

auto ends_after(Nanos at, std::uint64_t ttl_seconds) -> Nanos {
  const auto ttl = static_cast<Nanos>(std::min(ttl_seconds, kMostSeconds)) * kSecond;
  return at > std::numeric_limits<Nanos>::max() - ttl ? at : at + ttl;
}

// One line; false with the kind of flaw.
auto read_line(std::string_view line, std::string& key, DnsInterval& out, FaultKind& flaw) -> bool {
  auto document = Document{};
  auto arena = Arena{};
  flaw = FaultKind::kBadSyntax;
  const auto outcome = parse_json(line, {}, document, arena, {.depth = 4, .nodes = 4096});
  if (!outcome.complete || outcome.fault || !trim(line.substr(outcome.consumed)).empty())
    return false;
  const auto root = document.root();
  const auto name = root.find("name"), type = root.find("type");
  if (!name.is_text() || !type.is_text() || name.text().empty()) return false;
  const auto kind = upper_ascii(type.text());
  key = kind + ' ' + dns_name(name.text());
  out.rcode = root.find("rcode").is_text() ? upper_ascii(root.find("rcode").text()) : "NOERROR";
  const auto rdata = root.find("rdata");
  if (rdata.is_array()) {
    for (const auto one : rdata) {
      auto text = rdata_of(one, kind);
      if (!text) return false;
      out.rdata.push_back(std::move(*text));
    }
  } else if (rdata.is_text()) {
    out.rdata.push_back(*rdata_of(rdata, kind));
  } else if (rdata && !rdata.is_null()) {
    return false;
  }
  out.sorted = out.rdata;
  std::sort(out.sorted.begin(), out.sorted.end());
  if (const auto at = root.find("observed_at"); at && !at.is_null()) {
    flaw = FaultKind::kBadTime;
    if (at.is_text()) {
      const auto time = parse_iso_time(at.text());
      if (!time) return false;
      out.first = time->at;
    } else {
      const auto seconds = to_int(at.text());  // Unix time
      constexpr auto kMost = std::numeric_limits<Nanos>::max() / kSecond;
      if (!seconds || *seconds > kMost || *seconds < -kMost) return false;
      out.first = *seconds * kSecond;
    }
    out.dated = true;
  }
  out.last = out.first;
  const auto ttl = to_uint(root.find("ttl").text());
  out.end = ends_after(out.first, ttl.value_or(0));
  out.observer = root.find("observer").text();
  out.grade = root.find("grade").text();
  return true;
}

void join(std::vector<DnsInterval>& list) {
  std::stable_sort(list.begin(), list.end(), [](const DnsInterval& a, const DnsInterval& b) {
    const auto key = [](const DnsInterval& one) {
      return std::tie(one.dated, one.first, one.rcode, one.sorted, one.rdata, one.observer,
                      one.grade, one.end);
    };
    return key(a) < key(b);
  });
  auto out = std::vector<DnsInterval>{};
  for (auto& next : list) {
    if (!out.empty() && out.back().dated == next.dated && out.back().rcode == next.rcode &&
        out.back().sorted == next.sorted) {
      out.back().last = next.last;
      out.back().end = std::max(out.back().end, next.end);
      out.back().observer = std::move(next.observer);
      out.back().grade = std::move(next.grade);
    } else {
      // What was seen later ends what was seen before.
      if (!out.empty() && out.back().dated && next.dated)
        out.back().end = std::max(out.back().last, std::min(out.back().end, next.first));
      out.push_back(std::move(next));
    }
  }
  list = std::move(out);
}

auto nearest(const std::vector<DnsInterval>& list, std::optional<Nanos> at) -> DnsAnswer {
  auto answer = DnsAnswer{};
  if (!at) {
    answer.seen = &list.back();
    return answer;
  }
  auto best = std::numeric_limits<std::uint64_t>::max();
  const auto between = [](Nanos low, Nanos high) {
    return static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  };
  for (const auto& one : list) {
    if (!one.dated) {
      if (!answer.seen) answer.seen = &one;
      continue;
    }
    const auto distance = *at < one.first ? between(*at, one.first)
                          : *at > one.end ? between(one.end, *at)
                                          : std::uint64_t{0};
    // Where one answer gives way to the next in the same moment, the later holds.
    if (distance < best || (distance == 0 && best == 0) || !answer.distance_known) {
      best = distance;
      answer.seen = &one;
      answer.distance_known = true;
    }
  }
  if (answer.distance_known)
    answer.distance = static_cast<Nanos>(
        std::min(best, static_cast<std::uint64_t>(std::numeric_limits<Nanos>::max())));
  return answer;
}

auto status_of(const DnsInterval& seen) -> DnsStatus {
  if (seen.rcode == "NXDOMAIN") return DnsStatus::kVoid;
  if (seen.rcode != "NOERROR") return DnsStatus::kTemporary;
  return seen.rdata.empty() ? DnsStatus::kVoid : DnsStatus::kFound;
}

}  // namespace

auto DnsAnswer::records() const -> const std::vector<std::string>& {
  static const auto none = std::vector<std::string>{};
  return status == DnsStatus::kFound ? seen->rdata : none;
}

auto dns_name(std::string_view name) -> std::string {
  if (name.ends_with('.')) name.remove_suffix(1);
  return lower_ascii(name);
}

auto is_dns_name(std::string_view name) -> bool {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty() || name.size() > 253) return false;
  for (const auto label : split(name, '.'))
    if (label.empty() || label.size() > 63) return false;
  return true;
}

auto DnsSnapshot::read(std::string_view text) -> Parsed<DnsSnapshot> {
  auto out = Parsed<DnsSnapshot>{};
  auto& snapshot = out.value;
  const auto spot = [](std::size_t at, std::size_t length) {
    return Span{at, static_cast<std::uint32_t>(std::min(length, std::size_t{0xffffffff})), 0};
  };
  auto lines = std::size_t{0};
  for (auto at = std::size_t{0}; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    if (!trim(line).empty()) {
      if (++lines > kMostLines) {
        out.faults.push_back({FaultKind::kTooMany, spot(at, 0)});
        break;
      }
      auto key = std::string{};
      auto seen = DnsInterval{};
      auto flaw = FaultKind::kBadSyntax;
      if (read_line(line, key, seen, flaw)) {
        ++snapshot.observations_;
        // A name that does not exist has no records of any type (RFC 8020).
        if (seen.rcode == "NXDOMAIN")
          snapshot.by_name_["NX " + key.substr(key.find(' ') + 1)].push_back(seen);
        snapshot.by_name_[key].push_back(std::move(seen));
      } else {
        out.faults.push_back({flaw, spot(at, line.size())});
      }
    }
    at = end + 1;
  }
  for (auto& entry : snapshot.by_name_) join(entry.second);
  return out;
}

auto DnsSnapshot::find(std::string_view type, std::string_view name) const -> const Intervals* {
  auto key = std::string(type);
  key += ' ';
  key += name;
  const auto found = by_name_.find(key);
  return found == by_name_.end() ? nullptr : &found->second;
}

auto DnsSnapshot::query(std::string_view asked, std::string_view type,
                        std::optional<Nanos> at) const -> DnsAnswer {
  auto name = dns_name(asked);
  auto farthest = Nanos{0};
  auto known = at.has_value();
  const auto answered = [&](const Intervals& list) {
    auto answer = nearest(list, at);
    answer.status = status_of(*answer.seen);
    answer.distance = std::max(answer.distance, farthest);
    answer.distance_known = answer.distance_known && known;
    answer.name = name;
    return answer;
  };
  for (auto hops = 0; hops <= kMostAliases; ++hops) {
    if (const auto* own = find(type, name)) return answered(*own);
    const auto* alias = find("CNAME", name);
    if (alias) {
      const auto answer = answered(*alias);
      if (answer.status == DnsStatus::kFound && type != "CNAME") {
        farthest = answer.distance;
        known = answer.distance_known;
        name = dns_name(answer.records()[0]);
        continue;
      }
    }
    for (const auto* any : {"*", "ANY", "NX"})
      if (const auto* list = find(any, name)) return answered(*list);
    for (auto rest = std::string_view(name);;) {
      const auto zone = rest.empty() ? std::string("*") : "*." + std::string(rest);
      for (const auto* any : {"*", "ANY"})
        if (const auto* list = find(any, zone)) return answered(*list);
      if (rest.empty()) break;
      const auto dot = rest.find('.');
      rest = dot == rest.npos ? std::string_view{} : rest.substr(dot + 1);
    }
    auto unknown = DnsAnswer{};
    unknown.name = name;
    return unknown;
  }
  auto endless = DnsAnswer{};  // a ring of aliases has no answer that anybody could have got
  endless.status = DnsStatus::kTemporary;
  endless.name = name;
  return endless;
}

}  // namespace serjeant::mail
