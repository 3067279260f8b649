#include "seal/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "core/io.h"
#include "core/text.h"

namespace serjeant {

auto refusal(int reason) -> std::string {
  switch (reason) {
    case EACCES:
    case EPERM:
      return "permission denied";
    case ENOENT:
      return "vanished";
    case ELOOP:
    case EXDEV:
      return "became a link";
    case ENXIO:
    case ENODEV:
      return "not a file";
    case ENAMETOOLONG:
      return "path too long";
    case EMFILE:
    case ENFILE:
      return "too many open files";
    default:
      return fmt::format("cannot be read: {}", std::strerror(reason));
  }
}

auto is_truth_meta(std::string_view meta) -> bool {
  return meta.find("\"serjeant.truth/1\"") != std::string_view::npos;
}

namespace {

constexpr auto kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK;
constexpr auto kFileFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

auto join(const std::string& folder, std::string_view name) -> std::string {
  return folder.empty() ? std::string(name) : folder + '/' + std::string(name);
}

auto base_name(std::string_view path) -> std::string_view {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

// Is the open folder the answer key of an exercise? Its name says so and its
// meta.json agrees.
auto holds_answers(int folder) -> bool {
  const auto fd = Fd(io::open_beneath(folder, "meta.json", kFileFlags));
  auto text = std::string(64 << 10, '\0');
  if (!fd) return false;
  const auto got = io::read_at(fd.get(), text.data(), text.size(), 0);
  return got > 0 && is_truth_meta(std::string_view(text).substr(0, static_cast<std::size_t>(got)));
}

auto holds_answers(const std::string& path) -> bool {
  const auto fd = Fd(io::open(path.c_str(), kFolderFlags));
  return fd && holds_answers(fd.get());
}

struct Real {
  void operator()(char* text) const { ::free(text); }
};
// Where a path leads when all links are followed; "" if nowhere.
auto real_path(const std::string& path) -> std::string {
  const auto real = std::unique_ptr<char, Real>(::realpath(path.c_str(), nullptr));
  return real ? std::string(real.get()) : std::string();
}

struct Listed {
  std::string name;
  unsigned char type = DT_UNKNOWN;
};

// Everything in an open folder but "." and "..". Takes the descriptor over.
auto list(Fd folder, std::vector<Listed>& out) -> bool {
  if (!io::allowed(io::Call::kList)) return false;
  auto* const stream = ::fdopendir(folder.get());
  if (stream == nullptr) return false;
  folder.release();
  for (;;) {
    errno = 0;
    const auto* const entry = ::readdir(stream);
    if (entry == nullptr) break;
    const auto name = std::string_view(entry->d_name);
    if (name != "." && name != "..") out.push_back({std::string(name), entry->d_type});
  }
  const auto reason = errno;
  ::closedir(stream);
  errno = reason;
  return reason == 0;
}

auto type_of(int root, const std::string& path) -> unsigned char {
  struct stat status = {};
  if (::fstatat(root, path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return DT_UNKNOWN;
  return static_cast<unsigned char>(IFTODT(status.st_mode));
}

// Walks one folder that the user gave.
class Walk {
 public:
  Walk(Found& found, std::size_t folder, std::string given, std::string org)
      : found_(found),
        folder_(folder),
        root_(found.folders[folder].get()),
        given_(std::move(given)),
        real_(real_path(given_)),
        org_(std::move(org)) {}

  void run() {
    auto pending = std::vector<std::string>{std::string()};
    while (!pending.empty()) {
      const auto path = std::move(pending.back());
      pending.pop_back();
      visit(path, pending);
    }
  }

 private:
  void refuse(const std::string& path, std::string why) {
    found_.refused.push_back({path.empty() ? given_ : path, std::move(why)});
  }

  void visit(const std::string& path, std::vector<std::string>& pending) {
    auto fd = Fd(io::open_beneath(root_, path.empty() ? "." : path.c_str(), kFolderFlags));
    if (!fd) return refuse(path, refusal(errno));
    const auto name = base_name(path.empty() ? std::string_view(real_) : path);
    if (name == "truth" && holds_answers(fd.get())) return refuse(path, std::string(kAnswerKey));
    auto entries = std::vector<Listed>{};
    if (!list(std::move(fd), entries)) refuse(path, refusal(errno));  // what was listed is taken
    auto beside_answers = false;
    for (const auto& entry : entries)
      beside_answers = beside_answers || is_answer_folder(path, entry);
    for (auto& entry : entries) take(join(path, entry.name), entry, beside_answers, pending);
  }

  auto is_answer_folder(const std::string& path, const Listed& entry) const -> bool {
    if (entry.name != "truth") return false;
    const auto fd = Fd(io::open_beneath(root_, join(path, entry.name).c_str(), kFolderFlags));
    return fd && holds_answers(fd.get());
  }

  void take(std::string path, const Listed& entry, bool beside_answers,
            std::vector<std::string>& pending) {
    switch (entry.type == DT_UNKNOWN ? type_of(root_, path) : entry.type) {
      case DT_DIR:
        pending.push_back(std::move(path));
        return;
      case DT_REG:
        if (beside_answers && entry.name == "MANIFEST")
          return refuse(path, std::string(kAnswerKey));
        found_.files.push_back({folder_, path, path, org_});
        return;
      case DT_LNK:
        return refuse(path, judge_link(path));
      case DT_UNKNOWN:
        return refuse(path, refusal(errno));
      default:
        return refuse(path, "not a file");
    }
  }

  // A link is never followed. Where it leads matters for what is missed: what
  // lies inside is read at its own place.
  auto judge_link(const std::string& path) const -> std::string {
    const auto target = real_path(join(given_, path));
    if (target.empty()) return "link leads nowhere";
    const auto inside =
        target == real_ || real_ == "/" ||
        (target.size() > real_.size() && target.starts_with(real_) && target[real_.size()] == '/');
    return inside ? "link stays in the evidence; its target is read at its own place"
                  : "link leaves the evidence";
  }

  Found& found_;
  std::size_t folder_;
  int root_;
  std::string given_;
  std::string real_;
  std::string org_;
};

struct Argument {
  std::string path;
  std::string org;
  struct stat status = {};
};

// A path that exists as it stands wins over the reading NAME=PATH.
auto understand(const std::string& argument) -> Result<Argument> {
  auto out = Argument{argument, "", {}};
  if (::stat(argument.c_str(), &out.status) == 0) return out;
  const auto reason = errno;
  const auto equals = argument.find('=');
  if (equals != std::string::npos && equals > 0 && equals + 1 < argument.size() &&
      (reason == ENOENT || reason == ENOTDIR)) {
    out.path = argument.substr(equals + 1);
    out.org = argument.substr(0, equals);
    if (::stat(out.path.c_str(), &out.status) == 0) return out;
  }
  return tl::unexpected<Error>(io_error("open", out.path));
}

}  // namespace

// A file given by itself may be part of an answer key, too.
static auto is_of_answers(const std::string& path) -> bool {
  const auto real = real_path(path);
  const auto folder = real.substr(0, real.rfind('/'));
  if (base_name(folder) == "truth" && holds_answers(folder)) return true;
  return base_name(real) == "MANIFEST" && holds_answers(folder + "/truth");
}

auto find_files(const std::vector<std::string>& arguments) -> Result<Found> {
  auto found = Found{};
  for (const auto& argument : arguments) {
    SJ_TRY(auto given, understand(argument));
    if (S_ISDIR(given.status.st_mode)) {
      auto fd = Fd(io::open(given.path.c_str(), kFolderFlags));
      if (!fd) {
        found.refused.push_back({given.path, refusal(errno)});
        continue;
      }
      found.folders.push_back(std::move(fd));
      Walk(found, found.folders.size() - 1, given.path, given.org).run();
      continue;
    }
    const auto name = std::string(base_name(given.path));
    if (!S_ISREG(given.status.st_mode))
      found.refused.push_back({name, "not a file"});
    else if (is_of_answers(given.path))
      found.refused.push_back({name, std::string(kAnswerKey)});
    else
      found.files.push_back({Found::kByItself, given.path, name, given.org});
  }
  return found;
}

auto open_found(const Found& found, const FoundFile& file) -> Result<Fd> {
  const auto open = [&](int flags) {
    return file.folder == Found::kByItself
               ? io::open(file.path.c_str(), flags)
               : io::open_beneath(found.folders[file.folder].get(), file.path.c_str(),
                                  flags | O_NOFOLLOW);
  };
  auto fd = Fd(open(kFileFlags | O_NOATIME));
  if (!fd && errno == EPERM) fd = Fd(open(kFileFlags));  // only the owner may ask for that
  if (!fd) return fail(Code::kIo, refusal(errno), file.name);
  return fd;
}

}  // namespace serjeant
