#include "detect/mail/page.h"

#include <algorithm>
#include <array>
#include <deque>
#include <memory>

#include "core/text.h"
#include "detect/mail/css.h"
#include "detect/mail/html.h"
#include "detect/mail/style.h"

namespace serjeant::mail {
namespace {

constexpr auto kDeepest = std::size_t{512};  // open elements; deeper ones share the last one's fate
constexpr auto kStyleBudget = std::uint64_t{20'000'000};  // comparisons of rules with elements
constexpr auto kTextLimit = std::size_t{4} << 20;

auto is_block(std::string_view tag) -> bool {
  constexpr auto names = std::array<std::string_view, 24>{
      "address",  "blockquote", "br", "center", "dd",  "div",   "dl", "dt",
      "fieldset", "form",       "h1", "h2",     "h3",  "h4",    "h5", "h6",
      "hr",       "li",         "ol", "p",      "pre", "table", "tr", "ul"};
  return std::find(names.begin(), names.end(), tag) != names.end() || tag == "td" || tag == "th" ||
         tag == "section" || tag == "article" || tag == "header" || tag == "footer";
}

// Elements that end when another of the list to their right begins.
auto closes(std::string_view open, std::string_view next) -> bool {
  if (open == "p")
    return next == "p" || next == "div" || next == "table" || next == "ul" || next == "ol" ||
           next.starts_with("h");
  if (open == "li") return next == "li";
  if (open == "td" || open == "th") return next == "td" || next == "th" || next == "tr";
  if (open == "tr") return next == "tr";
  if (open == "option") return next == "option";
  if (open == "dt" || open == "dd") return next == "dt" || next == "dd";
  return false;
}

struct Open {
  StyledElement element;
  std::uint32_t below = 0;          // reasons for what is inside, from here and further out
  bool invisible = false;           // visibility:hidden in force
  bool no_text = false;             // font-size:0 in force
  bool inert = false;               // inside of a template
  std::uint32_t shape_reasons = 0;  // what hides a picture that fills it
  bool shape_sized = false;
};

class PageReader {
 public:
  PageReader(std::string_view html, bool amp, Arena& arena)
      : html_(html), amp_(amp), arena_(arena) {}

  auto read() -> Page {
    collect_sheets();
    auto token = HtmlToken{};
    levels_.push_back({std::make_unique<HtmlTokenizer>(html_, arena_), 0, false});
    while (!levels_.empty()) {
      if (!levels_.back().tokenizer->next(token)) {
        levels_.pop_back();
        continue;
      }
      take(token);
    }
    finish_sheets();
    return std::move(page_);
  }

 private:
  struct Level {  // the page, or a conditional comment inside of it
    std::unique_ptr<HtmlTokenizer> tokenizer;
    std::size_t base = 0;
    bool conditional = false;
  };

  // Sheets may stand behind what they style, so they are read first.
  void collect_sheets() {
    auto at = html_.find('<');
    auto found = false;
    for (; at != html_.npos && !found; at = html_.find('<', at + 1))
      found = starts_with_ignoring_case(html_.substr(at + 1, 5), "style");
    if (!found) return;
    auto tokenizer = HtmlTokenizer(html_, arena_);
    auto token = HtmlToken{};
    auto in_style = false;
    while (tokenizer.next(token)) {
      if (token.kind == HtmlToken::Kind::kRawText && in_style) sheet_.add(token.text, arena_);
      in_style = token.kind == HtmlToken::Kind::kStart && token.text == "style";
    }
    block_used_.resize(sheet_.blocks(), false);
    page_.cut = page_.cut || sheet_.cut();
  }

  void finish_sheets() {
    const auto span = html_.substr(0, 0);
    for (const auto& reference : sheet_.references())
      add({reference.url, reference.context, offset_of(reference.url, span), reference.url.size(),
           Fetch::kClient, Visibility::kHidden, kHiddenNoPicture, 0});
    // Rules that met no element fetch nothing here, but may where the page is changed.
    for (auto i = std::size_t{0}; i < sheet_.blocks(); ++i) {
      if (block_used_[i]) continue;
      for (const auto& declaration : sheet_.block(i))
        if (declaration.name.starts_with("background"))
          for (const auto url : css_urls(declaration.value))
            add({url, "css.background", offset_of(url, span), url.size(), Fetch::kClient,
                 Visibility::kUnknown, 0, 0});
    }
  }

