#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.h"
#include "intel/stix/address.h"
#include "intel/stix/moment.h"
#include "intel/stix/pattern.h"

// One comparison of a pattern against one value (STIX 2.1, section 9.6).
namespace serjeant::stix {

// A value as comparisons see it: a JSON value, or bytes where the property's
// name ends in `_hex` or `_bin`.
struct Operand {
  Value value;
  std::optional<std::string> bytes = {};
};

class Comparator {
 public:
  // Prepares the comparison `node`, which must outlive this. Null with `why` filled
  // if no value could be compared: a set of several types, a day that does not
  // exist, an expression that is none.
  static auto prepare(const PatternNode& node, std::string& why) -> std::unique_ptr<Comparator>;
  ~Comparator();
  Comparator(const Comparator&) = delete;
  auto operator=(const Comparator&) -> Comparator& = delete;

  // Is the comparison met, NOT included? Nothing, with `why` filled, if the
  // standard calls the comparison an error: a time against a text that is none.
  auto met(const Operand& operand, std::string& why) const -> std::optional<bool>;

 private:
  struct Expression;
  explicit Comparator(const PatternNode& node);
  auto read_times(std::string& why) -> bool;
  auto equals(const Operand& operand, std::size_t at) const -> bool;
  // Less, equal, greater as -1, 0, 1; nothing where the types have no order.
  auto order(const Operand& operand) const -> std::optional<int>;
  auto plain_met(const Operand& operand) const -> std::optional<bool>;
  auto like(const Operand& operand) const -> bool;
  auto matches(const Operand& operand) const -> bool;

  const PatternNode& node_;
  std::vector<std::optional<Moment>> times_;  // of the literals that are times
  std::string like_;                          // NFC
  std::unique_ptr<Expression> expression_;
  std::optional<AddressBlock> block_;
};

}  // namespace serjeant::stix
