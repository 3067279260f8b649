// How fast rules are loaded and events are judged, one thread:
//
//   detect_bench [--check] [--top] [--routed] [--rules PATH]... FILE...
//
// Each FILE is one lane of events in a format that serjeant reads. Per lane:
// the events are read and shaped once and kept; the fast matcher then judges all
// of them, first with nothing remembered ("cold"), then four more times (the
// median is "warm"). "end to end" reads, shapes and judges from the bytes of the
// file, median of five. With --check the reference matcher judges as well, and
// the findings must be equal. With --routed, events of no known source are taken to
// be of the log source that their own keys product, category and service name.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "core/file.h"
#include "detect/matcher.h"
#include "read/record.h"
#include "shape/event.h"
#include "shape/shape.h"

namespace serjeant {
namespace {

// Processor time of this thread, so that other work on the machine counts less.
auto now() -> double {
  auto time = timespec{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}
auto seconds_since(double begin) -> double { return now() - begin; }

auto median(std::vector<double> all) -> double {
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

// Reads and shapes a file, and hands each event on.
template <class Take>
class Reading final : public RecordSink, public EventSink {
 public:
  Reading(std::string_view bytes, const std::string& name, const Profiles& profiles, Take take)
      : bytes_(bytes), take_(std::move(take)) {
    const auto reader = open_reader(bytes, 0, name);
    is_lines_ = reader->format() == "w3c" || reader->format() == "access";
    shaper_ = std::make_unique<Shaper>(*profiles.recognise(*reader, name), name);
    for (const auto& extent : reader->plan(std::uint64_t{4} << 20)) {
      reader->read(extent, arena_, *this);
      arena_.reset();
    }
  }
  void record(const Record& record) override { shaper_->shape(record, arena_, *this); }
  void fault(const Fault&) override {}
  void account(Extent, Coverage, std::string_view) override {}
  void event(const Event& event) override {
    take_(event,
          is_lines_ ? bytes_.substr(event.span.offset, event.span.length) : std::string_view{});
  }

 private:
  std::string_view bytes_;
  Take take_;
  bool is_lines_ = false;
  std::unique_ptr<Shaper> shaper_;
  Arena arena_;
};

// The event with the log source that its own keys name.
auto routed(const Event& event) -> Event {
  auto out = event;
  out.product = event.native.find("product").text();
  out.category = event.native.find("category").text();
  out.service = event.native.find("service").text();
  if (!out.product.empty() || !out.category.empty() || !out.service.empty()) out.profile = "lane";
  return out;
}

struct Kept {
  Document document;
  Event event;
  std::string_view raw;
};

auto describe(const Finding& finding) -> std::string {
  auto out = std::to_string(finding.rule) + " " + finding.logsource;
  for (const auto& one : finding.matched)
    out += "\n " + one.field + "=" + one.value + "\n  by " + one.pattern;
  return out;
}

auto findings_of(Matcher& matcher, const std::vector<std::unique_ptr<Kept>>& events)
    -> std::vector<Finding> {
  auto out = std::vector<Finding>{};
  for (const auto& kept : events) matcher.match(kept->event, kept->raw, out);
  return out;
}

struct Options {
  bool check = false, routed = false, top = false;
  int rounds = 5, loads = 5;
};

auto run_lane(const std::string& path, const RuleSet& rules, const Profiles& profiles,
              Options options) -> bool {
  const auto bytes = read_file(path);
  if (!bytes) return false;
  auto arena = Arena{};
  auto events = std::vector<std::unique_ptr<Kept>>{};
  auto encoded = std::string{};
  Reading(*bytes, path, profiles, [&](const Event& event, std::string_view raw) {
    encoded.clear();
    encode_event(options.routed ? routed(event) : event, encoded);
    auto& kept = *events.emplace_back(std::make_unique<Kept>());
    decode_event(encoded, arena, kept.document, kept.event);
    kept.raw = raw;
  });
  auto out = std::vector<Finding>{};
  auto times = std::vector<double>{};
  const auto matcher = make_fast_matcher(rules);
  auto findings = std::size_t{0};
  for (auto round = 0; round < options.rounds; ++round) {
    findings = 0;
    const auto begin = now();
    for (const auto& kept : events) {
      out.clear();
      matcher->match(kept->event, kept->raw, out);
      findings += out.size();
    }
    times.push_back(seconds_since(begin));
  }
  const auto cold = times[0];
  const auto warm = median({times.begin() + 1, times.end()});
  auto candidates = std::uint64_t{0};
  for (const auto count : matcher->counts().candidates) candidates += count;
  if (options.rounds > 5) {
    std::printf("warm %.0f ev/s\n", static_cast<double>(events.size()) / warm);
    return true;
  }
  const auto end_to_end = [&](bool judge) {
    auto all = std::vector<double>{};
    for (auto round = 0; round < 5; ++round) {
      const auto begin = now();
      Reading(*bytes, path, profiles, [&](const Event& event, std::string_view raw) {
        out.clear();
        if (judge) matcher->match(options.routed ? routed(event) : event, raw, out);
      });
      all.push_back(seconds_since(begin));
    }
    return median(all);
  };
  const auto reading = end_to_end(false);
  const auto whole = end_to_end(true);
  const auto count = static_cast<double>(events.size());
  std::printf(
      "%-28s %7zu events  cold %9.0f  warm %9.0f  read+shape %9.0f  end to end %9.0f ev/s "
      "%6.1f MB/s  candidates/event %.2f  findings/event %.3f\n",
      path.substr(path.rfind('/') + 1).c_str(), events.size(), count / cold, count / warm,
      count / reading, count / whole, static_cast<double>(bytes->size()) / whole / 1e6,
      static_cast<double>(candidates) / count / options.rounds,
      static_cast<double>(findings) / count);
  if (options.top) {
    const auto& counts = matcher->counts();
    auto order = std::vector<std::size_t>{};
    for (auto i = std::size_t{0}; i < counts.candidates.size(); ++i)
      if (counts.candidates[i] > 0) order.push_back(i);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return counts.candidates[a] > counts.candidates[b];
    });
    for (auto i = std::size_t{0}; i < std::min<std::size_t>(order.size(), 25); ++i)
      std::printf("  %8lu candidates %8lu matches  %s\n", counts.candidates[order[i]],
                  counts.matches[order[i]], rules.rules()[order[i]].file.c_str());
    for (const auto& [key, source] : counts.sources)
      std::printf("  %8lu events of %s\n", source.events, key.c_str());
  }
  if (!options.check) return true;
  const auto fast = findings_of(*make_fast_matcher(rules), events);
  const auto slow = findings_of(*make_reference_matcher(rules), events);
  for (auto i = std::size_t{0}; i < std::max(fast.size(), slow.size()); ++i) {
    const auto a = i < fast.size() ? describe(fast[i]) : "nothing";
    const auto b = i < slow.size() ? describe(slow[i]) : "nothing";
    if (a == b && fast[i].id == slow[i].id && fast[i].span == slow[i].span) continue;
    std::printf("DIFFERS at finding %zu\nfast: %s\nreference: %s\n", i, a.c_str(), b.c_str());
    return false;
  }
  std::printf("  equal to the reference: %zu findings\n", fast.size());
  return true;
}

auto run(const std::vector<std::string>& arguments) -> int {
  auto request = RuleRequest{};
  auto files = std::vector<std::string>{};
  auto options = Options{};
  for (auto i = std::size_t{0}; i < arguments.size(); ++i) {
    if (arguments[i] == "--check")
      options.check = true;
    else if (arguments[i] == "--rounds" && i + 1 < arguments.size())  // to look at with a profiler
      options.rounds = std::max(2, std::atoi(arguments[++i].c_str())), options.loads = 1;
    else if (arguments[i] == "--top")
      options.top = true;
    else if (arguments[i] == "--routed")
      options.routed = true;
    else if (arguments[i] == "--rules" && i + 1 < arguments.size())
      request.paths.push_back(arguments[++i]);
    else
      files.push_back(arguments[i]);
  }
  if (request.paths.empty()) request.paths.emplace_back("builtin");
  auto times = std::vector<double>{};
  for (auto round = 0; round < options.loads; ++round) {
    const auto begin = now();
    const auto rules = load_rules(request);
    if (!rules) return 2;
    times.push_back(seconds_since(begin));
  }
  const auto rules = load_rules(request);
  if (!rules) return 2;
  std::printf("%zu rules loaded in %.0f ms\n", rules->loaded(), median(times) * 1e3);
  const auto profiles = Profiles::load({});
  if (!profiles) return 2;
  auto good = true;
  for (const auto& file : files) good = run_lane(file, *rules, *profiles, options) && good;
  auto usage = rusage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("peak memory %ld MiB\n", usage.ru_maxrss / 1024);
  return good ? 0 : 1;
}

}  // namespace
}  // namespace serjeant

auto main(int argc, char** argv) -> int { return serjeant::run({argv + 1, argv + argc}); }
