#include "read/mail/content_type.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "core/text.h"
#include "read/mail/words.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostParameters = std::size_t{256};  // what is beyond is not looked at

// One "name*N*=value" as written.
struct Section {
  std::string name;
  std::optional<std::uint32_t> number;
  bool encoded = false;
  std::string value;
};

auto unpercent(std::string_view text) -> std::string {
  auto out = std::string{};
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size())
      if (const auto byte = from_hex(text.substr(i + 1, 2))) {
        out += *byte;
        i += 2;
        continue;
      }
    if (text[i] != '%' || i + 2 < text.size()) out += text[i];
  }
  return out;
}

class TypeParser {
 public:
  TypeParser(std::string_view raw, Fallback fallback, Arena& arena)
      : raw_(raw), fallback_(fallback), arena_(arena) {}

  auto parse() -> ContentType {
    auto out = ContentType{};
    auto type = token("/;", true);
    auto subtype = std::string{};
    if (at_ < raw_.size() && raw_[at_] == '/') {
      ++at_;
      subtype = token(";", true);
    }
    if (type.empty()) return out;
    out.present = true;
    out.type = arena_.copy(lower_ascii(type));
    out.subtype = arena_.copy(lower_ascii(subtype));
    auto sections = std::vector<Section>{};
    while (at_ < raw_.size() && sections.size() < kMostParameters) {
      auto section = Section{};
      if (take_section(section)) sections.push_back(std::move(section));
    }
    join(sections, out.parameters);
    return out;
  }

 private:
  void skip_blanks() {
    while (at_ < raw_.size()) {
      if (is_blank(raw_[at_])) {
        ++at_;
      } else if (raw_[at_] == '(') {
        auto comment = std::string{};
        at_ += take_comment(raw_.substr(at_), comment);
      } else {
        break;
      }
    }
  }

  // One word up to blanks, a comment or one of `stops`. With `ends_at_name`, what
  // stands behind blanks is passed over unless it is a stop or looks like a
  // parameter: the semicolon before it was forgotten.
  auto token(std::string_view stops, bool skip_rest) -> std::string {
    skip_blanks();
    const auto start = at_;
    while (at_ < raw_.size() && !is_blank(raw_[at_]) && raw_[at_] != '(' &&
           stops.find(raw_[at_]) == stops.npos)
      ++at_;
    auto out = std::string(raw_.substr(start, at_ - start));
    skip_blanks();
    while (skip_rest && at_ < raw_.size() && stops.find(raw_[at_]) == stops.npos && !name_ahead()) {
      while (at_ < raw_.size() && !is_blank(raw_[at_]) && raw_[at_] != '(' &&
             stops.find(raw_[at_]) == stops.npos)
        ++at_;
      skip_blanks();
    }
    return out;
  }

  // "token [blanks] =" here, with no encoded word?
  auto name_ahead() const -> bool {
    auto i = at_;
    while (i < raw_.size() && !is_blank(raw_[i]) && raw_[i] != '=' && raw_[i] != ';' &&
           raw_[i] != '"' && raw_[i] != '(' && raw_[i] != '/')
      ++i;
    if (i == at_) return false;
    while (i < raw_.size() && (raw_[i] == ' ' || raw_[i] == '\t')) ++i;
    return i < raw_.size() && raw_[i] == '=' && raw_.substr(i, 2) != "=?";
  }

  auto take_section(Section& out) -> bool {
    while (at_ < raw_.size() && (is_blank(raw_[at_]) || raw_[at_] == ';')) ++at_;
    skip_blanks();
    auto name = std::string{};
    while (at_ < raw_.size() && raw_[at_] != '=' && raw_[at_] != ';') {
      if (raw_[at_] == '(')
        skip_blanks();
      else if (is_blank(raw_[at_]))
        ++at_;
      else
        name += raw_[at_++];
    }
    if (at_ >= raw_.size() || raw_[at_] == ';') return false;
    ++at_;
    out.value = value();
    read_name(lower_ascii(name), out);
    return !out.name.empty() && !out.value.empty();
  }

  // "name*0*": a number and the mark of encoding, both optional (RFC 2231, 4.1).
  static void read_name(std::string name, Section& out) {
    const auto star = name.find('*');
    out.name = name.substr(0, star);
    if (star == name.npos) return;
    auto rest = std::string_view(name).substr(star + 1);
    if (rest.empty()) {
      out.encoded = true;
      return;
    }
    const auto end = std::min(rest.find('*'), rest.size());
    if (const auto number = to_uint(rest.substr(0, end)); number && *number < 0xffffffffu)
      out.number = static_cast<std::uint32_t>(*number);
    out.encoded = end < rest.size();
  }

  auto value() -> std::string {
    while (at_ < raw_.size() && is_blank(raw_[at_])) ++at_;
    if (at_ < raw_.size() && raw_[at_] == '(') skip_blanks();
    return at_ < raw_.size() && raw_[at_] == '"' ? quoted() : bare();
  }

