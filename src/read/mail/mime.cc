// The tree of a message in one pass over its bytes, without recursion: a stack
// of open multiparts and messages, and a stack of buffers, since an encoded
// message is read as a message of its own when its part ends.
#include <algorithm>

#include "core/text.h"
#include "read/mail/message.h"
#include "read/mail/words.h"

namespace serjeant::mail {
namespace {

constexpr auto kNone = std::string_view::npos;
constexpr auto kMostAmbiguities = std::size_t{1000};  // enough to know what a mail is

auto blank_only(std::string_view text) -> bool {
  return std::all_of(text.begin(), text.end(), is_blank);
}

class TreeReader {
 public:
  TreeReader(std::string_view raw, Span at, Arena& arena, const MessageLimits& limits)
      : arena_(arena), limits_(limits) {
    message_.span = at;
    message_.span.length = narrow<std::uint32_t>(raw.size());
    message_.buffers.push_back({raw, kNoPart});
    frames_.push_back({raw, message_.span, 0, 0, 0, {}});
  }

  auto read() -> Parsed<Message> {
    begin_entity(kNoPart, false);
    while (!frames_.empty()) {
      const auto delimiter = std::exchange(frames_.back().pending, {});
      if (delimiter.found)
        handle(delimiter);
      else
        finish_frame();
    }
    return {std::move(message_), std::move(faults_)};
  }

 private:
  struct Delimiter {
    bool found = false;
    bool close = false;
    std::size_t level = 0;  // index into open_
    std::size_t content_end =
        0;                     // where the text before it ends: its line break is the delimiter's
    std::size_t line = 0;      // its first "-"
    std::size_t text_end = 0;  // before its line end, which may be the next delimiter's
    std::size_t next = 0;      // behind its line end
  };
  struct Frame {
    std::string_view bytes;
    Span at;  // where they lie; source 0 for decoded ones
    std::uint32_t buffer = 0;
    std::size_t pos = 0;
    std::size_t first_open = 0;  // open_ entries of this frame start here
    Delimiter pending;           // what ended the last entity
  };
  struct Open {
    std::uint32_t part = 0;
    std::string_view boundary;  // empty for a nested message
    bool split = false;         // a delimiter of its own was met
  };

  auto frame() -> Frame& { return frames_.back(); }
  auto span_of(std::size_t from, std::size_t to) -> Span {
    return part_of(frame().at, from, to - from);
  }
  void fault(FaultKind kind, Span span) { faults_.push_back({kind, evidence(span)}); }
  void doubt(AmbiguityKind kind, Span span) {
    if (message_.ambiguities.size() < kMostAmbiguities)
      message_.ambiguities.push_back({kind, 0, {evidence(span)}});
  }
  // Spans of faults are always of the source: those in decoded bytes become that
  // of the encoded part.
  auto evidence(Span span) -> Span {
    if (frame().buffer == 0) return span;
    return message_.evidence(message_.parts[message_.buffers[frame().buffer].owner]);
  }

  // The next line that is a delimiter of an open multipart of this frame.
  auto find_delimiter(std::size_t from) -> Delimiter {
    const auto bytes = frame().bytes;
    if (open_.size() == frame().first_open || !any_boundary()) return {};
    auto at = from;
    while (at < bytes.size()) {
      auto line = std::size_t{0};
      if ((at == from && (at == 0 || bytes[at - 1] == '\n')) && bytes.substr(at, 2) == "--") {
        line = at;
      } else {
        const auto hit = bytes.find("\n--", at == 0 ? 0 : at - 1);
        if (hit == kNone) break;
        line = hit + 1;
      }
      const auto end = std::min(bytes.find('\n', line), bytes.size());
      if (auto delimiter = match(bytes.substr(line, end - line)); delimiter.found) {
        delimiter.line = line;
        delimiter.text_end = end > line && bytes[end - 1] == '\r' ? end - 1 : end;
        delimiter.next = std::min(end + 1, bytes.size());
        auto content_end = line;
        if (content_end > from) --content_end;
        if (content_end > from && bytes[content_end - 1] == '\r') --content_end;
        delimiter.content_end = content_end;
        return delimiter;
      }
      at = end + 1;
    }
    return {};
  }

  auto any_boundary() -> bool {
    return std::any_of(open_.begin() + static_cast<std::ptrdiff_t>(frame().first_open), open_.end(),
                       [](auto& open) { return !open.boundary.empty(); });
  }

