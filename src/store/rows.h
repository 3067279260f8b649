#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/id.h"
#include "core/span.h"
#include "core/time.h"

// The rows of the case file, one struct a table, columns under their names
// (docs/formats/case.md). Times are ns UTC, likelihoods micro-nats,
// probabilities parts per million. An empty Id, an empty text where the column
// may be null, and an absent optional are NULL. Organisations go by name here;
// the writer hands out the integer ids in sorted order. A number 0 is NULL
// where the column may be null (event, strand.asn, and sources: 0 is none).
namespace serjeant {

using MaybeInt = std::optional<std::int64_t>;
using MaybeTime = std::optional<Nanos>;

enum class Tlp : std::uint8_t { kClear, kGreen, kAmber, kAmberStrict, kRed };

// Ids of things that several stages must name alike.
auto entity_id(std::string_view kind, std::string_view value)
    -> Id;  // "account", "host", "address", ...
inline auto account_id(std::string_view account) -> Id { return entity_id("account", account); }
auto session_id(std::string_view account, std::string_view native) -> Id;
auto event_id(const Digest& source, std::uint64_t offset, std::uint32_t length) -> Id;

struct ConfigRow {
  std::string key, value;
};
struct DecisionRow {
  Id id;
  std::string kind;
  Id subject;
  std::string body;
  std::string actor;
  Nanos at = 0;
  std::string sig;
};
struct OrgRow {
  std::string name, kind;
};
struct SourceRow {
  std::uint32_t id = 0;
  Digest sha256{};
  std::uint64_t size = 0;
  Digest merkle{};
  std::string kind;
  std::string profile;
  std::string org;
  Tlp tlp = Tlp::kAmber;
};
struct OriginRow {
  std::uint32_t source = 0, container = 0;
  std::uint64_t off = 0;
  std::string name;
  std::uint64_t len = 0;
  std::string codec;
};
struct LeafRow {
  std::uint32_t source = 0;
  std::uint64_t n = 0;
  Digest sha256{};
};
// A handover before the evidence came to us, as it was declared. The writer
// chains the rows in order of `seq`, which begins at 1.
struct CustodyRow {
  std::uint64_t seq = 0;
  std::uint32_t source = 0;  // 0: of the evidence as a whole
  std::string at;            // as declared, RFC 3339
  std::string actor, act, note;
};
struct CoverageRow {
  std::uint32_t source = 0;
  std::uint64_t off = 0, len = 0;
  std::uint8_t state = 1;
  std::string reader;
  std::uint64_t records = 0, faults = 0;
  std::string why;  // why: needed unless state is 1
};
struct GapRow {
  Id id;
  std::uint32_t source = 0;
  Id subject;
  std::string kind;
  MaybeTime t0, t1;
  std::string effect;
};
struct ClockRow {
  std::uint32_t source = 0;
  std::string name;
  TimeBasis basis = TimeBasis::kNone;
  std::int64_t offset_ns = 0, drift_ppb = 0, residual_ns = 0, pairs = 0;
};
struct IntelRow {
  std::uint32_t id = 0;
  std::uint32_t source = 0;
  std::string kind, name, version, publisher;
  MaybeTime issued;
  std::string licence, grade;
};
// rule.intel 0 stands for the built-in pack, which the writer enters as intel of its own.
struct RuleRow {
  std::uint32_t id = 0;
  std::uint32_t intel = 0;
  std::string uid;
  Digest sha256{};
  std::string title;
  std::uint8_t level = 0;
  std::uint8_t state = 1;
  std::string why;
};

struct EventRow {
  Id eid;
  std::uint32_t source = 0;
  std::uint64_t off = 0, len = 0;
  MaybeTime ts_ns;
  TimeBasis ts_basis = TimeBasis::kNone;
  std::uint32_t ts_unc_ms = 0;
  std::uint32_t class_uid = 0;
  std::uint16_t activity_id = 0;
  std::uint8_t outcome = 0;
  std::string org;
  Id actor_acct;
  std::uint8_t actor_kind = 0;
  Id target_acct, mailbox;
  std::string session_a, session_b, device, app, client_app, ua;
  std::string ip;  // 16 bytes or empty
  std::uint16_t ip_port = 0;
  std::uint32_t asn = 0;
  std::uint16_t geo = 0;
  std::uint8_t ip_role = 0;
  std::string object;
  std::uint8_t object_kind = 0;
  std::string msgid_hash;  // 8 bytes or empty
  std::uint32_t item_count = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::string error;
  std::uint32_t flags = 0;
  std::string native;  // JSON object, or empty
};
struct FindingRow {
  Id id;
  std::uint32_t rule = 0;
  std::uint32_t source = 0;
  std::uint64_t off = 0, len = 0;
  Id eid;
  MaybeTime ts;
  std::uint8_t level = 0;
  std::string matched;
  Tlp tlp = Tlp::kAmber;
};
struct EntityRow {
  Id id;
  std::string kind, value, stix_id;
  std::uint64_t df = 0;
  Tlp tlp = Tlp::kAmber;
};
struct EdgeRow {
  Id a;
  std::uint32_t rel = 0;
  Id b;
  MaybeTime t0, t1;
  std::uint64_t n = 0;
  Id finding;
};

struct PersonRow {
  Id id;
  std::string label;
  std::uint32_t roster = 0;
  std::uint64_t off = 0, len = 0;
  Tlp tlp = Tlp::kAmber;
};
struct PersonRoleRow {
  Id person;
  std::string org, role;
  MaybeTime t0, t1;
};
struct AccountRow {
  Id id;
  std::string org, kind;
  Id person;
};
struct SessionRow {
  Id id, account;
  std::string native;
  MaybeTime t0, t1;
};
struct StrandRow {
  Id session;
  std::uint32_t n = 0;
  std::string ip;
  std::uint32_t asn = 0;
  std::string agent, device;
  MaybeTime t0, t1;
  std::uint64_t events = 0;
  std::int64_t llr = 0;
  std::uint8_t verdict = 0;
};
struct ItemRow {
  Id id;
  std::string kind;
  Id holder;
  std::string key;
  MaybeInt size, persons;
  Tlp tlp = Tlp::kAmber;
};
struct ItemReadRow {
  Id item, session;
  std::uint32_t strand = 0;
  std::string mode;
  bool proven = true;
  MaybeTime t0, t1;
  Id eid;
};
struct ExposureRow {
  Id id;
  Id campaign, subject;
  std::uint8_t stage = 0;
  MaybeTime t0, t1;
  std::int64_t low = 0, likely = 0, high = 0;
  std::string why_not_higher;
  Id eid;
};

struct CampaignRow {
  Id id;
  std::string label, purpose;
  MaybeTime t0, t1;
};
struct CampaignMemberRow {
  Id campaign, member;
  std::uint32_t wave = 0;
  std::int64_t p = 0;
};
struct CampaignLinkRow {
  Id a, b;
  std::string family;
  std::int64_t llr = 0;
  std::string shared;
};
struct CampaignChangeRow {
  Id id;
  std::string op;
  Id old, fresh, decision;
};

enum class Stance : std::int8_t { kDenies = -1, kDoubts = 0, kAsserts = 1, kRetracts = 2 };
// Predicates of intel.md 1.2; numbers are part of the schema and never reused.
enum class Predicate : std::uint16_t {
  kResponsibleFor = 1,
  kConducted,
  kDirected,
  kSponsoredBy,
  kActsInInterestOf,
  kPartOf,
  kMemberOf,
  kEmployedBy,
  kLinkedTo,
  kSameAs = 20,
  kOverlapsWith,
  kAlsoCalled,
  kTrackedAs,
  kUsed = 40,
  kTargeted,
  kAccessed,
  kExfiltrated,
  kSent,
  kCompromised,
  kRepelled,
  kFailed,
  kAffected,
  kCharged = 60,
  kConvicted,
  kAcquitted,
  kDesignated,
  kDelisted,
  kSummoned,
  kProtested,
  kDenies = 80,
  kDoubts,
  kRetracts,
  kReplaces,
  kExposed = 100,   // the claim that shares an exposure's id
  kObserved = 101,  // the claim that shares an item of evidence's id
  kCovered = 102,   // a statement about what was and was not seen
};
struct ClaimRow {
  Id id, subject;
  Predicate predicate = Predicate::kObserved;
  Id object;
  std::string literal, words;
  Stance stance = Stance::kAsserts;
  bool negated = false;
  std::uint8_t tense = 0;
  Id asserter, via;
  std::uint8_t rung = 0;
  std::string scale = "none";
  MaybeInt lo, hi;
  std::string word;
  MaybeInt confidence;
  std::string reliability = "A";
  std::uint8_t credibility = 1;
  MaybeTime said0, said1, held0, held1;
  std::string quantity, hedges, extractor;
  MaybeInt score;
  std::string reason;
  Tlp tlp = Tlp::kAmber;
  std::string marking;
};
struct ClaimStatusRow {
  Id claim;
  std::uint32_t n = 0;
  std::uint8_t status = 0;
  Id newer, decision;
};
struct AnswerRow {
  Id claim;
  std::uint32_t n = 0;
  Id answer;
  Nanos as_of = 0;
};
// Exactly one of source span, finding, premise.
struct ClaimEvidenceRow {
  Id claim;
  std::uint32_t n = 0;
  std::int8_t polarity = 1;
  std::uint32_t source = 0;
  std::uint64_t off = 0, len = 0;
  Id finding, premise;
};
struct OfficialActRow {
  Id id;
  std::string kind, authority;
  Nanos issued = 0;
  std::string status, title;
  std::uint32_t source = 0;
};
struct ActNameRow {
  Id act;
  std::uint32_t n = 0;
  std::string kind, quote, status;
  std::uint64_t off = 0, len = 0;
};
struct ItemOfEvidenceRow {
  Id id;
  std::string kind;
  std::uint8_t vertex = 0, aspect = 0;
  std::string family, grader, why, indep;
  std::int64_t forge = 0;
  MaybeTime t0, t1;
};
struct HypothesisRow {
  Id id, question;
  std::string kind;
  Id subject, other;
  std::int64_t prior = 0, prior_technical = 0;
};
struct FactorRow {
  Id hypothesis, item;
  std::int64_t p1 = 0, p0 = 0, r = 0, phi = 0, s = 0, e = 0, lr_raw = 0, lr = 0, discount = 0,
               lr_used = 0;
  std::string provenance;
};
struct AssessmentRow {
  Id hypothesis;
  std::int64_t posterior = 0, technical = 0, lo = 0, hi = 0;
  std::string word;
  std::uint8_t confidence = 0;
  bool quiet = false, technique_only = true;
  std::int64_t cost = 0;
  bool clean = true, named = false;
  std::string reasons;
};
struct SensitivityRow {
  Id question, left_out, top;
  std::int64_t posterior = 0;
};

}  // namespace serjeant