  auto offset_of(std::string_view text, std::string_view fallback) const -> std::size_t {
    const auto* const at = text.data();
    if (at >= html_.data() && at < html_.data() + html_.size())
      return static_cast<std::size_t>(at - html_.data());
    return static_cast<std::size_t>(fallback.data() - html_.data());
  }

  void take(const HtmlToken& token) {
    using Kind = HtmlToken::Kind;
    switch (token.kind) {
      case Kind::kText:
        show(decode_references(token.text, false, arena_));
        break;
      case Kind::kRawText:
        raw_text(token);
        break;
      case Kind::kStart:
        start(token);
        break;
      case Kind::kEnd:
        end(token.text);
        break;
      case Kind::kComment:
        comment(token);
        break;
      case Kind::kDeclaration:
        break;
    }
  }

  auto inert() const -> bool { return !open_.empty() && open_.back().inert; }
  auto conditional() const -> bool { return levels_.back().conditional; }
  auto below() const -> std::uint32_t { return open_.empty() ? 0 : open_.back().below; }

  void show(std::string_view text) {
    if (inert()) {
      plain_addresses(text, "template");
      return;
    }
    if (conditional()) return;
    if (!open_.empty() &&
        (open_.back().element.tag == "title" || open_.back().element.tag == "head"))
      return;
    if (below() != 0 || (!open_.empty() && (open_.back().invisible || open_.back().no_text))) {
      page_.hidden_text += trim(text).size();
      return;
    }
    if (page_.text.size() < kTextLimit) page_.text += text;
  }

  void raw_text(const HtmlToken& token) {
    const auto tag = open_.empty() ? std::string_view{} : open_.back().element.tag;
    if (tag == "textarea" || tag == "xmp" || tag == "noembed" || tag == "noframes" ||
        tag == "plaintext")
      plain_addresses(token.text, "text");
    if (tag == "textarea" || tag == "xmp") show(token.text);
  }

  void plain_addresses(std::string_view text, std::string_view context) {
    for (const auto url : find_addresses(text, 256))
      add({url, context, offset_of(url, text), url.size(), Fetch::kNever,
           Visibility::kNotApplicable, 0, 0});
  }

  // "<!--[if mso]> ... <![endif]-->" is a page of its own for some clients.
  void comment(const HtmlToken& token) {
    const auto text = trim(token.text);
    if (starts_with_ignoring_case(text, "[if") && levels_.size() == 1) {
      const auto close = text.find(']');
      auto inner = close == text.npos ? std::string_view{} : text.substr(close + 1);
      if (inner.starts_with('>')) inner.remove_prefix(1);
      // "<!--[if !mso]><!-->" hides nothing from anybody.
      if (!trim(inner).empty() && trim(inner) != "<!") {
        levels_.push_back(
            {std::make_unique<HtmlTokenizer>(inner, arena_), offset_of(inner, text), true});
        return;
      }
    }
    if (text.find("://") != text.npos) plain_addresses(token.text, "comment");
  }

  void end(std::string_view tag) {
    if (tag == "picture") picture_done({});
    if (is_block(tag)) page_.text += '\n';
    skeleton(tag, true);
    for (auto i = open_.size(); i-- > 0;) {
      if (open_[i].element.tag != tag) continue;
      while (open_.size() > i) pop();
      return;
    }
  }

  void pop() {
    open_.pop_back();
    ancestors_.pop_back();
  }

