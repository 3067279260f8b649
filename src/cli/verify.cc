#include "store/verify.h"

#include <fmt/core.h>
#include <unistd.h>

#include <map>

#include "cli/run.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "expose/event_row.h"
#include "read/record.h"
#include "seal/verify.h"
#include "store/case_reader.h"

namespace serjeant::cli {
namespace {

auto sealed_sources(const CaseReader& reader) -> Result<std::vector<SealedSource>> {
  auto by_id = std::map<std::int64_t, SealedSource>{};
  const auto digest = [](std::string_view bytes) {
    auto out = Digest{};
    if (bytes.size() == out.size()) std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
  };
  SJ_DO(reader.query("SELECT id, sha256, size FROM source ORDER BY id", [&](const Row& row) {
    auto& source = by_id[row.integer(0)];
    source.sha256 = digest(row.blob(1));
    source.size = static_cast<std::uint64_t>(row.integer(2));
  }));
  SJ_DO(reader.query("SELECT source, sha256 FROM leaf ORDER BY source, n", [&](const Row& row) {
    by_id[row.integer(0)].leaves.push_back(digest(row.blob(1)));
  }));
  SJ_DO(reader.query("SELECT source, name FROM origin ORDER BY source, name", [&](const Row& row) {
    by_id[row.integer(0)].names.emplace_back(row.text(1));
  }));
  auto out = std::vector<SealedSource>{};
  for (auto& [id, source] : by_id) out.push_back(std::move(source));
  return out;
}

// Does the text stand in any value of the record?
auto stands_in(Value fields, std::string_view text) -> bool {
  const auto* const node = fields.node();
  for (auto i = std::uint32_t{0}; node != nullptr && i < node->size; ++i)
    if (node[i].text.find(text) != std::string_view::npos) return true;
  return false;
}

// Reads cited records again, with the reader and profile of their source.
class Rechecker final : public RecordSink, public EventSink {
 public:
  explicit Rechecker(const Profiles& profiles) : profiles_(profiles) {}

  auto operator()(std::string_view bytes, const Cited& cited) -> std::optional<std::string> {
    if (cited.what != "finding" && cited.what != "event") return std::nullopt;
    if (bytes.data() != bytes_.data()) open(bytes);
    cited_ = &cited;
    met_ = false;
    agrees_ = false;
    arena_.reset();
    reader_->read({cited.at.offset, cited.at.length, 1}, arena_, *this);
    if (!met_) return "there is no record any more where it cites one";
    if (!agrees_) return "the record there does not say what the case keeps of it";
    return std::nullopt;
  }

  void record(const Record& record) override { shaper_->shape(record, arena_, *this); }
  void fault(const Fault&) override {}
  void account(Extent, Coverage, std::string_view) override {}
  void event(const Event& event) override {
    if (event.span.offset != cited_->at.offset || event.span.length != cited_->at.length) return;
    met_ = true;
    agrees_ = agrees_ || (cited_->what == "event" ? same_event(event) : same_finding(event));
  }

 private:
  void open(std::string_view bytes) {
    bytes_ = bytes;
    reader_ = open_reader(bytes, 1, "");
    const auto* const profile = profiles_.recognise(*reader_, "");
    shaper_ = std::make_unique<Shaper>(*profile, "");
  }

  auto same_event(const Event& event) const -> bool {
    return cited_->stored.empty() || to_event_row(event).native == cited_->stored;
  }

  auto same_finding(const Event& event) -> bool {
    auto document = Document{};
    parse_json(cited_->stored, "", document, arena_);
    const auto root = document.root();
    for (const auto atom : root.find("atoms")) {
      const auto value = atom.find("value").text();
      if (!value.empty() && !stands_in(event.native, value) &&
          bytes_.substr(cited_->at.offset, cited_->at.length).find(value) == std::string_view::npos)
        return false;
    }
    return true;
  }

