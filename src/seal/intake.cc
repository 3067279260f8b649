#include "seal/intake.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "core/io.h"
#include "core/narrow.h"
#include "core/pool.h"

namespace serjeant {

constexpr auto kSmall = std::uint64_t{64} << 10;     // copied rather than mapped
constexpr auto kMostMappings = std::size_t{30'000};  // of the 65,530 that Linux allows
constexpr auto kLarge = std::uint64_t{64} << 20;     // begun first; see threads_for_large
constexpr auto kNoLimit = std::numeric_limits<std::uint64_t>::max();

Intake::Intake(const SealOptions& options, Progress& progress)
    : options_(options),
      progress_(progress),
      bytes_left_(options.expanded_bytes),
      members_left_(options.members) {
  for (auto i = std::size_t{0}; i < std::max<std::size_t>(1, options.jobs); ++i)
    keepers_.emplace_back(options.work_dir);
}

// The first error in order of index, so that the answer does not depend on
// which worker was quicker.
static auto first_error(std::vector<std::optional<Error>>& errors) -> Result<> {
  for (auto& error : errors)
    if (error) return tl::unexpected<Error>(std::move(*error));
  return {};
}

// In order of place, each once, of their source.
static auto tidy(std::vector<Fault> faults, std::uint32_t source) -> std::vector<Fault> {
  const auto key = [](const Fault& f) { return std::tie(f.span.offset, f.span.length, f.kind); };
  std::sort(faults.begin(), faults.end(),
            [&](const Fault& a, const Fault& b) { return key(a) < key(b); });
  faults.erase(std::unique(faults.begin(), faults.end()), faults.end());
  for (auto& fault : faults) fault.span.source = source;
  return faults;
}

// The two hashes of a large file are worth two threads where one processor
// cannot do both at once.
static auto threads_for_large(std::size_t jobs) -> std::size_t {
  return jobs < 2 || sha256_pair::is_supported() ? 1 : 2;
}

static auto interruption() { return fail(Code::kIo, "interrupted"); }

auto Intake::seal_files(Found found) -> Result<> {
  refused_ = std::move(found.refused);
  const auto& files = found.files;
  auto sizes = std::vector<std::uint64_t>(files.size());
  auto total = std::uint64_t{0};
  for (auto i = std::size_t{0}; i < files.size(); ++i) {
    struct stat status = {};
    const auto folder =
        files[i].folder == Found::kByItself ? AT_FDCWD : found.folders[files[i].folder].get();
    if (::fstatat(folder, files[i].path.c_str(), &status, 0) == 0 && S_ISREG(status.st_mode))
      sizes[i] = static_cast<std::uint64_t>(status.st_size);
    total += sizes[i];
  }
  // Large files first, so that none is begun when all else is done; then the
  // others, one thread on each.
  auto order = std::vector<std::size_t>(files.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto small = std::stable_partition(order.begin(), order.end(),
                                           [&](std::size_t i) { return sizes[i] >= kLarge; });
  std::stable_sort(order.begin(), small,
                   [&](std::size_t a, std::size_t b) { return sizes[a] > sizes[b]; });
  const auto large = static_cast<std::size_t>(small - order.begin());

  progress_.begin("sealing", total, "B");
  auto sealed = std::vector<Sealed>(files.size());
  auto errors = std::vector<std::optional<Error>>(files.size());
  const auto work = [&](std::size_t file, std::size_t worker, std::size_t threads) {
    auto result = seal_file(found, files[file], worker, threads);
    if (result)
      sealed[file] = std::move(*result);
    else
      errors[file] = std::move(result).error();
  };
  const auto jobs = keepers_.size();
  const auto threads = threads_for_large(jobs);
  const auto finished =
      for_each_index(large, std::max<std::size_t>(1, jobs / threads),
                     [&](std::size_t i, std::size_t worker) { work(order[i], worker, threads); }) &&
      for_each_index(order.size() - large, jobs,
                     [&](std::size_t i, std::size_t worker) { work(order[large + i], worker, 1); });
  progress_.end();
  if (!finished) return interruption();
  SJ_DO(first_error(errors));
  for (auto i = std::size_t{0}; i < files.size(); ++i) {
    const auto size = sealed[i].item.print.size;
    if (!sealed[i].refusal.empty())
      refused_.push_back({files[i].name, std::move(sealed[i].refusal)});
    else
      add(std::move(sealed[i].item), {kNowhere, 0, size, files[i].name, "file", files[i].org});
  }
  return {};
}

auto Intake::seal_file(const Found& found, const FoundFile& file, std::size_t worker,
                       std::size_t threads) -> Result<Sealed> {
  const auto refuse = [](std::string why) { return Sealed{{}, std::move(why)}; };
  auto opened = open_found(found, file);
  if (!opened) return refuse(std::move(opened).error().message);
  const auto fd = opened->get();
  struct stat before = {};
  if (io::examine(fd, before) != 0) return refuse(refusal(errno));
  if (!S_ISREG(before.st_mode)) return refuse("not a file");
  const auto size = static_cast<std::uint64_t>(before.st_size);

  auto out = Sealed{};
  auto& item = out.item;
  if (size <= kSmall || mappings_.fetch_add(1) >= kMostMappings) {
    SJ_TRY(out, keep_copy(fd, size, worker));
    if (!out.refusal.empty()) return out;
  } else {
    auto print = fingerprint_file(fd, size, threads, file.name, progress_);
    if (!print) {
      if (interrupted()) return interruption();
      return refuse(std::move(print).error().message);
    }
    item.print = std::move(*print);
    auto mapped = MappedFile::map(fd, item.print.size);
    if (mapped) {
      item.file = std::move(*mapped);
      item.guard = PageGuard(item.file.bytes());
      item.kind = detect_container(item.file.bytes());
    } else {
      SJ_TRY(out, keep_copy(fd, size, worker));
      if (!out.refusal.empty()) return out;
    }
  }

  // The size at opening counts; that somebody wrote meanwhile is said.
  struct stat after = {};
  if (io::examine(fd, after) != 0) return refuse(refusal(errno));
  const auto written = after.st_size != before.st_size ||
                       after.st_mtim.tv_sec != before.st_mtim.tv_sec ||
                       after.st_mtim.tv_nsec != before.st_mtim.tv_nsec;
  const auto end = Span{item.print.size, 0, 0};
  if (item.print.size < size) item.faults.push_back({FaultKind::kTruncated, end});
  if (written) item.faults.push_back({FaultKind::kChanged, end});
  return out;
}

// Copies a file to where small ones lie together.
auto Intake::keep_copy(int fd, std::uint64_t size, std::size_t worker) -> Result<Sealed> {
  thread_local const auto buffer = std::make_unique<char[]>(kSmall);
  auto& keeper = keepers_[worker];
  auto out = Sealed{};
  for (auto at = std::uint64_t{0}; at < size;) {
    const auto wanted = std::min(kSmall, size - at);
    const auto got = io::read_at(fd, buffer.get(), wanted, at);
    if (got < 0) {
      out.refusal = refusal(errno);
      SJ_DO(keeper.drop());
      return out;
    }
    const auto piece = std::string_view{buffer.get(), static_cast<std::size_t>(got)};
    SJ_DO(keeper.add(piece));
    at += piece.size();
    progress_.add(piece.size());
    if (piece.size() < wanted) break;
  }
  SJ_TRY(auto kept, keeper.finish());
  out.item.keeper = worker;
  out.item.at = kept.at;
  out.item.print = std::move(kept.print);
  return out;
}

// The same bytes again are the same item at one more place.
auto Intake::add(Item item, Place place) -> std::size_t {
  const auto [known, fresh] = known_.try_emplace(item.print.sha256, items_.size());
  const auto index = known->second;
  if (fresh) {
    items_.push_back(std::move(item));
    fresh_.push_back(index);
  } else {
    auto& faults = items_[index].faults;
    faults.insert(faults.end(), item.faults.begin(), item.faults.end());
  }
  items_[index].places.push_back(std::move(place));
  return index;
}

auto Intake::bytes_of(const Item& item) const -> std::string_view {
  if (item.keeper == kNowhere || item.print.size == 0) return item.file.bytes();
  return views_[item.keeper].bytes().substr(item.at, item.print.size);
}

// Maps what the keepers hold by now. Earlier views end.
auto Intake::refresh_views() -> Result<> {
  views_.clear();
  for (auto& keeper : keepers_) {
    SJ_TRY(auto view, keeper.map());
    views_.push_back(std::move(view));
  }
  return {};
}

auto Intake::unpack_all() -> Result<> {
  for (auto depth = std::uint32_t{1}; !fresh_.empty(); ++depth) {
    SJ_DO(refresh_views());
    auto candidates = std::exchange(fresh_, {});
    if (!for_each_index(candidates.size(), keepers_.size(), [&](std::size_t i, std::size_t) {
          auto& item = items_[candidates[i]];
          if (item.keeper != kNowhere) item.kind = detect_container(bytes_of(item));
        }))
      return interruption();
    std::erase_if(candidates, [&](std::size_t i) { return items_[i].kind == Container::kNone; });
    // By content, so that limits strike the same members on every run.
    std::sort(candidates.begin(), candidates.end(), [&](std::size_t a, std::size_t b) {
      return items_[a].print.sha256 < items_[b].print.sha256;
    });
    if (depth > options_.depth) {
      for (const auto i : candidates) items_[i].faults.push_back({FaultKind::kTooDeep, {}});
      return {};
    }
    SJ_DO(unpack_level(std::move(candidates)));
  }
  return {};
}

auto Intake::unpack_level(std::vector<std::size_t> containers) -> Result<> {
  auto total = std::uint64_t{0};
  for (const auto i : containers) total += items_[i].print.size;
  progress_.begin("unpacking", total, "B");
  const auto batch_size = 8 * keepers_.size();
  for (auto from = std::size_t{0}; from < containers.size(); from += batch_size) {
    const auto to = std::min(containers.size(), from + batch_size);
    SJ_DO(unpack_batch({containers.begin() + static_cast<std::ptrdiff_t>(from),
                        containers.begin() + static_cast<std::ptrdiff_t>(to)}));
  }
  progress_.end();
  return {};
}

auto Intake::unpack_batch(const std::vector<std::size_t>& batch) -> Result<> {
  const auto jobs = keepers_.size();
  const auto allowance = [&] { return Allowance{options_.ratio, bytes_left_, members_left_}; };
  if (jobs > 1 && batch.size() > 1) {
    auto marks = std::vector<std::uint64_t>{};
    for (const auto& keeper : keepers_) marks.push_back(keeper.mark());
    auto shared = SharedUse{bytes_left_, members_left_};
    auto results = std::vector<Unpacked>(batch.size());
    auto keepers = std::vector<std::size_t>(batch.size());
    auto errors = std::vector<std::optional<Error>>(batch.size());
    if (!for_each_index(batch.size(), jobs, [&](std::size_t i, std::size_t worker) {
          const auto& item = items_[batch[i]];
          auto result = unpack(bytes_of(item), item.kind, allowance(), keepers_[worker], shared);
          keepers[i] = worker;
          if (result)
            results[i] = std::move(*result);
          else
            errors[i] = std::move(result).error();
          progress_.add(item.print.size);
        }))
      return interruption();
    if (!shared.exceeded()) {
      SJ_DO(first_error(errors));
      for (auto i = std::size_t{0}; i < batch.size(); ++i) {
        SJ_DO(take_members(batch[i], std::move(results[i]), keepers[i]));
      }
      return {};
    }
    for (auto i = std::size_t{0}; i < jobs; ++i) {
      SJ_DO(keepers_[i].rewind(marks[i]));
    }
  }
  for (const auto container : batch) {
    auto shared = SharedUse{kNoLimit, kNoLimit};
    const auto& item = items_[container];
    auto result = unpack(bytes_of(item), item.kind, allowance(), keepers_[0], shared);
    if (!result && interrupted()) return interruption();
    SJ_TRY(auto unpacked, std::move(result));
    SJ_DO(take_members(container, std::move(unpacked), 0));
    progress_.add(item.print.size);
  }
  return {};
}

// An exercise may be handed over as an archive: its answers are no evidence
// there either.
auto Intake::drop_answers(Unpacked& unpacked, std::size_t container, std::size_t keeper)
    -> Result<> {
  constexpr auto kMeta = std::string_view("truth/meta.json");
  auto answers = std::set<std::string>{};  // folders that hold a `truth`
  for (const auto& member : unpacked.members) {
    const auto name = std::string_view(member.name);
    if (!name.ends_with(kMeta) || member.kept.print.size > kSmall) continue;
    const auto before = name.substr(0, name.size() - kMeta.size());
    if (!before.empty() && before.back() != '/') continue;
    SJ_TRY(const auto text, keepers_[keeper].read(member.kept.at, member.kept.print.size));
    if (is_truth_meta(text)) answers.emplace(before);
  }
  for (const auto& folder : answers) {
    refused_members_.push_back({container, {folder + "truth", std::string(kAnswerKey)}});
    std::erase_if(unpacked.members, [&](const UnpackedMember& member) {
      if (member.name == folder + "MANIFEST") {
        refused_members_.push_back({container, {member.name, std::string(kAnswerKey)}});
        return true;
      }
      return member.name.starts_with(folder + "truth/");
    });
  }
  return {};
}

auto Intake::take_members(std::size_t container, Unpacked unpacked, std::size_t keeper)
    -> Result<> {
  bytes_left_ -= std::min(bytes_left_, unpacked.bytes);
  members_left_ -= std::min(members_left_, unpacked.count);
  SJ_DO(drop_answers(unpacked, container, keeper));
  for (auto& refused : unpacked.refused)
    refused_members_.push_back({container, std::move(refused)});
  auto& faults = items_[container].faults;
  faults.insert(faults.end(), unpacked.faults.begin(), unpacked.faults.end());
  for (auto& member : unpacked.members) {
    auto item = Item{};
    item.print = std::move(member.kept.print);
    item.keeper = keeper;
    item.at = member.kept.at;
    item.faults = std::move(member.faults);
    add(std::move(item),
        {container, member.offset, member.length, std::move(member.name), unpacked.codec, ""});
  }
  return {};
}

// "log.ndjson" for the stream "logs/log.ndjson.gz", where the stream itself
// does not say what it holds.
static auto name_within(std::string_view container) -> std::string {
  auto name = container.substr(container.rfind('/') + 1);
  for (const auto end : {".gz", ".bz2", ".xz", ".zst", ".zstd", ".lz4", ".z"}) {
    if (name.size() > std::string_view(end).size() && name.ends_with(end)) {
      name.remove_suffix(std::string_view(end).size());
      break;
    }
  }
  return std::string(name);
}

// What an item is called and who gave it, by the places that were known when
// it was found first: given by hand, or in a container that was found before
// it. (A container may hold itself, so later places cannot be asked.)
void Intake::name_items() {
  for (auto i = std::size_t{0}; i < items_.size(); ++i) {
    auto& item = items_[i];
    auto best = std::optional<std::tuple<std::uint32_t, std::string>>{};
    auto orgs = std::set<std::string>{};
    for (const auto& place : item.places) {
      const auto given = place.container == kNowhere;
      if (!given && place.container >= i) continue;
      auto name =
          given || !place.name.empty() ? place.name : name_within(items_[place.container].label);
      auto candidate = std::tuple(given ? 0u : 1u, std::move(name));
      if (!best || candidate < *best) best = std::move(candidate);
      if (!place.org.empty()) orgs.insert(place.org);
      if (!given)
        orgs.insert(items_[place.container].orgs.begin(), items_[place.container].orgs.end());
    }
    if (best) item.label = std::get<1>(*best);
    item.orgs.assign(orgs.begin(), orgs.end());
  }
}

auto Intake::finish() -> Result<Evidence> {
  SJ_DO(refresh_views());
  name_items();
  auto order = std::vector<std::size_t>(items_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return items_[a].print.sha256 < items_[b].print.sha256;
  });
  auto ids = std::vector<std::uint32_t>(items_.size());
  for (auto i = std::size_t{0}; i < order.size(); ++i) ids[order[i]] = narrow<std::uint32_t>(i + 1);

  auto out = Evidence{};
  out.sources.reserve(items_.size());
  for (const auto index : order) {
    auto& item = items_[index];
    auto& source = out.sources.emplace_back();
    source.id = ids[index];
    for (auto& place : item.places) {
      const auto given = place.container == kNowhere;
      if (!given && place.name.empty()) place.name = name_within(items_[place.container].label);
      source.origins.push_back({given ? 0 : ids[place.container], place.offset, place.length,
                                std::move(place.name), std::move(place.codec)});
    }
    const auto key = [](const Origin& o) { return std::tie(o.container, o.offset, o.name); };
    std::sort(source.origins.begin(), source.origins.end(),
              [&](const Origin& a, const Origin& b) { return key(a) < key(b); });
    source.origins.erase(
        std::unique(source.origins.begin(), source.origins.end(),
                    [&](const Origin& a, const Origin& b) { return key(a) == key(b); }),
        source.origins.end());
    source.faults = tidy(std::move(item.faults), source.id);
    source.orgs = item.orgs;
    source.org = source.orgs.empty() ? "" : source.orgs.front();
    source.container = item.kind != Container::kNone;
    source.file = item.keeper == kNowhere ? std::move(item.file) : MappedFile::part(bytes_of(item));
    source.guard = std::move(item.guard);
    source.sha256 = item.print.sha256;
    source.merkle = item.print.merkle;
    source.leaves = std::move(item.print.leaves);
    source.size = item.print.size;
  }
  out.held = std::move(views_);
  for (auto& [container, what] : refused_members_)
    refused_.push_back({items_[container].label + " > " + what.name, std::move(what.why)});
  const auto key = [](const Refused& r) { return std::tie(r.name, r.why); };
  std::sort(refused_.begin(), refused_.end(),
            [&](const Refused& a, const Refused& b) { return key(a) < key(b); });
  refused_.erase(std::unique(refused_.begin(), refused_.end(),
                             [&](const Refused& a, const Refused& b) { return key(a) == key(b); }),
                 refused_.end());
  out.refused = std::move(refused_);
  return out;
}

}  // namespace serjeant
