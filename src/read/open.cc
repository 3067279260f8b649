#include "read/access/open.h"

#include <algorithm>
#include <array>

#include "read/auditd/open.h"
#include "read/csv/open.h"
#include "read/evtx/open.h"
#include "read/json/open.h"
#include "read/mail/open.h"
#include "read/patterned/open.h"
#include "read/record.h"
#include "read/source_text.h"
#include "read/syslog/open.h"
#include "read/vc0/open.h"
#include "read/w3c/open.h"
#include "read/winxml/open.h"
#include "read/zeek/open.h"

namespace serjeant {
namespace {

// As much of a source as is looked at to tell its format.
constexpr auto kSampleBytes = std::size_t{1} << 20;

class UnknownReader : public Reader {
 public:
  UnknownReader(std::string_view bytes, std::uint32_t source) : whole_{0, bytes.size(), source} {}
  auto format() const -> std::string_view override { return "unknown"; }
  auto columns() const -> std::span<const std::string_view> override { return {}; }
  auto plan(std::uint64_t) const -> std::vector<Extent> override {
    if (whole_.length == 0) return {};
    return {whole_};
  }
  void read(Extent chunk, Arena&, RecordSink& sink) const override {
    if (chunk.length != 0) sink.account(chunk, Coverage::kSkipped, "unknown format");
  }

 private:
  Extent whole_;
};

using Open = auto(*)(const SourceText&, std::string_view, std::string_view)
                 -> std::unique_ptr<Reader>;

// In order of how sure the signs are: a `#Fields:` line is meant as one, while
// commas occur in everything.
constexpr auto kText =
    std::array<Open, 9>{open_winxml_reader,    open_w3c_reader,    open_zeek_reader,
                        open_auditd_reader,    open_json_reader,   open_access_reader,
                        open_patterned_reader, open_syslog_reader, open_csv_reader};

// Control characters that no text has, NUL apart, which crashes leave in logs.
auto is_text(std::string_view sample) -> bool {
  const auto odd = std::count_if(sample.begin(), sample.end(), [](char c) {
    const auto b = static_cast<unsigned char>(c);
    return b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != 0x1b && b != '\f' && b != 0;
  });
  return static_cast<std::size_t>(odd) * 100 <= sample.size();
}

}  // namespace

auto open_reader(std::string_view bytes, std::uint32_t source, std::string_view name)
    -> std::unique_ptr<Reader> {
  if (auto log = open_evtx_reader(bytes, source)) return log;
  if (auto log = open_vc0_reader(bytes, source)) return log;
  // Mail before text: its signs are strong, and its bodies hold every other format.
  if (auto mail = open_mail_reader(bytes, source, name)) return mail;

  const auto text = SourceText(bytes, source);
  auto arena = Arena{};
  auto bad = false;
  const auto units = std::min<std::uint64_t>(text.units(), kSampleBytes);
  const auto mark = text.mark();
  const auto sample = units <= mark
                          ? std::string_view{}
                          : text.decode(mark, static_cast<std::size_t>(units - mark), arena, bad);
  if (!sample.empty() && is_text(sample.substr(0, 4096)))
    for (const auto open : kText)
      if (auto reader = open(text, sample, name)) return reader;
  return std::make_unique<UnknownReader>(bytes, source);
}

}  // namespace serjeant
