#include "shape/m365_canonical.h"

#include <array>
#include <charconv>
#include <cstring>

#include "core/json.h"
#include "core/text.h"
#include "shape/time_formats.h"

// The dialects (docs/formats/m365-audit.md) differ in where the record stands,
// what its members are called and how they are typed:
//   1, 2  a CSV column AuditData holds it as JSON text
//   3     a member auditData holds it, its names in Pascal or camel case
//   4     the record itself
//   5     a flat row with renamed columns, lists as JSON text, all else as text
//   6     as 1, with the whole row once more in _raw, which may be all there is;
//         or o365.audit.* as one object or as dotted names
namespace serjeant::m365 {
namespace {

// The member called `name` in any spelling; the exact one first.
auto find_loose(Value object, std::string_view name) -> Value {
  if (auto exact = object.find(name)) return exact;
  for (auto member : object)
    if (same_name(member.key(), name)) return member;
  return {};
}

auto is_filled(Value value) -> bool {
  return value && !value.is_null() && !(value.is_text() && trim(value.text()).empty());
}

// "Client_IPAddress" and "clientIPAddress" for "ClientIPAddress"; a name that
// is not known keeps its spelling but for a small first letter.
auto canonical_key(std::string_view key, Arena& arena) -> std::string_view {
  if (key.empty()) return key;
  const auto small = key.front() >= 'a' && key.front() <= 'z';
  // "iD" is "ID", which is another name than "Id".
  const auto initials = small && key.size() > 1 && key[1] >= 'A' && key[1] <= 'Z';
  if (!initials)
    if (const auto* name = find_name(key)) return name->text;
  if (!small) return key;
  auto* out = arena.take(key.size());
  std::memcpy(out, key.data(), key.size());
  out[0] = static_cast<char>(out[0] - 'a' + 'A');
  const auto pascal = std::string_view{out, key.size()};
  const auto* name = find_name(pascal);
  return name && name->text == pascal ? name->text : pascal;
}

auto starts_json(std::string_view text) -> bool {
  text = trim(text);
  return !text.empty() && (text.front() == '[' || text.front() == '{');
}

auto decimal(std::int64_t number, Arena& arena) -> std::string_view {
  auto buffer = std::array<char, 24>{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return arena.copy({buffer.data(), static_cast<std::size_t>(end - buffer.data())});
}

// As the Management API writes times: no offset, UTC.
auto canonical_time(Nanos at, Arena& arena) -> std::string_view {
  auto text = format_time(at);
  if (text.ends_with('Z')) text.pop_back();
  return arena.copy(text);
}

constexpr auto kPropertyLists =
    std::array{Slot::kParameters, Slot::kOperationProperties, Slot::kExtendedProperties,
               Slot::kModifiedProperties, Slot::kDeviceProperties};

auto name_of(Slot slot) -> std::string_view {
  static const auto texts = [] {
    auto out = std::array<std::string_view, static_cast<std::size_t>(Slot::kCount)>{};
    for (const auto& name : names())
      if (auto& text = out[static_cast<std::size_t>(name.slot)]; text.empty()) text = name.text;
    return out;
  }();
  return texts[static_cast<std::size_t>(slot)];
}

auto is_time_generated(std::string_view key) -> bool {
  // The portal's CSV states its zone in the header: "TimeGenerated [UTC]".
  return key.starts_with("TimeGenerated") || key.starts_with("timeGenerated");
}

}  // namespace

void Canonical::start() {
  document_.clear();
  aliases_.clear();
  faults_.clear();
  slots_.fill(0);
  cut_ = whole_ = wrapper_time_ = false;
  result_index_ = result_count_ = -1;
  hash_ = 0;
}

void Canonical::read(const Record& record, Arena& arena) {
  start();
  const auto outer = record.native;
  auto wrapped = static_cast<bool>(outer);
  columns_.read(outer);
  const auto audit = columns_.find(Column::kAuditData);
  if (audit.is_text() && is_filled(audit)) {
    read_json(audit.text(), record.span, arena);
  } else if (audit.is_object()) {
    document_.append(audit, {});
    whole_ = true;
  } else if (const auto raw = outer.find("_raw"); is_filled(raw) && raw.is_text()) {
    read_truncated_copy(raw.text(), record.span, arena);
  } else if (audit) {  // an empty cell: the wrapper is all there is
    document_.open(Kind::kObject, {});
    document_.close(0);
  } else if (outer.find("OfficeWorkload") || outer.find("OfficeId")) {
    read_office_activity(outer, record.span, arena);
  } else if (const auto nested = outer.get("o365", "audit"); nested.is_object()) {
    document_.append(nested, {});
    whole_ = true;
  } else {
    read_dotted(outer);
    if (document_.empty()) {
      if (outer.is_object()) {
        document_.append(outer, {});
      } else {
        document_.open(Kind::kObject, {});
        document_.append(outer, "value");
        document_.close(0);
      }
      wrapped = false;
    }
  }
  classify(arena);
  // Not every dialect carries the schema's version.
  hash_ = hasher_.hash(document_.root(), "Version");
  if (wrapped) fill_from_wrapper(record.span, arena);
  add_aliases();
  for (const auto list : kPropertyLists) add_dotted(list, arena);
  if (wrapped) add_wrapper(arena);
}

void Canonical::read_json(std::string_view text, Span span, Arena& arena) {
  const auto outcome = parse_json(text, {}, document_, arena, json_names_);
  if (outcome.fault) faults_.push_back({*outcome.fault, span});
  cut_ = outcome.fault == FaultKind::kTruncated;
  whole_ = outcome.complete;
  if (document_.root().is_object()) return;
  // Not a record: its text stays in the wrapper's column.
  document_.clear();
  document_.open(Kind::kObject, {});
  document_.close(0);
  whole_ = false;
  if (!outcome.fault) faults_.push_back({FaultKind::kBadSyntax, span});
}

// A copy of the exported row that a log system cut at its own limit: a CSV row
// in which one field is the JSON with its quotes doubled, or the bare JSON.
void Canonical::read_truncated_copy(std::string_view raw, Span span, Arena& arena) {
  auto begin = raw.find("\"{\"\"");
  if (begin == std::string_view::npos || raw.substr(0, begin).find('{') != std::string_view::npos) {
    const auto open = raw.find('{');
    if (open == std::string_view::npos) return read_json("{", span, arena);
    return read_json(raw.substr(open), span, arena);
  }
  const auto field = raw.substr(begin + 1);
  auto* out = arena.take(field.size());
  auto size = std::size_t{0};
  for (auto i = std::size_t{0}; i < field.size(); ++i) {
    if (field[i] == '"') {
      if (i + 1 < field.size() && field[i + 1] != '"') break;  // the field's end
      ++i;  // a doubled quote, or the first half of one at the cut
      if (i == field.size()) break;
    }
    out[size++] = field[i];
  }
  arena.give_back(field.size() - size);
  read_json({out, size}, span, arena);
}

auto Canonical::add_tree(std::string_view key, std::string_view text, Span span, Arena& arena)
    -> bool {
  if (!starts_json(text)) return false;
  const auto before = document_.size();
  const auto outcome = parse_json(text, key, document_, arena, json_names_);
  if (outcome.fault) {
    faults_.push_back({*outcome.fault, span});
    if (outcome.fault == FaultKind::kTruncated) cut_ = true;
  }
  return document_.size() > before;
}

void Canonical::add_typed(const Name& name, Value value, Span span, Arena& arena) {
  const auto text = value.text();
  if (!value.is_text()) return document_.append(value, name.text);
  switch (name.type) {
    case Type::kTree:
      if (!add_tree(name.text, text, span, arena)) document_.add(Kind::kText, name.text, text);
      return;
    case Type::kBool:
      if (equals_ignoring_ascii_case(text, "true"))
        return document_.add(Kind::kBool, name.text, "true");
      if (equals_ignoring_ascii_case(text, "false"))
        return document_.add(Kind::kBool, name.text, "false");
      break;
    case Type::kNumber: {
      if (is_json_number(text)) return document_.add(Kind::kNumber, name.text, text);
      const auto number = name.slot == Slot::kUserType     ? user_type_from_word(text)
                          : name.slot == Slot::kLogonType  ? logon_type_from_word(text)
                          : name.slot == Slot::kRecordType ? record_type_from_word(text)
                                                           : -1;
      if (number >= 0) return document_.add(Kind::kNumber, name.text, decimal(number, arena));
      break;
    }
    case Type::kText:
      break;
  }
  document_.add(Kind::kText, name.text, text);
}

void Canonical::read_office_activity(Value record, Span span, Arena& arena) {
  whole_ = true;
  document_.open(Kind::kObject, {});
  auto taken = [&](std::string_view name) {
    for (auto at = std::size_t{1}; at < document_.size(); at += document_.at(at).node()->size)
      if (document_.at(at).key() == name) return true;
    return false;
  };
  constexpr auto kRenamed = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"OfficeId", "Id"},
       {"SourceRecordId", "Id"},
       {"OfficeWorkload", "Workload"},
       {"OfficeObjectId", "ObjectId"}});
  // Names that are canonical already go first, so that no respelt double
  // ("UserId_" beside "UserId") takes their place.
  for (auto member : record)
    if (is_filled(member))
      if (const auto* name = find_name(member.key()); name && name->text == member.key() &&
                                                      name->text != "ExtraProperties" &&
                                                      name->text != "Type")
        add_typed(*name, member, span, arena);
  for (auto member : record) {
    if (!is_filled(member)) continue;
    const auto key = member.key();
    if (key == "ExtraProperties" && member.is_text()) {
      read_extra_properties(member.text(), span, arena);
      continue;
    }
    if (is_time_generated(key)) {
      if (taken("CreationTime")) continue;
      if (const auto time = read_locale_time(member.text()))
        document_.add(Kind::kText, "CreationTime", canonical_time(time->at, arena));
      continue;
    }
    const auto* name = find_name(key);
    for (const auto& [from, to] : kRenamed)
      if (from == key) name = find_name(to);
    if (name && name->text != key && !taken(name->text)) add_typed(*name, member, span, arena);
  }
  document_.close(0);
  // The table calls the visitor of an anonymous link a guest; the audit log
  // itself gives such records type 7, not 10 (`ual-dialects` has both).
  auto anonymous = std::size_t{0}, type = std::size_t{0};
  for (auto at = std::size_t{1}; at < document_.size(); at += document_.at(at).node()->size) {
    if (document_.at(at).key() == "UserType" && document_.at(at).text() == "10") type = at;
    if (document_.at(at).key() == "UserId" && document_.at(at).text().starts_with("urn:spo:anon"))
      anonymous = at;
  }
  if (anonymous != 0 && type != 0) document_.node(type).text = "7";
  // All columns under the file's own names follow as the wrapper's.
}

