#include "detect/mail/auth/arc.h"

#include <algorithm>

#include "core/text.h"
#include "detect/mail/auth/dkim.h"
#include "detect/mail/auth/tag_list.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostSets = 50u;

using WireField = WireMessage::WireField;

struct Fields {
  const WireField* seal = nullptr;
  const WireField* message = nullptr;
  const WireField* results = nullptr;
  TagList seal_tags, message_tags;
};

auto instance_of(std::string_view text) -> std::uint32_t {
  if (text.empty() || text.size() > 2 || text[0] == '0') return 0;
  const auto value = to_uint(text);
  return value && *value <= kMostSets ? static_cast<std::uint32_t>(*value) : 0;
}

// "i=1; authserv-id; ..."
auto instance_of_results(std::string_view value) -> std::uint32_t {
  const auto end = value.find(';');
  if (end == value.npos) return 0;
  const auto head = without_blanks(value.substr(0, end));
  return head.starts_with("i=") ? instance_of(std::string_view(head).substr(2)) : 0;
}

class Chain {
 public:
  Chain(const WireMessage& message, const DnsSnapshot* dns, std::optional<Nanos> at)
      : message_(message), dns_(dns), at_(at) {}

  auto judge() -> ArcAnswer {
    if (!collect() || sets_.empty()) return std::move(out_);
    describe();
    if (!is_well_formed()) return std::move(out_);
    verify();
    return std::move(out_);
  }

 private:
  auto broken(std::string reason) -> bool {
    out_.result = ChainResult::kFail;
    out_.reason = std::move(reason);
    return false;
  }

  auto place(std::uint32_t instance, const WireField* Fields::*member, const WireField& field)
      -> Fields* {
    if (instance == 0) {
      broken("an instance that is no number from 1 to 50");
      return nullptr;
    }
    if (sets_.size() < instance) sets_.resize(instance);
    auto& set = sets_[instance - 1];
    if (set.*member) {
      broken("set " + std::to_string(instance) + " has a field twice");
      return nullptr;
    }
    set.*member = &field;
    return &set;
  }

  auto collect() -> bool {
    for (const auto& field : message_.fields) {
      const auto is = [&](std::string_view name) {
        return equals_ignoring_ascii_case(field.name, name);
      };
      if (is("ARC-Authentication-Results")) {
        if (!place(instance_of_results(field.value), &Fields::results, field)) return false;
      } else if (is("ARC-Seal") || is("ARC-Message-Signature")) {
        const auto seal = is("ARC-Seal");
        auto tags = parse_tags(field.value);
        if (!tags.flaw.empty()) return broken(std::string(field.name) + ": " + tags.flaw);
        auto* const set =
            place(instance_of(tags.value("i")), seal ? &Fields::seal : &Fields::message, field);
        if (!set) return false;
        (seal ? set->seal_tags : set->message_tags) = std::move(tags);
      }
    }
    return true;
  }

  void describe() {
    for (auto i = std::size_t{0}; i < sets_.size(); ++i) {
      auto set = ArcSet{};
      set.instance = static_cast<std::uint32_t>(i + 1);
      set.domain = dns_name(without_blanks(sets_[i].seal_tags.value("d")));
      set.selector = without_blanks(sets_[i].seal_tags.value("s"));
      set.stated = sets_[i].seal_tags.value("cv");
      out_.sets.push_back(std::move(set));
    }
  }

  auto is_well_formed() -> bool {
    for (auto i = std::size_t{0}; i < sets_.size(); ++i) {
      const auto& set = sets_[i];
      const auto named = "set " + std::to_string(i + 1);
      if (!set.seal || !set.message || !set.results) return broken(named + " is not whole");
      for (const auto* name : {"a", "b", "cv", "d", "s"})
        if (set.seal_tags.value(name).empty())
          return broken(named + ": the seal has no " + name + "=");
      if (set.seal_tags.find("h")) return broken(named + ": a seal must not have h=");
      if (!set.message_tags.find("h")) return broken(named + ": the message signature has no h=");
      for (const auto* name : {"a", "b", "bh", "d", "s"})
        if (set.message_tags.value(name).empty())
          return broken(named + ": the message signature has no " + name + "=");
      const auto stated = set.seal_tags.value("cv");
      if (stated == "fail") return broken(named + " says that the chain was broken");
      if (stated != (i == 0 ? "none" : "pass"))
        return broken(named + ": cv= is '" + std::string(stated) + "'");
      for (const auto piece : split(set.message_tags.value("h"), ':'))
        if (equals_ignoring_ascii_case(without_blanks(piece), "ARC-Seal"))
          return broken(named + ": the message signature covers a seal");
    }
    return true;
  }

  auto judged(const DkimKey& key, bool fit, std::string& reason) -> SealState {
    if (key.state == KeyState::kNotObserved) {
      out_.missing.push_back("TXT " + key.name);
      reason = key.reason;
      return SealState::kKeyNotObserved;
    }
    if (key.state != KeyState::kUsable) reason = key.reason;
    if (!fit && reason.empty()) reason = "the signature does not fit";
    return fit ? SealState::kPass : SealState::kFail;
  }

