#include <algorithm>
#include <cstring>
#include <limits>

#include "core/text.h"
#include "shape/addresses.h"
#include "shape/m365.h"
#include "shape/profile.h"
#include "shape/tree_hash.h"
#include "shape/windows.h"

namespace serjeant {
namespace {

auto zone_of(const Profile& profile, std::string_view source_name) -> std::optional<std::int32_t> {
  auto found = std::optional<std::int32_t>{};
  auto longest = std::size_t{0};
  if (profile.zones)
    for (const auto& [suffix, east] : *profile.zones)
      if (source_name.ends_with(suffix) && (!found || suffix.size() > longest)) {
        found = east;
        longest = suffix.size();
      }
  return found;
}

// The text of a scalar, or of the first scalar of a list.
auto text_of(Value value) -> std::string_view {
  if (value.is_array()) {
    const auto first = value.begin();
    return first != value.end() && (*first).is_scalar() ? (*first).text() : std::string_view{};
  }
  return value.is_scalar() ? value.text() : std::string_view{};
}

auto member(Value value, const std::string& step) -> Value {
  if (value.is_object()) return value.find(step);
  if (!value.is_array()) return {};
  auto left = to_uint(step);
  if (!left) return {};
  for (auto entry : value)
    if ((*left)-- == 0) return entry;
  return {};
}

auto below(Value root, const Path& path) -> Value {
  if (auto exact = root.find(path.text)) return exact;
  if (path.steps.size() < 2) return {};
  auto at = root;
  for (const auto& step : path.steps) {
    at = member(at, step);
    if (!at) return {};
  }
  return at;
}

auto fits(std::string_view text, std::string_view pattern) -> bool {
  if (pattern.ends_with('*'))
    return starts_with_ignoring_case(text, pattern.substr(0, pattern.size() - 1));
  return equals_ignoring_ascii_case(text, pattern);
}

template <class T>
auto number_in(std::string_view text) -> T {
  const auto value = to_uint(text).value_or(0);
  return static_cast<T>(std::min<std::uint64_t>(value, std::numeric_limits<T>::max()));
}

void put(Event& event, Column column, std::string_view text) {
  switch (column) {
    case Column::kOutcome:
      event.outcome = outcome_from_word(text).value_or(Outcome::kUnknown);
      return;
    case Column::kOperation:
      event.operation = text;
      return;
    case Column::kOrg:
      event.org = text;
      return;
    case Column::kActor:
      event.actor = text;
      return;
    case Column::kActorKind:
      event.actor_kind = actor_kind_from_word(text).value_or(ActorKind::kUnknown);
      return;
    case Column::kTarget:
      event.target = text;
      return;
    case Column::kMailbox:
      event.mailbox = text;
      return;
    case Column::kSession:
      event.session = text;
      return;
    case Column::kToken:
      event.token = text;
      return;
    case Column::kDevice:
      event.device = text;
      return;
    case Column::kApp:
      event.app = text;
      return;
    case Column::kClientApp:
      event.client_app = text;
      return;
    case Column::kAgent:
      event.agent = text;
      return;
    case Column::kIp: {
      const auto endpoint = read_endpoint(text);
      if (endpoint.ip.empty()) return;
      event.ip = endpoint.ip;
      event.ip_role = role_of(endpoint.ip);
      if (endpoint.port != 0) event.port = endpoint.port;
      return;
    }
    case Column::kPort:
      event.port = number_in<std::uint16_t>(text);
      return;
    case Column::kAsn:
      event.asn = number_in<std::uint32_t>(text);
      return;
    case Column::kCountry:
      if (text.size() == 2) event.country = text;
      return;
    case Column::kObject:
      event.object = text;
      return;
    case Column::kObjectKind:
      event.object_kind = object_kind_from_word(text).value_or(ObjectKind::kNone);
      return;
    case Column::kMessageId:
      event.message_id = text;
      return;
    case Column::kItemCount:
      event.item_count = number_in<std::uint32_t>(text);
      return;
    case Column::kBytesIn:
      event.bytes_in = number_in<std::uint64_t>(text);
      return;
    case Column::kBytesOut:
      event.bytes_out = number_in<std::uint64_t>(text);
      return;
    case Column::kError:
      event.error = text;
      return;
    case Column::kRecordId:
      event.record_id = text;
      return;
    case Column::kClassUid:
      event.class_uid = number_in<std::uint32_t>(text);
      return;
    case Column::kActivityId:
      event.activity_id = number_in<std::uint16_t>(text);
      return;
    case Column::kFlag:
      if (const auto flag = flag_from_word(text)) event.flags |= *flag;
      return;
  }
}

}  // namespace

struct Shaper::Impl {
  Impl(const Profile& of, std::string_view source_name)
      : profile(of), zone(zone_of(of, source_name)), places(of.path_count, 0) {}