// [{"Key":"SessionId","Value":"..."},...]: members for which the table has no
// column, all values as text.
void Canonical::read_extra_properties(std::string_view text, Span span, Arena& arena) {
  scratch_.clear();
  const auto outcome = parse_json(text, {}, scratch_, arena, json_names_);
  if (outcome.fault) {
    faults_.push_back({*outcome.fault, span});
    if (outcome.fault == FaultKind::kTruncated) cut_ = true;
  }
  for (auto entry : scratch_.root()) {
    const auto key = find_loose(entry, "Key").text();
    const auto value = find_loose(entry, "Value");
    if (key.empty() || !value) continue;
    if (const auto* name = find_name(key))
      add_typed(*name, value, span, arena);
    else
      document_.append(value, key);
  }
}

void Canonical::read_dotted(Value record) {
  constexpr auto kPrefix = std::string_view{"o365.audit."};
  for (auto member : record) {
    if (!member.key().starts_with(kPrefix)) continue;
    if (document_.empty()) document_.open(Kind::kObject, {});
    document_.append(member, member.key().substr(kPrefix.size()));
  }
  if (document_.empty()) return;
  document_.close(0);
  whole_ = true;
}

void Canonical::classify(Arena& arena) {
  const auto end = root_end();
  for (auto at = std::uint32_t{1}; at < end; at += document_.at(at).node()->size) {
    const auto key = document_.at(at).key();
    KnownName* known = nullptr;
    if (const auto number = json_names_.number_of(key)) {
      known = &known_[*number];
      if (known->plain) {
        if (known->slot != Slot::kNone) take_slot(known->slot, at);
        continue;
      }
    }
    const auto* name = names_.find(key);
    auto canonical = name ? name->text : key;
    if (!name || name->text != key) canonical = canonical_key(key, arena);
    if (canonical != key) {
      aliases_.push_back({key, at});
      document_.node(at).key = canonical;
      name = find_name(canonical);
    }
    const auto slot = name && name->text == canonical ? name->slot : Slot::kNone;
    if (slot != Slot::kNone) take_slot(slot, at);
    if (known) *known = {canonical == key, slot};
  }
  if (aliases_.empty()) return;
  for (auto at = std::uint32_t{1}; at < end; at += document_.at(at).node()->size)
    rename_below(at, arena);
}

