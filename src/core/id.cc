#include "core/id.h"

#include <cstring>

#include "core/check.h"
#include "core/text.h"

namespace serjeant {

auto hex(const Id& id) -> std::string { return hex(id.view()); }

auto id_from_bytes(std::string_view sixteen_bytes) -> Id {
  SJ_CHECK(sixteen_bytes.size() >= 16);
  auto id = Id{};
  std::memcpy(id.bytes.data(), sixteen_bytes.data(), id.bytes.size());
  return id;
}

auto IdBuilder::add(std::string_view field) -> IdBuilder& {
  add(static_cast<std::uint64_t>(field.size()));
  fields_ += field;
  return *this;
}

auto IdBuilder::add(std::uint64_t number) -> IdBuilder& {
  for (auto i = 0; i < 8; ++i) fields_ += static_cast<char>((number >> (8 * i)) & 0xff);
  return *this;
}

auto IdBuilder::finish() -> Id { return id_from_bytes(view(sha256(fields_))); }

}  // namespace serjeant
