#include "cli/custody_note.h"

#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

#include <chrono>

#include "core/time.h"
#include "store/custody.h"
#include "store/manifest.h"

namespace serjeant::cli {
namespace {

auto now() -> Nanos {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

auto user() -> std::string {
  const auto* const entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_name : fmt::format("uid {}", ::getuid());
}

}  // namespace

auto note_custody(const std::string& case_path, std::string_view act) -> Result<> {
  SJ_TRY(auto manifest, make_manifest(case_path, {}));
  SJ_TRY(const auto entry, append_custody(custody_path(case_path), now(), user(), act,
                                          "case sha256 " + hex(manifest.case_sha256)));
  manifest.custody = {entry.seq, entry.hash};
  return write_seal(seal_path(case_path), {std::move(manifest), {}});
}

}  // namespace serjeant::cli
