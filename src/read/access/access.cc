// The common log format of NCSA httpd and what grew out of it:
//   host ident user [time] "request" status bytes
// with "referer" "user agent" after it in the combined format, a `name:port`
// before it in Apache's vhost variants, and whatever an administrator added at
// the end. Servers escape a quote inside of a quoted value as \" or \x22.
#include <algorithm>
#include <array>

#include "core/text.h"
#include "read/access/open.h"
#include "read/framed.h"
#include "read/lines.h"
#include "read/scan.h"

namespace serjeant {
namespace {

constexpr auto kMostValues = std::size_t{64};

auto is_digit(char c) -> bool { return c >= '0' && c <= '9'; }

// "13/Jan/2016:19:31:16 +0000", the zone optional: by its punctuation.
auto is_time(std::string_view text) -> bool {
  return text.size() >= 20 && text.size() <= 40 && text[2] == '/' && text[6] == '/' &&
         text[11] == ':' && text[14] == ':' && text[17] == ':' && is_digit(text[0]) &&
         is_digit(text[7]) && is_digit(text[12]) && is_digit(text[18]);
}

struct Line {
  std::string_view host;  // of the vhost variants
  std::string_view client;
  std::string_view ident;
  std::string_view user;
  std::string_view time;
  std::array<std::string_view, kMostValues> values;  // request, status, bytes, referer, ...
  std::size_t count = 0;
  bool open = false;  // the last value is in quotes that never close
  bool many = false;  // there are more values than that
};

// Takes the first blank-separated word off `text`.
auto word(std::string_view& text) -> std::string_view {
  const auto end = scan::find(text, ' ', 0);
  const auto out = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return out;
}

// The closing quote of a value whose text begins at `from`: one that is not
// escaped and before a blank or the end.
auto closing_quote(std::string_view text, std::size_t from) -> std::size_t {
  for (auto at = scan::find(text, '"', from); at < text.size();
       at = scan::find(text, '"', at + 1)) {
    auto slashes = std::size_t{0};
    while (at - slashes > from && text[at - slashes - 1] == '\\') ++slashes;
    if (slashes % 2 == 0 && (at + 1 == text.size() || text[at + 1] == ' ')) return at;
  }
  return text.size();
}

// False if the line has no time in brackets where one belongs.
auto read_line(std::string_view text, Line& out) -> bool {
  auto open = text.find(" [");
  while (open != std::string_view::npos) {
    const auto close = scan::find(text, ']', open);
    if (is_time(text.substr(open + 2, close - open - 2))) break;
    open = text.find(" [", open + 1);
  }
  if (open == std::string_view::npos) return false;
  const auto close = scan::find(text, ']', open);
  out.time = text.substr(open + 2, close - open - 2);

  // In front: [vhost] client ident user, where a user may hold blanks.
  auto front = text.substr(0, open);
  const auto words = std::count(front.begin(), front.end(), ' ') + 1;
  if (words < 3) return false;
  const auto first = front.substr(0, front.find(' '));
  auto rest = front.substr(first.size() + 1);
  const auto second = rest.substr(0, rest.find(' '));
  // A host is told from a client by what follows it: the client's ident is
  // almost always "-", an address is not.
  const auto is_address = [](std::string_view name) {
    return name.size() > 2 &&
           (name.find_first_not_of("0123456789.") == std::string_view::npos ||
            (name.find(':') != name.rfind(':') &&
             name.find_first_not_of("0123456789abcdefABCDEF:.%") == std::string_view::npos));
  };
  if (words >= 4 && second != "-" && (is_address(second) || first.find(':') != first.npos) &&
      !is_address(first))
    out.host = word(front);
  out.client = word(front);
  out.ident = word(front);
  out.user = front;

  auto at = std::min(close + 1, text.size());
  while (at < text.size()) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    auto value = std::string_view{};
    if (text[at] == '"') {
      const auto end = closing_quote(text, at + 1);
      out.open = end == text.size();
      value = text.substr(at + 1, end - at - 1);
      at = std::min(end + 1, text.size());
    } else {
      const auto end = scan::find(text, ' ', at);
      value = text.substr(at, end - at);
      at = end;
    }
    if (out.count == out.values.size()) {
      out.many = true;
      break;
    }
    out.values[out.count++] = value;
  }
  return true;
}

class AccessReader : public FramedReader {
 public:
  explicit AccessReader(SourceText text) : FramedReader(text, "access") {
    set_columns({"c-ip", "ident", "cs-username", "time", "request", "cs-method", "cs-uri-stem",
                 "cs-uri-query", "cs-version", "sc-status", "sc-bytes", "cs-referer",
                 "cs-user-agent"});
  }

