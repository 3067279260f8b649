#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "core/text.h"
#include "core/yaml.h"
#include "read/patterned/open.h"
#include "shape/profile.h"

// Profile files into profiles. All mistakes of a file are reported, each with
// its place, not only the first.
namespace serjeant {
namespace {

constexpr auto kColumns = std::to_array<std::pair<std::string_view, Column>>({
    {"outcome", Column::kOutcome},
    {"operation", Column::kOperation},
    {"org", Column::kOrg},
    {"actor", Column::kActor},
    {"actor_kind", Column::kActorKind},
    {"target", Column::kTarget},
    {"mailbox", Column::kMailbox},
    {"session", Column::kSession},
    {"token", Column::kToken},
    {"device", Column::kDevice},
    {"app", Column::kApp},
    {"client_app", Column::kClientApp},
    {"agent", Column::kAgent},
    {"ip", Column::kIp},
    {"port", Column::kPort},
    {"asn", Column::kAsn},
    {"country", Column::kCountry},
    {"object", Column::kObject},
    {"object_kind", Column::kObjectKind},
    {"message_id", Column::kMessageId},
    {"item_count", Column::kItemCount},
    {"bytes_in", Column::kBytesIn},
    {"bytes_out", Column::kBytesOut},
    {"error", Column::kError},
    {"record_id", Column::kRecordId},
    {"class_uid", Column::kClassUid},
    {"activity_id", Column::kActivityId},
    {"flag", Column::kFlag},
});

constexpr auto kFormats = std::to_array<std::string_view>(
    {"access", "auditd", "csv", "eml", "evtx", "json", "lines", "mbox", "ndjson", "syslog",
     "unknown", "vc0", "w3c", "winxml", "zeek"});
// Formats whose records are rows of cells, without nesting.
constexpr auto kFlatFormats = std::to_array<std::string_view>({"access", "csv", "w3c", "zeek"});
constexpr auto kShapers = std::to_array<std::string_view>({"m365", "windows"});

class Loader {
 public:
  Loader(std::string_view text, std::string_view file, std::vector<Diagnostic>& out)
      : text_(text), file_(file), out_(out), profile_(std::make_unique<Profile>()) {}

  auto load() -> std::unique_ptr<Profile> {
    const auto before = out_.size();
    const auto documents = read_yaml(text_);
    if (documents.empty()) {
      error("SJ0301", "the profile is empty", YamlMark{});
    } else if (documents.front().flaw) {
      const auto& flaw = *documents.front().flaw;
      error("SJ0301", flaw.message, flaw.mark);
    } else if (documents.size() > 1) {
      error("SJ0301", "a profile file has one document", documents[1].mark,
            "put each profile into a file of its own");
    } else {
      profile(documents.front().root);
    }
    return out_.size() == before ? std::move(profile_) : nullptr;
  }

 private:
  void error(std::string code, std::string message, YamlMark mark, std::string help = {}) {
    auto diagnostic = Diagnostic{};
    diagnostic.code = std::move(code);
    diagnostic.message = std::move(message);
    diagnostic.places.push_back(place_of(mark, text_, file_));
    diagnostic.help = std::move(help);
    out_.push_back(std::move(diagnostic));
  }

  static auto suggestion(std::string_view word, const std::vector<std::string_view>& known)
      -> std::string {
    if (const auto near = nearest_word(word, known))
      return fmt::format("did you mean '{}'?", *near);
    auto all = std::string("one of: ");
    for (const auto& name : known) {
      all += name;
      all += ", ";
    }
    all.resize(all.size() - 2);
    return all;
  }

  // Reports members that are not in `known`; true if `node` is a mapping.
  auto members(const YamlNode& node, const std::vector<std::string_view>& known) -> bool {
    if (!node.is_mapping()) {
      error("SJ0304", fmt::format("a mapping is wanted here, not {}", yaml_kind_word(node.kind)),
            node.mark);
      return false;
    }
    for (const auto& member : node.items)
      if (std::find(known.begin(), known.end(), member.key) == known.end())
        error("SJ0302", fmt::format("unknown key '{}'", member.key), member.key_mark,
              suggestion(member.key, known));
    return true;
  }

  auto text(const YamlNode& node) -> std::string {
    if (node.is_scalar() && !node.is_null()) return node.text;
    error("SJ0304", fmt::format("text is wanted here, not {}", yaml_kind_word(node.kind)),
          node.mark);
    return {};
  }

  // One text or a list of them.
  auto texts(const YamlNode& node) -> std::vector<std::string> {
    auto out = std::vector<std::string>{};
    if (node.is_sequence())
      for (const auto& item : node.items) out.push_back(text(item));
    else
      out.push_back(text(node));
    return out;
  }

