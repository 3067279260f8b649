#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "attribute/answers.h"

// Knowledge, citations and questions of any bytes, parted by lines of "%": no
// crash; what is left out and put back leaves scores as they were; every answer
// sums to 1, keeps `unknown`, and never answers with the group taken out.
namespace {

using namespace serjeant;           // NOLINT
using namespace serjeant::neutral;  // NOLINT

void hold(bool good) {
  if (!good) std::abort();
}

auto cut(std::string_view& text) -> std::string {
  const auto at = text.find("\n%\n");
  auto out = std::string(text.substr(0, at));
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 3);
  return out;
}

}  // namespace

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  auto text = std::string_view(reinterpret_cast<const char*>(data), size);
  auto files = NeutralFiles{};
  files["kb/kb-1.jsonl"] = cut(text);
  files["citations.jsonl"] = cut(text);
  files["software.jsonl"] = cut(text);
  files["cases.jsonl"] = cut(text);
  const auto library = library_from(files, text);
  if (!library) return 0;
  static const auto parameters = built_in_parameters();
  hold(parameters.has_value());
  auto profiles = Profiles(*library, library->newest(), true);
  auto answerer = Answerer(*library, library->newest(), *parameters);
  for (const auto& trial : library->trials) {
    const auto before = profiles.scores(trial.items, Scorer::kBm25);
    profiles.leave_out([&](const Report& r) { return r.source == trial.source; });
    profiles.leave_out([](const Report&) { return false; });
    hold(profiles.scores(trial.items, Scorer::kBm25) == before);
    const auto answer = answerer.answer(trial);
    auto sum = 0.0;
    for (const auto p : answer.posterior) {
      hold(p >= 0 && p <= 1);
      sum += p;
    }
    hold(std::abs(sum - 1) < 1e-9);
    hold(answer.posterior.size() == answer.groups.size() + 1);
    for (const auto g : answer.groups) hold(trial.group != g);
  }
  return 0;
}
