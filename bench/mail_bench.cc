// How many messages a second are parsed and decoded, beside GMime on the same
// bytes in memory, on one core.
//
//   mail_bench FOLDER...      every file below is one message
//
// Printed are medians of five runs, in processor time, so that a busy machine does not count.
// "parse" is the tree alone, "decode" with all transfer encodings undone, "hash" that and SHA-256
// of the octets, "text" decode and the text parts in UTF-8, "facts" all that is known of a mail.
#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "core/sha256.h"
#include "detect/mail/facts.h"
#include "read/mail/message.h"
#ifdef SJ_GMIME
// The rival's macros cast in the old style wherever they are used.
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include <gmime/gmime.h>
#endif

namespace {

using namespace serjeant;

auto load(int count, char** folders) -> std::vector<std::string> {
  auto paths = std::vector<std::filesystem::path>{};
  for (auto i = 1; i < count; ++i)
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folders[i]))
      if (entry.is_regular_file()) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  auto out = std::vector<std::string>{};
  for (const auto& path : paths) {
    auto in = std::ifstream(path, std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return out;
}

void measure(const char* name, const std::vector<std::string>& mails,
             const std::function<std::size_t(const std::string&)>& work) {
  auto seconds = std::array<double, 5>{};
  auto check = std::size_t{0};
  for (auto& taken : seconds) {
    const auto start = std::clock();
    for (const auto& mail : mails) check += work(mail);
    taken = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  }
  std::sort(seconds.begin(), seconds.end());
  auto bytes = std::size_t{0};
  for (const auto& mail : mails) bytes += mail.size();
  std::printf("%-16s %9.0f mails/s %8.1f MB/s   (check %zu)\n", name,
              static_cast<double>(mails.size()) / seconds[2],
              static_cast<double>(bytes) / 1e6 / seconds[2], check / 5);
}

#ifdef SJ_GMIME
void decode_part(GMimeObject*, GMimeObject* part, gpointer total) {
  if (!GMIME_IS_PART(part)) return;
  auto* const content = g_mime_part_get_content(reinterpret_cast<GMimePart*>(part));
  if (!content) return;
  auto* const sink = g_mime_stream_mem_new();
  g_mime_data_wrapper_write_to_stream(content, sink);
  *static_cast<std::size_t*>(total) += static_cast<std::size_t>(g_mime_stream_length(sink));
  g_object_unref(sink);
}

auto by_gmime(const std::string& mail, bool decode) -> std::size_t {
  auto* const stream = g_mime_stream_mem_new_with_buffer(mail.data(), mail.size());
  auto* const parser = g_mime_parser_new_with_stream(stream);
  auto* const message = g_mime_parser_construct_message(parser, nullptr);
  auto total = std::size_t{0};
  if (message && decode) g_mime_message_foreach(message, decode_part, &total);
  if (message) g_object_unref(message);
  g_object_unref(parser);
  g_object_unref(stream);
  return total;
}
#endif

}  // namespace

int main(int count, char** arguments) {
  const auto mails = load(count, arguments);
  if (mails.empty()) return 2;
  auto arena = Arena{};
  const auto read = [&](const std::string& mail, bool decode) {
    arena.reset();
    auto limits = mail::MessageLimits{};
    limits.decode = decode;
    auto total = std::size_t{0};
    for (const auto& part : mail::read_message(mail, {0, 0, 1}, arena, limits).value.parts)
      total += part.decoded.bytes.size();
    return total;
  };
  measure("parse", mails, [&](auto& mail) { return read(mail, false); });
  measure("decode", mails, [&](auto& mail) { return read(mail, true); });
  measure("hash", mails, [&](auto& mail) { return read(mail, true) + sha256(mail)[0]; });
  measure("text", mails, [&](auto& mail) {
    arena.reset();
    const auto message = mail::read_message(mail, {0, 0, 1}, arena).value;
    auto total = std::size_t{0};
    for (const auto& part : message.parts)
      if (part.kind == mail::PartKind::kLeaf && part.type == "text")
        total += mail::decoded_text(message, part, mail::Fallback::kReplace, arena).utf8.size();
    return total;
  });
  measure("facts", mails, [&](auto& mail) {
    arena.reset();
    const auto message = mail::read_message(mail, {0, 0, 1}, arena).value;
    return mail::mail_facts(message, arena).refs.size();
  });
#ifdef SJ_GMIME
  g_mime_init();
  measure("gmime parse", mails, [](auto& mail) { return by_gmime(mail, false); });
  measure("gmime decode", mails, [](auto& mail) { return by_gmime(mail, true); });
#endif
  return 0;
}