  auto number(const YamlNode& node, std::int64_t most) -> std::int64_t {
    if (node.kind == YamlKind::kInteger && node.integer >= 0 && node.integer <= most)
      return node.integer;
    error("SJ0304", fmt::format("a number from 0 to {} is wanted here", most), node.mark);
    return 0;
  }

  auto path(std::string name) -> Path {
    auto out = Path{};
    out.text = std::move(name);
    for (const auto step : split(out.text, '.')) out.steps.emplace_back(step);
    out.id = profile_->path_count++;
    return out;
  }
  auto path(const YamlNode& node) -> Path { return path(text(node)); }
  auto paths(const YamlNode& node) -> std::vector<Path> {
    auto out = std::vector<Path>{};
    for (auto& name : texts(node)) out.push_back(path(std::move(name)));
    return out;
  }

  void profile(const YamlNode& root) {
    if (!members(root, {"name", "doc", "recognise", "lines", "continued", "wrapper", "shaper",
                        "logsource", "time", "map", "items", "cases", "aliases", "samples"}))
      return;
    for (const auto key : {"name", "doc", "recognise", "samples"})
      if (!root.find(key) && !(std::string_view(key) == "recognise" && root.find("lines")))
        error("SJ0303", fmt::format("the profile has no '{}'", key), root.mark,
              "every profile has name, doc, recognise and samples");
    profile_->file = file_;
    if (const auto* node = root.find("name")) profile_->name = text(*node);
    if (const auto* node = root.find("doc")) profile_->doc = text(*node);
    if (const auto* node = root.find("wrapper")) profile_->wrapper = text(*node);
    if (const auto* node = root.find("shaper")) {
      profile_->shaper = text(*node);
      word(*node, {kShapers.begin(), kShapers.end()}, "shaper");
    }
    if (const auto* node = root.find("recognise")) recognise(*node);
    if (const auto* node = root.find("lines")) lines(*node);
    if (const auto* node = root.find("continued")) word(*node, {"indented"}, "kind of line");
    rules(root, profile_->rules);
    if (const auto* node = root.find("cases")) cases(*node);
    if (const auto* node = root.find("aliases")) aliases(*node);
    if (const auto* node = root.find("samples")) samples(*node);
  }

  void word(const YamlNode& node, const std::vector<std::string_view>& known,
            std::string_view what) {
    if (std::find(known.begin(), known.end(), node.text) == known.end())
      error("SJ0305", fmt::format("unknown {} '{}'", what, node.text), node.mark,
            suggestion(node.text, known));
  }

  void recognise(const YamlNode& node) {
    auto all = std::vector<const YamlNode*>{};
    if (node.is_sequence())
      for (const auto& item : node.items) all.push_back(&item);
    else
      all.push_back(&node);
    profile_->flat = true;
    for (const auto* entry : all) {
      if (!members(*entry, {"formats", "columns", "any", "absent"})) continue;
      auto signs = Signs{};
      if (const auto* formats = entry->find("formats")) {
        signs.formats = texts(*formats);
        if (formats->is_sequence()) {
          for (const auto& item : formats->items)
            word(item, {kFormats.begin(), kFormats.end()}, "format");
        } else {
          word(*formats, {kFormats.begin(), kFormats.end()}, "format");
        }
      }
      if (const auto* columns = entry->find("columns")) signs.columns = texts(*columns);
      if (const auto* any = entry->find("any")) signs.any = texts(*any);
      if (const auto* absent = entry->find("absent")) signs.absent = texts(*absent);
      profile_->flat =
          profile_->flat && !signs.formats.empty() &&
          std::all_of(signs.formats.begin(), signs.formats.end(), [](const auto& f) {
            return std::find(kFlatFormats.begin(), kFlatFormats.end(), f) != kFlatFormats.end();
          });
      profile_->signs.push_back(std::move(signs));
    }
  }

  // The patterns are the reader's (read/patterned); here they are checked, and
  // what they were read with names the profile.
  void lines(const YamlNode& node) {
    if (!node.is_sequence() || node.items.empty())
      return error("SJ0304", "'lines' is a list of patterns", node.mark);
    for (const auto& entry : node.items) {
      if (!members(entry, {"pattern", "pairs", "separator", "columns"})) continue;
      const auto* pattern = entry.find("pattern");
      if (pattern == nullptr) {
        error("SJ0303", "the line has no 'pattern'", entry.mark);
        continue;
      }
      if (const auto flaw = pattern_flaw(text(*pattern)); !flaw.empty())
        error("SJ0310", fmt::format("the pattern cannot be read: {}", flaw), pattern->mark,
              "patterns are written as RE2 reads them");
    }
    profile_->signs.push_back({{"lines"}, {"profile:" + profile_->name}, {}, {}});
  }