  void start(const HtmlToken& token) {
    const auto tag = token.text;
    ++page_.elements;
    skeleton(tag, false);
    while (!open_.empty() && closes(open_.back().element.tag, tag)) pop();
    if (is_block(tag) && page_.text.size() < kTextLimit) page_.text += '\n';

    auto entry = Open{};
    entry.element.tag = tag;
    if (const auto* id = token.attribute("id")) entry.element.id = id->value;
    if (const auto* classes = token.attribute("class"))
      for (auto rest = classes->value; !rest.empty() && entry.element.classes.size() < 32;) {
        const auto begin = rest.find_first_not_of(" \t\r\n");
        if (begin == rest.npos) break;
        rest.remove_prefix(begin);
        const auto length = std::min(rest.find_first_of(" \t\r\n"), rest.size());
        entry.element.classes.push_back(rest.substr(0, length));
        rest.remove_prefix(length);
      }
    const auto style = style_of(token, entry.element);
    const auto outer = below();
    auto own = style.own_reasons() | attribute_reasons(token);
    const auto invisible = style.visibility().empty() ? !open_.empty() && open_.back().invisible
                                                      : style.visibility() == "hidden";
    entry.invisible = invisible;
    entry.inert = inert() || tag == "template";
    entry.no_text = style.font_size_zero() ||
                    (!open_.empty() && open_.back().no_text && style.font_size_zero());
    entry.below = outer | own | style.inner_reasons();
    const auto closed_details = tag == "details" && !token.attribute("open");
    if (closed_details) entry.below |= kHiddenAttribute;
    // A drawing cuts off what does not fit.
    if (tag == "svg") entry.below |= style.picture_reasons();
    if (tag == "summary" && !open_.empty() && open_.back().element.tag == "details")
      entry.below &= ~static_cast<std::uint32_t>(kHiddenAttribute);

    if (inert()) {
      for (const auto& attribute : token.attributes)
        if (attribute.value.find("://") != attribute.value.npos)
          plain_addresses(attribute.value, "template");
    } else {
      references(token, style, own, outer, invisible);
    }
    if (is_void_element(tag) || (token.self_closing && tag.find(':') != tag.npos) ||
        open_.size() >= kDeepest ||
        (token.self_closing && (tag == "image" || tag == "use" || tag.starts_with("amp-"))))
      return;
    entry.shape_reasons = style.picture_reasons();
    entry.shape_sized = style.has_size();
    open_.push_back(std::move(entry));
    ancestors_.push_back(&open_.back().element);
  }

  static auto attribute_reasons(const HtmlToken& token) -> std::uint32_t {
    if (token.attribute("hidden")) return kHiddenAttribute;
    if (token.text == "dialog" && !token.attribute("open")) return kHiddenAttribute;
    if (token.text == "input")
      if (const auto* type = token.attribute("type");
          type && equals_ignoring_ascii_case(type->value, "hidden"))
        return kHiddenAttribute;
    return 0;
  }

  auto style_of(const HtmlToken& token, const StyledElement& element) -> ComputedStyle {
    auto style = ComputedStyle{};
    for (const auto* name : {"width", "height"})
      if (const auto* attribute = token.attribute(name)) style.set(name, attribute->value, false);
    auto rules = std::vector<const Rule*>{};
    if (!sheet_.empty()) {
      ancestors_.push_back(&element);
      sheet_.match(ancestors_, budget_, rules);
      ancestors_.pop_back();
      if (budget_ == 0) page_.cut = true;
    }
    const auto* inline_style = token.attribute("style");
    const auto declarations =
        inline_style ? parse_declarations(inline_style->value, arena_) : std::vector<Declaration>{};
    conditional_backgrounds_.clear();
    for (const auto important : {false, true}) {
      for (const auto* rule : rules) {
        block_used_[rule->block] = true;
        for (const auto& declaration : sheet_.declarations(*rule)) {
          if (declaration.important != important) continue;
          if (!rule->conditional) {
            style.set(declaration.name, declaration.value, true);
          } else if (declaration.name.starts_with("background")) {
            for (const auto url : css_urls(declaration.value))
              conditional_backgrounds_.push_back(url);
          }
        }
      }
      for (const auto& declaration : declarations)
        if (declaration.important == important)
          style.set(declaration.name, declaration.value, false);
    }
    return style;
  }

  void add(PageReference reference) {
    if (page_.refs.size() >= kMostReferences) {
      page_.cut = true;
      return;
    }
    if (trim(reference.url).empty()) return;
    if (!levels_.empty() && (conditional() || amp_) && reference.fetch == Fetch::kOpen)
      reference.fetch = Fetch::kClient;
    page_.refs.push_back(reference);
  }

  // A picture, frame or film: seen unless something hides it.
  auto shown(PageReference reference, std::uint32_t reasons, std::uint32_t outer, bool invisible,
             bool sized) -> PageReference {
    if (invisible) reasons |= kHiddenVisibility;
    reference.hidden = reasons;
    reference.hidden_by_ancestor = outer & ~reasons;
    reference.visibility = (reasons | outer) != 0 ? Visibility::kHidden
                           : sized                ? Visibility::kVisible
                                                  : Visibility::kUnknown;
    return reference;
  }