  const Profile& profile;
  std::optional<std::int32_t> zone;  // as the user declared it for this source
  m365::AuditShaper m365;
  TreeHasher hasher;
  Document document;
  std::vector<ItemRef> items;
  std::vector<Fault> faults;
  std::string joined;
  // Where each path was found last: rows of one source have the same cells.
  std::vector<std::uint32_t> places;
  Value root, wrapped;

  auto find(const Path& path) -> Value {
    if (profile.flat && root) {
      auto& place = places[path.id];
      if (place != 0 && place < root.node()->size && root.node()[place].key == path.text)
        return Value(root.node() + place);
      const auto found = root.find(path.text);
      place = found ? static_cast<std::uint32_t>(found.node() - root.node()) : 0;
      return found;
    }
    if (const auto found = below(root, path)) return found;
    return wrapped ? below(wrapped, path) : Value{};
  }

  auto transformed(const Mapping& mapping, Value value, Arena& arena) -> std::string_view {
    auto text = text_of(value);
    for (const auto transform : mapping.as) text = apply(transform, text, arena);
    return text;
  }

  auto source_text(const Mapping& mapping, Arena& arena) -> std::string_view {
    if (!mapping.concat) {
      for (const auto& path : mapping.from)
        if (const auto text = transformed(mapping, find(path), arena); !text.empty()) return text;
      return {};
    }
    auto first = std::string_view{};
    joined.clear();
    for (const auto& path : mapping.from) {
      const auto text = transformed(mapping, find(path), arena);
      if (text.empty()) continue;
      if (first.empty() && joined.empty()) {
        first = text;
        continue;
      }
      if (joined.empty()) joined = first;
      joined += mapping.between;
      joined += text;
    }
    return joined.empty() ? first : arena.copy(joined);
  }

  void map(const Mapping& mapping, Event& event, Arena& arena) {
    if (mapping.constant) return put(event, mapping.column, *mapping.constant);
    auto text = source_text(mapping, arena);
    if (!mapping.table.empty()) {
      const auto entry =
          std::find_if(mapping.table.begin(), mapping.table.end(),
                       [&](const auto& candidate) { return fits(text, candidate.first); });
      if (!text.empty() && entry != mapping.table.end())
        return put(event, mapping.column, entry->second);
      if (mapping.otherwise) text = {};
    }
    if (text.empty() && mapping.otherwise) text = *mapping.otherwise;
    if (!text.empty()) put(event, mapping.column, text);
  }

  void time(const std::vector<TimeSource>& sources, Event& event) {
    auto unread = false;
    for (const auto& source : sources) {
      if (event.basis != TimeBasis::kNone) return;
      joined.clear();
      auto text = std::string_view{};
      auto whole = true;
      for (const auto& path : source.fields) {
        const auto part = text_of(find(path));
        whole = whole && !part.empty() && part != "-";
        if (source.fields.size() == 1) text = part;
        joined += joined.empty() ? "" : " ";
        joined += part;
      }
      if (!whole) continue;
      if (source.fields.size() > 1) text = joined;
      const auto read = source.format.read(text);
      if (read)
        take(*read, source, event);
      else
        unread = true;
    }
    if (unread && event.basis == TimeBasis::kNone)
      faults.push_back({FaultKind::kBadTime, event.span});
  }

  void take(const SourceTime& time, const TimeSource& source, Event& event) {
    event.at = time.at;
    event.uncertainty_ms =
        static_cast<std::uint32_t>(std::max<Nanos>(time.resolution / 1'000'000, 1)) +
        source.aggregation * 1'000;
    if (time.ambiguous) faults.push_back({FaultKind::kAmbiguous, event.span});
    auto east = std::int32_t{0};
    if (time.zoned) {
      event.basis = time.epoch ? TimeBasis::kDefined : TimeBasis::kExplicit;
    } else if (source.zone == TimeSource::Zone::kUtc) {
      event.basis = TimeBasis::kDefined;
    } else if (source.zone == TimeSource::Zone::kFixed) {
      event.basis = TimeBasis::kDefined;
      east = source.east;
    } else if (zone) {
      event.basis = TimeBasis::kDeclared;
      east = *zone;
    } else {
      event.basis = TimeBasis::kAssumed;
    }
    if (source.inferred && event.basis != TimeBasis::kAssumed) event.basis = TimeBasis::kInferred;
    event.at -= std::int64_t{east} * kSecond;
  }

