#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

// Sorted runs: what workers leave and stages merge. A worker that has finished
// a unit of work writes one file that holds all its tables, each sorted by key
// (bytewise; equal keys in order of value). The file appears whole or not at
// all, so that a run that was interrupted can go on where it stopped.
namespace serjeant {

class UnitWriter {
 public:
  explicit UnitWriter(std::size_t tables);
  ~UnitWriter();
  UnitWriter(const UnitWriter&) = delete;
  auto operator=(const UnitWriter&) -> UnitWriter& = delete;
  // Keys and values are copied. Key and value under 1 GiB each.
  void add(std::size_t table, std::string_view key, std::string_view value);
  auto bytes() const -> std::uint64_t;  // held so far
  // Sorts, writes to `path` and forgets everything.
  auto write(const std::string& path) -> Result<>;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Is there a whole, undamaged unit file of that many tables at `path`?
auto unit_is_whole(const std::string& path, std::size_t tables) -> bool;

// Walks one table of many unit files in key order. Reads by windows: memory is
// bounded by the number of files, not by their size.
class Merge {
 public:
  static auto open(const std::vector<std::string>& paths, std::size_t table) -> Result<Merge>;
  Merge(Merge&&) noexcept;
  auto operator=(Merge&&) noexcept -> Merge&;
  ~Merge();
  // The next row; views are valid until the next call. False at the end.
  auto next(std::string_view& key, std::string_view& value) -> bool;
  auto error() const -> const Error*;  // why `next` ended early, or null

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  explicit Merge(std::unique_ptr<Impl> impl);
};

// Keys are made of parts whose bytewise order is the order meant: texts end in
// a zero byte (zero bytes inside are written as 1 1, ones as 1 2), numbers are
// 8 bytes big-endian with the sign bit flipped.
void append_key(std::string& key, std::string_view text);
void append_key(std::string& key, std::int64_t number);

}  // namespace serjeant