  void references(const HtmlToken& token, const ComputedStyle& style, std::uint32_t own,
                  std::uint32_t outer, bool invisible) {
    const auto tag = token.text;
    const auto picture = style.picture_reasons() | own;
    const auto simple = [&](const char* name, std::string_view context, Fetch fetch) {
      if (const auto* a = token.attribute(name))
        add({a->value, context, base() + a->at, a->length, fetch, Visibility::kNotApplicable, 0,
             0});
    };
    const auto seen = [&](const char* name, std::string_view context, Fetch fetch, bool sized) {
      if (const auto* a = token.attribute(name))
        add(shown({a->value, context, base() + a->at, a->length, fetch, {}, 0, 0}, picture, outer,
                  invisible, sized));
    };
    const auto sized = style.has_size();
    if (tag == "a" || tag == "area") {
      simple("href", tag == "a" ? "a.href" : "area.href", Fetch::kClick);
      simple("ping", "a.ping", Fetch::kClick);
    } else if (tag == "img" || tag == "image") {
      const auto in_svg = tag == "image" && inside("svg");
      if (in_svg) {
        seen("href", "svg.image", Fetch::kClient, sized);
        seen("xlink:href", "svg.image", Fetch::kClient, sized);
      } else {
        picture_done(shown({}, picture, outer, invisible, sized));
        seen("src", "img.src", Fetch::kOpen, sized);
        seen("lowsrc", "img.lowsrc", Fetch::kClient, sized);
        seen("dynsrc", "img.dynsrc", Fetch::kClient, sized);
        srcset(token, inside("picture") ? "picture.srcset" : "img.srcset", picture, outer,
               invisible, sized);
      }
    } else if (tag == "source") {
      if (inside("picture"))
        picture_sources(token);
      else
        simple("src", "media.source", Fetch::kClick);
    } else if (tag == "use" || tag == "feimage") {
      seen("href", tag == "use" ? "svg.use" : "svg.feimage", Fetch::kClient, sized);
      seen("xlink:href", tag == "use" ? "svg.use" : "svg.feimage", Fetch::kClient, sized);
    } else if (tag == "input" || tag == "button") {
      const auto* type = token.attribute("type");
      if (type && equals_ignoring_ascii_case(type->value, "image"))
        seen("src", "input.image", Fetch::kOpen, sized);
      simple("formaction", tag == "input" ? "input.formaction" : "button.formaction",
             Fetch::kClick);
    } else if (tag == "iframe" || tag == "frame" || tag == "embed") {
      seen("src",
           tag == "iframe"  ? "iframe.src"
           : tag == "frame" ? "frame.src"
                            : "embed.src",
           Fetch::kClient, sized || tag != "embed");
    } else if (tag == "object") {
      seen("data", "object.data", Fetch::kClient, sized);
    } else if (tag == "video" || tag == "audio") {
      seen("poster", "video.poster", Fetch::kClient, true);
      simple("src", "media.source", Fetch::kClick);
    } else if (tag == "track") {
      simple("src", "media.track", Fetch::kClient);
    } else if (tag == "bgsound") {
      if (const auto* a = token.attribute("src"))
        add({a->value, "bgsound.src", base() + a->at, a->length, Fetch::kClient,
             Visibility::kHidden, kHiddenNoPicture, 0});
    } else if (tag == "link") {
      link(token);
    } else if (tag == "script") {
      page_.has_script = true;
      simple("src", "script.src", Fetch::kClient);
    } else if (tag == "form") {
      page_.has_form = true;
      simple("action", "form.action", Fetch::kClick);
    } else if (tag == "meta") {
      refresh(token);
    } else if (tag == "base") {
      if (const auto* a = token.attribute("href"); a && page_.base.empty())
        page_.base = trim(a->value);
    } else if (tag.ends_with(":imagedata") || tag.ends_with(":fill") || tag.ends_with(":image")) {
      vml(token, tag, outer, invisible);
    } else if (tag == "amp-img" || tag == "amp-anim") {
      seen("src", tag == "amp-img" ? "amp.img" : "amp.anim", Fetch::kClient, sized);
      srcset(token, "amp.srcset", picture, outer, invisible, sized);
    }
    if (tag != "img") seen("background", "attr.background", Fetch::kOpen, true);
    // Of a box that runs to its content's size all that can be said is that it is there.
    for (const auto url : style.backgrounds())
      add(shown({url,
                 "css.background",
                 base() + offset_in(token, url),
                 url.size(),
                 Fetch::kOpen,
                 {},
                 0,
                 0},
                picture | style.inner_reasons(), outer, invisible, true));
    for (const auto url : conditional_backgrounds_)
      add(shown(
          {url, "css.background", offset_of(url, html_), url.size(), Fetch::kClient, {}, 0, 0},
          picture, outer, invisible, true));
  }

