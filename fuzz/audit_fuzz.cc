#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/json.h"
#include "shape/m365.h"

// The bytes are the JSON of an audit record in a CSV export, its cut copy in a
// log system, a record of its own, or a flat row. Whatever they are: one event
// a record; what came before makes no difference; and the event survives being
// written and read back.
namespace serjeant {
namespace {

class Keep : public EventSink {
 public:
  void event(const Event& event) override {
    ++count;
    text.clear();
    write_spine(event, text);
    text += std::to_string(event.content_hash) + ' ' + std::to_string(event.faults.size());
    JsonWriter(text).value(event.native);
    bytes.clear();
    encode_event(event, bytes);
  }
  int count = 0;
  std::string text, bytes;
};

void check(bool holds) {
  if (!holds) std::abort();
}

void try_record(const Document& document, m365::AuditShaper& used) {
  auto arena = Arena{};
  auto fresh = m365::AuditShaper{};
  auto first = Keep{}, again = Keep{};
  const auto record = Record{{0, 1, 1}, document.root(), nullptr, {}};
  fresh.shape(record, Event{}, arena, first);
  used.shape(record, Event{}, arena, again);
  check(first.count == 1 && again.count == 1 && first.text == again.text);
  auto out = Event{};
  auto nodes = Document{};
  check(decode_event(first.bytes, arena, nodes, out));
  auto written = std::string{};
  encode_event(out, written);
  check(written == first.bytes);
}

}  // namespace
}  // namespace serjeant

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  using namespace serjeant;
  const auto text = std::string_view(reinterpret_cast<const char*>(data), size);
  auto used = m365::AuditShaper{};
  for (const auto* column : {"AuditData", "_raw"}) {
    auto document = Document{};
    const auto root = document.open(Kind::kObject, {});
    document.add(Kind::kText, "CreationDate", "3/2/2026 7:15:52 PM");
    document.add(Kind::kText, column, text);
    document.add(Kind::kText, "RecordType", "ExchangeAdmin");
    document.close(root);
    try_record(document, used);
  }
  auto arena = Arena{};
  auto document = Document{};
  parse_json(text, {}, document, arena);
  try_record(document, used);
  return 0;
}
