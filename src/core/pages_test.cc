#include "core/pages.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>

#include "core/file.h"

namespace serjeant {
namespace {

TEST(Pages, OfOurOwnMemoryAreLeftAlone) {
  const auto text = std::string(100'000, 'x');
  give_back_pages(text);
  give_back_pages({});
  EXPECT_EQ(text, std::string(100'000, 'x'));
}

TEST(Pages, OfAMappedFileAreReadAgain) {
  const auto path = std::filesystem::temp_directory_path() / "serjeant_pages_test";
  auto text = std::string{};
  for (auto i = 0; text.size() < 100'000; ++i) text += std::to_string(i);
  ASSERT_TRUE(write_file(path.string(), text));
  {
    auto first = MappedFile::open(path.string());
    ASSERT_TRUE(first);
    const auto file = std::move(*first);  // where the view is, not who holds it, counts
    for (const auto size : {std::size_t{1}, std::size_t{8192}, std::size_t{99'999}})
      for (const auto from : {std::size_t{0}, std::size_t{1}, std::size_t{4096}})
        give_back_pages(file.bytes().substr(from, size));
    EXPECT_EQ(file.bytes(), text);
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace serjeant
