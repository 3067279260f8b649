#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/sha256.h"
#include "store/rows.h"

// Writes a case. Rows come in any order and more than once; the case holds
// each key once, in key order, so that the same rows give the same bytes. What
// is added is kept in memory up to a budget and spilled to sorted runs in the
// work folder beyond it.
//
// Rows of one key that differ are settled by the table (tables.cc), never by
// the order of `add`: the highest TLP stands; times of edges, sessions, roles
// and reads widen; `df` of entities is summed; an edge keeps its highest `n`; a
// read that one row proves is proven; of all else the row that comes first by
// its bytes stands.
namespace serjeant {

// The one row of `run`, minus what the writer knows itself.
struct Frame {
  std::string build_id;
  Digest evidence_root{}, intel_root{}, config_root{};
  Tlp tlp = Tlp::kAmber;
};
auto case_key(const Frame& frame) -> Digest;  // SHA-256 over the roots and the build

struct SealInfo {
  Digest sha256{};  // of the case file
  Digest case_key{};
  std::uint64_t bytes = 0;
};

class CaseWriter {
 public:
  static constexpr auto kDefaultMemory = std::uint64_t{16} << 20;

  // `work_dir` exists, is ours alone, lies on the file system of the case to
  // come, and is left as found but for files that `seal` and the destructor
  // remove. `memory` is what may be held before rows are spilled, in bytes.
  explicit CaseWriter(std::string work_dir, std::uint64_t memory = kDefaultMemory);
  ~CaseWriter();
  CaseWriter(const CaseWriter&) = delete;
  auto operator=(const CaseWriter&) -> CaseWriter& = delete;

  // One overload a table of rows.h. Errors (a full disk while spilling) are
  // kept and reported by `seal`.
  void add(ConfigRow row);
  void add(DecisionRow row);
  void add(OrgRow row);  // also entered by itself for every name used
  void add(SourceRow row);
  void add(OriginRow row);
  void add(LeafRow row);
  void add(CustodyRow row);
  void add(CoverageRow row);  // one of length 0 says nothing and is left out
  void add(GapRow row);
  void add(ClockRow row);
  void add(IntelRow row);
  void add(RuleRow row);
  void add(EventRow row);
  void add(FindingRow row);
  void add(EntityRow row);  // rows of one id: df is summed, the highest tlp stands
  void add(EdgeRow row);
  void add(PersonRow row);
  void add(PersonRoleRow row);
  void add(AccountRow row);  // enters the entity too, if nobody did
  void add(SessionRow row);
  void add(StrandRow row);
  void add(ItemRow row);
  void add(ItemReadRow row);
  void add(ExposureRow row);
  void add(CampaignRow row);
  void add(CampaignMemberRow row);
  void add(CampaignLinkRow row);
  void add(CampaignChangeRow row);
  void add(ClaimRow row);
  void add(ClaimStatusRow row);
  void add(AnswerRow row);
  void add(ClaimEvidenceRow row);
  void add(OfficialActRow row);
  void add(ActNameRow row);
  void add(ItemOfEvidenceRow row);
  void add(HypothesisRow row);
  void add(FactorRow row);
  void add(AssessmentRow row);
  void add(SensitivityRow row);

  // Loads the schema, inserts in key order, runs the invariant views, foreign
  // key and integrity checks, seals as casefile.md section 3 says, and renames
  // the whole file to `path`. Fails without leaving a file: on I/O errors, and
  // (an internal error that names the view and the row) on a broken invariant.
  // To be called once; rows added later are lost.
  auto seal(const Frame& frame, const std::string& path) -> Result<SealInfo>;

 private:
  struct Impl;
  struct Runs;
  std::unique_ptr<Impl> impl_;
};

}  // namespace serjeant
