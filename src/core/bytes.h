#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/id.h"
#include "core/narrow.h"

namespace serjeant {

// Plain values as bytes, for rows of sorted runs: numbers little-endian in
// their own width, texts with a 32-bit length before them.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}
  template <std::integral Number>
  auto number(Number value) -> ByteWriter& {
    static_assert(std::endian::native == std::endian::little);
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  auto text(std::string_view value) -> ByteWriter& {
    number(narrow<std::uint32_t>(value.size()));
    out_ += value;
    return *this;
  }
  auto id(const Id& value) -> ByteWriter& {
    out_ += value.view();
    return *this;
  }

 private:
  std::string& out_;
};

// Reads them back. What is missing reads as zero or empty and makes `good`
// false for ever: check once at the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  template <std::integral Number>
  auto number() -> Number {
    auto value = Number{};
    if (rest_.size() < sizeof value) return fail<Number>();
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  auto text() -> std::string_view {
    const auto size = number<std::uint32_t>();
    if (rest_.size() < size) return fail<std::string_view>();
    const auto value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
  }
  auto id() -> Id {
    if (rest_.size() < 16) return fail<Id>();
    const auto value = id_from_bytes(rest_);
    rest_.remove_prefix(16);
    return value;
  }
  auto rest() const -> std::string_view { return rest_; }
  auto good() const -> bool { return good_; }

 private:
  template <class Value>
  auto fail() -> Value {
    good_ = false;
    rest_ = {};
    return {};
  }
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace serjeant
