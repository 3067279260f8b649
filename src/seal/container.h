#pragma once

#include <cstdint>
#include <string_view>

namespace serjeant {

// What packs other files, told by its first bytes and never by its name.
enum class Container : std::uint8_t { kNone, kZip, kTar, kSevenZip, kGz, kBz2, kXz, kZst, kLz4 };

// A stream compresses one run of bytes, which may itself be a tar.
constexpr auto is_stream(Container kind) -> bool { return kind >= Container::kGz; }
// "zip", "tar", "7z", "gz", ...
auto codec_word(Container kind) -> std::string_view;

// `bytes` are those of the whole file. Office documents, Java archives and the
// like are no containers, though they are zips: they are evidence themselves.
auto detect_container(std::string_view bytes) -> Container;

// Do these bytes begin with a tar header whose checksum is right? 512 are enough.
auto begins_tar(std::string_view bytes) -> bool;

// The name that a gzip stream carries for its content (RFC 1952), or "".
auto gz_name(std::string_view bytes) -> std::string_view;

// Zstandard data may begin with frames to be skipped (RFC 8878, 3.1.2): where
// the first other frame begins.
auto skip_zst_frames(std::string_view bytes) -> std::size_t;

}  // namespace serjeant
