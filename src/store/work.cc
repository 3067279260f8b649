#include "store/work.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <vector>

#include "core/text.h"

namespace serjeant {

namespace {

namespace fs = std::filesystem;

constexpr auto kKeyFile = std::string_view("key");
constexpr auto kKeyHead = std::string_view("serjeant work folder 1\n");
constexpr auto kUnitEnding = std::string_view(".unit");

auto key_text(const Digest& key) -> std::string { return std::string(kKeyHead) + hex(key) + '\n'; }

auto file_error(std::string_view act, const std::string& path, const std::error_code& code)
    -> Error {
  return {Code::kIo, fmt::format("cannot {} {}: {}", act, printable(path), code.message()), path};
}

auto names_in(const std::string& folder) -> Result<std::vector<std::string>> {
  auto out = std::vector<std::string>();
  auto code = std::error_code();
  auto at = fs::directory_iterator(folder, code);
  for (; !code && at != fs::directory_iterator(); at.increment(code))
    out.push_back(at->path().filename().string());
  if (code) return tl::unexpected<Error>(file_error("read", folder, code));
  return out;
}

auto remove_all(const std::string& path) -> Result<> {
  auto code = std::error_code();
  fs::remove_all(path, code);  // removes links, does not follow them
  if (code) return tl::unexpected<Error>(file_error("remove", path, code));
  return {};
}

// A case replaces an older case, nothing else: a slip of the pen must not cost
// evidence. A case file is a database with our mark at byte 68 (SQLite file
// format, 1.3).
auto check_place(const std::string& case_path) -> Result<> {
  struct stat there {};
  if (::stat(case_path.c_str(), &there) != 0) {
    const auto folder = fs::path(case_path).parent_path();
    auto code = std::error_code();
    if (!folder.empty() && !fs::is_directory(folder, code))
      return fail(Code::kNotFound,
                  fmt::format("no case can be written to {}: there is no folder {}",
                              printable(case_path), printable(folder.string())),
                  case_path);
    return {};
  }
  if (S_ISDIR(there.st_mode))
    return fail(Code::kMalformed,
                fmt::format("{} is a folder; name a file in it, such as {}", printable(case_path),
                            printable((fs::path(case_path) / "case.sjt").string())),
                case_path);
  const auto fd = Fd(::open(case_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return tl::unexpected<Error>(io_error("read", case_path));
  constexpr auto kMark = std::size_t{68};
  char head[kMark + 4] = {};
  const auto got = ::pread(fd.get(), head, sizeof head, 0);
  const auto text = std::string_view(head, sizeof head);
  const auto ours =
      text.starts_with(std::string_view("SQLite format 3\0", 16)) && text.substr(kMark) == "SJT1";
  if (S_ISREG(there.st_mode) && (got == 0 || ours)) return {};
  return fail(
      Code::kMalformed,
      fmt::format("{} is there and is no case; it is not written over", printable(case_path)),
      case_path);
}

}  // namespace

Lock::~Lock() {
  // Removed while held: whoever opened it meanwhile finds out and tries again.
  if (fd_) ::unlink(path_.c_str());
}

auto lock_case(const std::string& case_path) -> Result<Lock> {
  SJ_DO(check_place(case_path));
  const auto path = case_path + ".lock";
  while (true) {
    auto fd = Fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!fd) return tl::unexpected<Error>(io_error("write", path));
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EINTR) continue;
      if (errno != EWOULDBLOCK) return tl::unexpected<Error>(io_error("lock", path));
      return fail(Code::kIo,
                  fmt::format("another run is writing {}; wait for it to end or choose another "
                              "case file",
                              printable(case_path)),
                  case_path);
    }
    // The file may have been removed by the run that had the lock before us,
    // between our open and our lock: then it guards nothing any more.
    struct stat held {
    }, named{};
    if (::fstat(fd.get(), &held) != 0) return tl::unexpected<Error>(io_error("examine", path));
    if (::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
        held.st_dev == named.st_dev)
      return Lock(std::move(fd), path);
  }
}

auto WorkDir::operator/(std::string_view name) const -> std::string {
  return path_ + '/' + std::string(name);
}

auto WorkDir::remove() const -> Result<> { return remove_all(path_); }

auto open_work_dir(const std::string& case_path, const Digest& key) -> Result<WorkDir> {
  auto out = WorkDir(case_path + ".work");
  if (::mkdir(out.path_.c_str(), 0700) != 0 && errno != EEXIST)
    return tl::unexpected<Error>(io_error("make the folder", out.path_));
  struct stat status {};
  if (::lstat(out.path_.c_str(), &status) != 0)
    return tl::unexpected<Error>(io_error("examine", out.path_));
  if (!S_ISDIR(status.st_mode))
    return fail(Code::kIo,
                fmt::format("{} is in the way: it is not a folder", printable(out.path_)),
                out.path_);
  SJ_TRY(const auto names, names_in(out.path_));
  const auto key_path = out / kKeyFile;
  const auto kept_key = read_file(key_path);
  // A run killed before its key was written leaves at most the key's own draft.
  const auto ours = (kept_key && kept_key->starts_with(kKeyHead)) || names.empty() ||
                    (names.size() == 1 && names[0] == "key.part");
  if (!ours)
    return fail(
        Code::kIo,
        fmt::format("{} is in the way: it was not made by a run of serjeant", printable(out.path_)),
        out.path_);
  const auto same = kept_key && *kept_key == key_text(key);
  for (const auto& name : names) {
    if (name == kKeyFile && same) continue;
    if (same && name.ends_with(kUnitEnding)) {
      out.resumed_ = true;
      continue;
    }
    // The key goes last, so that a clearing that is killed is seen as ours.
    if (name != kKeyFile) SJ_DO(remove_all(out / name));
  }
  if (!same) SJ_DO(write_file(key_path, key_text(key)));
  return out;
}

}  // namespace serjeant
