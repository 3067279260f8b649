#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace serjeant {

// A folder for one test, gone with it.
class TestFolder {
 public:
  TestFolder() : path_(testing::TempDir() + "serjeant-XXXXXX") {
    EXPECT_NE(::mkdtemp(path_.data()), nullptr);
  }
  ~TestFolder() {
    auto ignored = std::error_code();
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  auto operator=(const TestFolder&) -> TestFolder& = delete;

  auto path() const -> const std::string& { return path_; }
  auto operator/(std::string_view name) const -> std::string {
    return path_ + '/' + std::string(name);
  }

 private:
  std::string path_;
};

// Without flushing to disk, which tests with thousands of files cannot wait for.
inline void put_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace serjeant
