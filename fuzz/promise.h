#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "read/collect.h"
#include "read/source_text.h"

// What each fuzzer of a text format does with its input: reads it as it is, as
// letters of the format's own alphabet, and as UTF-16, after a begin that makes
// it be taken for the format; and holds the reader to all that it promises.
namespace serjeant::fuzz {

using Open = auto(*)(const SourceText&, std::string_view, std::string_view)
                 -> std::unique_ptr<Reader>;

inline auto as_utf16(std::string_view bytes) -> std::string {
  auto out = std::string("\xff\xfe");
  for (const auto c : bytes) {
    out += c;
    out += (static_cast<unsigned char>(c) & 0xe0) == 0xe0 ? '\xd8' : '\0';
  }
  return out;
}

inline void hold(Open open, std::string_view bytes, std::string_view name, std::uint64_t target) {
  const auto text = SourceText(bytes, 1);
  auto arena = Arena{};
  auto bad = false;
  const auto units = static_cast<std::size_t>(text.units());
  const auto sample = units <= text.mark()
                          ? std::string_view{}
                          : text.decode(text.mark(), units - text.mark(), arena, bad);
  const auto reader = open(text, sample, name);
  if (!reader) return;
  const auto broken = test::broken_promise(*reader, bytes, target);
  if (broken.empty()) return;
  std::fprintf(stderr, "%s\n", broken.c_str());
  std::abort();
}

// The first byte of the input chooses what is done with the rest.
inline void run(Open open, std::string_view input, std::string_view begin,
                std::string_view alphabet, std::string_view name) {
  if (input.empty()) return;
  const auto choice = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  auto bytes = std::string(input);
  if ((choice & 1) != 0)
    for (auto& c : bytes) c = alphabet[static_cast<unsigned char>(c) % alphabet.size()];
  // The byte 1 stands for the format's begin wherever it occurs, as in files
  // that were put together.
  if ((choice & 2) != 0) bytes.insert(0, 1, '\1');
  auto spelt = std::string{};
  for (const auto c : bytes) {
    if (c == '\1')
      spelt += begin;
    else
      spelt += c;
  }
  bytes = std::move(spelt);
  if ((choice & 4) != 0) bytes = as_utf16(bytes);
  hold(open, bytes, name, 1 + choice / 8);
}

}  // namespace serjeant::fuzz