void Canonical::take_slot(Slot slot, std::uint32_t at) {
  auto& place = slots_[static_cast<std::size_t>(slot)];
  if (place == 0) place = at;
}

void Canonical::rename_below(std::uint32_t index, Arena& arena) {
  const auto end = index + document_.at(index).node()->size;
  for (auto at = index + 1; at < end; ++at) {
    auto& node = document_.node(at);
    if (!node.key.empty()) node.key = canonical_key(node.key, arena);
  }
}

void Canonical::set(Slot slot, Kind kind, std::string_view text) {
  const auto known = slots_[static_cast<std::size_t>(slot)];
  if (known != 0) {  // present but empty
    document_.node(known).kind = kind;
    document_.node(known).text = text;
    return;
  }
  slots_[static_cast<std::size_t>(slot)] = root_end();
  document_.add(kind, name_of(slot), text);
  grow_root();
}

void Canonical::set_number(Slot slot, int number, Arena& arena) {
  if (number >= 0) set(slot, Kind::kNumber, decimal(number, arena));
}

void Canonical::fill_time_from_wrapper(Span span, Arena& arena) {
  for (const auto column :
       {Column::kCreatedDateTime, Column::kCreationDate, Column::kTimeGenerated, Column::kTime}) {
    const auto value = columns_.find(column);
    if (!is_filled(value) || !value.is_scalar()) continue;
    auto time = read_locale_time(value.text());
    if (!time) time = read_epoch(value.text(), 0);
    if (!time) continue;
    set(Slot::kCreationTime, Kind::kText, canonical_time(time->at, arena));
    wrapper_time_ = true;
    faults_.push_back({FaultKind::kTimeFromWrapper, span});
    if (time->ambiguous) faults_.push_back({FaultKind::kAmbiguous, span});
    return;
  }
}

