#include "seal/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "core/check.h"

namespace serjeant {

// libarchive turns names into the charset of the locale. A thread of our own
// choosing reads UTF-8 names the same way whatever the user's locale is.
class Utf8Names {
 public:
  Utf8Names() : before_(::uselocale(utf8())) {}
  ~Utf8Names() { ::uselocale(before_); }
  Utf8Names(const Utf8Names&) = delete;
  auto operator=(const Utf8Names&) -> Utf8Names& = delete;

 private:
  static auto utf8() -> locale_t {
    static const auto made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return made;  // part of glibc itself since 2.35; 0 only asks for the present locale
  }
  locale_t before_;
};

struct ArchiveReader::State {
  static constexpr auto kBlock = std::size_t{1} << 18;

  archive* handle = archive_read_new();
  ArchiveFormat format;
  ArchiveInput input;
  std::string_view whole;  // where `input` is empty
  std::size_t at = 0;      // in `whole`
  bool ended = false;      // all input was asked for
  bool opened = false;
  bool ready = false;  // the format was recognised and a header asked for
  // Of the current entry:
  std::string_view block;   // read, not yet given
  std::uint64_t hole = 0;   // zeros to give before it
  la_int64_t position = 0;  // behind the last byte read
  bool damaged = false;

  explicit State(ArchiveFormat wanted) : format(wanted) { SJ_CHECK(handle != nullptr); }
  ~State() { archive_read_free(handle); }
  State(const State&) = delete;
  auto operator=(const State&) -> State& = delete;

  static auto of(void* data) -> State& { return *static_cast<State*>(data); }

  static auto give(archive*, void* data, const void** block) -> la_ssize_t {
    auto& state = of(data);
    auto piece = std::string_view{};
    if (state.input) {
      piece = state.input();
    } else {
      piece = state.whole.substr(state.at, kBlock);
      state.at += piece.size();
    }
    state.ended = state.ended || piece.empty();
    *block = piece.data();
    return static_cast<la_ssize_t>(piece.size());
  }

  static auto seek(archive*, void* data, la_int64_t offset, int whence) -> la_int64_t {
    auto& state = of(data);
    const auto size = static_cast<la_int64_t>(state.whole.size());
    const auto base = whence == SEEK_SET   ? la_int64_t{0}
                      : whence == SEEK_CUR ? static_cast<la_int64_t>(state.at)
                                           : size;
    // Both are within the size of a file; the sum cannot overflow after this.
    if (offset < -size || offset > size) offset = offset < 0 ? -size : size;
    state.at = static_cast<std::size_t>(std::clamp(base + offset, la_int64_t{0}, size));
    return static_cast<la_int64_t>(state.at);
  }

  auto open() -> int {
    const auto filter = [&](int code) {
      archive_read_support_format_raw(handle);
      return archive_read_append_filter(handle, code);
    };
    auto set_up = ARCHIVE_OK;
    switch (format) {
      case ArchiveFormat::kTar:
        set_up = archive_read_support_format_tar(handle);
        break;
      case ArchiveFormat::kSevenZip:
        set_up = archive_read_support_format_7zip(handle);
        break;
      case ArchiveFormat::kZipMember:
        set_up = archive_read_support_format_zip_streamable(handle);
        break;
      case ArchiveFormat::kPacked:
        set_up = archive_read_support_format_zip_streamable(handle);
        archive_read_set_option(handle, "zip", "ignorecrc32", "1");
        break;
      case ArchiveFormat::kZst:
        set_up = filter(ARCHIVE_FILTER_ZSTD);
        break;
      case ArchiveFormat::kLz4:
        set_up = filter(ARCHIVE_FILTER_LZ4);
        break;
    }
    if (set_up != ARCHIVE_OK) return ARCHIVE_FATAL;
    // Members behind an end mark are members all the same.
    if (format == ArchiveFormat::kTar)
      archive_read_set_option(handle, "tar", "read_concatenated_archives", "1");
    archive_read_set_callback_data(handle, this);
    archive_read_set_read_callback(handle, give);
    if (!input) archive_read_set_seek_callback(handle, seek);
    return archive_read_open1(handle);
  }
};

ArchiveReader::ArchiveReader(ArchiveFormat format, ArchiveInput input)
    : state_(std::make_unique<State>(format)) {
  state_->input = std::move(input);
}

ArchiveReader::ArchiveReader(ArchiveFormat format, std::string_view whole)
    : state_(std::make_unique<State>(format)) {
  state_->whole = whole;
}

ArchiveReader::~ArchiveReader() = default;

static auto type_of(archive_entry* entry) -> ArchiveEntry::Type {
  if (archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr)
    return ArchiveEntry::Type::kLink;
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return ArchiveEntry::Type::kFile;
    case AE_IFDIR:
      return ArchiveEntry::Type::kFolder;
    case AE_IFLNK:
      return ArchiveEntry::Type::kLink;
    // Some writers of zip and 7z state no type at all.
    case 0:
      return ArchiveEntry::Type::kFile;
    default:
      return ArchiveEntry::Type::kOther;
  }
}

