#include "seal/testing.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "core/check.h"
#include "core/progress.h"

namespace serjeant::testing {

TempFolder::TempFolder() {
  // In memory where that is possible: one test makes 100,000 files.
  const auto* const memory = "/dev/shm";
  const auto base = ::access(memory, W_OK) == 0 ? std::filesystem::path(memory)
                                                : std::filesystem::temp_directory_path();
  auto path = (base / "seal-test-XXXXXX").string();
  SJ_CHECK(::mkdtemp(path.data()) != nullptr);
  path_ = path;
}

TempFolder::~TempFolder() {
  auto problem = std::error_code{};
  std::filesystem::remove_all(path_, problem);
}

void TempFolder::folder(std::string_view name) const {
  std::filesystem::create_directories(*this / name);
}

auto TempFolder::write(std::string_view name, std::string_view bytes) const -> std::string {
  const auto path = *this / name;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  auto out = std::ofstream(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  SJ_CHECK(out.good());
  return path;
}

static auto pack_with(std::string_view format, std::string_view filter, bool encrypted,
                      const std::vector<Packed>& members) -> std::string {
  auto* const handle = archive_write_new();
  const auto set = [](int result) { SJ_CHECK(result == ARCHIVE_OK); };
  if (filter == "gz") set(archive_write_add_filter_gzip(handle));
  if (filter == "bz2") set(archive_write_add_filter_bzip2(handle));
  if (filter == "xz") set(archive_write_add_filter_xz(handle));
  if (filter == "zst") set(archive_write_add_filter_zstd(handle));
  if (filter == "lz4") set(archive_write_add_filter_lz4(handle));
  if (format == "zip") set(archive_write_set_format_zip(handle));
  if (format == "tar") set(archive_write_set_format_gnutar(handle));
  if (format == "pax") set(archive_write_set_format_pax(handle));
  if (format == "7z") set(archive_write_set_format_7zip(handle));
  if (format == "raw") set(archive_write_set_format_raw(handle));
  if (encrypted) {
    set(archive_write_set_options(handle, "zip:encryption=aes256"));
    set(archive_write_set_passphrase(handle, "secret"));
  }
  auto out = std::string{};
  archive_write_set_bytes_in_last_block(handle, 1);
  set(archive_write_open2(
      handle, &out, nullptr,
      [](archive*, void* to, const void* bytes, std::size_t size) -> la_ssize_t {
        static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
        return static_cast<la_ssize_t>(size);
      },
      nullptr, nullptr));
  for (const auto& member : members) {
    auto* const entry = archive_entry_new();
    archive_entry_copy_pathname(entry, member.name.c_str());
    archive_entry_set_filetype(entry, member.name.ends_with('/') ? AE_IFDIR : AE_IFREG);
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.bytes.size()));
    archive_entry_set_perm(entry, 0644);
    SJ_CHECK(archive_write_header(handle, entry) >= ARCHIVE_WARN);
    SJ_CHECK(archive_write_data(handle, member.bytes.data(), member.bytes.size()) >= 0);
    archive_entry_free(entry);
  }
  set(archive_write_close(handle));
  archive_write_free(handle);
  return out;
}

auto pack(std::string_view format, std::string_view filter, const std::vector<Packed>& members)
    -> std::string {
  return pack_with(format, filter, false, members);
}

auto squeeze(std::string_view filter, std::string_view bytes) -> std::string {
  return pack("raw", filter, {{"data", std::string(bytes)}});
}

auto pack_encrypted(const std::vector<Packed>& members) -> std::string {
  return pack_with("zip", "", true, members);
}

auto take(const std::vector<std::string>& arguments, SealOptions options) -> Result<Evidence> {
  auto progress = Progress(false);
  return take_in(arguments, options, progress);
}

auto find(const Evidence& evidence, std::string_view name) -> const Source* {
  const Source* found = nullptr;
  for (const auto& source : evidence.sources)
    for (const auto& origin : source.origins)
      if (origin.name == name && (found == nullptr || source.container)) found = &source;
  return found;
}

auto fault_words(const Source& source) -> std::string {
  auto words = std::set<std::string>{};
  for (const auto& fault : source.faults) words.emplace(fault_word(fault.kind));
  auto out = std::string{};
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

auto why(const Evidence& evidence, std::string_view name) -> std::string {
  for (const auto& refused : evidence.refused)
    if (refused.name == name) return refused.why;
  return "";
}

auto noise(std::size_t size, std::uint64_t seed) -> std::string {
  auto out = std::string(size, '\0');
  auto state = seed * 0x9e3779b97f4a7c15u + 1;
  for (auto& byte : out) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<char>(state >> 32);
  }
  return out;
}

auto lines(std::size_t size) -> std::string {
  auto out = std::string{};
  for (auto n = 0u; out.size() < size; ++n)
    out += "line " + std::to_string(n) + " of a log, " + std::to_string(n * 2654435761u) + "\n";
  return out;
}

}  // namespace serjeant::testing