  // RFC 2046, section 5.1.1: a line that begins with "--" and the boundary is a
  // delimiter, whatever follows. Of several, the one that is the whole line but
  // for white space counts, else the innermost; where only the beginning agrees,
  // other readers disagree, and that is noted.
  auto match(std::string_view line) -> Delimiter {
    auto begun = Delimiter{};
    for (auto level = open_.size(); level-- > frame().first_open;) {
      const auto boundary = open_[level].boundary;
      if (boundary.empty() || line.size() < boundary.size() + 2 ||
          line.substr(2, boundary.size()) != boundary)
        continue;
      const auto rest = line.substr(2 + boundary.size());
      const auto close = rest.starts_with("--");
      if (blank_only(close ? rest.substr(2) : rest)) return {true, close, level, 0, 0, 0, 0};
      if (!begun.found) begun = {true, close, level, 0, 0, 0, 0};
    }
    if (begun.found)
      doubt(AmbiguityKind::kBoundaryPrefixOfOther,
            part_of(frame().at, static_cast<std::size_t>(line.data() - frame().bytes.data()),
                    line.size()));
    return begun;
  }

  // Where the header block that starts at `pos` must stop, if a delimiter line
  // comes before the blank line; else the end of the frame.
  auto header_stop(std::size_t pos) -> std::size_t {
    const auto bytes = frame().bytes;
    if (open_.size() == frame().first_open) return bytes.size();
    for (auto line = pos; line < bytes.size();) {
      const auto end = std::min(bytes.find('\n', line), bytes.size());
      const auto text = bytes.substr(line, end - line);
      if (text.empty() || text == "\r") return bytes.size();
      if (text.starts_with("--") && match(text).found) return line;
      if (line - pos > limits_.header.bytes) return bytes.size();
      line = end + 1;
    }
    return bytes.size();
  }

  // Behind the blank line that ends a header of which a limit left a rest.
  auto skip_header_rest(std::size_t from, std::size_t stop) -> std::size_t {
    const auto bytes = frame().bytes.substr(0, stop);
    auto line = from;
    // `from` may be inside of a line.
    if (from > 0 && bytes[from - 1] != '\n') line = std::min(bytes.find('\n', from), stop - 1) + 1;
    while (line < stop) {
      const auto end = std::min(bytes.find('\n', line), stop);
      const auto text = bytes.substr(line, end - line);
      if (text.empty() || text == "\r") return std::min(end + 1, stop);
      if (text.starts_with("--") && open_.size() > frame().first_open && match(text).found)
        return line;
      line = end + 1;
    }
    return stop;
  }

  // Reads the header at the frame's position and what follows as far as the
  // next delimiter, which becomes the frame's pending one.
  void begin_entity(std::uint32_t parent, bool digest) {
    for (;;) {
      const auto index = narrow<std::uint32_t>(message_.parts.size());
      message_.parts.emplace_back();
      read_header(parent, digest);
      auto& part = message_.parts[index];
      const auto body = frame().pos;
      const auto deep = part.depth >= limits_.depth;
      const auto wants_split = part.type == "multipart";
      const auto is_message =
          part.type == "message" && (part.subtype == "rfc822" || part.subtype == "global");
      if ((wants_split || is_message) && deep) {
        fault(FaultKind::kTooDeep, span_of(body, body));
        doubt(AmbiguityKind::kNestingLimit, part.header);
      } else if (wants_split) {
        const auto boundary = boundary_of(part);
        if (!boundary.empty()) {
          part.kind = PartKind::kMultipart;
          if (part.encoding == Encoding::kBase64 || part.encoding == Encoding::kQuotedPrintable)
            doubt(AmbiguityKind::kMultipartEncoded, part.header);
          part.body = span_of(body, body);
          open_.push_back({index, boundary, false});
          const auto delimiter = find_delimiter(body);
          const auto end = delimiter.found ? delimiter.content_end : frame().bytes.size();
          part.preamble = span_of(body, end);
          frame().pending = delimiter;
          return;
        }
        fault(FaultKind::kBadSyntax, part.header);
        doubt(AmbiguityKind::kBoundaryMissing, part.header);
      } else if (is_message && identity(part.encoding) && message_.parts.size() < limits_.parts) {
        part.kind = PartKind::kMessage;
        part.body = span_of(body, body);
        open_.push_back({index, {}, false});
        parent = index;
        digest = false;
        continue;
      }
      const auto delimiter = find_delimiter(body);
      const auto end = delimiter.found ? delimiter.content_end : frame().bytes.size();
      part.body = span_of(body, end);
      part.cut = !delimiter.found && any_boundary();
      frame().pending = delimiter;
      if (!finish_leaf(index, is_message && !deep && !identity(part.encoding))) return;
      parent = index;
      digest = false;
    }
  }

  static auto identity(Encoding encoding) -> bool {
    return encoding != Encoding::kBase64 && encoding != Encoding::kQuotedPrintable &&
           encoding != Encoding::kUuencode;
  }

