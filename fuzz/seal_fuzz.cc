// The small formats beside a case: unit files, the custody log, the seal.
// Whatever the bytes are, a unit file gives rows of bounded number or an error;
// a log's head never lies behind its first broken link, and one more entry can
// be appended unless a link is broken; a seal that is accepted is written again
// as the same bytes.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "core/check.h"
#include "store/custody.h"
#include "store/manifest.h"
#include "store/runs.h"

using namespace serjeant;

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  static const auto path = [] {
    auto folder = std::string("/tmp/seal-fuzz-XXXXXX");
    SJ_CHECK(::mkdtemp(folder.data()) != nullptr);
    return folder + "/file";
  }();
  const auto text = std::string(reinterpret_cast<const char*>(data), size);
  // Half of the inputs get the head of a unit file with one table before them.
  const auto as_unit = size > 0 && data[0] % 2 == 0;
  auto unit = std::string("SJRUN\0\1\n\1\0\0\0\0\0\0\0", 16);
  if (as_unit && size > 2) {
    for (const auto number : {std::uint64_t{data[1]}, std::uint64_t{40}, std::uint64_t{size}})
      for (auto i = 0; i < 8; ++i) unit += static_cast<char>((number >> (8 * i)) & 0xff);
  }
  std::ofstream(path, std::ios::binary) << (as_unit ? unit + text : text);

  if (auto merge = Merge::open({path}, 0)) {
    auto key = std::string_view(), value = std::string_view();
    auto rows = std::size_t{0}, bytes = std::size_t{0};
    while (merge->next(key, value)) {
      ++rows;
      bytes += key.size() + value.size();
    }
    SJ_CHECK(bytes + 2 * rows <= size + unit.size());
  }
  SJ_CHECK(!as_unit || !unit_is_whole(path, 2));

  std::ofstream(path, std::ios::binary) << text;
  const auto log = check_custody(path);
  SJ_CHECK(log.has_value());
  SJ_CHECK(log->broken_line == 0 || log->head.seq < log->broken_line);
  const auto appended = append_custody(path, 0, "a", "b", "c");
  SJ_CHECK(appended.has_value() == (log->broken_line == 0));
  if (appended) {
    const auto again = check_custody(path);
    SJ_CHECK(again && again->head.seq == log->head.seq + 1 && again->broken_line == 0);
  }

  if (const auto seal = parse_seal(text)) SJ_CHECK(seal_text(*seal) == text);
  return 0;
}
