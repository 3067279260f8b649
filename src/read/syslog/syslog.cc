// Syslog lines:
//   <34>1 2003-10-11T22:14:15.003Z host app procid msgid [id name="value"] text   RFC 5424
//   <34>Oct 11 22:14:15 host tag[pid]: text                                       RFC 3164
//   2003-10-11T22:14:15.003+02:00 host tag[pid]: text                 rsyslog, journalctl
// In files the priority is mostly left out. Cisco puts a sequence number before
// its time, a star or point at it, and `%FACILITY-SEVERITY-NAME:` for the tag.
// A line that is none of these belongs to the record before it only in the eye
// of the reader; here it is a record with a message alone.
#include <algorithm>
#include <array>

#include "core/text.h"
#include "read/framed.h"
#include "read/lines.h"
#include "read/scan.h"
#include "read/syslog/open.h"

namespace serjeant {
namespace {

using What = Piece::What;

constexpr auto kMostParams = std::size_t{256};

auto is_digit(char c) -> bool { return c >= '0' && c <= '9'; }

auto is_month(std::string_view text) -> bool {
  constexpr auto kMonths = std::string_view("JanFebMarAprMayJunJulAugSepOctNovDec");
  if (text.size() < 3) return false;
  const auto at = kMonths.find(text.substr(0, 3));
  return at != std::string_view::npos && at % 3 == 0;
}

// "Oct 11 22:14:15", "Oct  1 2024 22:14:15.123": how long it is, or 0.
auto old_time(std::string_view text) -> std::size_t {
  if (!is_month(text) || text.size() < 15 || text[3] != ' ') return 0;
  auto at = std::size_t{4};
  if (text[at] == ' ') ++at;
  const auto day = at;
  while (at < text.size() && at < day + 2 && is_digit(text[at])) ++at;
  if (at == day || at == text.size() || text[at] != ' ') return 0;
  ++at;
  if (text.size() > at + 5 && is_digit(text[at]) && is_digit(text[at + 3]) && text[at + 4] == ' ')
    at += 5;
  const auto clock = text.substr(at, 8);
  if (clock.size() < 8 || clock[2] != ':' || clock[5] != ':' || !is_digit(clock[0]) ||
      !is_digit(clock[7]))
    return 0;
  at += 8;
  if (at < text.size() && text[at] == '.') {
    ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
  }
  return at;
}

// "2003-10-11T22:14:15.003Z": how long it is, or 0.
auto iso_time(std::string_view text) -> std::size_t {
  if (text.size() < 19 || !is_digit(text[0]) || text[4] != '-' || text[7] != '-' ||
      text[10] != 'T' || text[13] != ':' || text[16] != ':')
    return 0;
  const auto end = scan::find(text, ' ', 11);
  const auto is_time =
      text.substr(0, end).find_first_not_of("0123456789T:.+-Z") == std::string_view::npos;
  return is_time && end <= 40 ? end : 0;
}

auto is_name(char c) -> bool {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '/' || c == '_';
}

// Chrome OS writes the severity where others write the host.
auto is_level(std::string_view word) -> bool {
  constexpr auto kLevels = std::to_array<std::string_view>(
      {"EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG"});
  return std::find(kLevels.begin(), kLevels.end(), word) != kLevels.end();
}

struct Line {
  std::string_view priority, version, time, host, program, pid, message_id, data, message;
  std::string_view level;  // as macOS and Chrome OS spell it
  bool known = false;
};

auto word(std::string_view& rest) -> std::string_view {
  const auto end = scan::find(rest, ' ', 0);
  const auto out = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return out == "-" ? std::string_view{} : out;
}

// The structured data at the begin of `rest`: `-` or elements in brackets.
auto data_size(std::string_view rest) -> std::size_t {
  auto at = std::size_t{0};
  auto quoted = false;
  while (at < rest.size() && (quoted || rest[at] == '[' || at != 0)) {
    const auto c = rest[at];
    if (quoted && c == '\\') {
      at += 2;
      continue;
    }
    if (c == '"') quoted = !quoted;
    ++at;
    if (!quoted && c == ']' && (at == rest.size() || rest[at] != '[')) return at;
  }
  return 0;
}

void read_new(std::string_view rest, Line& line) {
  line.time = word(rest);
  line.host = word(rest);
  line.program = word(rest);
  line.pid = word(rest);
  line.message_id = word(rest);
  if (const auto size = data_size(rest); size != 0) {
    line.data = rest.substr(0, size);
    rest.remove_prefix(size);
  } else if (rest.starts_with('-')) {
    rest.remove_prefix(1);
  }
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
  line.message = rest;
}

// "tag[pid]: text": a tag has no blanks; the colon may be missing after a pid, and
// is left out by some loggers altogether: then the tag ends at the blank, if there
// was a host before it (RFC 3164, section 4.1.3: it ends at any character that is
// neither letter nor digit). macOS puts its level behind: "tag[pid] <Info>: text".
void read_tag(std::string_view rest, Line& line) {
  line.message = rest;
  if (rest.starts_with("last message repeated ") || rest.starts_with("--- last message repeated "))
    return;
  const auto end = rest.find_first_of(" [:");
  if (end == std::string_view::npos || end == 0) return;
  auto after = end;
  auto pid = std::string_view{};
  if (rest[end] == '[') {
    const auto close = rest.find(']', end);
    if (close == std::string_view::npos) return;
    pid = rest.substr(end + 1, close - end - 1);
    after = close + 1;
  }
  if (!pid.empty() && rest.substr(after).starts_with(" <")) {
    const auto close = rest.find(">:", after);
    if (close != std::string_view::npos && close - after <= 12) {
      line.level = rest.substr(after + 2, close - after - 2);
      after = close + 1;
    }
  }
  if (after < rest.size() && rest[after] == ':')
    ++after;
  else if (pid.empty() &&
           (line.time.empty() || line.host.empty() || rest[end] != ' ' || !is_name(rest.front())))
    return;
  line.program = rest.substr(0, end);
  line.pid = pid;
  line.message = trim(rest.substr(after));
}

auto read_line(std::string_view text) -> Line {
  auto line = Line{};
  auto rest = text;
  if (rest.starts_with('<')) {
    const auto close = rest.find('>');
    if (close != std::string_view::npos && close >= 2 && close <= 4 &&
        std::all_of(rest.begin() + 1, rest.begin() + static_cast<std::ptrdiff_t>(close),
                    is_digit)) {
      line.priority = rest.substr(1, close - 1);
      rest.remove_prefix(close + 1);
    }
  }
  if (!line.priority.empty() && rest.starts_with("1 ") &&
      (iso_time(rest.substr(2)) != 0 || rest.starts_with("1 - "))) {
    line.version = "1";
    line.known = true;
    read_new(rest.substr(2), line);
    return line;
  }
  // Cisco: "189: *Mar  1 18:46:11.123: %SYS-5-CONFIG_I: text".
  auto cisco = rest;
  if (const auto colon = cisco.find(": "); colon != std::string_view::npos && colon <= 12 &&
                                           colon != 0 &&
                                           cisco.find_first_not_of("0123456789") == colon)
    cisco.remove_prefix(colon + 2);
  if (cisco.starts_with('*') || cisco.starts_with('.')) cisco.remove_prefix(1);
  auto size = old_time(cisco);
  if (size == 0) {
    cisco = rest;
    size = iso_time(rest);
  }
  if (size == 0) {
    // A relay that dropped the time, but not the priority.
    line.known = !line.priority.empty();
    read_tag(rest, line);
    return line;
  }
  line.known = true;
  line.time = cisco.substr(0, size);
  rest = cisco.substr(size);
  const auto mnemonic = rest.find(": %");
  if (mnemonic != std::string_view::npos && mnemonic <= 40) {
    line.host = trim(rest.substr(0, mnemonic));
    rest = rest.substr(mnemonic + 2);
  } else {
    // "Mar 11 09:39:39: --- last message repeated 5 times ---" has no host.
    const auto hostless = rest.starts_with(": ");
    rest = rest.substr(std::min<std::size_t>(hostless ? 2 : 1, rest.size()));
    // Nor have "kernel: text" and "tag[7]: text".
    const auto first = rest.substr(0, rest.find(' '));
    if (!hostless && !(first.ends_with(':') && first.find(':') == first.size() - 1))
      line.host = word(rest);
    if (is_level(line.host)) {
      line.level = line.host;
      line.host = {};
    }
  }
  read_tag(rest, line);
  return line;
}

// "<30>" and a time, which begins a message wherever it stands in datagrams that
// were written one behind the other.
auto begins_message(std::string_view text) -> bool {
  const auto close = text.substr(0, 5).find('>');
  if (close == std::string_view::npos || close < 2 || text[0] != '<') return false;
  for (auto i = std::size_t{1}; i < close; ++i)
    if (!is_digit(text[i])) return false;
  auto rest = text.substr(close + 1, 64);
  if (rest.starts_with("1 ")) rest.remove_prefix(2);
  return old_time(rest) != 0 || iso_time(rest) != 0;
}

auto next_message(std::string_view text, std::size_t from) -> std::size_t {
  for (auto at = scan::find(text, '<', from); at < text.size(); at = scan::find(text, '<', at + 1))
    if (begins_message(text.substr(at))) return at;
  return text.size();
}

class SyslogReader : public FramedReader {
 public:
  // `datagrams`: messages are ended by the begin of the next, not by line ends.
  SyslogReader(SourceText text, bool datagrams)
      : FramedReader(text, "syslog"), datagrams_(datagrams) {
    set_columns({"timestamp", "host", "program", "message"});
  }