  auto check_message(const Fields& set, ArcSet& out) -> SealState {
    const auto& tags = set.message_tags;
    const auto algorithm = read_algorithm(without_blanks(tags.value("a")));
    // Unlike DKIM's: where nothing is stated, sealers and the suite of the standard's authors
    // take the relaxed forms.
    const auto form =
        tags.find("c") ? without_blanks(tags.value("c")) : std::string("relaxed/relaxed");
    const auto parts = read_canonicalization(form);
    const auto signature = read_base64(tags.value("b")), hash = read_base64(tags.value("bh"));
    auto octets = std::optional<std::uint64_t>{};
    if (tags.find("l")) octets = to_uint(tags.value("l"));
    const auto wrong = !algorithm.known || algorithm.sha1 ? "a= is not accepted"
                       : !parts.known                     ? "unknown c="
                       : !signature || !hash              ? "b= or bh= is not base64"
                       : tags.find("l") && !octets        ? "l= is no number"
                                                          : "";
    if (*wrong) {
      out.reason = wrong;
      return SealState::kFail;
    }
    if (!body_is_intact(message_, parts.body, false, octets, *hash)) {
      out.reason = "the body hash differs";
      return SealState::kFail;
    }
    out.message_key = find_key(dns_, without_blanks(tags.value("s")),
                               without_blanks(tags.value("d")), algorithm, at_);
    const auto header = signed_fields(message_, tags.value("h"), *set.message, parts.header);
    return judged(out.message_key, fits(out.message_key, algorithm, header, *signature),
                  out.reason);
  }

  // A seal covers all sets up to its own, in order, relaxed (section 5.1.1).
  auto check_seal(std::size_t index, ArcSet& out) -> SealState {
    const auto& tags = sets_[index].seal_tags;
    const auto algorithm = read_algorithm(without_blanks(tags.value("a")));
    const auto signature = read_base64(tags.value("b"));
    if (!algorithm.known || algorithm.sha1 || !signature) {
      out.reason = signature ? "a= is not accepted" : "b= is not base64";
      return SealState::kFail;
    }
    out.seal_key = find_key(dns_, out.selector, out.domain, algorithm, at_);
    return judged(out.seal_key, fits(out.seal_key, algorithm, covered_by_seal(index), *signature),
                  out.reason);
  }

  auto covered_by_seal(std::size_t index) const -> std::string {
    auto bytes = std::string{};
    const auto add = [&](const WireField& field) {
      bytes += canonical_field(field.name, field.value, field.raw, Canonical::kRelaxed);
    };
    for (auto i = std::size_t{0}; i <= index; ++i) {
      add(*sets_[i].results);
      add(*sets_[i].message);
      if (i < index) add(*sets_[i].seal);
    }
    const auto& own = *sets_[index].seal;
    bytes += canonical_field(own.name, without_signature(own.value), {}, Canonical::kRelaxed);
    bytes.resize(bytes.size() - 2);
    return bytes;
  }

  void verify() {
    const auto last = sets_.size() - 1;
    auto unknown = false;
    auto failed = std::string{};
    for (auto i = sets_.size(); i-- > 0;) {
      auto& set = out_.sets[i];
      set.message = check_message(sets_[i], set);
      const auto why = set.reason;
      set.reason.clear();
      set.seal = check_seal(i, set);
      if (set.seal == SealState::kFail && failed.empty())
        failed = "seal " + std::to_string(i + 1) + ": " + set.reason;
      if (i == last && set.message == SealState::kFail)
        failed = "message signature " + std::to_string(i + 1) + ": " + why;
      unknown = unknown || set.seal == SealState::kKeyNotObserved ||
                (i == last && set.message == SealState::kKeyNotObserved);
      if (!why.empty() && set.reason.empty()) set.reason = why;
    }
    // Older message signatures may well fail: later handlers alter mail (section 5.2, step 5).
    for (auto i = sets_.size(); i-- > 0 && out_.sets[i].message == SealState::kPass;)
      out_.oldest_pass = static_cast<std::uint32_t>(i + 1);
    if (out_.oldest_pass == 1) out_.oldest_pass = 0;
    if (!failed.empty()) {
      broken(failed);
    } else if (unknown) {
      out_.result = ChainResult::kNotEvaluable;
      out_.reason = "not observed: " + out_.missing[0];
    } else {
      out_.result = ChainResult::kPass;
    }
  }

  const WireMessage& message_;
  const DnsSnapshot* dns_;
  std::optional<Nanos> at_;
  std::vector<Fields> sets_;
  ArcAnswer out_;
};

}  // namespace

auto chain_word(ChainResult result) -> std::string_view {
  constexpr std::string_view words[] = {"none", "pass", "fail", "not_evaluable"};
  return words[static_cast<std::size_t>(result)];
}

auto seal_word(SealState state) -> std::string_view {
  constexpr std::string_view words[] = {"not_checked", "pass", "fail", "key_not_observed"};
  return words[static_cast<std::size_t>(state)];
}

auto check_arc(const WireMessage& message, const DnsSnapshot* dns, std::optional<Nanos> at)
    -> ArcAnswer {
  return Chain(message, dns, at).judge();
}

}  // namespace serjeant::mail
