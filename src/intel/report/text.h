#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// The text of a report and where each of its bytes comes from.
//
// Reports arrive as plain text, Markdown or HTML, with typographic quotation
// marks, ligatures out of PDF tools, soft hyphens and hard blanks. All stages
// read a *shadow*: the same words in plain form. It keeps, for each byte, the
// source bytes it stands for, so that whatever is found can be shown in the
// source as it was written. The source itself is never changed.
namespace serjeant::report {

// Bytes [begin, end) of the shadow.
struct Part {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  auto operator==(const Part&) const -> bool = default;
};

enum class Format : std::uint8_t { kPlain, kMarkdown, kHtml };

struct Text {
  std::string_view source;
  std::string shadow;
  std::vector<std::uint32_t> from;  // per byte of the shadow: first source byte
  std::vector<std::uint32_t> to;    // and the byte behind the last
  bool cut = false;                 // the source was longer than kLimit

  // The source bytes of a part; an empty part lies where it starts.
  auto at(Part part) const -> Part;
  auto words(Part part) const -> std::string_view;    // of the shadow
  auto written(Part part) const -> std::string_view;  // of the source
};

constexpr std::uint32_t kLimit = 16u << 20;  // bytes read of one report

// By the name's ending, else by the first bytes.
auto format_of(std::string_view name, std::string_view source) -> Format;

// Time is linear in the source. Bytes that are no UTF-8 are kept as they are.
// `source` must outlive what is returned.
auto fold(std::string_view source, Format format) -> Text;

enum class Section : std::uint8_t { kHeading, kBody, kTable, kAppendix, kReferences, kBoilerplate };
auto section_word(Section section) -> std::string_view;

// A paragraph, heading or row, with the label in front of it taken off:
// "Answer: ...", "Statement of Reasons: ...", "1. ...".
struct Paragraph {
  Section section = Section::kBody;
  Part span;
  std::string label;  // lower case, without the colon
};

// In order, without overlap; blank lines lie between them.
auto paragraphs(const Text& text) -> std::vector<Paragraph>;

// Sentences of a paragraph, in order. A full stop ends one where a blank and a
// capital follow; not behind a title, an initial or inside a quotation that
// goes on in lower case, as translated texts have it.
auto sentences(const Text& text, Part paragraph) -> std::vector<Part>;

}  // namespace serjeant::report