  auto base() const -> std::size_t { return levels_.back().base; }
  // Of a url in the style attribute: the attribute is as near as can be said once it was decoded.
  static auto offset_in(const HtmlToken& token, std::string_view) -> std::size_t {
    const auto* style = token.attribute("style");
    return style ? style->at : token.begin;
  }

  auto inside(std::string_view tag) const -> bool {
    return std::any_of(open_.begin(), open_.end(),
                       [&](auto& open) { return open.element.tag == tag; });
  }

  // "a.png 1x, b.png 2x" (HTML, section 4.8.4.2.1).
  static auto srcset_urls(std::string_view text) -> std::vector<std::string_view> {
    auto out = std::vector<std::string_view>{};
    while (out.size() < 64) {
      const auto begin = text.find_first_not_of(" \t\r\n,");
      if (begin == text.npos) break;
      text.remove_prefix(begin);
      const auto end = std::min(text.find_first_of(" \t\r\n"), text.size());
      auto url = text.substr(0, end);
      text.remove_prefix(end);
      if (url.ends_with(',')) {
        while (url.ends_with(',')) url.remove_suffix(1);
      } else {
        const auto comma = text.find(',');
        text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
      }
      out.push_back(url);
    }
    return out;
  }

  void srcset(const HtmlToken& token, std::string_view context, std::uint32_t picture,
              std::uint32_t outer, bool invisible, bool sized) {
    if (const auto* a = token.attribute("srcset"))
      for (const auto url : srcset_urls(a->value))
        add(shown({url, context, base() + a->at, a->length, Fetch::kClient, {}, 0, 0}, picture,
                  outer, invisible, sized));
  }

  // Candidates of a picture are shown in the place of its img, which comes later.
  void picture_sources(const HtmlToken& token) {
    if (const auto* a = token.attribute("srcset"))
      for (const auto url : srcset_urls(a->value)) {
        if (page_.refs.size() >= kMostReferences) return;
        pending_.push_back(page_.refs.size());
        add({url, "picture.srcset", base() + a->at, a->length, Fetch::kClient, Visibility::kUnknown,
             0, 0});
      }
  }
  void picture_done(const PageReference& like) {
    for (const auto index : pending_) {
      if (index >= page_.refs.size()) continue;
      auto& reference = page_.refs[index];
      reference.visibility =
          like.visibility == Visibility::kNotApplicable ? Visibility::kUnknown : like.visibility;
      reference.hidden = like.hidden;
      reference.hidden_by_ancestor = like.hidden_by_ancestor;
    }
    pending_.clear();
  }

  void link(const HtmlToken& token) {
    const auto* href = token.attribute("href");
    const auto* rel = token.attribute("rel");
    if (!href || !rel) return;
    const auto relations = lower_ascii(trim(rel->value));
    auto word = std::string{};
    for (const auto one : split(relations, ' '))
      if (word.empty() || one == "stylesheet") word = one;
    std::replace(word.begin(), word.end(), '-', '_');
    if (word == "canonical" || word == "alternate" || word == "author" || word == "license") {
      add({href->value, arena_.copy("link." + word), base() + href->at, href->length, Fetch::kNever,
           Visibility::kNotApplicable, 0, 0});
      return;
    }
    add({href->value, arena_.copy("link." + word), base() + href->at, href->length, Fetch::kClient,
         Visibility::kHidden, kHiddenNoPicture, 0});
  }

