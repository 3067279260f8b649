#include "store/verify.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/file.h"
#include "core/text.h"
#include "seal/evidence.h"
#include "store/case_reader.h"
#include "store/custody.h"
#include "store/database.h"
#include "store/hash_file.h"
#include "store/schema.h"

namespace serjeant {

auto VerifyReport::passed() const -> bool {
  return std::none_of(steps.begin(), steps.end(),
                      [](const VerifyStep& step) { return step.outcome == StepOutcome::kFailed; });
}

auto VerifyReport::step(std::string_view name) const -> const VerifyStep* {
  const auto found = std::find_if(steps.begin(), steps.end(),
                                  [&](const VerifyStep& step) { return step.name == name; });
  return found == steps.end() ? nullptr : &*found;
}

namespace {

auto digest_of(std::string_view bytes) -> Digest {
  auto out = Digest();
  std::copy_n(bytes.begin(), std::min(bytes.size(), out.size()), out.begin());
  return out;
}

// A source of the case and what was found of it.
struct Known {
  std::uint32_t id = 0;
  Digest sha256{}, merkle{};
  std::uint64_t size = 0;
  std::string profile, name;
  std::vector<Digest> leaves;
  std::string_view bytes;
  bool found = false;
  std::vector<std::uint64_t> damaged;  // leaves, in order
  auto shown() const -> std::string { return name.empty() ? hex(sha256) : printable(name); }
};

class Verifier {
 public:
  Verifier(const std::string& path, const VerifyOptions& options)
      : path_(path), options_(options) {}

  auto run() -> VerifyReport {
    check_seal();
    check_file();
    open_case();
    check_inside();
    check_custody_log();
    check_declared_custody();
    load_sources();
    check_leaves();
    check_spans();
    return std::move(report_);
  }

 private:
  auto begin(std::string_view name, std::string detail) -> VerifyStep& {
    report_.steps.push_back({std::string(name), StepOutcome::kPassed, std::move(detail), {}, 0});
    return report_.steps.back();
  }
  void skip(std::string_view name, std::string why) {
    begin(name, std::move(why)).outcome = StepOutcome::kSkipped;
  }
  static void fault(VerifyStep& step, std::string what) {
    step.outcome = StepOutcome::kFailed;
    if (++step.fault_count <= kMaxFaults) step.faults.push_back(std::move(what));
  }

  void check_seal();
  void check_signatures(const Seal& seal);
  void check_file();
  void open_case();
  void check_inside();
  void check_custody_log();
  void check_declared_custody();
  void load_sources();
  void check_leaves();
  void check_leaves_of(Known& source, VerifyStep& step);
  void check_spans();
  auto check_spans_of(const std::string& sql, VerifyStep& spans, VerifyStep& records,
                      std::uint64_t& count) -> Result<>;
  void check_span(const Cited& cited, VerifyStep& spans, VerifyStep& records);