  // Decodes a leaf. An encoded message opens a frame over its decoded bytes, in
  // which the caller goes on: then true.
  auto finish_leaf(std::uint32_t index, bool nested) -> bool {
    auto& part = message_.parts[index];
    if (!limits_.decode && !nested) return false;
    const auto body = message_.bytes(part, part.body);
    part.decoded = decode_transfer(body, part.encoding, arena_);
    note_decoding(part);
    if (!nested || message_.parts.size() >= limits_.parts || part.decoded.bytes.empty())
      return false;
    part.kind = PartKind::kMessage;
    const auto buffer = narrow<std::uint32_t>(message_.buffers.size());
    message_.buffers.push_back({part.decoded.bytes, index});
    frames_.push_back({part.decoded.bytes,
                       {0, narrow<std::uint32_t>(part.decoded.bytes.size()), 0},
                       buffer,
                       0,
                       open_.size(),
                       {}});
    return true;
  }

  void note_decoding(const Part& part) {
    const auto& got = part.decoded;
    if (part.encoding == Encoding::kBase64) {
      if (got.junk != 0) doubt(AmbiguityKind::kBase64Junk, part.body);
      if (got.padding_inside) doubt(AmbiguityKind::kBase64EarlyPadding, part.body);
      if (got.cut) fault(FaultKind::kTruncated, part.body);
      if (got.junk != 0) fault(FaultKind::kBadEncoding, part.body);
    } else if (part.encoding == Encoding::kQuotedPrintable && got.junk != 0) {
      doubt(AmbiguityKind::kQpInvalid, part.body);
      fault(FaultKind::kBadEncoding, part.body);
    }
  }

  void handle(const Delimiter& delimiter) {
    close_down_to(delimiter.level + 1, delimiter.content_end, true);
    auto& open = open_[delimiter.level];
    auto& part = message_.parts[open.part];
    const auto line = span_of(delimiter.line, delimiter.next);
    if (!open.split) {
      open.split = true;
      part.opening = line;
      if (!blank_only(message_.bytes(part, part.preamble)))
        doubt(AmbiguityKind::kPreambleContent, part.preamble);
    }
    frame().pos = delimiter.next;
    if (delimiter.close) {
      const auto index = open.part;
      open_.pop_back();
      // The line break behind the close-delimiter may be that of the next one.
      const auto next = find_delimiter(delimiter.text_end);
      const auto end = next.found ? next.content_end : frame().bytes.size();
      auto& closed = message_.parts[index];
      closed.closing = span_of(delimiter.line, std::min(delimiter.next, end));
      closed.epilogue = span_of(std::min(delimiter.next, end), end);
      set_end(closed, end);
      if (!blank_only(message_.bytes(closed, closed.epilogue)))
        doubt(AmbiguityKind::kEpilogueContent, closed.epilogue);
      frame().pending = next;
    } else if (delimiter.next == frame().bytes.size()) {
      frame().pending = {};  // cut behind the delimiter: no part has begun
    } else if (message_.parts.size() >= limits_.parts) {
      // The rest of this multipart stays unsplit; its bytes are those of its body.
      fault(FaultKind::kTooMany, span_of(delimiter.next, delimiter.next));
      const auto end = frame().bytes.size();
      message_.unread.push_back(evidence(span_of(delimiter.next, end)));
      frame().pending = {};
      stopped_ = true;
    } else {
      begin_entity(open.part, part.subtype == "digest");
    }
  }

  void finish_frame() {
    close_down_to(frame().first_open, frame().bytes.size(), false);
    frames_.pop_back();
  }

  void set_end(Part& part, std::size_t end) {
    part.body.length = narrow<std::uint32_t>(frame().at.offset + end - part.body.offset);
  }

  // Ends all multiparts and messages from `level` up at `end`. `by_outer`: a
  // delimiter of an outer one was met, else the bytes ran out.
  void close_down_to(std::size_t level, std::size_t end, bool by_outer) {
    while (open_.size() > level) {
      const auto& open = open_.back();
      auto& part = message_.parts[open.part];
      set_end(part, end);
      if (!open.boundary.empty()) {
        if (!open.split) {  // its own boundary never came: no more than a leaf
          part.kind = PartKind::kLeaf;
          part.preamble = {};
          fault(FaultKind::kBadSyntax, part.header);
          doubt(AmbiguityKind::kBoundaryMissing, part.header);
          if (limits_.decode)
            part.decoded = decode_transfer(message_.bytes(part, part.body), part.encoding, arena_);
        } else if (!stopped_) {
          fault(by_outer ? FaultKind::kBadSyntax : FaultKind::kTruncated, span_of(end, end));
          if (by_outer) doubt(AmbiguityKind::kBoundaryInWrongLevel, span_of(end, end));
        }
      }
      open_.pop_back();
    }
  }

