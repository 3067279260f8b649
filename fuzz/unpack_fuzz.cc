#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "seal/container.h"
#include "seal/unpack.h"
#include "seal/zip.h"

// Containers: whatever the bytes are, unpacking ends within its allowance,
// says the same thing twice, and points to nothing outside of the container.
namespace {

using namespace serjeant;

void check_faults(const std::vector<Fault>& faults, std::size_t size) {
  for (const auto& fault : faults) {
    SJ_CHECK(fault.span.offset <= size);
    SJ_CHECK(fault.span.length <= size - fault.span.offset);
  }
}

void check_zip(std::string_view bytes) {
  const auto parsed = read_zip(bytes, 100);
  SJ_CHECK(parsed.value.entries.size() <= 100);
  check_faults(parsed.faults, bytes.size());
  auto before = std::uint64_t{0};
  for (const auto& entry : parsed.value.entries) {
    SJ_CHECK(before <= entry.at && entry.at < entry.data);
    SJ_CHECK(entry.data <= bytes.size() && entry.packed <= bytes.size() - entry.data);
    before = entry.at;
  }
}

auto unpack_once(std::string_view bytes, Container kind) -> Unpacked {
  const auto allowance = Allowance{200, std::uint64_t{16} << 20, 200};
  auto keeper = Keeper("");
  auto shared = SharedUse{~std::uint64_t{0}, ~std::uint64_t{0}};
  auto out = unpack(bytes, kind, allowance, keeper, shared);
  SJ_CHECK(out.has_value());
  auto total = std::uint64_t{0};
  for (const auto& member : out->members) {
    total += member.kept.print.size;
    SJ_CHECK(member.offset <= bytes.size() && member.length <= bytes.size() - member.offset);
    check_faults(member.faults, member.kept.print.size);
  }
  SJ_CHECK(total <= allowance.bytes && out->bytes <= allowance.bytes);
  SJ_CHECK(out->members.size() <= allowance.members);
  check_faults(out->faults, bytes.size());
  return std::move(*out);
}

}  // namespace

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const auto bytes = std::string_view(reinterpret_cast<const char*>(data), size);
  check_zip(bytes);
  const auto kind = detect_container(bytes);
  if (kind == Container::kNone) return 0;
  const auto one = unpack_once(bytes, kind);
  const auto two = unpack_once(bytes, kind);
  SJ_CHECK(one.codec == two.codec && one.faults == two.faults);
  SJ_CHECK(one.members.size() == two.members.size() && one.refused.size() == two.refused.size());
  for (auto i = std::size_t{0}; i < one.members.size(); ++i) {
    SJ_CHECK(one.members[i].name == two.members[i].name);
    SJ_CHECK(one.members[i].kept.print.sha256 == two.members[i].kept.print.sha256);
  }
  return 0;
}
