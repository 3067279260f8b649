#include "intel/stix/vectors.h"

#include <fmt/core.h>

#include <array>
#include <bit>
#include <charconv>
#include <optional>
#include <vector>

#include "core/arena.h"
#include "core/json.h"
#include "core/text.h"
#include "intel/stix/confidence.h"
#include "intel/stix/jcs.h"
#include "intel/stix/object_id.h"

namespace serjeant::stix {
namespace {

constexpr auto kRefused = std::string_view{"refused"};

// What was wanted and what came out, as texts.
struct Judged {
  std::string wanted;
  std::string got;
};

auto whole_number(std::string_view text) -> std::optional<std::int64_t> {
  auto out = std::int64_t{0};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

auto judge_canonical(Value input, Value expect) -> Judged {
  auto out = Judged{std::string(expect.find("text").text()), {}};
  if (expect.find("error")) out.wanted = kRefused;
  if (!append_canonical(input, out.got)) out.got = kRefused;
  return out;
}

auto judge_number(Value input, Value expect) -> Judged {
  const auto digits = input.find("ieee754").text();
  auto bits = std::uint64_t{0};
  std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
  auto out = Judged{std::string(expect.find("text").text()), {}};
  append_canonical_number(std::bit_cast<double>(bits), out.got);
  return out;
}

auto judge_id(Value input, Value options, Value expect) -> Judged {
  auto out = Judged{std::string(expect.find("id").text()), {}};
  auto named = std::vector<std::string_view>{};
  for (const auto name : options.find("id_contributing")) named.push_back(name.text());
  const auto of_type = contributing_properties(input.find("type").text());
  const auto id = deterministic_id(input, options.find("id_contributing") || !of_type
                                              ? std::span<const std::string_view>(named)
                                              : *of_type);
  out.got = id ? *id : std::string(kRefused);
  return out;
}

struct ScaleName {
  std::string_view name;
  ConfidenceScale scale;
};
constexpr auto kScales = std::array{
    ScaleName{"none_low_medium_high", ConfidenceScale::kNoneLowMedHigh},
    ScaleName{"none_low_med_high", ConfidenceScale::kNoneLowMedHigh},
    ScaleName{"zero_ten", ConfidenceScale::kZeroTen},
    ScaleName{"admiralty_credibility", ConfidenceScale::kAdmiralty},
    ScaleName{"wep", ConfidenceScale::kWep},
    ScaleName{"dni", ConfidenceScale::kDni},
};

auto judge_confidence(std::string_view op, Value input, Value expect) -> std::optional<Judged> {
  auto out = Judged{
      expect.find("error") ? std::string(kRefused) : std::string(expect.find("value").text()),
      std::string(kRefused)};
  for (const auto& [name, scale] : kScales) {
    if (op == fmt::format("value_to_{}", name)) {
      const auto value = whole_number(input.text());
      if (const auto word =
              input.is_number() && value ? confidence_word(scale, *value) : std::nullopt)
        out.got = *word;
      return out;
    }
    if (op == fmt::format("{}_to_value", name)) {
      const auto value = input.is_text() ? confidence_value(scale, input.text()) : std::nullopt;
      if (value) out.got = fmt::format("{}", *value);
      return out;
    }
  }
  return std::nullopt;
}

auto judge(Value vector) -> std::optional<Judged> {
  const auto id = vector.find("id").text();
  const auto input = vector.find("input");
  const auto expect = vector.find("expect");
  if (id.starts_with("jcs-numbers-")) return judge_number(input, expect);
  if (id.starts_with("jcs-")) return judge_canonical(input, expect);
  if (id.starts_with("deterministic-ids-")) return judge_id(input, vector.find("options"), expect);
  if (id.starts_with("confidence-scales-"))
    return judge_confidence(vector.find("op").text(), input, expect);
  return std::nullopt;
}

}  // namespace

auto run_vectors(std::string_view ndjson, std::string& out) -> VectorCounts {
  auto counts = VectorCounts{};
  auto document = Document{};
  auto arena = Arena{};
  while (!ndjson.empty()) {
    const auto end = std::min(ndjson.find('\n'), ndjson.size());
    const auto line = ndjson.substr(0, end);
    ndjson.remove_prefix(std::min(end + 1, ndjson.size()));
    if (line.empty()) continue;
    document.clear();
    arena.reset();
    const auto outcome = parse_json(line, {}, document, arena);
    const auto id = printable(document.root().find("id").text());
    const auto judged = outcome.complete ? judge(document.root()) : std::nullopt;
    if (!judged) {
      ++counts.unjudged;
      out += fmt::format("unjudged {}\n", id);
    } else if (judged->wanted == judged->got) {
      ++counts.agreed;
      out += fmt::format("ok {}\n", id);
    } else {
      ++counts.differed;
      out += fmt::format("differs {}: expected {}, got {}\n", id, printable(judged->wanted),
                         printable(judged->got));
    }
  }
  return counts;
}

}  // namespace serjeant::stix