  // <meta http-equiv=refresh content="0; url=...">
  void refresh(const HtmlToken& token) {
    const auto* equiv = token.attribute("http-equiv");
    const auto* content = token.attribute("content");
    if (!equiv || !content || !equals_ignoring_ascii_case(trim(equiv->value), "refresh")) return;
    const auto lowered = lower_ascii(content->value);
    auto at = lowered.find("url");
    if (at == lowered.npos) return;
    at = lowered.find('=', at);
    if (at == lowered.npos) return;
    auto url = trim(content->value.substr(at + 1));
    if (!url.empty() && (url.front() == '"' || url.front() == '\''))
      url = url.substr(1, url.find(url.front(), 1) - 1);
    add({url, "meta.refresh", base() + content->at, content->length, Fetch::kClient,
         Visibility::kNotApplicable, 0, 0});
  }

  // The size of a VML picture is that of the shape around it.
  void vml(const HtmlToken& token, std::string_view tag, std::uint32_t outer, bool invisible) {
    const auto* src = token.attribute("src");
    if (!src) return;
    const auto own = style_of(token, StyledElement{tag, {}, {}});
    const auto shape =
        !open_.empty() && open_.back().element.tag.find(':') != std::string_view::npos;
    const auto reasons = own.picture_reasons() | (shape ? open_.back().shape_reasons : 0u);
    const auto sized = own.has_size() || (shape && open_.back().shape_sized);
    const auto kind = tag.substr(tag.find(':') + 1);
    add(shown({src->value,
               kind == "imagedata" ? "vml.imagedata"
               : kind == "fill"    ? "vml.fill"
                                   : "vml.image",
               base() + src->at,
               src->length,
               Fetch::kClient,
               {},
               0,
               0},
              reasons, outer, invisible, sized));
  }

  void skeleton(std::string_view tag, bool closing) {
    constexpr auto kMost = std::size_t{100'000};
    auto hash = std::uint64_t{closing ? 7u : 3u};
    for (const auto c : tag) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    recent_ = {recent_[1], recent_[2], recent_[3], hash};
    if (page_.skeleton.size() >= kMost) return;
    auto run = std::uint64_t{0xcbf29ce484222325u};
    for (const auto part : recent_) run = (run ^ part) * 0x9e3779b97f4a7c15u;
    page_.skeleton.push_back(run ^ run >> 29);
  }

  std::string_view html_;
  bool amp_;
  Arena& arena_;
  Page page_;
  StyleSheet sheet_;
  std::vector<bool> block_used_;
  std::vector<Level> levels_;
  std::deque<Open> open_;  // its elements stay where they are
  std::vector<const StyledElement*> ancestors_;
  std::vector<std::string_view> conditional_backgrounds_;
  std::vector<std::size_t> pending_;
  std::array<std::uint64_t, 4> recent_{};
  std::uint64_t budget_ = kStyleBudget;
};

}  // namespace

auto read_page(std::string_view html, bool amp, Arena& arena) -> Page {
  return PageReader(html, amp, arena).read();
}

auto find_addresses(std::string_view text, std::size_t limit) -> std::vector<std::string_view> {
  auto out = std::vector<std::string_view>{};
  for (auto at = text.find("://"); at != text.npos && out.size() < limit;
       at = text.find("://", at)) {
    auto start = at;
    while (start > 0 && at - start < 5 && (text[start - 1] | 32) >= 'a' &&
           (text[start - 1] | 32) <= 'z')
      --start;
    auto scheme = text.substr(start, at - start);
    for (const auto* known : {"https", "http", "ftp"})
      if (scheme.size() >= std::string_view(known).size() &&
          equals_ignoring_ascii_case(scheme.substr(scheme.size() - std::string_view(known).size()),
                                     known)) {
        start = at - std::string_view(known).size();
        scheme = text.substr(start, at - start);
        break;
      }
    const auto web = equals_ignoring_ascii_case(scheme, "https") ||
                     equals_ignoring_ascii_case(scheme, "http") ||
                     equals_ignoring_ascii_case(scheme, "ftp");
    const auto end = std::min(text.find_first_of(" \t\r\n\"'<>`|\\^{}", at), text.size());
    if (web) {
      auto url = text.substr(start, end - start);
      while (!url.empty() &&
             std::string_view(".,;:!?)]").find(url.back()) != std::string_view::npos)
        url.remove_suffix(1);
      if (url.size() > at - start + 3) out.push_back(url);
    }
    at = std::max(end, at + 3);
  }
  return out;
}

}  // namespace serjeant::mail