 protected:
  auto pass(const View& view, std::size_t at, std::size_t until) const -> std::size_t override {
    return datagrams_ ? at : pass_lines(view.text, at, until);
  }

  auto frame(const View& view, std::size_t at, State&) const -> std::optional<Piece> override {
    const auto mark = at + view.base == 0 ? source().mark() : 0;
    if (mark != 0) return Piece{at + mark, What::kSkip, "mark"};
    if (datagrams_) return frame_message(view, at);
    return frame_line(view.text, at, view.last, limit());
  }

  auto parse(Row& row) const -> bool override {
    const auto text = without_line_end(row.text());
    const auto line = read_line(text);
    if (!line.known) row.flaw(FaultKind::kBadSyntax);
    auto& document = row.document();
    const auto root = document.open(Kind::kObject, {});
    const auto add = [&](std::string_view name, std::string_view value) {
      if (!value.empty()) document.add(Kind::kText, name, value);
    };
    add_priority(line.priority, row);
    if (line.priority.empty()) add("severity", line.level);
    add("timestamp", line.time);
    add("host", line.host);
    add("program", line.program);
    add("pid", line.pid);
    add("msgid", line.message_id);
    if (!line.data.empty()) add_data(line.data, row);
    document.add(Kind::kText, "message", line.message);
    if (line.program == "sudo") add_sudo(line.message, document);
    document.close(root);
    return true;
  }

