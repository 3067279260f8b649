#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"

// Addresses of the web as mail programs take them (WHATWG URL, the part that
// decides where a request goes), and which of their pieces vary.
namespace serjeant::mail {

struct Url {
  std::string_view whole;   // absolute, blanks inside taken out
  std::string_view scheme;  // lower case
  std::string_view host;    // lower case, without port and user; may be empty
  std::string_view path;    // from the "/" on
  std::string_view query;   // behind "?"
  std::string_view fragment;
};

// `text` as written in the attribute, `base` the page's base address or empty.
// Tabs and line ends inside go, blanks at the ends too. "//host/x" becomes
// https. Without a base, a relative address gives an empty `whole`.
auto read_url(std::string_view text, std::string_view base, Arena& arena) -> Url;

// Is it fetched from somewhere else (http, https, ftp, file, a share)?
auto is_remote(const Url& url) -> bool;

// Percent-coded bytes decoded; "+" stays.
auto percent_decode(std::string_view text) -> std::string;

// A piece of an address.
struct UrlPiece {
  std::string_view text;   // as written
  std::string_view where;  // "host", "path", "query:NAME", "fragment"
};
// Host labels left of the registrable domain, path segments without their
// extension, query values, fragment.
auto url_pieces(const Url& url, std::string_view domain, Arena& arena) -> std::vector<UrlPiece>;

enum class PieceShape : std::uint8_t {
  kWord,    // a word, a version, a size, a date: nothing to tell mails apart by
  kNumber,  // four and more digits that are no date
  kUuid,
  kHex,    // eight and more hex digits with a digit and a letter
  kMixed,  // letters and digits in a way that no word or name has
};
auto piece_shape(std::string_view text) -> PieceShape;

// The address with each piece that is no word as "{num:4}", "{hex:16}",
// "{uuid}", "{mix:10}".
auto url_template(const Url& url, std::string_view domain, Arena& arena) -> std::string_view;

}  // namespace serjeant::mail
