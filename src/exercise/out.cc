#include "exercise/out.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace serjeant::exercise {

OutFile::OutFile(const std::string& dir, std::string path)
    : path_(std::move(path)), full_(dir + "/" + path_) {
  buffer.reserve(kFlush + (kFlush >> 2));
  auto error = std::error_code{};
  std::filesystem::create_directories(std::filesystem::path{full_}.parent_path(), error);
  fd_ = Fd{::open(full_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)};
  if (!fd_) failed_ = errno;
}

void OutFile::flush() {
  flushed_ += buffer.size();
  if (failed_ == 0) {
    sha_.add(buffer);
    auto rest = std::string_view{buffer};
    while (!rest.empty()) {
      const auto wrote = ::write(fd_.get(), rest.data(), rest.size());
      if (wrote < 0) {
        if (errno == EINTR) continue;
        failed_ = errno;
        break;
      }
      rest.remove_prefix(static_cast<std::size_t>(wrote));
    }
  }
  buffer.clear();
}

auto OutFile::finish() -> Result<ExerciseFile> {
  flush();
  if (failed_ != 0) {
    errno = failed_;
    return tl::unexpected<Error>(io_error("write", full_));
  }
  return ExerciseFile{path_, hex(sha_.finish()), flushed_, rows_};
}

void append_utf16le(std::string& out, std::string_view text) {
  const auto unit = [&](std::uint32_t code) {
    out += static_cast<char>(code & 0xFF);
    out += static_cast<char>(code >> 8 & 0xFF);
  };
  for (auto i = std::size_t{0}; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      const char pair[2] = {text[i++], '\0'};
      out.append(pair, 2);
      continue;
    }
    const auto more = lead >= 0xF0 ? 3u : lead >= 0xE0 ? 2u : 1u;
    auto code = std::uint32_t{lead} & (0x3Fu >> more);
    for (auto k = 1u; k <= more && i + k < text.size(); ++k) {
      code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    }
    i += more + 1;
    if (code >= 0x10000) {
      unit(0xD800 + ((code - 0x10000) >> 10));
      unit(0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      unit(code);
    }
  }
}

}  // namespace serjeant::exercise
