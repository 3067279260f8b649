#include "store/rows.h"

namespace serjeant {

auto entity_id(std::string_view kind, std::string_view value) -> Id {
  return IdBuilder("entity").add(kind).add(value).finish();
}

auto session_id(std::string_view account, std::string_view native) -> Id {
  return IdBuilder("session").add(account).add(native).finish();
}

auto event_id(const Digest& source, std::uint64_t offset, std::uint32_t length) -> Id {
  return IdBuilder("event").add(view(source)).add(offset).add(std::uint64_t{length}).finish();
}

}  // namespace serjeant
