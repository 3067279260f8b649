#include "read/mail/address.h"

#include <string>

#include "core/text.h"
#include "read/mail/words.h"

namespace serjeant::mail {
namespace {

// Builds one name out of words, quoted strings and encoded words.
class Phrase {
 public:
  void add(std::string_view text, bool encoded) {
    if (started_ && !(encoded && last_encoded_)) text_ += ' ';
    text_ += text;
    started_ = true;
    last_encoded_ = encoded;
  }
  auto empty() const -> bool { return !started_; }
  auto text() const -> const std::string& { return text_; }
  void clear() {
    text_.clear();
    started_ = last_encoded_ = false;
  }

 private:
  std::string text_;
  bool started_ = false, last_encoded_ = false;
};

class ListParser {
 public:
  ListParser(std::string_view raw, Fallback fallback, Arena& arena)
      : raw_(raw), fallback_(fallback), arena_(arena) {}

  auto parse() -> std::vector<Group> {
    while (at_ < raw_.size()) step();
    finish_mailbox();
    finish_group();
    return std::move(groups_);
  }

 private:
  void step() {
    const auto c = raw_[at_];
    switch (c) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        ++at_;
        break;
      case ',':
        finish_mailbox();
        ++at_;
        break;
      case ';':
        finish_mailbox();
        finish_group();
        ++at_;
        break;
      case '(':
        comment();
        break;
      case '"':
        quoted();
        break;
      case '<':
        angle();
        break;
      case ':':
        if (!current_.named && address_.empty() && (!phrase_.empty() || !comments_.empty())) {
          start_group();
          ++at_;
        } else {
          word();
        }
        break;
      default:
        word();
    }
  }

  void comment() {
    auto text = std::string{};
    at_ += take_comment(raw_.substr(at_), text);
    const auto decoded = unstructured(arena_.copy(text), fallback_, arena_);
    if (decoded.empty()) return;
    if (!comments_.empty()) comments_ += ' ';
    comments_ += decoded;
  }

  void quoted() {
    auto text = std::string{};
    auto plain = std::string{};
    auto encoded_only = true;
    auto after_word = false;
    auto i = at_ + 1;
    const auto flush = [&] {
      text += to_utf8(plain, {}, fallback_, arena_).utf8;
      plain.clear();
    };
    for (; i < raw_.size() && raw_[i] != '"'; ++i) {
      auto c = raw_[i];
      if (c == '\\' && i + 1 < raw_.size()) {
        c = raw_[++i];
        if (c == '\r' || c == '\n') continue;
      } else if (c == '\r' || c == '\n') {
        continue;
      } else if (c == '=') {
        auto word = std::string{};
        if (const auto length = take_encoded_word(raw_.substr(i), fallback_, arena_, word)) {
          if (after_word && trim(plain).empty()) plain.clear();
          flush();
          text += word;
          after_word = true;
          i += length - 1;
          continue;
        }
      }
      if (!is_blank(c)) after_word = false;
      plain += c;
      encoded_only = false;
    }
    flush();
    at_ = i < raw_.size() ? i + 1 : i;
    // "quoted"@host is an address, not a name.
    if (at_ < raw_.size() && raw_[at_] == '@') {
      const auto end = raw_.find_first_of(" \t\r\n,;<>()\"", at_);
      const auto stop = end == raw_.npos ? raw_.size() : end;
      set_address(arena_.copy("\"" + text + "\"" + std::string(raw_.substr(at_, stop - at_))));
      at_ = stop;
      return;
    }
    phrase_.add(text, encoded_only && !text.empty());
    at_end_of_bare_ = false;
  }

  // "<...>": blanks at the ends and comments are taken out.
  void angle() {
    auto text = std::string{};
    auto copied = false;
    auto i = at_ + 1;
    auto start = i;
    auto quoted_part = false;
    for (; i < raw_.size() && (raw_[i] != '>' || quoted_part); ++i) {
      const auto c = raw_[i];
      if (c == '"')  // one that never closes is a plain character
        quoted_part = !quoted_part && raw_.find('"', i + 1) != raw_.npos;
      if (quoted_part && c == '\\') {
        ++i;
        continue;
      }
      if (c == '(' && !quoted_part) {
        text.append(raw_, start, i - start);
        copied = true;
        auto words = std::string{};
        i += take_comment(raw_.substr(i), words) - 1;
        start = i + 1;
        const auto decoded = unstructured(arena_.copy(words), fallback_, arena_);
        if (!comments_.empty() && !decoded.empty()) comments_ += ' ';
        comments_ += decoded;
      } else if (c == '\n' && !quoted_part) {  // a fold: the blanks around it go
        text.append(raw_, start, i - start);
        copied = true;
        while (!text.empty() && is_blank(text.back())) text.pop_back();
        while (i + 1 < raw_.size() && is_blank(raw_[i + 1])) ++i;
        start = i + 1;
      }
    }
    i = std::min(i, raw_.size());
    if (copied) {
      text.append(raw_, start, i - start);
      set_address(trim(arena_.copy(text)));
    } else {
      set_address(trim(raw_.substr(start, i - start)));
    }
    seen_angle_ = true;
    at_ = i < raw_.size() ? i + 1 : i;
  }

