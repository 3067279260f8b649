#include "read/framed.h"

#include <algorithm>
#include <limits>

#include "core/check.h"
#include "core/pages.h"
#include "core/text.h"
#include "read/scan.h"

namespace serjeant {

using What = Piece::What;

auto span_of(Extent extent) -> Span {
  constexpr auto most = std::uint64_t{std::numeric_limits<std::uint32_t>::max()};
  return {extent.offset, static_cast<std::uint32_t>(std::min(extent.length, most)), extent.source};
}

// The text from a place on. UTF-8 is its own window; of UTF-16 a stretch is
// narrowed at a time, and a longer one when a format asks for more.
class FramedReader::Window {
 public:
  explicit Window(const SourceText& source) : source_(source) {
    if (!source.narrow_needed()) view_ = {source.bytes(), 0, true};
  }
  auto at(std::uint64_t unit) -> const View& {
    if (source_.narrow_needed() && (unit < view_.base || unit >= view_.base + view_.text.size()))
      load(unit, kFirst);
    return view_;
  }
  // A longer view that begins at `unit`.
  auto more(std::uint64_t unit) -> const View& {
    const auto had = static_cast<std::size_t>(view_.base + view_.text.size() - unit);
    load(unit, std::max(kFirst, had * 2));
    return view_;
  }

 private:
  static constexpr auto kFirst = std::size_t{1} << 20;
  void load(std::uint64_t unit, std::size_t count) {
    const auto left = source_.units() - unit;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(count, left));
    source_.narrow(unit, size, narrowed_);
    view_ = {narrowed_, unit, size == left};
  }
  const SourceText& source_;
  std::string narrowed_;
  View view_{{}, 0, false};
};

void FramedReader::Row::flaw(FaultKind kind) {
  if (state_.faults.size() < kFaultsPerRecord) state_.faults.push_back({kind, span_});
}

void FramedReader::Row::flaw(FaultKind kind, std::string_view part) {
  if (state_.faults.size() >= kFaultsPerRecord) return;
  const auto begin = static_cast<std::size_t>(part.data() - text_.data());
  SJ_CHECK(begin + part.size() <= text_.size());
  const auto unit = source_.unit();
  const auto offset = source_.units_of(text_.substr(0, begin)) * unit;
  const auto length = source_.units_of(part) * unit;
  state_.faults.push_back({kind, part_of(span_, offset, length)});
}

void FramedReader::set_columns(std::vector<std::string> names) {
  columns_ = std::move(names);
  column_views_.assign(columns_.begin(), columns_.end());
}

auto FramedReader::extent(std::uint64_t from, std::uint64_t to) const -> Extent {
  return {from * source_.unit(), (to - from) * source_.unit(), source_.source()};
}

auto FramedReader::resync(const View& view, std::size_t at) const -> std::optional<std::size_t> {
  const auto line = scan::next_line(view.text, at);
  if (line == view.text.size() && !view.last && view.text.back() != '\n') return std::nullopt;
  return line;
}

auto FramedReader::resync_from(Window& window, std::uint64_t at) const -> std::uint64_t {
  // Each try that fails is given up for good, so that a stretch without any
  // place to go on is passed once and not again and again.
  while (at < source_.units()) {
    const auto& view = window.at(at);
    if (const auto found = resync(view, static_cast<std::size_t>(at - view.base)))
      return view.base + *found;
    const auto had = view.base + view.text.size() - at;
    if (had > limit())
      at += had;
    else
      window.more(at);
  }
  return source_.units();
}

auto FramedReader::piece_at(Window& window, std::uint64_t at, State& state) const -> Cut {
  const auto* view = &window.at(at);
  auto piece = frame(*view, static_cast<std::size_t>(at - view->base), state);
  while (!piece) {
    SJ_CHECK(!view->last);
    view = &window.more(at);
    piece = frame(*view, static_cast<std::size_t>(at - view->base), state);
  }
  auto end = view->base + piece->end;
  if (piece->what == What::kLong) {
    end = resync_from(window, std::min(at + limit(), source_.units()));
    piece->what = What::kFail;
    piece->fault = FaultKind::kTooLong;
  }
  SJ_CHECK(end > at && end <= source_.units());
  return {end, *piece};
}

