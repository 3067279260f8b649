#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "expose/facts.h"

// What is said about an account, with everything that led to it.
namespace serjeant {

// One sign for or against, in micro-nats of log-odds. Signs of one family say
// much the same thing, so a family counts up to its cap only.
struct Sign {
  std::string family;   // origin, client, company, session, guess, act, ...
  std::int64_t weight;  // micro-nats
  std::string words;
};

struct Cap {
  std::string_view family;
  std::int64_t most;
};

// The sum over families, each cut to [-6 nats, its cap].
auto total_of(const std::vector<Sign>& signs) -> std::int64_t;
// The capped sum of one family.
auto family_total(const std::vector<Sign>& signs, std::string_view family) -> std::int64_t;
// Families that speak for it with at least 1 nat.
auto families_for(const std::vector<Sign>& signs) -> int;

// "strong" from 9 nats, "probable" from 6, "possible" from 3, else "".
auto certainty_of(std::int64_t micro) -> std::string_view;

struct BasisRecord {
  Cite cite;
  std::string record;  // the log's id
};

struct Verdict {
  std::string account, org;
  std::string route;    // aitm, device_code, consent, spray, guessing, session, sign_in
  std::string verdict;  // taken_over, credentials_known, token_granted, token_granted_and_used,
                        // token_used, blocked, undecidable
  std::string certainty;
  Nanos first = 0, last = 0;
  std::vector<std::string> origins;  // addresses, or "app:ID"
  std::vector<std::string> sessions;
  std::uint32_t client = 0;  // of a guesser: number in the agents' names
  std::vector<Sign> signs;
  std::int64_t total = 0;
  bool decisive = false;           // one act settles it
  std::vector<BasisRecord> basis;  // in order of time
  std::vector<std::string> against;
  std::vector<std::string> readings;  // of an undecidable one: both
  std::string statement;

  // What happened inside it.
  std::uint64_t items_read = 0;  // different ones, exact
  bool whole_mailbox = false;    // or it may be the whole mailbox
  std::vector<std::string> because;
  std::uint64_t sent = 0, removed = 0, downloads = 0, bytes = 0, files = 0;
  std::uint64_t hostile_acts = 0;
  std::vector<std::string> acts;  // of control, in words
};

// Attempts on an account, whether or not they came to anything.
struct Attack {
  std::string kind;  // password-spray, brute-force, password-guessing
  std::vector<std::string> origins;
  Nanos first = 0, last = 0;
  std::uint32_t failed = 0;
  std::vector<std::pair<std::string, std::uint32_t>> errors;
  std::string certainty;
  std::vector<BasisRecord> success;  // with the guessing client, in it or within 24 h after
  std::vector<BasisRecord> basis;    // of the failures, the first ones
  std::string note;
};

}  // namespace serjeant
