#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/file.h"
#include "core/result.h"
#include "seal/evidence.h"

namespace serjeant {

// A file that was found, not yet opened.
struct FoundFile {
  std::size_t folder = 0;  // index into Found::folders, or kByItself
  std::string path;        // below that folder, or as the user gave it
  std::string name;        // what origins call it
  std::string org;
};

struct Found {
  static constexpr auto kByItself = static_cast<std::size_t>(-1);
  std::vector<Fd> folders;  // one for each argument that is a folder
  std::vector<FoundFile> files;
  std::vector<Refused> refused;
};

// Lists what the arguments of take_in name, without opening any file. A folder
// is walked with one descriptor open at a time and an explicit stack.
auto find_files(const std::vector<std::string>& arguments) -> Result<Found>;

// Opens a found file for reading: no link is followed below a folder, the
// access time is left alone where we may, a pipe that took the file's place
// does not block. Fails with the reason in Error::message, in plain words.
auto open_found(const Found& found, const FoundFile& file) -> Result<Fd>;

// "permission denied", "vanished", ... for errno.
auto refusal(int reason) -> std::string;

// Is this text the description of an exercise's answers (truth/meta.json)?
auto is_truth_meta(std::string_view meta) -> bool;
constexpr auto kAnswerKey = std::string_view("answer key of an exercise");

}  // namespace serjeant
