#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exercise/ual_record.h"

namespace serjeant::exercise {

// The six ways in which an audit record leaves the provider (exposure notes,
// section 3).
enum class Dialect : std::uint8_t { kSearch, kPortal, kGraph, kApi, kSentinel, kSplunk };

// What the export adds to a record.
struct Wrapping {
  std::string_view run;                // of the collector (RunspaceId)
  std::uint32_t index = 0, count = 0;  // ResultIndex, ResultCount
  std::uint32_t bucket = 0;            // Splunk's position
  bool cut = false;                    // Splunk: raw text cut at 10,000 characters
};

auto dialect_header(Dialect dialect) -> std::string_view;  // with its line end; "" if none
auto dialect_newline(Dialect dialect) -> std::string_view;

// "3/2/2026 7:15:52 PM", as PowerShell writes a time in the United States.
auto us_time(Seconds at) -> std::string;

class DialectWriter {
 public:
  explicit DialectWriter(Dialect dialect) : dialect_(dialect) {}
  // Appends one row, UTF-8, with its line end. The record is whole JSON or CSV.
  void append(const AuditRecord& record, const Wrapping& wrapping, std::string& out);

 private:
  void canonical(const AuditRecord& record);
  void search_row(const AuditRecord& record, const Wrapping& wrapping, std::string& out);
  void graph(const AuditRecord& record, std::string& out);
  void sentinel(const AuditRecord& record, std::string& out);
  void splunk(const AuditRecord& record, const Wrapping& wrapping, std::string& out);

  Dialect dialect_;
  std::string json_, row_, extra_;
};

}  // namespace serjeant::exercise