  void rules(const YamlNode& node, Rules& out) {
    if (const auto* logsource = node.find("logsource"))
      if (members(*logsource, {"product", "category", "service", "service_too"})) {
        out.product = logsource->text_of("product");
        out.category = logsource->text_of("category");
        out.service = logsource->text_of("service");
        out.service_too = logsource->text_of("service_too");
      }
    if (const auto* times = node.find("time")) {
      if (times->is_sequence())
        for (const auto& item : times->items) time(item, out);
      else
        time(*times, out);
    }
    if (const auto* map = node.find("map")) {
      if (!map->is_mapping())
        members(*map, {});
      else
        for (const auto& entry : map->items) mapping(entry, out);
    }
    if (const auto* items = node.find("items")) {
      if (items->is_sequence())
        for (const auto& item : items->items) item_source(item, out);
      else
        item_source(*items, out);
    }
  }

  void time(const YamlNode& node, Rules& out) {
    if (!members(node, {"field", "fields", "format", "zone", "aggregation", "basis"})) return;
    auto time = TimeSource{};
    if (const auto* field = node.find("field")) time.fields = paths(*field);
    if (const auto* fields = node.find("fields")) time.fields = paths(*fields);
    if (time.fields.empty())
      error("SJ0303", "the time has no 'field'", node.mark, "name the column that it stands in");
    const auto* format = node.find("format");
    const auto name = format ? text(*format) : std::string("iso");
    if (const auto made = TimeFormat::make(name))
      time.format = *made;
    else
      error("SJ0306", fmt::format("unknown time format '{}'", name),
            format ? format->mark : node.mark,
            "any, iso, epoch, epoch-s, epoch-ms, epoch-us, epoch-ns, locale, http, mail, or a "
            "pattern such as '%d.%m.%Y %H:%M:%S'");
    if (const auto* basis = node.find("basis")) {
      word(*basis, {"inferred"}, "basis");
      time.inferred = true;
    }
    if (const auto* zone = node.find("zone")) {
      const auto value = text(*zone);
      if (value == "utc") {
        time.zone = TimeSource::Zone::kUtc;
      } else if (value != "local") {
        const auto east = read_zone(value);
        if (!east)
          error("SJ0306", fmt::format("unknown zone '{}'", value), zone->mark,
                "utc, local, or an offset such as '+05:30'");
        time.zone = TimeSource::Zone::kFixed;
        time.east = east.value_or(0);
      }
    }
    if (const auto* window = node.find("aggregation"))
      time.aggregation = static_cast<std::uint32_t>(number(*window, 86'400));
    out.times.push_back(std::move(time));
  }

  void mapping(const YamlNode& node, Rules& out) {
    auto mapping = Mapping{};
    if (const auto column = column_from_word(node.key)) {
      mapping.column = *column;
    } else {
      error("SJ0305", fmt::format("the spine has no column '{}'", node.key), node.key_mark,
            suggestion(node.key, column_words()));
      return;
    }
    if (!node.is_mapping()) {
      mapping.from = paths(node);
    } else {
      members(node, {"from", "concat", "between", "as", "table", "otherwise", "const"});
      if (const auto* from = node.find("from")) mapping.from = paths(*from);
      if (const auto* concat = node.find("concat")) {
        mapping.from = paths(*concat);
        mapping.concat = true;
      }
      if (const auto* between = node.find("between")) mapping.between = text(*between);
      if (const auto* as = node.find("as")) transforms(*as, mapping);
      if (const auto* table = node.find("table")) {
        if (!table->is_mapping()) members(*table, {});
        for (const auto& entry : table->items) {
          value_word(mapping.column, entry);
          mapping.table.emplace_back(entry.key, text(entry));
        }
      }
      if (const auto* otherwise = node.find("otherwise")) {
        value_word(mapping.column, *otherwise);
        mapping.otherwise = text(*otherwise);
      }
      if (const auto* constant = node.find("const")) {
        value_word(mapping.column, *constant);
        mapping.constant = text(*constant);
      }
      if (mapping.from.empty() && !mapping.constant)
        error("SJ0303", fmt::format("nothing fills '{}'", node.key), node.key_mark,
              "give 'from' with the column that it comes from, or 'const'");
    }
    out.map.push_back(std::move(mapping));
  }

  void transforms(const YamlNode& node, Mapping& out) {
    const auto one = [&](const YamlNode& item) {
      if (const auto transform = transform_from_word(item.text))
        out.as.push_back(*transform);
      else
        error("SJ0305", fmt::format("unknown transform '{}'", item.text), item.mark,
              suggestion(item.text, transform_words()));
    };
    if (node.is_sequence())
      for (const auto& item : node.items) one(item);
    else
      one(node);
  }

  // Columns that hold words take only theirs.
  void value_word(Column column, const YamlNode& node) {
    const auto value = text(node);
    auto known = true;
    if (column == Column::kOutcome) known = outcome_from_word(value).has_value();
    if (column == Column::kActorKind) known = actor_kind_from_word(value).has_value();
    if (column == Column::kObjectKind) known = object_kind_from_word(value).has_value();
    if (column == Column::kFlag) known = value.empty() || flag_from_word(value).has_value();
    if (column == Column::kClassUid || column == Column::kActivityId)
      known = to_uint(value).has_value();
    if (!known)
      error("SJ0305", fmt::format("'{}' is no value of this column", value), node.mark,
            "docs/formats/event.md lists the words of each column");
  }

  void item_source(const YamlNode& node, Rules& out) {
    if (!members(node,
                 {"from", "split", "until", "kind", "key", "native_id", "container", "bytes"}))
      return;
    auto item = ItemSource{};
    for (const auto key : {"from", "kind"})
      if (!node.find(key)) error("SJ0303", fmt::format("the items have no '{}'", key), node.mark);
    if (const auto* from = node.find("from")) item.from = path(*from);
    if (const auto* kind = node.find("kind")) item.kind = text(*kind);
    if (const auto* by = node.find("split")) item.split = text(*by);
    if (const auto* until = node.find("until")) item.until = text(*until);
    const auto member = [&](std::string_view key, Path& to) {
      if (const auto* found = node.find(key)) to = path(*found);
    };
    member("key", item.key);
    member("native_id", item.native_id);
    member("container", item.container);
    member("bytes", item.bytes);
    out.items.push_back(std::move(item));
  }

  void cases(const YamlNode& node) {
    if (!node.is_sequence()) return error("SJ0304", "a list of cases is wanted here", node.mark);
    for (const auto& item : node.items) {
      if (!members(item, {"when", "logsource", "time", "map", "items"})) continue;
      auto one = Case{};
      const auto* when = item.find("when");
      if (!when) error("SJ0303", "the case has no 'when'", item.mark);
      if (when && when->is_mapping()) {
        for (const auto& field : when->items) {
          auto condition = Condition{path(field.key), {}};
          if (!field.is_null()) condition.values = texts(field);
          one.when.push_back(std::move(condition));
        }
      } else if (when) {
        members(*when, {});
      }
      rules(item, one.rules);
      profile_->cases.push_back(std::move(one));
    }
  }

  void aliases(const YamlNode& node) {
    if (!node.is_mapping()) return void(members(node, {}));
    for (const auto& item : node.items) profile_->aliases.push_back({item.key, path(item)});
  }

  void samples(const YamlNode& node) {
    if (!node.is_sequence() || node.items.empty())
      return error("SJ0309", "a list of samples is wanted here", node.mark,
                   "a sample has name, text and spine: it is the profile's test");
    for (const auto& item : node.items) {
      if (!members(item, {"name", "text", "spine"})) continue;
      for (const auto key : {"name", "text", "spine"})
        if (!item.find(key))
          error("SJ0309", fmt::format("the sample has no '{}'", key), item.mark,
                "a sample has name, text and spine: it is the profile's test");
      auto sample = Sample{};
      sample.name = item.text_of("name");
      sample.text = item.text_of("text");
      if (const auto* spine = item.find("spine")) sample.spines = texts(*spine);
      profile_->samples.push_back(std::move(sample));
    }
  }

  std::string_view text_, file_;
  std::vector<Diagnostic>& out_;
  std::unique_ptr<Profile> profile_;
};

}  // namespace

auto column_from_word(std::string_view word) -> std::optional<Column> {
  for (const auto& [name, column] : kColumns)
    if (name == word) return column;
  return {};
}

auto column_words() -> std::vector<std::string_view> {
  auto out = std::vector<std::string_view>{};
  for (const auto& [name, column] : kColumns) out.push_back(name);
  return out;
}

auto read_profile(std::string_view text, std::string_view file,
                  std::vector<Diagnostic>& diagnostics) -> std::unique_ptr<Profile> {
  return Loader(text, file, diagnostics).load();
}

}  // namespace serjeant