  auto boundary_of(const Part& part) -> std::string_view {
    auto boundary = parameter(part.content_type, "boundary");
    while (!boundary.empty() && is_blank(boundary.back())) boundary.remove_suffix(1);
    return boundary;
  }

  void read_header(std::uint32_t parent, bool digest) {
    const auto index = message_.parts.size() - 1;
    const auto start = frame().pos;
    const auto stop = header_stop(start);
    auto header = split_header(frame().bytes.substr(start, stop - start), span_of(start, start),
                               limits_.header);
    auto end = start + header.value.size;
    for (const auto& flaw : header.faults) {
      fault(flaw.kind, flaw.span);
      if (flaw.kind == FaultKind::kTooLong || flaw.kind == FaultKind::kTooMany) {
        const auto rest = skip_header_rest(end, stop);
        message_.unread.push_back(evidence(span_of(end, rest)));
        end = rest;
      } else {
        doubt(AmbiguityKind::kHeaderWithoutColon, flaw.span);
      }
    }
    auto& part = message_.parts[index];
    part.parent = parent;
    part.buffer = frame().buffer;
    part.depth = parent == kNoPart ? 0 : message_.parts[parent].depth + 1;
    part.header = span_of(start, end);
    part.first_field = narrow<std::uint32_t>(message_.fields.size());
    part.field_count = narrow<std::uint32_t>(header.value.fields.size());
    message_.fields.insert(message_.fields.end(), header.value.fields.begin(),
                           header.value.fields.end());
    if (digest) {
      part.type = "message";
      part.subtype = "rfc822";
    }
    frame().pos = end;
    read_fields(part);
  }

  // The fields that decide about the body. The first of each kind counts, as
  // RFC 7103, section 7.2 would have it for what must be single.
  void read_fields(Part& part) {
    const Field* type = nullptr;
    const Field* encoding = nullptr;
    for (const auto& field : message_.fields_of(part)) {
      if (!field.name.empty() && is_blank(field.name.back()))
        doubt(AmbiguityKind::kFieldNameTrailingSpace, field.span);
      if (!field.name.empty() && is_blank(field.name.front()))
        doubt(AmbiguityKind::kFieldNameLeadingSpace, field.span);
      if (field.value.find('\0') != kNone) {
        doubt(AmbiguityKind::kNulInField, field.span);
        fault(FaultKind::kNul, field.span);
      }
      if (field.id == FieldId::kContentType) {
        if (type)
          doubt(AmbiguityKind::kDuplicateContentType, field.span);
        else
          type = &field;
      } else if (field.id == FieldId::kContentTransferEncoding) {
        if (encoding)
          doubt(AmbiguityKind::kDuplicateCte, field.span);
        else
          encoding = &field;
      } else if (field.id == FieldId::kContentDisposition && !part.disposition.present) {
        part.disposition = parse_content_type(field.value, Fallback::kReplace, arena_);
      }
    }
    if (type) read_type(part, *type);
    if (encoding) {
      part.encoding = encoding_from(encoding->value);
      if (part.encoding == Encoding::kUnknown) {
        doubt(AmbiguityKind::kUnknownCteUsed, encoding->span);
        fault(FaultKind::kBadSyntax, encoding->span);
      }
    }
    part.name = parameter(part.disposition, "filename");
    if (part.name.empty()) part.name = parameter(part.content_type, "name");
    note_names(part);
  }

  void read_type(Part& part, const Field& field) {
    part.content_type = parse_content_type(field.value, Fallback::kReplace, arena_);
    if (!part.content_type.present) {
      fault(FaultKind::kBadSyntax, field.span);
      return;
    }
    part.type_stated = true;
    part.type = part.content_type.type;
    part.subtype = part.content_type.subtype;
    const auto& parameters = part.content_type.parameters;
    for (auto i = std::size_t{1}; i < parameters.size() && i < 32; ++i)
      for (auto j = std::size_t{0}; j < i; ++j)
        if (parameters[i].name == parameters[j].name &&
            parameters[i].extended == parameters[j].extended) {
          doubt(AmbiguityKind::kParameterRepeated, field.span);
          return;
        }
  }

  void note_names(const Part& part) {
    auto plain = false, extended = false;
    for (const auto& p : part.disposition.parameters)
      if (p.name == "filename") (p.extended ? extended : plain) = true;
    if (plain && extended) doubt(AmbiguityKind::kRfc2231AndPlainFilename, part.header);
  }

  Arena& arena_;
  const MessageLimits& limits_;
  Message message_;
  std::vector<Fault> faults_;
  std::vector<Frame> frames_;
  std::vector<Open> open_;
  bool stopped_ = false;
};

}  // namespace

auto read_message(std::string_view raw, Span at, Arena& arena, const MessageLimits& limits)
    -> Parsed<Message> {
  return TreeReader(raw, at, arena, limits).read();
}

}  // namespace serjeant::mail