  const std::string& path_;
  const VerifyOptions& options_;
  VerifyReport report_;
  std::optional<Seal> seal_;
  std::optional<CaseReader> case_;
  std::vector<Known> sources_;
  std::unordered_map<std::uint32_t, std::size_t> by_id_;
};

void Verifier::check_seal() {
  const auto seal = read_seal(seal_path(path_));
  if (!seal && seal.error().code == Code::kNotFound) {
    skip("seal", "there is no seal beside the case, so nothing says which file it should be");
    skip("signatures", "there is no seal");
    return;
  }
  auto& step = begin("seal", "the seal is whole");
  if (!seal) {
    fault(step, seal.error().message);
    skip("signatures", "the seal cannot be read");
    return;
  }
  seal_ = *seal;
  check_signatures(*seal);
}

void Verifier::check_signatures(const Seal& seal) {
  if (seal.signatures.empty() && options_.keys.empty()) {
    skip("signatures", "the seal is not signed");
    return;
  }
  const auto text = manifest_text(seal.manifest);
  auto& step = begin("signatures", "");
  auto known = std::size_t{0};
  for (const auto& signature : seal.signatures) {
    if (!is_signed(text, signature)) {
      fault(step, fmt::format("the signature of key {} is false", hex(signature.key)));
    } else if (std::find(options_.keys.begin(), options_.keys.end(), signature.key) !=
               options_.keys.end()) {
      ++known;
    }
  }
  if (!options_.keys.empty() && known == 0)
    fault(step, "none of the keys that you gave has signed this case");
  step.detail = options_.keys.empty()
                    ? fmt::format("{} good; no key was given to compare them with",
                                  seal.signatures.size() - step.fault_count)
                    : fmt::format("{} by keys that you gave", known);
}

void Verifier::check_file() {
  const auto hashed = hash_file(path_);
  auto& step = begin("file hash", hashed ? "SHA-256 " + hex(hashed->sha256) : "");
  if (!hashed) {
    fault(step, hashed.error().message);
  } else if (!seal_) {
    step.outcome = StepOutcome::kSkipped;
    step.detail += "; there is no seal to compare it with";
  } else if (hashed->sha256 != seal_->manifest.case_sha256) {
    fault(step, fmt::format("the file is not the sealed one, whose SHA-256 is {}",
                            hex(seal_->manifest.case_sha256)));
  }
}

void Verifier::open_case() {
  auto reader = CaseReader::open(path_);
  auto& step = begin("schema", fmt::format("schema {}", kSchemaVersion));
  if (!reader) {
    fault(step, reader.error().message);
    return;
  }
  case_ = *std::move(reader);
  if (!seal_) return;
  const auto now = make_manifest(path_, seal_->manifest.custody);
  if (!now) {
    fault(step, now.error().message);
  } else if (now->case_key != seal_->manifest.case_key) {
    fault(step, "the case has another key than its seal");
  } else if (now->rows != seal_->manifest.rows) {
    fault(step, "the tables have other numbers of rows than the seal says");
  } else if (manifest_text(*now) != manifest_text(seal_->manifest)) {
    fault(step, "the case does not say the same as its seal");
  }
}

void Verifier::check_inside() {
  if (!case_) {
    skip("integrity", "the case cannot be opened");
    return;
  }
  const auto report = [&](std::string_view name, const Result<std::string>& found,
                          std::string detail) {
    auto& step = begin(name, std::move(detail));
    if (!found) {
      fault(step, found.error().message);
    } else if (!found->empty()) {
      fault(step, *found);
    }
  };
  const auto database = Database::open(path_);
  if (!database) {
    report("integrity", fail(database.error().code, database.error().message), "");
    return;
  }
  report("integrity", integrity_fault(*database), "every page, row and index");
  report("foreign keys", foreign_key_fault(*database), "every reference leads to a row");
  const auto views = invariant_views(*database);
  if (!views) {
    report("views", fail(views.error().code, views.error().message), "");
    return;
  }
  for (const auto& view : *views) report(view, view_fault(*database, view), "empty");
}

void Verifier::check_custody_log() {
  const auto path = custody_path(path_);
  const auto log = check_custody(path);
  if (!log && log.error().code == Code::kNotFound) {
    if (seal_ && seal_->manifest.custody.seq > 0) {
      fault(begin("custody log", ""), "the seal knows a custody log, and there is none");
    } else {
      skip("custody log", "there is none");
    }
    return;
  }
  auto& step = begin("custody log", "");
  if (!log) {
    fault(step, log.error().message);
    return;
  }
  step.detail = fmt::format("{} entries", log->head.seq);
  if (log->broken_line != 0)
    fault(step, fmt::format("the chain breaks at line {}: {}", log->broken_line, log->broken));
  for (const auto line : log->torn)
    fault(step, fmt::format("line {} is {}", line,
                            log->torn_tail && line == log->torn.back() ? "torn: a write was cut off"
                                                                       : "no whole entry"));
  if (!seal_ || seal_->manifest.custody.seq == 0) return;
  const auto entries = read_custody(path);
  const auto& sealed = seal_->manifest.custody;
  if (!entries || entries->size() < sealed.seq || (*entries)[sealed.seq - 1].hash != sealed.hash)
    fault(step, "the entry that stood last when the case was sealed is not there");
}

// Handovers before us, as they were declared: a chain of the same make.
void Verifier::check_declared_custody() {
  if (!case_) return;
  auto prev = Digest();
  auto rows = 0;
  auto& step = begin("declared custody", "");
  const auto done = case_->query(
      "SELECT seq, source, at, actor, act, note, prev, hash FROM custody ORDER BY seq",
      [&](const Row& row) {
        ++rows;
        const auto hash = declared_hash(row.integer(0), row.integer(1), row.text(2), row.text(3),
                                        row.text(4), row.text(5), prev);
        if (digest_of(row.blob(6)) != prev || digest_of(row.blob(7)) != hash)
          fault(step, fmt::format("entry {} is not what was declared", row.integer(0)));
        prev = digest_of(row.blob(7));
      });
  if (!done) fault(step, done.error().message);
  step.detail = fmt::format("{} entries", rows);
  if (rows == 0 && step.fault_count == 0) {
    step.outcome = StepOutcome::kSkipped;
    step.detail = "none was declared";
  }
}

void Verifier::load_sources() {
  if (!case_ || !options_.evidence) return;
  // A damaged case was reported above; here it only has less to look for.
  auto done = case_->query(
      "SELECT id, sha256, size, merkle, profile, (SELECT name FROM origin WHERE source=id "
      "ORDER BY container, off, name LIMIT 1) FROM source ORDER BY id",
      [&](const Row& row) {
        auto source = Known();
        source.id = static_cast<std::uint32_t>(row.integer(0));
        source.sha256 = digest_of(row.blob(1));
        source.size = static_cast<std::uint64_t>(row.integer(2));
        source.merkle = digest_of(row.blob(3));
        source.profile = row.text(4);
        source.name = row.text(5);
        by_id_.emplace(source.id, sources_.size());
        sources_.push_back(std::move(source));
      });
  if (done)
    done = case_->query("SELECT source, sha256 FROM leaf ORDER BY source, n", [&](const Row& row) {
      const auto at = by_id_.find(static_cast<std::uint32_t>(row.integer(0)));
      if (at != by_id_.end()) sources_[at->second].leaves.push_back(digest_of(row.blob(1)));
    });
  if (!done) fault(begin("sources", ""), done.error().message);
}

void Verifier::check_leaves() {
  if (!options_.evidence) {
    skip("leaves", "no evidence was given");
    return;
  }
  if (!case_) {
    skip("leaves", "the case cannot be opened");
    return;
  }
  auto& step = begin("leaves", "");
  auto found = std::size_t{0}, missing = std::size_t{0};
  for (auto& source : sources_) {
    if (merkle_root(source.leaves) != source.merkle)
      fault(step, fmt::format("{}: the case's leaves do not make its Merkle root", source.shown()));
    const auto evidence = options_.evidence(source.sha256);
    if (!evidence) {
      // An empty source needs nobody to bring it.
      if (source.size > 0) ++missing;
      continue;
    }
    ++found;
    source.found = true;
    source.bytes = evidence->bytes;
    if (!evidence->hashed) check_leaves_of(source, step);
  }
  step.detail = fmt::format("{} of {} sources found", found, sources_.size());
  if (missing > 0) fault(step, fmt::format("{} sources are not in the evidence given", missing));
}

void Verifier::check_leaves_of(Known& source, VerifyStep& step) {
  const auto there = (source.bytes.size() + kLeafBytes - 1) / kLeafBytes;
  const auto all = std::max<std::uint64_t>(there, source.leaves.size());
  for (auto n = std::uint64_t{0}; n < all; ++n) {
    const auto begin = n * kLeafBytes;
    const auto bytes =
        begin < source.bytes.size() ? source.bytes.substr(begin, kLeafBytes) : std::string_view();
    if (n < source.leaves.size() && n < there && merkle_leaf(bytes) == source.leaves[n]) continue;
    source.damaged.push_back(n);
    const auto end =
        std::min(begin + kLeafBytes, std::max<std::uint64_t>(source.size, source.bytes.size()));
    fault(step, fmt::format("{}: leaf {} (bytes {} to {}) {}", source.shown(), n, begin, end,
                            n >= there                  ? "is missing"
                            : n >= source.leaves.size() ? "was not there when it was sealed"
                                                        : "is not what was sealed"));
  }
}

// Every row that cites bytes, in order of source and offset.
constexpr auto kCitations = std::array<std::string_view, 6>{
    "SELECT 'coverage', NULL, source, off, len, reader, NULL, NULL FROM coverage "
    "ORDER BY source, off",
    "SELECT 'event', eid, source, off, len, NULL, NULL, native FROM event ORDER BY source, off, "
    "eid",
    "SELECT 'finding', f.id, f.source, f.off, f.len, NULL, r.sha256, f.matched FROM finding f "
    "LEFT JOIN rule r ON r.id=f.rule ORDER BY f.source, f.off, f.id",
    "SELECT 'claim', claim, source, off, len, NULL, NULL, NULL FROM claim_evidence "
    "WHERE source IS NOT NULL ORDER BY source, off, claim",
    "SELECT 'person', id, roster, off, len, NULL, NULL, NULL FROM person ORDER BY roster, off",
    "SELECT 'name', n.act, a.source, n.off, n.len, NULL, NULL, n.quote FROM act_name n "
    "JOIN official_act a ON a.id=n.act ORDER BY a.source, n.off",
};

void Verifier::check_spans() {
  if (!options_.evidence || !case_) {
    skip("spans", case_ ? "no evidence was given" : "the case cannot be opened");
    skip("records", "no span was read");
    return;
  }
  auto spans = VerifyStep{"spans", StepOutcome::kPassed, "", {}, 0};
  auto records = VerifyStep{"records", StepOutcome::kPassed, "", {}, 0};
  auto count = std::uint64_t{0};
  for (const auto sql : kCitations) {
    const auto done = check_spans_of(std::string(sql), spans, records, count);
    if (!done) fault(spans, done.error().message);
  }
  spans.detail = fmt::format("{} cited spans", count);
  records.detail = "each read again";
  if (!options_.recheck) {
    records.outcome = StepOutcome::kSkipped;
    records.detail = "spans were not read again";
  }
  report_.steps.push_back(std::move(spans));
  report_.steps.push_back(std::move(records));
}

auto Verifier::check_spans_of(const std::string& sql, VerifyStep& spans, VerifyStep& records,
                              std::uint64_t& count) -> Result<> {
  return case_->query(sql, [&](const Row& row) {
    ++count;
    auto cited = Cited();
    cited.what = row.text(0);
    cited.id = row.id(1);
    cited.at.source = static_cast<std::uint32_t>(row.integer(2));
    cited.at.offset = static_cast<std::uint64_t>(row.integer(3));
    cited.at.length = static_cast<std::uint64_t>(row.integer(4));
    cited.reader = row.blob(5);
    cited.rule = row.blob(6);
    cited.stored = row.blob(7);
    check_span(cited, spans, records);
  });
}

void Verifier::check_span(const Cited& cited, VerifyStep& spans, VerifyStep& records) {
  const auto name = [&] {
    return fmt::format("{} {}", cited.what, cited.id.empty() ? "" : hex(cited.id));
  };
  const auto known = by_id_.find(cited.at.source);
  if (known == by_id_.end()) {
    fault(spans, fmt::format("{} cites source {}, which is not there", name(), cited.at.source));
    return;
  }
  const auto& source = sources_[known->second];
  const auto& at = cited.at;
  if (at.offset > source.size || at.length > source.size - at.offset) {
    fault(spans, fmt::format("{} cites bytes {} to {} of {}, which has {}", name(), at.offset,
                             at.offset + at.length, source.shown(), source.size));
    return;
  }
  if (!source.found) return;  // counted once, with the leaves
  const auto first = at.offset / kLeafBytes;
  const auto last = at.length == 0 ? first : (at.offset + at.length - 1) / kLeafBytes;
  const auto damaged = std::lower_bound(source.damaged.begin(), source.damaged.end(), first);
  if (damaged != source.damaged.end() && *damaged <= last) {
    // Coverage spans whole files; that its leaf is damaged is said already.
    if (cited.what != "coverage")
      fault(spans, fmt::format("{} cites bytes {} to {} of {}, in the damaged leaf {}", name(),
                               at.offset, at.offset + at.length, source.shown(), *damaged));
    return;
  }
  if (!options_.recheck) return;
  auto asked = cited;
  asked.profile = source.profile;
  if (const auto why = options_.recheck(source.bytes, asked))
    fault(records, fmt::format("{}: {}", name(), *why));
}

}  // namespace

auto verify_case(const std::string& path, const VerifyOptions& options) -> VerifyReport {
  return Verifier(path, options).run();
}

}  // namespace serjeant
