#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/span.h"
#include "core/value.h"

// What a reader gives: records, faults, and an account of every byte.
namespace serjeant {

namespace mail {
struct Message;  // read/mail/message.h
}

// One record of a source: a row, a line, an object, a message. Views are valid
// until the sink returns.
struct Record {
  Span span;                               // the whole record, its line end included
  Value native;                            // an object: every field under its original name
  const mail::Message* message = nullptr;  // the parsed mail, where the record is one
  std::span<const Fault> faults;           // flaws inside this record
};

enum class Coverage : std::uint8_t { kRead = 1, kSkipped = 2, kFailed = 3 };

// Takes what a reader finds, in order of offset within one chunk.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual void record(const Record& record) = 0;
  // A flaw outside of any record.
  virtual void fault(const Fault& fault) = 0;
  // Bytes that gave no record, and why ("blank", "header", "comment", a fault
  // word...). Bytes of records, and bytes never named, count as read.
  virtual void account(Extent bytes, Coverage state, std::string_view why) = 0;
};

// One source, opened by the reader of its format. Constant after opening and
// shared by all workers; readers do not fail: what they cannot make out
// becomes a fault and an account.
class Reader {
 public:
  virtual ~Reader() = default;
  // "csv", "ndjson", "json", "w3c", "access", "mbox", "eml", ... or "unknown".
  virtual auto format() const -> std::string_view = 0;
  // Names of the columns or of the top-level keys of the first record: what
  // profiles recognise a source by. May be empty.
  virtual auto columns() const -> std::span<const std::string_view> = 0;
  // Cuts the source into stretches of about `target` bytes that begin and end
  // at record borders; they cover the source without gap or overlap. Reading N
  // chunks gives what reading one gives.
  virtual auto plan(std::uint64_t target) const -> std::vector<Extent> = 0;
  // Reads the records of one chunk that `plan` gave. Text that had to be
  // decoded lives in `arena`, which the sink may not reset.
  virtual void read(Extent chunk, Arena& arena, RecordSink& sink) const = 0;
};

// Detects the format of a source by its bytes (its name only breaks ties) and
// opens it. `bytes` must outlive the reader. Never null: what no reader
// recognises gets the reader "unknown", which accounts for all bytes as
// skipped, "unknown format".
auto open_reader(std::string_view bytes, std::uint32_t source, std::string_view name)
    -> std::unique_ptr<Reader>;

}  // namespace serjeant
