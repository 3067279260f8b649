#include <string>
#include <vector>

#include "core/check.h"
#include "read/mail/open.h"
#include "read/mbox/split.h"

// Chunks tile the file, records and accounts tile each chunk, and reading N
// chunks gives the records that reading one gives.
namespace {

using namespace serjeant;

struct Collect : RecordSink {
  std::vector<Span> records;
  std::uint64_t accounted = 0;
  std::size_t faults = 0;
  void record(const Record& record) override {
    records.push_back(record.span);
    accounted += record.span.length;
    faults += record.faults.size();
  }
  void fault(const Fault&) override { ++faults; }
  void account(Extent bytes, Coverage state, std::string_view) override {
    if (state == Coverage::kSkipped) accounted += bytes.length;
  }
};

auto onto_alphabet(std::string_view input) -> std::string {
  constexpr std::string_view words[] = {"\n",
                                        "\r\n",
                                        "From ",
                                        "From a@b Mon Jan  1 10:00:00 2024\n",
                                        "From -\n",
                                        ">From ",
                                        "A: b\n",
                                        "Content-Length: 30\n",
                                        "\n\nFrom x@y Mon Jan  1 10:00:00 2024\n",
                                        "text ",
                                        "\n\n",
                                        "--b--\n",
                                        "Content-Type: multipart/mixed; boundary=b\n",
                                        "--b\n",
                                        "\0",
                                        "From 1844347792267117879@xxx\n"};
  auto out = std::string{"From a@b Mon Jan  1 10:00:00 2024\n"};
  for (const auto c : input.substr(0, 2048))
    out += words[static_cast<unsigned char>(c) % std::size(words)];
  return out;
}

void check(std::string_view bytes) {
  const auto reader = open_mail_reader(bytes, 7, "x.mbox");
  if (!reader || reader->format() != "mbox") return;
  auto all = std::vector<Collect>(3);
  const std::uint64_t targets[] = {1, 200, ~std::uint64_t{0}};
  for (auto i = 0u; i < 3; ++i) {
    auto at = std::uint64_t{0};
    for (const auto chunk : reader->plan(targets[i])) {
      SJ_CHECK(chunk.offset == at && chunk.length > 0);
      at += chunk.length;
      auto arena = Arena{};
      reader->read(chunk, arena, all[i]);
    }
    SJ_CHECK(at == bytes.size() && all[i].accounted == bytes.size());
    SJ_CHECK(all[i].records == all[0].records && all[i].faults == all[0].faults);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::string_view(reinterpret_cast<const char*>(data), size);
  check(input);
  const auto mapped = onto_alphabet(input);
  check(mapped);
  return 0;
}