 protected:
  auto pass(const View& view, std::size_t at, std::size_t until) const -> std::size_t override {
    return pass_lines(view.text, at, until);
  }

  auto frame(const View& view, std::size_t at, State&) const -> std::optional<Piece> override {
    const auto mark = at + view.base == 0 ? source().mark() : 0;
    if (mark != 0) return Piece{at + mark, Piece::What::kSkip, "mark"};
    const auto line = frame_line(view.text, at, view.last, limit());
    if (line && line->what == Piece::What::kRecord && view.text[at] == '#')
      return Piece{line->end, Piece::What::kSkip, "comment"};
    return line;
  }

  auto parse(Row& row) const -> bool override {
    auto line = Line{};
    const auto text = without_line_end(row.text());
    if (!read_line(text, line)) {
      row.flaw(FaultKind::kBadSyntax, text);
      return false;
    }
    auto& document = row.document();
    const auto root = document.open(Kind::kObject, {});
    const auto add = [&](std::string_view key, std::string_view value) {
      const auto none = value == "-";
      document.add(none ? Kind::kNull : Kind::kText, key, none ? std::string_view{} : value);
    };
    if (!line.host.empty()) add("cs-host", line.host);
    add("c-ip", line.client);
    add("ident", line.ident);
    add("cs-username", line.user);
    add("time", line.time);
    if (line.count > 0) {
      add("request", line.values[0]);
      add_request(line.values[0], document);
    }
    constexpr auto names = std::array{"sc-status", "sc-bytes", "cs-referer", "cs-user-agent"};
    for (auto i = std::size_t{1}; i < line.count; ++i)
      add(i <= names.size() ? std::string_view(names[i - 1])
                            : row.arena().copy("+" + std::to_string(i - names.size())),
          line.values[i]);
    document.close(root);
    const auto at_end = row.span().offset + row.span().length == source().bytes().size();
    const auto cut = line.open || line.count < 3;
    if (cut && at_end && !row.text().ends_with('\n'))
      row.flaw(FaultKind::kTruncated);
    else if (line.open)
      row.flaw(FaultKind::kBadQuote);
    else if (line.count < 3)
      row.flaw(FaultKind::kBadColumns);
    if (line.many) row.flaw(FaultKind::kTooMany);
    return true;
  }

 private:
  // "GET /path?query HTTP/1.1". What is not of that form stays in `request`.
  static void add_request(std::string_view request, Document& document) {
    const auto blank = request.find(' ');
    if (blank == std::string_view::npos || blank == 0 || blank > 24) return;
    const auto method = request.substr(0, blank);
    if (!std::all_of(method.begin(), method.end(), [](char c) {
          return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
        }))
      return;
    auto target = request.substr(blank + 1);
    auto version = std::string_view{};
    if (const auto space = target.rfind(' ');
        space != std::string_view::npos &&
        starts_with_ignoring_case(target.substr(space + 1), "HTTP/")) {
      version = target.substr(space + 1);
      target = target.substr(0, space);
    }
    const auto mark = target.find('?');
    document.add(Kind::kText, "cs-method", method);
    document.add(Kind::kText, "cs-uri-stem", target.substr(0, mark));
    if (mark == std::string_view::npos)
      document.add(Kind::kNull, "cs-uri-query");
    else
      document.add(Kind::kText, "cs-uri-query", target.substr(mark + 1));
    if (!version.empty()) document.add(Kind::kText, "cs-version", version);
  }
};

}  // namespace

auto open_access_reader(const SourceText& text, std::string_view sample, std::string_view)
    -> std::unique_ptr<Reader> {
  auto lines = 0;
  auto good = 0;
  for (auto at = std::size_t{0}; at < sample.size() && lines < 16;) {
    const auto next = scan::next_line(sample, at);
    const auto body = without_line_end(sample.substr(at, next - at));
    at = next;
    if (trim(body).empty() || body.starts_with('#')) continue;
    ++lines;
    auto line = Line{};
    good += read_line(body, line) && line.count >= 1 && body.find("] \"") != body.npos ? 1 : 0;
  }
  if (good == 0 || good * 2 < lines) return nullptr;
  return std::make_unique<AccessReader>(text);
}

}  // namespace serjeant