  // A run of other characters: part of a name or a bare address.
  void word() {
    if (raw_[at_] == '=') {
      auto text = std::string{};
      if (const auto length = take_encoded_word(raw_.substr(at_), fallback_, arena_, text)) {
        phrase_.add(text, true);
        at_ += length;
        at_end_of_bare_ = false;
        return;
      }
    }
    auto end = at_ + 1;
    while (end < raw_.size()) {
      const auto c = raw_[end];
      if (is_blank(c) || c == ',' || c == ';' || c == '<' || c == '(' || c == '"') break;
      if (c == ':' && !current_.named) break;
      if (c == '=' && raw_.substr(end, 2) == "=?") break;
      ++end;
    }
    const auto text = raw_.substr(at_, end - at_);
    if (!at_end_of_bare_ && phrase_.empty()) bare_start_ = at_;
    bare_end_ = end;
    at_end_of_bare_ = true;
    phrase_.add(to_utf8(text, {}, fallback_, arena_).utf8, false);
    at_ = end;
  }

  void set_address(std::string_view address) {
    if (address_.empty()) address_ = address;
  }

  // A bare address may hold blanks ("jdoe@test . example", RFC 5322, 4.4), so the
  // whole stretch of bare words is taken.
  void finish_mailbox() {
    auto box = Mailbox{};
    if (!address_.empty() || seen_angle_) {
      box.address = address_;
      if (!phrase_.empty()) box.name = arena_.copy(phrase_.text());
    } else if (!phrase_.empty()) {
      const auto bare =
          at_end_of_bare_ ? without_comments(bare_start_, bare_end_) : arena_.copy(phrase_.text());
      // "NO (posting not allowed)" of RFC 2369 stands for an address; other words without "@"
      // and brackets are a name.
      const auto is_name = bare.find('@') == bare.npos && comments_.empty();
      (is_name ? box.name : box.address) = is_name ? arena_.copy(phrase_.text()) : bare;
    }
    if (!comments_.empty())
      box.name = box.name.empty() ? arena_.copy(comments_)
                                  : arena_.copy(std::string(box.name) + " (" + comments_ + ")");
    if (!box.name.empty() || !box.address.empty()) current_.members.push_back(box);
    phrase_.clear();
    comments_.clear();
    address_ = {};
    seen_angle_ = at_end_of_bare_ = false;
  }

  auto without_comments(std::size_t start, std::size_t end) -> std::string_view {
    const auto text = raw_.substr(start, end - start);
    if (text.find('(') == text.npos) return text;
    auto kept = std::string{};
    for (auto i = std::size_t{0}; i < text.size();) {
      auto dropped = std::string{};
      if (text[i] == '(')
        i += take_comment(text.substr(i), dropped);
      else
        kept += text[i++];
    }
    return arena_.copy(kept);
  }

  void start_group() {
    auto name = phrase_.text();
    if (!comments_.empty())
      name += (name.empty() ? "" : " (") + comments_ + (name.empty() ? "" : ")");
    phrase_.clear();
    comments_.clear();
    at_end_of_bare_ = false;
    if (!current_.members.empty()) groups_.push_back(std::move(current_));
    current_ = {};
    current_.name = arena_.copy(name);
    current_.named = true;
  }

  void finish_group() {
    if (current_.named || !current_.members.empty()) groups_.push_back(std::move(current_));
    current_ = {};
  }

  std::string_view raw_;
  Fallback fallback_;
  Arena& arena_;
  std::size_t at_ = 0;
  std::vector<Group> groups_;
  Group current_;
  Phrase phrase_;
  std::string comments_;
  std::string_view address_;
  std::size_t bare_start_ = 0, bare_end_ = 0;
  bool seen_angle_ = false;
  bool at_end_of_bare_ = false;  // the phrase consists of bare words only
};

}  // namespace

auto parse_addresses(std::string_view raw, Fallback fallback, Arena& arena) -> std::vector<Group> {
  return ListParser(trim(raw), fallback, arena).parse();
}

auto parse_mailboxes(std::string_view raw, Fallback fallback, Arena& arena)
    -> std::vector<Mailbox> {
  auto out = std::vector<Mailbox>{};
  for (const auto& group : parse_addresses(raw, fallback, arena))
    for (const auto& box : group.members)
      if (!box.address.empty()) out.push_back(box);
  return out;
}

auto canonical_address(std::string_view address, Arena& arena) -> std::string_view {
  if (address.starts_with('@')) {
    const auto colon = address.find(':');
    if (colon != address.npos) address.remove_prefix(colon + 1);
  }
  if (starts_with_ignoring_case(address, "mailto:")) address.remove_prefix(7);
  auto out = std::string{};
  for (const auto c : lower_ascii(address))
    if (!is_blank(c) && c != '<' && c != '>') out += c;
  while (out.ends_with('.')) out.pop_back();
  return out == address ? address : arena.copy(out);
}

auto domain_of(std::string_view address) -> std::string_view {
  const auto at = address.rfind('@');
  return at == address.npos ? std::string_view{} : address.substr(at + 1);
}

}  // namespace serjeant::mail