  // Line ends in a quoted string go, the blanks behind them stay; but between
  // two encoded words a fold goes with its blanks.
  auto quoted() -> std::string {
    auto out = std::string{};
    auto plain = std::string{};
    auto after_word = false, folded = false;
    const auto flush = [&] {
      out += to_utf8(plain, {}, fallback_, arena_).utf8;
      plain.clear();
    };
    for (++at_; at_ < raw_.size() && raw_[at_] != '"'; ++at_) {
      auto c = raw_[at_];
      if (c == '\r' || c == '\n') {
        folded = true;
        continue;
      }
      if (c == '\\' && at_ + 1 < raw_.size()) c = raw_[++at_];
      if (c == '=') {
        auto word = std::string{};
        if (const auto length = take_encoded_word(raw_.substr(at_), fallback_, arena_, word)) {
          if (after_word && folded && trim(plain).empty()) plain.clear();
          flush();
          out += word;
          at_ += length - 1;
          after_word = true;
          folded = false;
          continue;
        }
      }
      if (!is_blank(c)) after_word = false;
      plain += c;
    }
    flush();
    if (at_ < raw_.size()) ++at_;
    // What follows up to the semicolon is not part of the value.
    skip_blanks();
    while (at_ < raw_.size() && raw_[at_] != ';' && !name_ahead()) {
      ++at_;
      while (at_ < raw_.size() && raw_[at_] != ';' && !is_blank(raw_[at_])) ++at_;
      skip_blanks();
    }
    return out;
  }

  // Words up to a semicolon, joined by one blank ("filename=my file.pdf"); a
  // comment or a following "name=" ends it too.
  auto bare() -> std::string {
    auto out = std::string{};
    auto last_word = false;  // the last thing was an encoded word
    while (at_ < raw_.size() && raw_[at_] != ';') {
      if (is_blank(raw_[at_]) || raw_[at_] == '(') {
        const auto comment = raw_[at_] == '(';
        skip_blanks();
        if (comment || at_ >= raw_.size() || raw_[at_] == ';' || name_ahead()) break;
        if (!(last_word && raw_.substr(at_, 2) == "=?") && !out.empty()) out += ' ';
        continue;
      }
      if (raw_[at_] == '=') {
        if (const auto length = take_encoded_word(raw_.substr(at_), fallback_, arena_, out)) {
          at_ += length;
          last_word = true;
          continue;
        }
      }
      const auto start = at_++;
      while (at_ < raw_.size() && raw_[at_] != ';' && !is_blank(raw_[at_]) && raw_[at_] != '(' &&
             raw_[at_] != '=')
        ++at_;
      out += to_utf8(raw_.substr(start, at_ - start), {}, fallback_, arena_).utf8;
      last_word = false;
    }
    skip_blanks();
    return out;
  }

  // Puts sections of one name together by their numbers and decodes them.
  void join(std::vector<Section>& sections, std::vector<Parameter>& out) {
    auto numbered = std::map<std::string, std::vector<const Section*>>{};
    for (const auto& section : sections)
      if (section.number) numbered[section.name].push_back(&section);
    auto done = std::map<std::string, bool>{};
    const auto emit_numbered = [&](const std::string& name) {
      auto& parts = numbered[name];
      std::stable_sort(parts.begin(), parts.end(),
                       [](auto* a, auto* b) { return *a->number < *b->number; });
      emit(name, parts, out);
      done[name] = true;
    };
    for (const auto& section : sections) {
      if (!section.number) {
        if (section.encoded)
          emit(section.name, {&section}, out);
        else
          out.push_back({arena_.copy(section.name), arena_.copy(section.value), false});
      } else if (*section.number == 0 && !done[section.name]) {
        emit_numbered(section.name);
      }
    }
    for (const auto& section : sections)  // sections without a first one
      if (section.number && !done[section.name]) emit_numbered(section.name);
  }

  void emit(const std::string& name, const std::vector<const Section*>& parts,
            std::vector<Parameter>& out) {
    auto charset = std::string_view{}, language = std::string_view{};
    auto encoded_bytes = std::string{};
    auto any = false;
    for (const auto* part : parts) {
      auto text = std::string_view(part->value);
      if (part->encoded) {
        const auto first = text.find('\'');
        const auto second = first == text.npos ? first : text.find('\'', first + 1);
        if (!any && second != text.npos) {
          charset = text.substr(0, first);
          language = text.substr(first + 1, second - first - 1);
          text.remove_prefix(second + 1);
        } else if (any && first != text.npos && !charset.empty() &&
                   equals_ignoring_ascii_case(text.substr(0, first), charset)) {
          text.remove_prefix(first + 1);  // some writers repeat the charset in each section
        }
        encoded_bytes += unpercent(text);
      } else {
        encoded_bytes += text;
      }
      any = true;
    }
    if (!language.empty())
      out.push_back({arena_.copy(name + "-language"), arena_.copy(language), true});
    const auto owned = arena_.copy(encoded_bytes);
    out.push_back({arena_.copy(name), to_utf8(owned, charset, fallback_, arena_).utf8, true});
  }

  std::string_view raw_;
  Fallback fallback_;
  Arena& arena_;
  std::size_t at_ = 0;
};

}  // namespace

auto parse_content_type(std::string_view raw, Fallback fallback, Arena& arena) -> ContentType {
  return TypeParser(raw, fallback, arena).parse();
}

auto parameter(const ContentType& type, std::string_view name) -> std::string_view {
  const Parameter* found = nullptr;
  for (const auto& p : type.parameters)
    if (p.name == name && (!found || (p.extended && !found->extended))) found = &p;
  return found ? found->value : std::string_view{};
}

}  // namespace serjeant::mail
