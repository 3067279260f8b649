#include "store/custody.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "core/file.h"
#include "core/json.h"
#include "core/text.h"

namespace serjeant {

namespace {

constexpr auto kMaxTorn = std::size_t{100};
constexpr auto kMaxLine = std::size_t{1} << 20;

// The entry as canonical JSON (RFC 8785): names in order, no white space.
auto line_of(const CustodyEntry& entry, bool with_hash) -> std::string {
  auto out = std::string();
  auto json = JsonWriter(out);
  json.begin_object();
  json.field("act", entry.act).field("actor", entry.actor).field("at", format_time(entry.at));
  if (with_hash) json.field("hash", hex(entry.hash));
  json.field("object", entry.object).field("prev", hex(entry.prev));
  json.key("seq").unsigned_number(entry.seq);
  json.end_object();
  return out;
}

auto hash_of(const CustodyEntry& entry) -> Digest {
  return Sha256().add(view(entry.prev)).add(line_of(entry, false)).finish();
}

auto digest_from(std::string_view digits) -> std::optional<Digest> {
  const auto bytes = from_hex(digits);
  if (!bytes || bytes->size() != 32) return std::nullopt;
  auto out = Digest();
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

// Nothing unless the line is, byte for byte, what `line_of` writes.
auto entry_of(std::string_view line) -> std::optional<CustodyEntry> {
  if (line.size() > kMaxLine) return std::nullopt;
  auto document = Document();
  auto arena = Arena();
  const auto read = parse_json(line, {}, document, arena, {8, 64});
  if (!read.complete || !document.root().is_object()) return std::nullopt;
  const auto root = document.root();
  auto entry = CustodyEntry();
  const auto seq = to_uint(root.find("seq").text());
  const auto at = parse_iso_time(root.find("at").text());
  const auto prev = digest_from(root.find("prev").text());
  const auto hash = digest_from(root.find("hash").text());
  if (!seq || !at || !prev || !hash) return std::nullopt;
  entry.seq = *seq;
  entry.at = at->at;
  entry.actor = root.find("actor").text();
  entry.act = root.find("act").text();
  entry.object = root.find("object").text();
  entry.prev = *prev;
  entry.hash = *hash;
  if (line_of(entry, true) != line) return std::nullopt;
  return entry;
}

// Why `entry` cannot stand after `head`; empty: it can.
auto objection(const CustodyEntry& entry, const CustodyHead& head) -> std::string {
  if (entry.hash != hash_of(entry)) return "its hash is not that of its content";
  if (entry.prev != head.hash) return "it does not follow the entry before it";
  if (entry.seq != head.seq + 1)
    return fmt::format("it has number {} where {} was due", entry.seq, head.seq + 1);
  return {};
}

auto walk(std::string_view text, const std::function<void(const CustodyEntry&)>& each)
    -> CustodyReport {
  auto report = CustodyReport();
  for (auto line = std::uint64_t{1}; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto bytes = text.substr(0, end);
    const auto last = end + 1 >= text.size();
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto entry = entry_of(bytes);
    if (!entry) {
      if (report.torn.size() < kMaxTorn) report.torn.push_back(line);
      report.torn_tail = last;
      continue;
    }
    report.broken = objection(*entry, report.head);
    if (!report.broken.empty()) {
      report.broken_line = line;
      return report;
    }
    report.head = {entry->seq, entry->hash};
    each(*entry);
  }
  return report;
}

auto whole_text(int fd, const std::string& path) -> Result<MappedFile> {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return tl::unexpected<Error>(io_error("examine", path));
  if (!S_ISREG(status.st_mode))
    return fail(Code::kUnsupported, fmt::format("{} is not a file", printable(path)), path);
  return MappedFile::map(fd, static_cast<std::size_t>(status.st_size));
}

// All of `bytes` at the end of the file, or the file as it was.
auto append_all(int fd, const std::string& path, std::string_view bytes) -> Result<> {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return tl::unexpected<Error>(io_error("examine", path));
  auto left = bytes;
  while (!left.empty()) {
    const auto written = ::write(fd, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      auto error = io_error("write", path);
      // If this fails too, what is left is a torn line, which the next check reports.
      if (::ftruncate(fd, status.st_size) != 0) error.message += "; its last line is torn";
      return tl::unexpected<Error>(std::move(error));
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return tl::unexpected<Error>(io_error("write", path));
  return {};
}

}  // namespace

auto custody_path(const std::string& case_path) -> std::string { return case_path + ".custody"; }

auto append_custody(const std::string& path, Nanos at, std::string_view actor, std::string_view act,
                    std::string_view object) -> Result<CustodyEntry> {
  const auto fd = Fd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!fd) return tl::unexpected<Error>(io_error("write", path));
  while (::flock(fd.get(), LOCK_EX) != 0)
    if (errno != EINTR) return tl::unexpected<Error>(io_error("lock", path));
  auto head = CustodyHead();
  auto begin = std::string();
  {
    SJ_TRY(const auto file, whole_text(fd.get(), path));
    const auto report = walk(file.bytes(), [](const CustodyEntry&) {});
    if (report.broken_line != 0)
      return fail(Code::kMalformed,
                  fmt::format("line {} of {} is broken: {}", report.broken_line, printable(path),
                              report.broken),
                  path);
    head = report.head;
    if (!file.bytes().empty() && file.bytes().back() != '\n') begin = "\n";
  }
  auto entry = CustodyEntry();
  entry.seq = head.seq + 1;
  entry.at = at;
  entry.actor = replace_bad_utf8(actor);
  entry.act = replace_bad_utf8(act);
  entry.object = replace_bad_utf8(object);
  entry.prev = head.hash;
  entry.hash = hash_of(entry);
  SJ_DO(append_all(fd.get(), path, begin + line_of(entry, true) + '\n'));
  return entry;
}

auto check_custody(const std::string& path) -> Result<CustodyReport> {
  SJ_TRY(const auto file, MappedFile::open(path));
  return walk(file.bytes(), [](const CustodyEntry&) {});
}

auto read_custody(const std::string& path) -> Result<std::vector<CustodyEntry>> {
  SJ_TRY(const auto file, MappedFile::open(path));
  auto out = std::vector<CustodyEntry>();
  walk(file.bytes(), [&](const CustodyEntry& entry) { out.push_back(entry); });
  return out;
}

auto declared_hash(std::int64_t seq, std::int64_t source, std::string_view at,
                   std::string_view actor, std::string_view act, std::string_view note,
                   const Digest& prev) -> Digest {
  auto line = std::string();
  auto json = JsonWriter(line);
  json.begin_object();
  json.field("act", act).field("actor", actor).field("at", at).field("note", note);
  json.field("prev", hex(prev)).field("seq", seq).field("source", source);
  json.end_object();
  return Sha256().add(view(prev)).add(line).finish();
}

}  // namespace serjeant