static auto message_of(archive* handle) -> std::string_view {
  const auto* const told = archive_error_string(handle);
  return told == nullptr ? "" : told;
}

auto ArchiveReader::next(ArchiveEntry& entry) -> Step {
  const auto names = Utf8Names{};
  auto& state = *state_;
  if (!state.opened) {
    state.opened = true;
    if (state.open() != ARCHIVE_OK) return Step::kStopped;
  }
  archive_entry* found = nullptr;
  const auto result = archive_read_next_header(state.handle, &found);
  state.ready = true;
  if (result == ARCHIVE_EOF) return Step::kEnd;
  if (result == ARCHIVE_RETRY) return Step::kSkipped;
  if (result == ARCHIVE_FATAL || found == nullptr) return Step::kStopped;
  entry = {};
  state.block = {};
  state.hole = 0;
  state.position = 0;
  state.damaged = false;
  const auto* name = archive_entry_pathname(found);
  if (name == nullptr) name = archive_entry_pathname_utf8(found);
  entry.name = name == nullptr ? "" : name;
  entry.type = type_of(found);
  entry.encrypted = archive_entry_is_encrypted(found) == 1;
  entry.offset = static_cast<std::uint64_t>(
      std::max<la_int64_t>(0, archive_read_header_position(state.handle)));
  return result == ARCHIVE_FAILED ? Step::kSkipped : Step::kEntry;
}

auto ArchiveReader::read(std::string_view& piece) -> bool {
  const auto names = Utf8Names{};
  auto& state = *state_;
  piece = {};
  for (;;) {
    if (state.hole > 0) {
      static constexpr auto kZeros = std::array<char, 1 << 16>{};
      piece = {kZeros.data(),
               static_cast<std::size_t>(std::min<std::uint64_t>(state.hole, kZeros.size()))};
      state.hole -= piece.size();
      return true;
    }
    if (!state.block.empty()) {
      piece = std::exchange(state.block, {});
      return true;
    }
    if (state.damaged) return false;
    const void* data = nullptr;
    auto size = std::size_t{0};
    auto offset = la_int64_t{0};
    const auto result = archive_read_data_block(state.handle, &data, &size, &offset);
    if (result == ARCHIVE_EOF) return true;
    if (result == ARCHIVE_RETRY) continue;
    // A wrong checksum is found with the last block in hand: it is given all
    // the same, and the damage told after it.
    state.damaged = result != ARCHIVE_OK;
    if (result == ARCHIVE_OK || (result == ARCHIVE_WARN && data != nullptr)) {
      if (offset > state.position) state.hole = static_cast<std::uint64_t>(offset - state.position);
      state.block = {static_cast<const char*>(data), size};
      state.position = std::max(state.position, offset) + static_cast<la_int64_t>(size);
    }
  }
}

auto ArchiveReader::found_end() const -> bool {
  const auto text = message_of(state_->handle);
  return state_->damaged &&
         (text.find("wrong size") != text.npos || text.find("bad CRC") != text.npos);
}

// libarchive has no codes for this; its messages are constants in English.
auto ArchiveReader::problem() const -> FaultKind {
  const auto text = message_of(state_->handle);
  const auto says = [&](std::string_view word) { return text.find(word) != text.npos; };
  if (says("CRC") || says("checksum")) return FaultKind::kBadSyntax;
  if (says("ncrypt") || says("rypto") || says("assphrase") ||
      (state_->format == ArchiveFormat::kSevenZip && state_->ready &&
       archive_read_has_encrypted_entries(state_->handle) == 1))
    return FaultKind::kEncrypted;
  if (says("nsupported") || says("not supported")) return FaultKind::kUnsupported;
  if (says("runcated") || state_->ended) return FaultKind::kTruncated;
  return FaultKind::kBadSyntax;
}

auto ArchiveReader::consumed() const -> std::uint64_t {
  return static_cast<std::uint64_t>(
      std::max<la_int64_t>(0, archive_filter_bytes(state_->handle, -1)));
}

}  // namespace serjeant