  const Profiles& profiles_;
  std::string_view bytes_;
  std::unique_ptr<Reader> reader_;
  std::unique_ptr<Shaper> shaper_;
  Arena arena_;
  const Cited* cited_ = nullptr;
  bool met_ = false, agrees_ = false;
};

auto word(StepOutcome outcome) -> std::string_view {
  switch (outcome) {
    case StepOutcome::kPassed:
      return "ok";
    case StepOutcome::kFailed:
      return "FAILED";
    case StepOutcome::kSkipped:
      return "skipped";
  }
  return "FAILED";
}

// The report, and the names of sources that are not in the evidence given.
auto verify(const Arguments& arguments, VerifyReport& report, std::vector<std::string>& missing)
    -> Result<> {
  const auto case_path = arguments.one("CASE");
  const auto folder = arguments.one("--evidence");
  auto options = VerifyOptions{};
  auto progress = Progress(!arguments.has("--quiet"));
  SJ_TRY(const auto jobs, jobs_of(arguments));
  SJ_TRY(const auto scratch, ScratchDir::make(arguments));
  SJ_TRY(const auto profiles, Profiles::load({}));
  auto again = Again{};
  auto where = std::map<Digest, std::pair<std::uint32_t, bool>>{};
  auto recheck = Rechecker(profiles);
  if (!folder.empty()) {
    SJ_TRY(const auto reader, CaseReader::open(case_path));
    SJ_TRY(const auto wanted, sealed_sources(reader));
    SJ_TRY(again, find_again(folder, wanted, {.jobs = jobs, .work_dir = scratch.path()}, progress));
    for (auto i = std::size_t{0}; i < wanted.size(); ++i)
      if (again.sources[i].state == FoundAgain::State::kMissing)
        missing.push_back(wanted[i].names.empty() ? hex(wanted[i].sha256) : wanted[i].names[0]);
      else
        where[wanted[i].sha256] = {again.sources[i].id,
                                   again.sources[i].state == FoundAgain::State::kIntact};
    options.evidence = [&](const Digest& digest) -> std::optional<EvidenceBytes> {
      const auto found = where.find(digest);
      if (found == where.end()) return std::nullopt;
      return EvidenceBytes{again.evidence.source(found->second.first).bytes(),
                           found->second.second};
    };
    options.recheck = [&](std::string_view bytes, const Cited& cited) {
      return recheck(bytes, cited);
    };
  } else if (::access(case_path.c_str(), F_OK) != 0) {
    return tl::unexpected<Error>(io_error("open", case_path));
  }
  progress.begin("checking", 0, "");
  report = verify_case(case_path, options);
  progress.end();
  return {};
}

}  // namespace

auto run_verify(const Arguments& arguments) -> int {
  auto report = VerifyReport{};
  auto missing = std::vector<std::string>{};
  if (const auto outcome = verify(arguments, report, missing); !outcome)
    return say(outcome.error());
  auto out = Output{};
  auto rows = std::vector<std::vector<std::string>>{{"step", "outcome", "what"}};
  for (const auto& step : report.steps)
    rows.push_back({step.name, std::string(word(step.outcome)), printable(step.detail)});
  out.text() += table(rows, wants_colour(STDOUT_FILENO), terminal_width(STDOUT_FILENO));
  for (const auto& step : report.steps) {
    for (const auto& fault : step.faults)
      out.text() += fmt::format("{}: {}\n", step.name, printable(fault));
    if (step.fault_count > step.faults.size())
      out.text() += fmt::format("{}: {} more\n", step.name, step.fault_count - step.faults.size());
  }
  constexpr auto kNamed = std::size_t{20};
  for (auto i = std::size_t{0}; i < std::min(kNamed, missing.size()); ++i)
    out.text() += fmt::format("not in the evidence given: {}\n", printable(missing[i]));
  if (missing.size() > kNamed)
    out.text() += fmt::format("not in the evidence given: {} more\n", missing.size() - kNamed);
  out.text() += report.passed() ? "the case holds\n" : "the case does NOT hold\n";
  if (const auto written = out.finish(); !written) return say(written.error());
  return report.passed() ? kDone : kPartly;
}

}  // namespace serjeant::cli
