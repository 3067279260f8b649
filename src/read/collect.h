#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "read/record.h"

// For tests and fuzzers: everything that a reader says of a source, in a form
// that can be compared.
namespace serjeant::test {

struct Taken {
  Extent bytes;
  Coverage state;
  std::string why;
  friend auto operator==(const Taken&, const Taken&) -> bool = default;
};

struct Kept {
  Span span;
  std::string fields;  // as JSON
  std::vector<Fault> faults;
  friend auto operator==(const Kept&, const Kept&) -> bool = default;
};

class Collector : public RecordSink {
 public:
  void record(const Record& record) override {
    auto kept = Kept{record.span, {}, {record.faults.begin(), record.faults.end()}};
    JsonWriter(kept.fields).value(record.native);
    records.push_back(std::move(kept));
  }
  void fault(const Fault& fault) override { faults.push_back(fault); }
  void account(Extent bytes, Coverage state, std::string_view why) override {
    accounts.push_back({bytes, state, std::string(why)});
  }

  std::vector<Kept> records;
  std::vector<Fault> faults;
  std::vector<Taken> accounts;
};

// Reads the source in chunks of about `target` bytes.
inline auto read_all(const Reader& reader, std::uint64_t target) -> Collector {
  auto out = Collector{};
  auto arena = Arena{};
  for (const auto chunk : reader.plan(target)) {
    reader.read(chunk, arena, out);
    arena.reset();
  }
  return out;
}

// The first place that records, accounts and chunks leave out or have twice.
inline auto untiled(const Collector& all, std::uint64_t size) -> std::optional<std::uint64_t> {
  auto parts = std::vector<std::pair<std::uint64_t, std::uint64_t>>{};
  for (const auto& record : all.records) parts.emplace_back(record.span.offset, record.span.length);
  for (const auto& taken : all.accounts) parts.emplace_back(taken.bytes.offset, taken.bytes.length);
  std::sort(parts.begin(), parts.end());
  auto at = std::uint64_t{0};
  for (const auto& [offset, length] : parts) {
    if (offset != at) return std::min(offset, at);
    at += length;
  }
  if (at != size) return at;
  return std::nullopt;
}

// What is wrong with what a reader says of `bytes`: its chunks and its account
// do not tile them, chunks change the result, or a record read again by its
// span alone is another. Empty: nothing.
inline auto broken_promise(const Reader& reader, std::string_view bytes, std::uint64_t target)
    -> std::string {
  const auto whole = read_all(reader, ~std::uint64_t{0});
  if (const auto place = untiled(whole, bytes.size()))
    return "bytes not accounted for at " + std::to_string(*place);
  auto end = std::uint64_t{0};
  for (const auto chunk : reader.plan(target)) {
    if (chunk.offset != end || chunk.length == 0) return "chunks do not tile";
    end += chunk.length;
  }
  if (end != bytes.size()) return "chunks do not reach the end";
  const auto parts = read_all(reader, target);
  if (parts.records != whole.records) return "chunks change the records";
  if (parts.accounts != whole.accounts) return "chunks change the account";
  if (parts.faults != whole.faults) return "chunks change the faults";
  auto arena = Arena{};
  for (const auto& record : whole.records) {
    auto again = Collector{};
    arena.reset();
    reader.read({record.span.offset, record.span.length, record.span.source}, arena, again);
    if (again.records.size() != 1 || again.records.front() != record)
      return "record changes when read again, at " + std::to_string(record.span.offset);
  }
  return {};
}

}  // namespace serjeant::test
