#pragma once

#include <string>
#include <string_view>

namespace serjeant {

// Microsoft's own applications as an audit log names them (application ids are
// the same in every tenant; learn.microsoft.com, "First-party Microsoft
// applications in sign-in reports").
enum class FirstParty : std::uint8_t {
  kNo,
  kClient,   // a person's mail or office program: acts count for its user
  kService,  // the provider's machinery
  kTool      // a console that a person drives with granted rights (Graph explorer, CLI)
};
auto first_party(std::string_view app_id) -> FirstParty;

// May applications of this id ask for tokens by device code or broker flow?
auto is_device_code_client(std::string_view app_id) -> bool;

// Folds what looks alike: case, "rn" and "m", "vv" and "w", 0 and o, 1, l and i,
// 5 and s, separators dropped.
auto look_alike_key(std::string_view name) -> std::string;
// Does the name pass for one of the provider's own, without being spelt like it?
auto is_look_alike(std::string_view name) -> bool;

}  // namespace serjeant
