#include "detect/route.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/check.h"
#include "core/text.h"
#include "core/yaml.h"
#include "detect/logsources.h"

namespace serjeant {
namespace {

struct CategoryEvents {
  std::string category;
  std::vector<std::string> ids;  // empty: all
  std::vector<std::pair<std::string, std::vector<std::string>>> where;
  const FieldMap* map = nullptr;
};
struct CategoryTable {
  std::string product = "windows";
  std::vector<std::string> channels, providers;  // folded
  std::vector<CategoryEvents> events;
};
struct Also {
  sigma::LogSource when;
  const FieldMap* map = nullptr;        // of the record's own log source, and of the others
  const FieldMap* other_map = nullptr;  // of the others alone
  std::vector<sigma::LogSource> sources;
};

// logsources.yaml, read once.
struct Table {
  std::unordered_map<std::string, std::string> service_of_channel;  // folded channel
  std::map<std::string, FieldMap, std::less<>> maps;
  std::vector<CategoryTable> categories;
  std::vector<Also> also;
};

auto texts(const YamlNode* node) -> std::vector<std::string> {
  auto out = std::vector<std::string>{};
  if (!node) return out;
  if (node->is_scalar()) out.push_back(node->text);
  for (const auto& item : node->items) out.push_back(item.text);
  return out;
}

auto folded_texts(const YamlNode* node) -> std::vector<std::string> {
  auto out = texts(node);
  for (auto& text : out) text = fold_case(text);
  return out;
}

auto source_of(const YamlNode& node) -> sigma::LogSource {
  return {std::string(node.text_of("product")), std::string(node.text_of("category")),
          std::string(node.text_of("service"))};
}

auto read_map(const YamlNode& node) -> FieldMap {
  auto out = FieldMap{};
  for (const auto& item : node.items) {
    auto field = MappedField{};
    field.name = item.text_of("name");
    field.only = item.text_of("only") == "true";
    using How = MappedField::How;
    for (const auto& [word, how] :
         {std::pair("from", How::kCopy), std::pair("hex", How::kHex), std::pair("join", How::kJoin),
          std::pair("json", How::kJson), std::pair("named", How::kNamed),
          std::pair("arguments", How::kArguments), std::pair("ending", How::kEnding),
          std::pair("last", How::kLast)})
      if (const auto* const from = item.find(word)) {
        field.how = how;
        field.from = texts(from);
      }
    field.by = item.text_of("by");
    if (const auto* const words = item.find("words")) {
      field.how = How::kWords;
      for (const auto& word : words->items) field.words.emplace_back(word.key, word.text);
    }
    if (const auto* const begins = item.find("begins"))
      for (const auto& one : begins->items) field.begins.emplace_back(one.key, one.text);
    out.push_back(std::move(field));
  }
  return out;
}

auto read_table() -> Table {
  auto out = Table{};
  const auto documents = read_yaml(SJ_LOGSOURCES[0].second);
  SJ_CHECK(documents.size() == 1 && !documents[0].flaw);
  const auto& root = documents[0].root;
  for (const auto& service : root.find("services")->items)
    for (const auto& channel : folded_texts(&service))
      out.service_of_channel.emplace(channel, service.key);
  for (const auto& map : root.find("maps")->items) out.maps.emplace(map.key, read_map(map));
  const auto map_named = [&](std::string_view name) -> const FieldMap* {
    if (name.empty()) return nullptr;
    const auto found = out.maps.find(name);
    SJ_CHECK(found != out.maps.end());
    return &found->second;
  };
  for (const auto& node : root.find("categories")->items) {
    auto table = CategoryTable{};
    if (const auto product = node.text_of("product"); !product.empty()) table.product = product;
    table.channels = folded_texts(node.find("channels"));
    table.providers = folded_texts(node.find("providers"));
    for (const auto& item : node.find("events")->items) {
      auto events = CategoryEvents{};
      events.category = item.text_of("category");
      events.ids = texts(item.find("ids"));
      events.map = map_named(item.text_of("map"));
      if (const auto* const where = item.find("where"))
        for (const auto& one : where->items) events.where.emplace_back(one.key, folded_texts(&one));
      table.events.push_back(std::move(events));
    }
    out.categories.push_back(std::move(table));
  }
  for (const auto& node : root.find("also")->items) {
    auto also = Also{};
    also.when = source_of(*node.find("when"));
    also.map = map_named(node.text_of("map"));
    also.other_map = map_named(node.text_of("other_map"));
    if (const auto* const sources = node.find("sources"))
      for (const auto& source : sources->items) also.sources.push_back(source_of(source));
    out.also.push_back(std::move(also));
  }
  return out;
}

auto table() -> const Table& {
  static const auto the_table = read_table();
  return the_table;
}

auto holds(const std::vector<std::string>& words, std::string_view word) -> bool {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

auto is_line_format(std::string_view format) -> bool {
  constexpr auto kLines =
      std::to_array<std::string_view>({"access", "auditd", "lines", "syslog", "w3c", "zeek"});
  return std::find(kLines.begin(), kLines.end(), format) != kLines.end();
}

auto service_of_channel(std::string_view channel) -> std::string_view {
  const auto found = table().service_of_channel.find(fold_case(channel));
  return found == table().service_of_channel.end() ? std::string_view{} : found->second;
}

auto means_other_channels(const sigma::Rule& rule) -> bool {
  if (rule.source.product != "windows" || rule.source.service.empty()) return false;
  auto asked = false;
  for (const auto& item : rule.judgement.items) {
    if (item.field != "Channel" || item.negated || !item.modifiers.empty()) continue;
    for (const auto& value : item.values) {
      if (service_of_channel(value.shown) == rule.source.service) return false;
      asked = true;
    }
  }
  return asked;
}

struct Router::Impl {
  std::unordered_map<std::string, std::unique_ptr<Route>> routes;
  std::string key;

  // What else of a record with this event id decides its categories: the names
  // of `where` fields.
  static auto where_names(std::string_view id) -> const std::vector<std::string>& {
    static const auto names = [] {
      auto out = std::map<std::string, std::vector<std::string>, std::less<>>{};
      for (const auto& category : table().categories)
        for (const auto& events : category.events)
          for (const auto& [name, values] : events.where)
            for (const auto& of : events.ids)
              if (!holds(out[of], name)) out[of].push_back(name);
      return out;
    }();
    static const auto none = std::vector<std::string>{};
    const auto found = names.find(id);
    return found == names.end() ? none : found->second;
  }

  static auto first_text(EventView& view, std::string_view name) -> std::string {
    const auto& field = view.field(name, nullptr);
    return field.leaves.empty() ? std::string{} : fold_case(field.leaves[0].text());
  }

  static auto windows_route(EventView& view, const std::string& channel,
                            const std::string& provider, std::string_view id) -> Route {
    auto out = Route{};
    auto native = sigma::LogSource{"windows", {}, {}};
    if (const auto found = table().service_of_channel.find(channel);
        found != table().service_of_channel.end())
      native.service = found->second;
    if (channel.starts_with("linux-")) native = {"linux", {}, "sysmon"};
    out.sources.push_back({native, nullptr});
    for (const auto& category : table().categories) {
      if (!category.channels.empty() && !holds(category.channels, channel)) continue;
      // Some exports leave the provider out; a channel of its own is enough then.
      if (!category.providers.empty() && !holds(category.providers, provider) &&
          !(provider.empty() && !category.channels.empty()))
        continue;
      for (const auto& events : category.events) {
        if (!events.ids.empty() && !holds(events.ids, id)) continue;
        const auto met = std::all_of(
            events.where.begin(), events.where.end(),
            [&](const auto& one) { return holds(one.second, first_text(view, one.first)); });
        if (met)
          out.sources.push_back({{category.product, events.category, native.service}, events.map});
      }
    }
    return out;
  }

  static auto profile_route(const sigma::LogSource& native) -> Route {
    auto out = Route{};
    out.sources.push_back({native, nullptr});
    for (const auto& also : table().also) {
      if (!sigma::covers(also.when, native)) continue;
      if (also.map) out.sources[0].map = also.map;
      for (const auto& source : also.sources)
        out.sources.push_back({source, also.other_map ? also.other_map : also.map});
    }
    return out;
  }

  auto remember(Route route) -> const Route& {
    if (route.key.empty()) {
      for (const auto& source : route.sources) {
        if (!route.key.empty()) route.key += ' ';
        route.key += sigma::text_of(source.source);
      }
    }
    return *routes.emplace(key, std::make_unique<Route>(std::move(route))).first->second;
  }
};

auto Router::deciding_fields() -> const std::set<std::string>& {
  static const auto names = [] {
    auto out = std::set<std::string>{};
    for (const auto& category : table().categories)
      for (const auto& events : category.events)
        for (const auto& [name, values] : events.where) out.insert(name);
    return out;
  }();
  return names;
}

Router::Router() : impl_(std::make_unique<Impl>()) {}
Router::~Router() = default;

auto Router::route(EventView& view) -> const Route& {
  auto& key = impl_->key;
  key.clear();
  const auto& event = view.event();
  if (view.windows()) {
    const auto channel = fold_case(view.channel());
    const auto provider = fold_case(view.provider());
    const auto id = std::string(view.event_id());
    key.append("w\n").append(channel).append(1, '\n').append(provider).append(1, '\n').append(id);
    for (const auto& name : Impl::where_names(id))
      key.append(1, '\n').append(Impl::first_text(view, name));
    if (const auto found = impl_->routes.find(key); found != impl_->routes.end())
      return *found->second;
    // Event ids and the like are the evidence's: do not remember without end.
    if (impl_->routes.size() > 20'000) impl_->routes.clear();
    return impl_->remember(Impl::windows_route(view, channel, provider, id));
  }
  const auto native = sigma::LogSource{fold_case(event.product), fold_case(event.category),
                                       fold_case(event.service)};
  const auto unknown = event.profile == "unknown" || native == sigma::LogSource{};
  key = unknown ? "u" : "p" + sigma::text_of(native);
  if (const auto found = impl_->routes.find(key); found != impl_->routes.end())
    return *found->second;
  if (!unknown) return impl_->remember(Impl::profile_route(native));
  auto route = Route{};
  route.key = "unknown";
  route.unknown = true;
  return impl_->remember(std::move(route));
}

}  // namespace serjeant