  void collect(const ItemSource& source) {
    const auto list = find(source.from);
    const auto add = [&](Value entry, std::string_view text) {
      const auto of = [&](const Path& path) {
        return path.text.empty() ? std::string_view{} : text_of(below(entry, path));
      };
      auto key = source.key.text.empty() ? text : of(source.key);
      if (!source.until.empty()) key = key.substr(0, key.find(source.until));
      if (key.empty()) return;
      items.push_back({source.kind, key, of(source.native_id), of(source.container),
                       number_in<std::uint64_t>(of(source.bytes))});
    };
    if (list.is_array()) {
      for (auto entry : list) add(entry, text_of(entry));
      return;
    }
    auto text = text_of(list);
    while (!text.empty() && text != "-") {
      const auto end = source.split.empty() ? std::string_view::npos : text.find(source.split);
      add({}, trim(text.substr(0, end)));
      text = end == std::string_view::npos ? std::string_view{}
                                           : text.substr(end + source.split.size());
    }
  }

  void follow(const Rules& rules, Event& event, Arena& arena) {
    if (!rules.product.empty()) event.product = rules.product;
    if (!rules.category.empty()) event.category = rules.category;
    if (!rules.service.empty()) event.service = rules.service;
    if (!rules.service_too.empty()) event.service_too = rules.service_too;
    for (const auto& mapping : rules.map) map(mapping, event, arena);
    for (const auto& source : rules.items) collect(source);
  }

  auto applies(const Case& one) -> bool {
    return std::all_of(one.when.begin(), one.when.end(), [&](const Condition& condition) {
      const auto value = find(condition.field);
      if (condition.values.empty()) return static_cast<bool>(value);
      const auto text = text_of(value);
      return std::any_of(condition.values.begin(), condition.values.end(),
                         [&](const std::string& pattern) { return value && fits(text, pattern); });
    });
  }

  auto native_of(const Record& record) -> Value {
    if (profile.aliases.empty() || !record.native.is_object()) return record.native;
    document.clear();
    document.append(record.native, {});
    for (const auto& alias : profile.aliases)
      if (const auto value = find(alias.from); value && !record.native.find(alias.name))
        document.append(value, alias.name);
    document.close(0);
    return document.root();
  }
};

Shaper::Shaper(const Profile& profile, std::string_view source_name)
    : impl_(std::make_unique<Impl>(profile, source_name)) {}
Shaper::~Shaper() = default;

void Shaper::shape(const Record& record, Arena& arena, EventSink& sink) {
  auto& my = *impl_;
  auto event = Event{};
  event.profile = my.profile.name;
  event.product = my.profile.rules.product;
  event.category = my.profile.rules.category;
  event.service = my.profile.rules.service;
  if (my.profile.shaper == "m365") return my.m365.shape(record, event, arena, sink);
  my.items.clear();
  my.faults.assign(record.faults.begin(), record.faults.end());
  event.span = record.span;
  my.root = record.native;
  my.wrapped = my.profile.wrapper.empty() ? Value{} : record.native.find(my.profile.wrapper);
  const auto& cases = my.profile.cases;
  const auto one =
      std::find_if(cases.begin(), cases.end(), [&](const Case& c) { return my.applies(c); });
  if (one != cases.end()) my.time(one->rules.times, event);
  my.time(my.profile.rules.times, event);
  if (my.profile.shaper == "windows") windows::fill_spine(record.native, arena, event);
  my.follow(my.profile.rules, event, arena);
  if (one != cases.end()) my.follow(one->rules, event, arena);
  if (event.object.empty() && event.message_id.empty()) event.object_kind = ObjectKind::kNone;
  for (const auto& fault : record.faults)
    if (fault.kind == FaultKind::kTruncated) event.flags |= kCut;
  event.items = my.items;
  event.native = my.native_of(record);
  event.content_hash = my.hasher.hash(record.native);
  event.faults = my.faults;
  event.message = record.message;
  sink.event(event);
}

}  // namespace serjeant
