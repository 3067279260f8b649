#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "read/record.h"
#include "read/source_text.h"

// What the readers of text formats share. A format says where the piece that
// begins at a place ends, from the bytes that follow alone, and what fields
// the text of one record has. Everything else is done once, here: chunks,
// windows of UTF-16, spans, faults, limits, and the account of every byte.
// That the next piece depends on nothing but its begin is what makes reading N
// chunks give what reading one gives.
namespace serjeant {

// A record, its line end included, may be this long.
constexpr auto kRecordLimit = std::size_t{64} << 20;
constexpr auto kFaultsPerRecord = std::size_t{16};

// A stretch of text as a format cuts it: units from its begin to `end`.
struct Piece {
  enum class What : std::uint8_t {
    kRecord,
    kSkip,  // `why` says what it is
    kFail,  // `fault` says what is wrong
    kLong,  // over the limit; ends where `resync` says
  };
  std::size_t end = 0;
  What what = What::kRecord;
  std::string_view why = {};
  FaultKind fault = FaultKind::kBadSyntax;
};

class FramedReader : public Reader {
 public:
  auto format() const -> std::string_view override { return format_; }
  auto columns() const -> std::span<const std::string_view> override { return column_views_; }
  auto plan(std::uint64_t target) const -> std::vector<Extent> override;
  void read(Extent chunk, Arena& arena, RecordSink& sink) const override;

 protected:
  // Text around a place. `text` begins `base` units into the source and is
  // either the rest of it (`last`) or longer than any record may be, or the
  // format has to ask for more.
  struct View {
    std::string_view text;
    std::uint64_t base = 0;
    bool last = true;
  };
  // What a format keeps from record to record within one chunk.
  struct State {
    virtual ~State() = default;
    Document document;
    std::vector<Fault> faults;
  };
  // One record being parsed: its text as UTF-8, and where its flaws go.
  class Row {
   public:
    Row(const SourceText& source, std::string_view text, Span span, Arena& arena, State& state)
        : source_(source), text_(text), span_(span), arena_(arena), state_(state) {}
    auto text() const -> std::string_view { return text_; }
    auto span() const -> Span { return span_; }
    auto arena() -> Arena& { return arena_; }
    auto document() -> Document& { return state_.document; }
    auto state() -> State& { return state_; }
    // Notes a flaw of the whole record, or of `part`, which lies in `text`.
    void flaw(FaultKind kind);
    void flaw(FaultKind kind, std::string_view part);

   private:
    const SourceText& source_;
    std::string_view text_;
    Span span_;
    Arena& arena_;
    State& state_;
  };

  FramedReader(SourceText source, std::string_view format) : source_(source), format_(format) {}

  // The piece at `at` in `view.text`. Nothing if `view` is too short to tell;
  // never nothing if `view.last` or if more than `limit()` units follow.
  // Linear, and at least one unit long.
  virtual auto frame(const View& view, std::size_t at, State& state) const
      -> std::optional<Piece> = 0;
  // Where reading can go on after `at`, which lies inside of a broken piece.
  virtual auto resync(const View& view, std::size_t at) const -> std::optional<std::size_t>;
  // Makes the fields of one record. False: nothing could be made of it, and
  // the first flaw noted says why.
  virtual auto parse(Row& row) const -> bool = 0;
  // Called for skipped pieces, in order, before the next record.
  virtual void skipped(std::string_view /*why*/, std::uint64_t /*from*/, std::size_t /*units*/,
                       State& /*state*/) const {}
  virtual auto state_at(std::uint64_t /*unit*/) const -> std::unique_ptr<State> {
    return std::make_unique<State>();
  }
  // The whole source was read up to its end; `record_last` if a record is what
  // it ends with.
  virtual void finish(bool /*record_last*/, RecordSink& /*sink*/) const {}
  // Do the faults of `parse` cover broken UTF-8 already?
  virtual auto checks_encoding() const -> bool { return false; }
  // For finding chunks quickly: the begin of some piece at or after `at`, not
  // much after `until`, such that no piece before it would have hindered going
  // on there. `at` itself is always right.
  virtual auto pass(const View& /*view*/, std::size_t at, std::size_t /*until*/) const
      -> std::size_t {
    return at;
  }

  auto source() const -> const SourceText& { return source_; }
  auto limit() const -> std::size_t { return kRecordLimit / source_.unit(); }
  void set_columns(std::vector<std::string> names);
  auto column_names() const -> const std::vector<std::string>& { return columns_; }

 private:
  class Window;
  struct Cut {
    std::uint64_t end = 0;
    Piece piece;
  };
  auto piece_at(Window& window, std::uint64_t at, State& state) const -> Cut;
  auto resync_from(Window& window, std::uint64_t at) const -> std::uint64_t;
  void emit(std::uint64_t from, std::uint64_t to, Arena& arena, State& state,
            RecordSink& sink) const;
  auto extent(std::uint64_t from, std::uint64_t to) const -> Extent;

  SourceText source_;
  std::string_view format_;
  std::vector<std::string> columns_;
  std::vector<std::string_view> column_views_;
};

// The span of an extent, cut to what a span can hold.
auto span_of(Extent extent) -> Span;

}  // namespace serjeant
