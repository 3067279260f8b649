#include "attribute/neutral.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>

#include "core/file.h"
#include "core/json.h"
#include "core/sha256.h"
#include "core/text.h"

namespace serjeant::neutral {
namespace {

constexpr auto kMostReports = std::size_t{65'535};  // counts are of 16 bits
constexpr auto kMostCells = std::size_t{1} << 26;

// Names get their numbers when all of them are known, so that the order of
// numbers is that of names and ties go to the smaller name.
class Names {
 public:
  void add(std::string_view name) { all_.emplace(name); }
  void add_all(Value list) {
    for (const auto member : list) add(member.text());
  }
  auto list() const -> std::vector<std::string> { return {all_.begin(), all_.end()}; }

 private:
  std::set<std::string, std::less<>> all_;
};

auto number_in(const std::vector<std::string>& names, std::string_view name) -> Number {
  const auto at = std::lower_bound(names.begin(), names.end(), name);
  return at != names.end() && *at == name ? static_cast<Number>(at - names.begin()) : kNone;
}

void make_set(std::vector<Number>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

auto integer(std::string_view text) -> std::int32_t {
  auto out = std::int32_t{0};
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// "12.1" before "18.1": by number, then by text.
auto release_before(std::string_view a, std::string_view b) -> bool {
  const auto x = integer(a), y = integer(b);
  return x != y ? x < y : a < b;
}

auto text_of(const NeutralFiles& files, std::string_view name) -> std::string_view {
  const auto at = files.find(name);
  return at == files.end() ? std::string_view{} : std::string_view(at->second);
}

// Each line that is an object; counts the others.
auto each_line(std::string_view text, const std::function<void(Value)>& take) -> std::uint64_t {
  auto bad = std::uint64_t{0};
  auto document = Document{};
  auto arena = Arena{};
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    document.clear();
    arena.reset();
    const auto outcome = parse_json(line, "", document, arena);
    if (outcome.complete && document.root().is_object())
      take(document.root());
    else
      ++bad;
  }
  return bad;
}

// Where it cannot be told, yes: reading it then says why.
auto exists_in(const std::string& folder, std::string_view name) -> bool {
  auto error = std::error_code{};
  return std::filesystem::exists(std::filesystem::path(folder) / name, error) || error;
}

// "18.1" of "kb/kb-18.1.jsonl"; nothing for other names.
auto version_in(std::string_view name) -> std::string_view {
  constexpr auto kBefore = std::string_view("kb/kb-"), kBehind = std::string_view(".jsonl");
  if (name.size() <= kBefore.size() + kBehind.size() || !name.starts_with(kBefore) ||
      !name.ends_with(kBehind))
    return {};
  return name.substr(kBefore.size(), name.size() - kBefore.size() - kBehind.size());
}

// The releases whose knowledge stands in `folder`/kb, oldest first.
auto versions_in(const std::string& folder) -> std::vector<std::string> {
  auto out = std::vector<std::string>{};
  auto error = std::error_code{};
  auto at = std::filesystem::directory_iterator(folder + "/kb", error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    const auto name = "kb/" + at->path().filename().string();
    if (const auto version = version_in(name); !version.empty()) out.emplace_back(version);
  }
  std::sort(out.begin(), out.end(), release_before);
  return out;
}

auto read_files(const std::string& folder, const std::vector<std::string>& versions)
    -> Result<NeutralFiles> {
  auto out = NeutralFiles{};
  for (const auto& version : versions) {
    const auto name = fmt::format("kb/kb-{}.jsonl", version);
    SJ_TRY(out[name], read_file(folder + "/" + name));
  }
  if (exists_in(folder + "/kb", "versions.jsonl")) {
    SJ_TRY(out["kb/versions.jsonl"], read_file(folder + "/kb/versions.jsonl"));
  }
  for (const auto* name :
       {"cases.jsonl", "campaigns.jsonl", "citations.jsonl", "groups.jsonl", "software.jsonl"}) {
    if (!exists_in(folder, name)) continue;
    SJ_TRY(out[name], read_file(folder + "/" + name));
  }
  return out;
}

// First pass: which names there are.
void collect_names(const NeutralFiles& files, std::string_view trials, Library& out) {
  auto groups = Names{}, items = Names{}, sources = Names{}, publishers = Names{};
  for (const auto& [name, text] : files) {
    // Software that nobody was seen with, and what it implies, adds no name.
    if (name == "kb/versions.jsonl" || name == "software.jsonl") continue;
    out.bad_lines += each_line(text, [&, &name = name](Value line) {
      if (name == "citations.jsonl") {
        sources.add(line.find("src").text());
        publishers.add(line.find("publisher").text());
      } else if (name == "groups.jsonl") {
        groups.add(line.find("group").text());
      } else if (name == "cases.jsonl") {
        groups.add(line.find("group").text());
        sources.add(line.find("source").text());
        publishers.add(line.find("publisher").text());
        items.add_all(line.find("techniques"));
        items.add_all(line.find("software"));
      } else if (name == "campaigns.jsonl") {
        for (const auto group : line.find("attributed_to")) groups.add(group.key());
        sources.add_all(line.find("sources"));
        for (const auto seen : line.find("observed")) {
          items.add_all(seen.find("t"));
          items.add_all(seen.find("s"));
        }
      } else {
        groups.add(line.find("g").text());
        sources.add(line.find("src").text());
        items.add_all(line.find("t"));
        items.add_all(line.find("s"));
      }
    });
  }
  out.bad_lines += each_line(trials, [&](Value line) {
    sources.add(line.find("drop_source").text());
    const auto observed = line.find("observed");
    items.add_all(observed.find("t"));
    items.add_all(observed.find("s"));
  });
  out.groups = groups.list();
  out.items = items.list();
  out.sources = sources.list();
  out.publishers = publishers.list();
  for (const auto& item : out.items) out.is_technique.push_back(item.starts_with('T'));
}

// Second pass: everything by number.
class Filler {
 public:
  explicit Filler(Library& out) : out_(out) {
    out_.citations.resize(out_.sources.size());
    out_.country.resize(out_.groups.size());
    out_.implies.resize(out_.items.size());
  }

  void citation(Value line) {
    const auto source = number_in(out_.sources, line.find("src").text());
    out_.citations[source] = {month_of(line.find("date").text()),
                              number_in(out_.publishers, line.find("publisher").text())};
  }
  void group(Value line) {
    const auto country = line.find("country");
    if (country.is_text())
      out_.country[number_in(out_.groups, line.find("group").text())] = country.text();
  }
  void software(Value line) {
    const auto item = number_in(out_.items, line.find("id").text());
    if (item == kNone) return;
    auto& into = out_.implies[item];
    for (const auto member : line.find("implies"))
      if (const auto technique = number_in(out_.items, member.text()); technique != kNone)
        into.push_back(technique);
    make_set(into);
  }
  void report(Value line, std::vector<Report>& into) {
    if (!line.find("src").is_text()) return;
    auto made = Report{};
    made.group = number_in(out_.groups, line.find("g").text());
    made.source = number_in(out_.sources, line.find("src").text());
    made.publisher = out_.citations[made.source].publisher;
    made.month = out_.citations[made.source].month;
    made.items = items(line.find("t"), line.find("s"));
    into.push_back(std::move(made));
  }
  void question(Value line) {
    auto made = PublishedCase{};
    made.id = line.find("case_id").text();
    made.group = number_in(out_.groups, line.find("group").text());
    made.source = number_in(out_.sources, line.find("source").text());
    made.publisher = number_in(out_.publishers, line.find("publisher").text());
    made.month = month_of(line.find("date").text());
    made.items = items(line.find("techniques"), line.find("software"));
    made.first_cited = line.find("flags").find("first_cited_any_group").text();
    out_.cases.push_back(std::move(made));
  }
  void campaign(Value line) {
    auto made = PublishedCampaign{};
    made.id = line.find("campaign").text();
    for (const auto group : line.find("attributed_to"))
      made.groups.push_back(number_in(out_.groups, group.key()));
    for (const auto source : line.find("sources"))
      made.sources.push_back(number_in(out_.sources, source.text()));
    for (const auto seen : line.find("observed"))
      for (const auto item : items(seen.find("t"), seen.find("s"))) made.items.push_back(item);
    make_set(made.items);
    make_set(made.groups);
    make_set(made.sources);
    out_.campaigns.push_back(std::move(made));
  }
  void release(Value line) {
    auto made = Release{};
    made.version = line.find("version").text();
    made.released = month_of(line.find("released").text());
    for (const auto campaign : line.find("attributed_campaigns"))
      made.attributed_campaigns.emplace_back(campaign.is_object() ? campaign.key()
                                                                  : campaign.text());
    out_.releases.push_back(std::move(made));
  }
  void trial(Value line) {
    auto made = Trial{};
    made.name = line.find("trial").text();
    made.case_id = line.find("case_id").text();
    made.version = line.find("kb").text();
    made.month = month_of(line.find("date").text());
    made.source = number_in(out_.sources, line.find("drop_source").text());
    made.group = number_in(out_.groups, line.find("drop_group").text());
    made.window = std::clamp(integer(line.find("window_months").text()), 0, 1200);
    const auto observed = line.find("observed");
    made.items = items(observed.find("t"), observed.find("s"));
    out_.trials.push_back(std::move(made));
  }

 private:
  auto items(Value techniques, Value software) const -> std::vector<Number> {
    auto out = std::vector<Number>{};
    for (const auto list : {techniques, software})
      for (const auto member : list) out.push_back(number_in(out_.items, member.text()));
    make_set(out);
    return out;
  }

  Library& out_;
};

void fill(const NeutralFiles& files, const std::vector<std::string>& versions,
          std::string_view trials, Library& out) {
  auto filler = Filler(out);
  each_line(text_of(files, "citations.jsonl"), [&](Value line) { filler.citation(line); });
  each_line(text_of(files, "groups.jsonl"), [&](Value line) { filler.group(line); });
  each_line(text_of(files, "software.jsonl"), [&](Value line) { filler.software(line); });
  each_line(text_of(files, "cases.jsonl"), [&](Value line) { filler.question(line); });
  each_line(text_of(files, "campaigns.jsonl"), [&](Value line) { filler.campaign(line); });
  each_line(text_of(files, "kb/versions.jsonl"), [&](Value line) { filler.release(line); });
  for (const auto& version : versions) {
    auto& into = out.reports[version];
    each_line(text_of(files, fmt::format("kb/kb-{}.jsonl", version)),
              [&](Value line) { filler.report(line, into); });
  }
  each_line(trials, [&](Value line) { filler.trial(line); });
  std::sort(out.cases.begin(), out.cases.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
}

}  // namespace

auto month_of(std::string_view date) -> Month {
  auto out = Month{};
  const auto year = integer(date.substr(0, 4));
  if (year < 1 || year > 9999) return out;
  const auto month = date.size() >= 7 && date[4] == '-' ? integer(date.substr(5, 2)) : 0;
  const auto known = month >= 1 && month <= 12 ? month : 0;
  out.stamp = year * 100 + known;
  out.number = year * 12 + std::max(known, 1);
  return out;
}

auto Library::item(std::string_view name) const -> Number { return number_in(items, name); }
auto Library::group(std::string_view name) const -> Number { return number_in(groups, name); }

auto Library::newest() const -> const std::vector<Report>& {
  const auto* newest = &reports.begin()->first;
  for (const auto& [version, list] : reports)
    if (release_before(*newest, version)) newest = &version;
  return reports.find(*newest)->second;
}

auto library_from(const NeutralFiles& files, std::string_view trials) -> Result<Library> {
  auto out = Library{};
  auto versions = std::vector<std::string>{};
  auto sum = Sha256{};
  for (const auto& [name, text] : files) {
    sum.add(name).add("\n").add(hex(sha256(text)));
    if (const auto version = version_in(name); !version.empty()) versions.emplace_back(version);
  }
  std::sort(versions.begin(), versions.end(), release_before);
  out.digest = hex(sum.finish());
  collect_names(files, trials, out);
  if (out.groups.size() * out.items.size() > kMostCells)
    return fail(Code::kTooLarge, "there are too many groups and items to hold each against each");
  fill(files, versions, trials, out);
  auto reports = std::size_t{0};
  for (const auto& [version, list] : out.reports) reports = std::max(reports, list.size());
  if (reports > kMostReports)
    return fail(Code::kTooLarge, "a release of the knowledge has more than 65,535 reports");
  if (reports == 0) return fail(Code::kMalformed, "the knowledge has no report with a source");
  return out;
}

auto read_library(const std::string& folder, const std::string& trials) -> Result<Library> {
  const auto versions = versions_in(folder);
  if (versions.empty())
    return fail(Code::kNotFound,
                printable(folder) + " holds no knowledge: there is no kb/kb-VERSION.jsonl");
  SJ_TRY(const auto files, read_files(folder, versions));
  auto questions = std::string{};
  if (!trials.empty()) {
    SJ_TRY(questions, read_file(trials));
  }
  SJ_TRY(auto out, library_from(files, questions));
  if (!trials.empty() && out.trials.empty())
    return fail(Code::kMalformed, printable(trials) + " holds no question");
  return out;
}

auto choice_of(std::string_view a, std::string_view b) -> std::uint32_t {
  const auto digest = Sha256{}.add(a).add("|").add(b).finish();
  return std::uint32_t{digest[0]} << 24 | std::uint32_t{digest[1]} << 16 |
         std::uint32_t{digest[2]} << 8 | std::uint32_t{digest[3]};
}

auto fold_of(std::string_view group) -> std::size_t { return choice_of(group, "fold") % kFolds; }

}  // namespace serjeant::neutral
