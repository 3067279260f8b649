#include "core/json_names.h"

#include <gtest/gtest.h>

namespace serjeant {
namespace {

// The text read with and without memory of names: equal trees, equal outcomes.
void compare(std::string_view text, JsonNames& names) {
  auto arena = Arena{};
  auto plain = Document{}, remembered = Document{};
  const auto expected = parse_json(text, "", plain, arena);
  const auto got = parse_json(text, "", remembered, arena, names);
  ASSERT_EQ(got.consumed, expected.consumed) << text;
  ASSERT_EQ(got.complete, expected.complete) << text;
  ASSERT_EQ(got.fault, expected.fault) << text;
  ASSERT_EQ(got.fault_at, expected.fault_at) << text;
  ASSERT_EQ(remembered.size(), plain.size()) << text;
  for (auto i = std::size_t{0}; i < plain.size(); ++i) {
    ASSERT_EQ(remembered.at(i).key(), plain.at(i).key()) << text;
    ASSERT_EQ(remembered.at(i).text(), plain.at(i).text()) << text;
    ASSERT_EQ(remembered.at(i).kind(), plain.at(i).kind()) << text;
    ASSERT_EQ(remembered.at(i).node()->size, plain.at(i).node()->size) << text;
  }
}

TEST(JsonNames, ReadWhatIsReadWithoutThemAtEveryCut) {
  const auto texts = std::to_array<std::string_view>({
      R"({"Id":"a","Operation":"b","List":[{"Name":"x","Value":1},{"Name":"y","Value":2}],"End":0})",
      R"({"Id" : "a", "Operation": "b", "Operations":"c","Id":"again","" : {"":1, "End":[]}})",
      R"({"I\u0064":"a","Op\"eration":"b","Gr\u00f6\u00dfe":1,"Größe":2,"Id":3,"Operation":4})",
      R"({"a-name-that-is-longer-than-thirty-characters":1,"thirty-characters-are-the-most":2,"a":3})",
  });
  auto names = JsonNames{};
  for (auto round = 0; round < 3; ++round)
    for (const auto text : texts)
      for (auto size = std::size_t{0}; size <= text.size(); ++size)
        compare(text.substr(0, size), names);
  compare("{\"Id\xff\":1,\"Id\xff\":2,\"Id\n\":3}                              ", names);
  compare("{\"Id\xff\":1,\"Id\xff\":2,\"Id\n\":3}                              ", names);
}

TEST(JsonNames, GiveANameTheSameNumberWhereverItStands) {
  auto names = JsonNames{};
  auto arena = Arena{};
  auto document = Document{};
  const auto text = std::string(R"({"Id":1,"Name":{"Name":2,"Id":3},"N\u0061me":4})");
  parse_json(text, "", document, arena, names);
  EXPECT_TRUE(names.number_of(document.at(1).key()));
  EXPECT_EQ(names.number_of(document.at(1).key()), names.number_of(document.at(4).key()));
  EXPECT_EQ(names.number_of(document.at(2).key()), names.number_of(document.at(3).key()));
  EXPECT_FALSE(names.number_of(document.at(5).key()));
  EXPECT_FALSE(names.number_of("Id"));
}

TEST(JsonNames, AreBoundedHoweverManyATextHas) {
  auto names = JsonNames{};
  for (auto from = 0; from < 5'000; from += 50) {
    auto text = std::string("{");
    for (auto i = from; i < from + 50; ++i) text += "\"n" + std::to_string(i) + "\":0,";
    compare(text + "\"end\":1}", names);
    compare(text + "\"end\":1}", names);
  }
}

}  // namespace
}  // namespace serjeant
