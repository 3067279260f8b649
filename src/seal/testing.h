#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "seal/evidence.h"

// What the tests of this folder share: folders that go away, archives made by
// libarchive's writer, and a take_in with short arguments.
namespace serjeant::testing {

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  auto operator=(const TempFolder&) -> TempFolder& = delete;
  auto path() const -> const std::string& { return path_; }
  auto operator/(std::string_view name) const -> std::string {
    return path_ + '/' + std::string(name);
  }
  // Writes a file, its folders first, and gives its path.
  auto write(std::string_view name, std::string_view bytes) const -> std::string;
  void folder(std::string_view name) const;

 private:
  std::string path_;
};

struct Packed {
  std::string name;
  std::string bytes;
};

// `format`: "zip", "tar", "pax", "7z" or "raw"; `filter`: "", "gz", "bz2",
// "xz", "zst" or "lz4".
auto pack(std::string_view format, std::string_view filter, const std::vector<Packed>& members)
    -> std::string;
// One member of `bytes` under one filter.
auto squeeze(std::string_view filter, std::string_view bytes) -> std::string;
// A zip that needs a password.
auto pack_encrypted(const std::vector<Packed>& members) -> std::string;

auto take(const std::vector<std::string>& arguments, SealOptions options = {}) -> Result<Evidence>;

// The source called so, or null. A stream in a container without a suffix is called as the
// container is: that one is given.
auto find(const Evidence& evidence, std::string_view name) -> const Source*;
// "container fault,fault" words of a source, sorted; "" if it has none.
auto fault_words(const Source& source) -> std::string;
auto why(const Evidence& evidence, std::string_view name) -> std::string;

// Bytes that do not compress and are the same on each run.
auto noise(std::size_t size, std::uint64_t seed = 1) -> std::string;
// Lines of text, about `size` bytes.
auto lines(std::size_t size) -> std::string;

}  // namespace serjeant::testing