// What the record's own JSON lacks, because it was cut or never there.
void Canonical::fill_from_wrapper(Span span, Arena& arena) {
  const auto number = [&](Column column) {
    const auto value = columns_.find(column);
    const auto read = value.is_scalar() ? to_int(trim(value.text())) : std::nullopt;
    return read && *read >= 0 && std::in_range<std::int32_t>(*read)
               ? static_cast<std::int32_t>(*read)
               : -1;
  };
  result_index_ = number(Column::kResultIndex);
  result_count_ = number(Column::kResultCount);
  const auto lacks = [&](Slot slot) { return !is_filled(get(slot)); };
  if (lacks(Slot::kCreationTime)) fill_time_from_wrapper(span, arena);
  struct Source {
    Slot slot;
    bool graph_only;
    std::array<Column, 3> columns;
  };
  using enum Column;
  constexpr auto kSources = std::to_array<Source>({
      {Slot::kId, false, {kIdentity, kRecordId, Column::kId}},
      {Slot::kOperation, false, {kOperations, Column::kOperation, Column::kNone}},
      {Slot::kUserId, false, {kUserIds, Column::kUserId, kUserPrincipalName}},
      {Slot::kWorkload, false, {kService, Column::kWorkload, Column::kNone}},
      {Slot::kClientIP, true, {kClientIp, Column::kNone, Column::kNone}},
      {Slot::kObjectId, true, {Column::kObjectId, Column::kNone, Column::kNone}},
      {Slot::kOrganizationId, true, {Column::kOrganizationId, Column::kNone, Column::kNone}},
  });
  const auto graph = static_cast<bool>(columns_.find(kAuditLogRecordType));
  for (const auto& source : kSources) {
    if (!graph && source.graph_only) continue;
    // Addresses and objects are often absent on purpose; only a wrapper that
    // has them says more than the record.
    if (!lacks(source.slot)) continue;
    for (const auto column : source.columns) {
      if (column == Column::kNone || !lacks(source.slot)) break;
      const auto value = columns_.find(column);
      if (value.is_scalar() && is_filled(value)) set(source.slot, Kind::kText, value.text());
    }
  }
  const auto word = [&](Column column) { return columns_.find(column).text(); };
  if (lacks(Slot::kRecordType)) {
    const auto text =
        word(Column::kRecordType).empty() ? word(kAuditLogRecordType) : word(Column::kRecordType);
    const auto as_number = to_int(text);
    set_number(Slot::kRecordType,
               as_number && *as_number >= 0 && *as_number < 100'000 ? static_cast<int>(*as_number)
                                                                    : record_type_from_word(text),
               arena);
  }
  if (lacks(Slot::kUserType))
    set_number(Slot::kUserType, user_type_from_word(word(Column::kUserType)), arena);
}