 private:
  // A header is less than this long up to the end of its time.
  static constexpr auto kHeader = std::size_t{80};

  auto frame_message(const View& view, std::size_t at) const -> std::optional<Piece> {
    const auto end = next_message(view.text, at + 1);
    if (end - at > limit()) return Piece{end, What::kLong};
    if (!view.last && view.text.size() - end < kHeader) return std::nullopt;
    if (view.text.substr(at, end - at).find_first_not_of(" \t\r\n") == std::string_view::npos)
      return Piece{end, What::kSkip, "blank"};
    return Piece{end, What::kRecord};
  }

  bool datagrams_;

  // RFC 5424, section 6.2.1: facility times eight and severity.
  static void add_priority(std::string_view priority, Row& row) {
    constexpr auto kSeverities = std::to_array<std::string_view>(
        {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"});
    constexpr auto kFacilities = std::to_array<std::string_view>(
        {"kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
         "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
         "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"});
    const auto value = to_uint(priority);
    if (!value) return;
    row.document().add(Kind::kNumber, "priority", priority);
    if (*value / 8 >= kFacilities.size()) return row.flaw(FaultKind::kBadNumber, priority);
    row.document().add(Kind::kText, "facility", kFacilities[*value / 8]);
    row.document().add(Kind::kText, "severity", kSeverities[*value % 8]);
  }

  // RFC 5424, section 6.3: [id name="value" ...][id ...].
  static void add_data(std::string_view data, Row& row) {
    auto& document = row.document();
    const auto all = document.open(Kind::kObject, "structured_data");
    auto params = std::size_t{0};
    while (data.starts_with('[')) {
      data.remove_prefix(1);
      const auto end = data.find_first_of(" ]");
      if (end == std::string_view::npos) break;
      const auto element = document.open(Kind::kObject, data.substr(0, end));
      data.remove_prefix(end);
      while (data.starts_with(' ')) {
        data.remove_prefix(1);
        const auto equals = data.find("=\"");
        if (equals == std::string_view::npos) break;
        const auto name = data.substr(0, equals);
        auto close = equals + 2;
        while (close < data.size() && data[close] != '"') close += data[close] == '\\' ? 2U : 1U;
        close = std::min(close, data.size());
        if (++params > kMostParams) {
          row.flaw(FaultKind::kTooMany, name);
          break;
        }
        document.add(Kind::kText, name,
                     unescape(data.substr(equals + 2, close - equals - 2), row.arena()));
        data.remove_prefix(std::min(close + 1, data.size()));
      }
      document.close(element);
      const auto close = data.find(']');
      if (close == std::string_view::npos) break;
      data.remove_prefix(close + 1);
    }
    document.close(all);
  }

  static auto unescape(std::string_view text, Arena& arena) -> std::string_view {
    if (text.find('\\') == std::string_view::npos) return text;
    auto out = std::string{};
    for (auto i = std::size_t{0}; i < text.size(); ++i) {
      if (text[i] == '\\' && i + 1 < text.size() &&
          (text[i + 1] == '"' || text[i + 1] == '\\' || text[i + 1] == ']'))
        ++i;
      out += text[i];
    }
    return arena.copy(out);
  }

  // "ines : TTY=pts/0 ; PWD=/srv/ines ; USER=root ; COMMAND=/bin/ls -l": the
  // command is the last and may hold anything.
  static void add_sudo(std::string_view message, Document& document) {
    const auto colon = message.find(" : ");
    if (colon == std::string_view::npos) return;
    auto rest = message.substr(colon + 3);
    auto known = false;
    for (auto i = 0; i < 16 && !rest.empty(); ++i) {
      const auto end = rest.starts_with("COMMAND=") ? std::string_view::npos : rest.find(" ; ");
      const auto part = trim(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 3);
      const auto equals = part.find('=');
      if (equals == std::string_view::npos || equals == 0) continue;
      document.add(Kind::kText, part.substr(0, equals), part.substr(equals + 1));
      known = true;
    }
    if (known) document.add(Kind::kText, "invoking_user", trim(message.substr(0, colon)));
  }
};

}  // namespace

auto open_syslog_reader(const SourceText& text, std::string_view sample, std::string_view)
    -> std::unique_ptr<Reader> {
  auto at = std::size_t{0};
  auto lines = 0;
  auto known = 0;
  // Datagrams as a relay sent them have no line ends of their own.
  if (begins_message(sample)) {
    const auto second = next_message(sample, 1);
    if (second < sample.size() && sample[second - 1] != '\n')
      return std::make_unique<SyslogReader>(text, true);
  }
  while (lines < 16 && at < sample.size()) {
    const auto next = scan::next_line(sample, at);
    const auto line = without_line_end(sample.substr(at, next - at));
    at = next;
    if (trim(line).empty()) continue;
    ++lines;
    const auto read = read_line(line);
    // A time alone may begin any table: a host and a program have to follow, if it is
    // not one without a year, which only syslog writes.
    const auto old = old_time(read.time) == read.time.size();
    if (read.known && !read.time.empty() && (!read.program.empty() || old) &&
        (!read.host.empty() || !read.priority.empty() || !read.level.empty() || old) &&
        read.host.find_first_of(",;\"=[]{}") == std::string_view::npos)
      ++known;
  }
  if (lines == 0 || known * 3 < lines * 2) return nullptr;
  return std::make_unique<SyslogReader>(text, false);
}

}  // namespace serjeant