auto FramedReader::plan(std::uint64_t target) const -> std::vector<Extent> {
  auto out = std::vector<Extent>{};
  const auto size = source_.bytes().size();
  const auto units = source_.units();
  const auto step = std::max<std::uint64_t>(target / source_.unit(), 1);
  auto window = Window(source_);
  const auto state = state_at(0);
  auto begin = std::uint64_t{0};  // of the chunk, in units
  auto at = std::uint64_t{0};
  while (at < units) {
    if (at < begin + step) {
      const auto& view = window.at(at);
      const auto until = std::min<std::uint64_t>(
          {begin + step - view.base, at - view.base + limit(), view.text.size()});
      at = view.base +
           pass(view, static_cast<std::size_t>(at - view.base), static_cast<std::size_t>(until));
    }
    if (at >= units) break;
    const auto cut = piece_at(window, at, *state);
    // Chunks begin with a record, so that a run of other pieces, which is
    // accounted for as one, is never divided.
    if (cut.piece.what == What::kRecord && at - begin >= step) {
      out.push_back(extent(begin, at));
      // The source may be longer than memory, and is not read until planned.
      give_back_pages(source_.bytes().substr(out.back().offset, out.back().length));
      begin = at;
      continue;
    }
    at = cut.end;
  }
  if (size > begin * source_.unit())
    out.push_back({begin * source_.unit(), size - begin * source_.unit(), source_.source()});
  return out;
}

void FramedReader::read(Extent chunk, Arena& arena, RecordSink& sink) const {
  const auto unit = source_.unit();
  auto at = chunk.offset / unit;
  const auto end = std::min<std::uint64_t>((chunk.offset + chunk.length) / unit, source_.units());
  const auto state = state_at(at);
  auto window = Window(source_);

  // A run of pieces of one kind that are no records.
  auto run_begin = at;
  auto run = std::optional<Piece>{};
  const auto close_run = [&] {
    if (!run) return;
    const auto bytes = extent(run_begin, at);
    if (run->what == What::kSkip) {
      sink.account(bytes, Coverage::kSkipped, run->why);
    } else {
      sink.fault({run->fault, span_of(bytes)});
      sink.account(bytes, Coverage::kFailed,
                   run->fault == FaultKind::kTooLong ? "limit-length" : fault_word(run->fault));
    }
    run.reset();
  };
  auto record_last = false;
  while (at < end) {
    const auto [to, piece] = piece_at(window, at, *state);
    record_last = piece.what == What::kRecord;
    const auto same = run && run->what == piece.what && run->why == piece.why &&
                      (piece.what == What::kSkip || run->fault == piece.fault);
    if (!same) {
      close_run();
      run_begin = at;
      if (!record_last) run = piece;
    }
    if (piece.what == What::kSkip)
      skipped(piece.why, at, static_cast<std::size_t>(to - at), *state);
    if (record_last) emit(at, to, arena, *state, sink);
    at = to;
  }
  close_run();
  if (at != source_.units()) return;
  finish(record_last, sink);
  if (const auto read = at * unit; read < source_.bytes().size()) {
    // Half of a UTF-16 unit at the very end.
    const auto rest = Extent{read, source_.bytes().size() - read, source_.source()};
    sink.fault({FaultKind::kTruncated, span_of(rest)});
    sink.account(rest, Coverage::kFailed, fault_word(FaultKind::kTruncated));
  }
}

void FramedReader::emit(std::uint64_t from, std::uint64_t to, Arena& arena, State& state,
                        RecordSink& sink) const {
  auto bad = false;
  const auto text = source_.decode(from, static_cast<std::size_t>(to - from), arena, bad);
  const auto bytes = extent(from, to);
  state.document.clear();
  state.faults.clear();
  auto row = Row(source_, text, span_of(bytes), arena, state);
  const auto made = parse(row);
  if (made) {
    if (const auto nul = scan::find(text, '\0', 0); nul != text.size())
      row.flaw(FaultKind::kNul, text.substr(nul, 1));
    if (bad || (!checks_encoding() && !is_utf8(text))) row.flaw(FaultKind::kBadEncoding);
    sink.record({row.span(), state.document.root(), nullptr, state.faults});
    return;
  }
  const auto fault =
      state.faults.empty() ? Fault{FaultKind::kBadSyntax, row.span()} : state.faults.front();
  sink.fault(fault);
  sink.account(bytes, Coverage::kFailed, fault_word(fault.kind));
}

}  // namespace serjeant