void Canonical::add_aliases() {
  for (const auto& alias : aliases_) {
    if (document_.root().find(alias.key)) continue;
    const auto first = alias.index;
    const auto size = document_.at(first).node()->size;
    for (auto i = std::uint32_t{0}; i < size; ++i) {
      const auto node = document_.node(first + i);
      const auto to = document_.size();
      document_.add(node.kind, i == 0 ? alias.key : node.key, node.text);
      document_.node(to).size = node.size;
    }
    grow_root();
  }
}

// Parameters: [{"Name":"ForwardTo","Value":"x"}] is also Parameters.ForwardTo.
// What was before the change is ModifiedProperties.NAME.OldValue.
void Canonical::add_dotted(Slot list, Arena& arena) {
  const auto first = slots_[static_cast<std::size_t>(list)];
  if (first == 0 || document_.at(first).kind() != Kind::kArray) return;
  const auto prefix = name_of(list);
  const auto end = first + document_.at(first).node()->size;
  const auto dotted = [&](std::string_view name, std::string_view suffix) {
    const auto size = prefix.size() + 1 + name.size() + suffix.size();
    auto* out = arena.take(size);
    std::memcpy(out, prefix.data(), prefix.size());
    out[prefix.size()] = '.';
    std::memcpy(out + prefix.size() + 1, name.data(), name.size());
    if (!suffix.empty()) std::memcpy(out + size - suffix.size(), suffix.data(), suffix.size());
    return std::string_view{out, size};
  };
  for (auto at = first + 1; at < end; at += document_.at(at).node()->size) {
    const auto entry = document_.at(at);
    if (entry.node()->size == 3 && entry.is_object()) {  // as nearly all are: Name, Value
      const auto first_member = document_.at(at + 1), second_member = document_.at(at + 2);
      if (first_member.key() == "Name" && second_member.key() == "Value") {
        const auto text = second_member.text();
        if (second_member.is_scalar() && !first_member.text().empty())
          document_.add(second_member.kind(), dotted(first_member.text(), {}), text);
        continue;
      }
    }
    const auto name = entry.find("Name").text();
    if (name.empty()) continue;
    auto value = entry.find("Value");
    if (!value) value = entry.find("NewValue");
    const auto old = entry.find("OldValue");
    const auto kind = value.kind();
    const auto text = value.text();
    const auto old_text = old.is_text() ? old.text() : std::string_view{};
    if (value.is_scalar()) document_.add(kind, dotted(name, {}), text);
    if (!old_text.empty()) document_.add(Kind::kText, dotted(name, ".OldValue"), old_text);
  }
  grow_root();
}

void Canonical::add_wrapper(Arena& arena) {
  for (auto i = std::size_t{0}; i < columns_.size(); ++i) {
    const auto column = columns_.at(i);
    const auto& known = columns_.known(i);
    // What the record was unpacked from is there already, member by member.
    if ((whole_ && known.carrier) || !is_filled(column)) continue;
    const auto key = column.key();
    auto same = Value{};
    if (known.name)
      same = known.name->slot != Slot::kNone ? get(known.name->slot) : document_.root().find(key);
    if (!same) {
      document_.append(column, key);
      continue;
    }
    if (!column.is_scalar() || column.text() == same.text()) continue;
    if (same.kind() >= Kind::kArray) continue;  // the same list as text
    auto* out = arena.take(key.size() + 8);
    std::memcpy(out, "wrapper.", 8);
    std::memcpy(out + 8, key.data(), key.size());
    document_.append(column, {out, key.size() + 8});
  }
  grow_root();
}

auto Canonical::property(Slot list, std::string_view name) const -> std::string_view {
  const auto value = get(list);
  if (value.is_array()) {
    for (auto entry : value) {
      if (entry.find("Name").text() != name) continue;
      const auto found = entry.find("Value");
      return found ? found.text() : entry.find("NewValue").text();
    }
  } else if (value.is_object()) {
    const auto found = find_loose(value, name);
    return found.is_object() ? found.find("NewValue").text() : found.text();
  }
  return {};
}

}  // namespace serjeant::m365
