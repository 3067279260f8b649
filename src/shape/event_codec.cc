#include <array>
#include <cstring>
#include <limits>
#include <new>
#include <utility>
#include <vector>

#include "shape/event.h"
#include "shape/names.h"

// Events as bytes, for the sorted runs between a worker and the merge.
//
//   version, presence of each text and number (two varints), texts, numbers,
//   span, eid, ip, enumerations, items, faults, nodes
//
// Numbers are LEB128 varints, texts a length and bytes. Names of native fields
// that this build knows (shape/names.h) are written as their number: runs live
// for one import by one build only, and the version byte says which layout.
namespace serjeant {
namespace {

constexpr auto kVersion = std::uint8_t{1};

// The order of fields, for both directions.
template <class E, class F>
void each_text(E& event, F&& f) {
  f(event.profile), f(event.product), f(event.category), f(event.service), f(event.service_too);
  f(event.operation), f(event.org), f(event.actor), f(event.target), f(event.mailbox);
  f(event.session), f(event.token), f(event.device), f(event.app), f(event.client_app);
  f(event.agent), f(event.country), f(event.object), f(event.message_id), f(event.error);
  f(event.record_id);
}
template <class E, class F>
void each_number(E& event, F&& f) {
  f(event.uncertainty_ms), f(event.class_uid), f(event.activity_id), f(event.port), f(event.asn);
  f(event.item_count), f(event.bytes_in), f(event.bytes_out), f(event.flags);
  f(event.content_hash);
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void number(std::uint64_t value) {
    auto bytes = std::array<char, 10>{};
    auto size = std::size_t{0};
    for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>(value | 0x80);
    bytes[size++] = static_cast<char>(value);
    out_.append(bytes.data(), size);
  }
  void text(std::string_view value) {
    number(value.size());
    out_.append(value);
  }
  void raw(std::string_view value) { out_.append(value); }
  void span(const Span& span) {
    number(span.offset);
    number(span.length);
    number(span.source);
  }

 private:
  std::string& out_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  auto good() const -> bool { return good_; }
  auto at_end() const -> bool { return at_ == bytes_.size(); }
  auto left() const -> std::size_t { return bytes_.size() - at_; }
  auto byte() -> std::uint8_t {
    if (at_ >= bytes_.size()) return fail();
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  auto number() -> std::uint64_t {
    auto value = std::uint64_t{0};
    for (auto shift = 0U; shift < 64; shift += 7) {
      const auto next = byte();
      if (!good_ || (shift == 63 && next > 1)) return fail();
      value |= std::uint64_t{next & 0x7fU} << shift;
      if (next < 0x80) return value;
    }
    return fail();
  }
  template <class T>
  void number(T& to) {
    const auto value = number();
    if (value > std::numeric_limits<T>::max()) fail();
    to = static_cast<T>(value);
  }
  auto raw(std::size_t size) -> std::string_view {
    if (size > left()) {
      fail();
      return {};
    }
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  auto text() -> std::string_view { return raw(number()); }
  void span(Span& to) {
    number(to.offset);
    number(to.length);
    number(to.source);
  }
  template <class E>
  void word(E& to, E last) {
    const auto value = byte();
    if (value > static_cast<std::uint8_t>(last)) fail();
    to = static_cast<E>(value);
  }

 private:
  auto fail() -> std::uint8_t {
    good_ = false;
    at_ = bytes_.size();
    return 0;
  }
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool good_ = true;
};

// Arrays in the arena, whose memory is not aligned.
template <class T>
auto array_in(Arena& arena, std::size_t count) -> T* {
  auto* memory = arena.take(count * sizeof(T) + alignof(T));
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  memory += (alignof(T) - address % alignof(T)) % alignof(T);
  auto* first = reinterpret_cast<T*>(memory);
  for (auto i = std::size_t{0}; i < count; ++i) new (first + i) T{};
  return first;
}

// A node: one byte (kind, how the key is written), key, then text or size.
constexpr auto kNoKey = std::uint8_t{0};
constexpr auto kKnownKey = std::uint8_t{8};
constexpr auto kWrittenKey = std::uint8_t{16};

void write_nodes(Value native, Writer& to) {
  if (!native) return to.number(0);
  const auto* node = native.node();
  const auto count = node->size;
  to.number(count);
  for (const auto* end = node + count; node != end; ++node) {
    const auto kind = static_cast<std::uint8_t>(node->kind);
    if (node->key.empty()) {
      to.byte(kind | kNoKey);
    } else if (const auto known = known_name(node->key)) {
      to.byte(kind | kKnownKey);
      to.number(*known);
    } else {
      to.byte(kind | kWrittenKey);
      to.text(node->key);
    }
    if (node->kind >= Kind::kArray)
      to.number(node->size);
    else
      to.text(node->text);
  }
}

// A container may not end after the one that holds it.
class Nesting {
 public:
  explicit Nesting(std::size_t end) : end_(end) {}
  auto open(std::size_t at, std::size_t size) -> bool {
    if (size == 0 || size > end_ - at) return false;
    outer_.push_back(end_);
    end_ = at + size;
    return true;
  }
  void leave(std::size_t at) {
    while (at == end_ && !outer_.empty()) {
      end_ = outer_.back();
      outer_.pop_back();
    }
  }

 private:
  std::size_t end_;
  std::vector<std::size_t> outer_;
};

auto read_nodes(Reader& from, Document& to) -> bool {
  to.clear();
  const auto count = from.number();
  if (!from.good() || count > from.left()) return false;  // each takes two bytes at least
  auto nesting = Nesting(count);
  for (auto i = std::size_t{0}; i < count; ++i) {
    nesting.leave(i);
    const auto head = from.byte();
    const auto kind = static_cast<std::uint8_t>(head & 7U);
    if (!from.good() || kind > static_cast<std::uint8_t>(Kind::kObject)) return false;
    auto key = std::string_view{};
    if ((head & ~7U) == kKnownKey) {
      const auto name = known_name_at(from.number());
      if (!name) return false;
      key = *name;
    } else if ((head & ~7U) == kWrittenKey) {
      key = from.text();
    } else if ((head & ~7U) != kNoKey) {
      return false;
    }
    if (static_cast<Kind>(kind) >= Kind::kArray) {
      const auto size = from.number();
      if (!from.good() || !nesting.open(i, size)) return false;
      to.add(static_cast<Kind>(kind), key);
      to.node(i).size = static_cast<std::uint32_t>(size);
    } else {
      to.add(static_cast<Kind>(kind), key, from.text());
    }
    // The first node is the root: nothing may stand beside it.
    if (i == 0 && to.node(0).size != count) return false;
  }
  return from.good();
}

void write_presence(const Event& event, Writer& to) {
  auto bit = std::uint64_t{1};
  auto texts = std::uint64_t{0}, numbers = std::uint64_t{0};
  each_text(event, [&](std::string_view text) {
    if (!text.empty()) texts |= bit;
    bit <<= 1;
  });
  bit = 1;
  each_number(event, [&](std::uint64_t number) {
    if (number != 0) numbers |= bit;
    bit <<= 1;
  });
  to.number(texts);
  to.number(numbers);
}

void read_fields(Reader& from, Event& event) {
  const auto texts = from.number();
  const auto numbers = from.number();
  auto bit = std::uint64_t{1};
  each_text(event, [&](std::string_view& text) {
    if (texts & bit) text = from.text();
    bit <<= 1;
  });
  bit = 1;
  each_number(event, [&](auto& number) {
    if (numbers & bit) from.number(number);
    bit <<= 1;
  });
}

auto zigzag(std::int64_t value) -> std::uint64_t {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
auto unzigzag(std::uint64_t value) -> std::int64_t {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

auto bytes_of(const std::array<std::uint8_t, 16>& bytes) -> std::string_view {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void read_16(Reader& from, std::array<std::uint8_t, 16>& to) {
  if (const auto bytes = from.raw(16); bytes.size() == 16)
    std::memcpy(to.data(), bytes.data(), bytes.size());
}

auto read_lists(Reader& from, Arena& arena, Event& out) -> bool {
  const auto items = from.number();
  if (!from.good() || items > from.left() / 5) return false;
  if (items > 0) {
    auto* item = array_in<ItemRef>(arena, items);
    out.items = {item, items};
    for (auto* end = item + items; item != end && from.good(); ++item) {
      item->kind = from.text();
      item->key = from.text();
      item->native_id = from.text();
      item->container = from.text();
      from.number(item->bytes);
    }
  }
  const auto faults = from.number();
  if (!from.good() || faults > from.left() / 4) return false;
  if (faults > 0) {
    auto* fault = array_in<Fault>(arena, faults);
    out.faults = {fault, faults};
    for (auto* end = fault + faults; fault != end && from.good(); ++fault) {
      from.word(fault->kind, FaultKind::kOutOfOrder);
      from.span(fault->span);
    }
  }
  return from.good();
}

}  // namespace

void encode_event(const Event& event, std::string& out) {
  auto to = Writer(out);
  to.byte(kVersion);
  write_presence(event, to);
  each_text(event, [&](std::string_view text) {
    if (!text.empty()) to.text(text);
  });
  each_number(event, [&](std::uint64_t number) {
    if (number != 0) to.number(number);
  });
  to.span(event.span);
  to.raw(event.eid.view());
  to.number(zigzag(event.at));
  to.byte(static_cast<std::uint8_t>(event.basis));
  to.byte(static_cast<std::uint8_t>(event.outcome));
  to.byte(static_cast<std::uint8_t>(event.actor_kind));
  to.byte(static_cast<std::uint8_t>(event.ip_role));
  to.byte(static_cast<std::uint8_t>(event.object_kind));
  to.raw(bytes_of(event.ip.bytes));
  to.number(zigzag(event.result_index));
  to.number(zigzag(event.result_count));
  to.number(event.items.size());
  for (const auto& item : event.items) {
    to.text(item.kind);
    to.text(item.key);
    to.text(item.native_id);
    to.text(item.container);
    to.number(item.bytes);
  }
  to.number(event.faults.size());
  for (const auto& fault : event.faults) {
    to.byte(static_cast<std::uint8_t>(fault.kind));
    to.span(fault.span);
  }
  write_nodes(event.native, to);
}

auto decode_event(std::string_view bytes, Arena& arena, Document& document, Event& out) -> bool {
  out = Event{};
  auto from = Reader(arena.copy(bytes));
  if (from.byte() != kVersion) return false;
  read_fields(from, out);
  from.span(out.span);
  read_16(from, out.eid.bytes);
  out.at = unzigzag(from.number());
  from.word(out.basis, TimeBasis::kAssumed);
  from.word(out.outcome, Outcome::kBlocked);
  from.word(out.actor_kind, ActorKind::kAnonymous);
  from.word(out.ip_role, IpRole::kLoopback);
  from.word(out.object_kind, ObjectKind::kOther);
  read_16(from, out.ip.bytes);
  const auto index = unzigzag(from.number());
  const auto count = unzigzag(from.number());
  if (!std::in_range<std::int32_t>(index) || !std::in_range<std::int32_t>(count)) return false;
  out.result_index = static_cast<std::int32_t>(index);
  out.result_count = static_cast<std::int32_t>(count);
  if (!from.good() || !read_lists(from, arena, out)) return false;
  if (!read_nodes(from, document) || !from.at_end()) return false;
  out.native = document.root();
  return true;
}

}  // namespace serjeant
