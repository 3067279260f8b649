#include <gtest/gtest.h>

#include "core/json.h"
#include "shape/event.h"

namespace serjeant {
namespace {

constexpr auto kNative = std::string_view(
    R"({"Operation":"Send","n":12.5,"b":true,"z":null,"Parameters.ForwardTo":"x",)"
    R"("list":[{"Name":"a","Value":""},[],{}],"odd key":{"deep":{"deeper":[1,2,3]}},"e":""})");

struct Made {
  Arena arena;
  Document document;
  std::array<ItemRef, 2> items{{{"mail", "<a@b>", "id", "\\Inbox", 12}, {"file", "x", {}, {}, 0}}};
  std::array<Fault, 1> faults{{{FaultKind::kTruncated, {7, 9, 1}}}};
  Event event;

  Made() {
    parse_json(kNative, {}, document, arena);
    event.span = {1ULL << 40, 77, 3};
    event.eid.bytes[0] = 9;
    event.profile = "m365-audit";
    event.at = -5;
    event.basis = TimeBasis::kInferred;
    event.uncertainty_ms = 121'000;
    event.outcome = Outcome::kPasswordOnly;
    event.operation = "Send";
    event.actor = "a@b.example";
    event.actor_kind = ActorKind::kProvider;
    event.ip = parse_ip("2001:db8::1");
    event.port = 65535;
    event.ip_role = IpRole::kProvider;
    event.object_kind = ObjectKind::kMail;
    event.bytes_out = ~std::uint64_t{0};
    event.flags = kCut | kExternal;
    event.service_too = "audit";
    event.record_id = "id-1";
    event.content_hash = 0xfedcba9876543210U;
    event.result_index = 7;
    event.result_count = 77;
    event.items = items;
    event.faults = faults;
    event.native = document.root();
  }
};

auto as_text(const Event& event) -> std::string {
  auto out = std::string{};
  write_spine(event, out);
  JsonWriter(out).value(event.native);
  return out;
}

TEST(EventCodec, GivesBackWhatWasWritten) {
  const auto made = Made();
  auto bytes = std::string{};
  encode_event(made.event, bytes);
  auto arena = Arena{};
  auto document = Document{};
  auto out = Event{};
  ASSERT_TRUE(decode_event(bytes, arena, document, out));
  EXPECT_EQ(as_text(out), as_text(made.event));
  EXPECT_EQ(out.span, made.event.span);
  EXPECT_EQ(out.eid, made.event.eid);
  EXPECT_EQ(out.content_hash, made.event.content_hash);
  EXPECT_EQ(out.result_index, 7);
  EXPECT_EQ(out.service_too, "audit");
  ASSERT_EQ(out.faults.size(), 1u);
  EXPECT_EQ(out.faults[0], made.faults[0]);
  auto again = std::string{};
  encode_event(out, again);
  EXPECT_EQ(again, bytes);
}

TEST(EventCodec, GivesBackAnEventWithoutAnything) {
  auto bytes = std::string{};
  encode_event(Event{}, bytes);
  auto arena = Arena{};
  auto document = Document{};
  auto out = Event{};
  ASSERT_TRUE(decode_event(bytes, arena, document, out));
  EXPECT_FALSE(out.native);
  EXPECT_EQ(out.result_index, -1);
}

TEST(EventCodec, RefusesEveryCutAndEveryAddedByte) {
  auto bytes = std::string{};
  encode_event(Made().event, bytes);
  auto arena = Arena{};
  auto document = Document{};
  auto out = Event{};
  for (auto size = std::size_t{0}; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_event(std::string_view(bytes).substr(0, size), arena, document, out))
        << size;
  EXPECT_FALSE(decode_event(bytes + '\0', arena, document, out));
}

TEST(EventCodec, NeverTakesADamagedTreeForOneThatNests) {
  auto bytes = std::string{};
  encode_event(Made().event, bytes);
  auto refused = std::size_t{0};
  for (auto at = std::size_t{0}; at < bytes.size(); ++at) {
    for (const auto bit : {1, 2, 8, 64, 128}) {
      auto damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ bit);
      auto arena = Arena{};
      auto document = Document{};
      auto out = Event{};
      if (!decode_event(damaged, arena, document, out)) {
        ++refused;
        continue;
      }
      // What is let through can be walked and written again.
      auto again = std::string{};
      encode_event(out, again);
      EXPECT_FALSE(as_text(out).empty());
      EXPECT_FALSE(again.empty());
    }
  }
  EXPECT_GT(refused, bytes.size());
}

}  // namespace
}  // namespace serjeant
