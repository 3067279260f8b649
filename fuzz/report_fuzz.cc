#include <string>

#include "core/check.h"
#include "intel/report/report.h"

// Every span that a reading gives lies in the source, and an indicator that was
// not disarmed has the bytes it claims, but for case.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace serjeant;
  const auto input = std::string(data, data + size);
  for (const auto format :
       {report::Format::kPlain, report::Format::kMarkdown, report::Format::kHtml}) {
    const auto text = report::fold(input, format);
    const auto reading = report::read_report(text);
    const auto check = [&](report::Part part) {
      SJ_CHECK(part.begin <= part.end && part.end <= text.shadow.size());
      const auto at = text.at(part);
      SJ_CHECK(at.begin <= at.end && at.end <= input.size());
    };
    auto last = std::uint32_t{0};
    for (const auto& one : reading.paragraphs) {
      check(one.span);
      SJ_CHECK(one.span.begin >= last);
      last = one.span.end;
    }
    for (const auto* list : {&reading.indicators.taken, &reading.indicators.rejected})
      for (const auto& one : *list) {
        check(one.span);
        if (one.type.starts_with("file-")) {
          SJ_CHECK(text.words(one.span).size() == one.value.size());
        }
      }
    for (const auto& entity : reading.entities)
      for (const auto& mention : entity.mentions) check(mention.span);
    for (const auto& claim : reading.claims) check(claim.evidence);
    auto out = std::string();
    auto json = JsonWriter(out);
    report::write_report(text, reading, "fuzz", json);
  }
  return 0;
}
