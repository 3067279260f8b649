#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <optional>
#include <unordered_map>

#include "core/check.h"
#include "core/narrow.h"
#include "core/pool.h"
#include "core/text.h"
#include "detect/route.h"
#include "detect/rule_set.h"
#include "detect/sigma/collection.h"
#include "detect/sigma/parse.h"

// From texts to a rule set: every document is parsed by itself, then names are
// tied to documents, correlations put in order, filters put to their rules.
namespace serjeant {
namespace sigma {
namespace {

enum class DocumentKind : std::uint8_t { kNone, kRule, kCorrelation, kFilter };

struct Document {
  explicit Document(Source from) : source(std::move(from)) {}
  Source source;
  DocumentKind kind = DocumentKind::kNone;
  RuleInfo info;
  std::string own_id;  // info.uid, if the document gives one
  Rule rule;
  Correlation correlation;
  Filter filter;
  YamlMark id_mark, name_mark;  // of rules, whose YAML is not kept

  auto failed() const -> bool { return source.complaints.failed(); }
};

class Loader {
 public:
  Loader(std::vector<RuleText> texts, const serjeant::Placeholders& placeholders, std::size_t jobs)
      : placeholders_(placeholders), jobs_(jobs) {
    for (auto& text : texts) texts_.push_back(std::move(text));
  }

  auto run() -> std::unique_ptr<RuleSet::Impl> {
    auto files = std::vector<std::vector<Document>>(texts_.size());
    for_each_index(texts_.size(), jobs_, [&](std::size_t index, std::size_t) {
      const auto& text = texts_[index];
      for (auto& source : read_collection(text.file, text.text))
        files[index].push_back(parse(std::move(source)));
    });
    for (auto& file : files)
      for (auto& document : file) {
        const auto index = narrow<std::uint32_t>(documents_.size());
        document.rule.document = document.correlation.document = document.filter.document = index;
        documents_.push_back(std::move(document));
      }
    refuse_doubles();
    resolve_references();
    order_correlations();
    keep_fields();
    apply_filters();
    return finish();
  }

 private:
  // Shares nothing with the other documents.
  auto parse(Source source) const -> Document {
    auto document = Document(std::move(source));
    auto& complaints = document.source.complaints;
    const auto& root = document.source.root;
    document.info.kind = "unknown";
    if (root.is_mapping()) {
      document.info = read_info(root, complaints);
      if (complaints.failed()) {
        document.info.kind = "unknown";
      } else if (root.find("correlation")) {
        document.kind = DocumentKind::kCorrelation;
        document.info.kind = "correlation";
        document.correlation = parse_correlation(root, complaints);
      } else if (root.find("filter")) {
        document.kind = DocumentKind::kFilter;
        document.info.kind = "filter";
        document.filter = parse_filter(root, placeholders_, complaints);
        document.info.logsource = text_of(document.filter.source);
      } else if (root.find("detection") || root.find("logsource") || root.find("title")) {
        document.kind = DocumentKind::kRule;
        document.info.kind = "rule";
        document.rule = parse_rule(root, placeholders_, complaints);
        document.info.logsource = text_of(document.rule.source);
        document.rule.fields = fields_of(document.rule.judgement);
        document.info.fields = document.rule.fields;
      } else {
        document.info.kind = "unknown";
        complaints.add(Trouble::kNotARule,
                       {document.source.mark.offset, 1, document.source.mark.line},
                       "the document is no Sigma rule, correlation or filter",
                       "a rule has title, logsource and detection");
      }
    }
    auto& info = document.info;
    info.file = complaints.file();
    info.line = document.source.mark.line;
    info.sha256 = sha256(document.source.digest_text);
    document.own_id = info.uid;
    if (info.uid.empty()) info.uid = hex(IdBuilder("rule").add(view(info.sha256)).finish());
    // Positions are needed of correlations only; rules are many.
    if (document.kind == DocumentKind::kRule) {
      document.id_mark = mark_of(document, "id");
      document.name_mark = mark_of(document, "name");
      document.source.root = {};
    }
    document.source.digest_text.clear();
    return document;
  }

  static auto mark_of(const Document& document, std::string_view key) -> YamlMark {
    const auto* const node = document.source.root.find(key);
    return node ? node->mark : document.source.mark;
  }
  auto mark_of(std::uint32_t index, std::string_view key) const -> YamlMark {
    const auto& document = documents_[index];
    if (document.kind == DocumentKind::kRule)
      return key == "id" ? document.id_mark : document.name_mark;
    return mark_of(document, key);
  }

  static auto fields_of(const Judgement& judgement) -> std::vector<std::string> {
    auto out = std::set<std::string>{};
    for (const auto& item : judgement.items) {
      if (!item.field.empty()) out.insert(item.field);
      for (const auto& alternative : item.values)
        for (const auto& test : alternative.tests)
          if (test.kind == Test::Kind::kFieldRef) out.insert(test.text);
    }
    return {out.begin(), out.end()};
  }

  // Ids and names are unique within a load; the second one is refused.
  void refuse_doubles() {
    for (auto index = std::uint32_t{0}; index < documents_.size(); ++index) {
      auto& document = documents_[index];
      if (document.failed()) continue;
      const auto claim = [&](std::map<std::string, std::uint32_t, std::less<>>& taken,
                             const std::string& word, std::string_view key) {
        if (word.empty()) return;
        const auto [first, fresh] = taken.emplace(word, index);
        if (fresh) return;
        const auto& other = documents_[first->second];
        // Documents of one old collection share what its global part says.
        const auto shared =
            key == "id" ? document.source.inherits_id : document.source.inherits_name;
        if (shared && other.info.file == document.info.file) return;
        auto& complaints = document.source.complaints;
        complaints.add(Trouble::kDuplicateId, mark_of(index, key),
                       fmt::format("the {} '{}' is taken already", key, word),
                       fmt::format("by '{}'", other.info.title));
        complaints.also_at(place_of(mark_of(first->second, key), other.source.complaints.text(),
                                    other.source.complaints.file()));
      };
      claim(by_id_, document.own_id, "id");
      if (!document.failed()) claim(by_name_, document.info.name, "name");
    }
  }

  auto find_document(std::string_view word) const -> std::optional<std::uint32_t> {
    if (const auto found = by_id_.find(word); found != by_id_.end()) return found->second;
    if (const auto found = by_name_.find(word); found != by_name_.end()) return found->second;
    return std::nullopt;
  }

  void resolve_references() {
    for (auto& document : documents_) {
      if (document.kind != DocumentKind::kCorrelation || document.failed()) continue;
      for (auto& reference : document.correlation.references) {
        const auto found = find_document(reference.word);
        if (found && documents_[*found].kind != DocumentKind::kFilter) {
          reference.document = *found;
          continue;
        }
        auto known = std::vector<std::string_view>{};
        for (const auto& [name, index] : by_name_) known.push_back(name);
        const auto near = nearest_word(reference.word, known);
        document.source.complaints.add(
            Trouble::kReference, rules_mark(document, reference.word),
            found ? fmt::format("'{}' is a filter", reference.word)
                  : fmt::format("no rule with the id or name '{}' is loaded", reference.word),
            near ? fmt::format("did you mean '{}'?", *near) : std::string{});
      }
    }
    // A correlation of something that is not loaded cannot be judged either,
    // nor can one of that correlation.
    auto queue = std::vector<std::uint32_t>{};
    for (auto index = std::uint32_t{0}; index < documents_.size(); ++index) {
      auto& document = documents_[index];
      if (document.kind != DocumentKind::kCorrelation || document.failed()) continue;
      for (const auto& reference : document.correlation.references)
        users_[reference.document].push_back(index);
    }
    for (const auto& [index, users] : users_)
      if (documents_[index].failed()) queue.push_back(index);
    while (!queue.empty()) {
      const auto index = queue.back();
      queue.pop_back();
      const auto found = users_.find(index);
      if (found == users_.end()) continue;
      for (const auto user : found->second) {
        auto& document = documents_[user];
        if (document.failed()) continue;
        const auto& references = document.correlation.references;
        const auto reference = std::find_if(references.begin(), references.end(),
                                            [&](const auto& r) { return r.document == index; });
        document.source.complaints.add(
            Trouble::kReference, rules_mark(document, reference->word),
            fmt::format("the rule '{}' was not loaded itself", reference->word));
        queue.push_back(user);
      }
    }
  }

  static auto rules_mark(const Document& document, std::string_view word) -> YamlMark {
    const auto* const correlation = document.source.root.find("correlation");
    for (const auto* key : {"rules", "condition"}) {
      const auto* const node = correlation->find(key);
      if (!node) continue;
      for (const auto& item : node->items)
        if (item.text == word) return item.mark;
      return node->mark;
    }
    return correlation->mark;
  }

  // Inner correlations before those that reference them; what is left over
  // stands in a cycle or behind one.
  void order_correlations() {
    auto waits = std::map<std::uint32_t, std::size_t>{};  // for how many references
    auto ready = std::set<std::uint32_t>{};
    for (auto index = std::uint32_t{0}; index < documents_.size(); ++index) {
      const auto& document = documents_[index];
      if (document.kind != DocumentKind::kCorrelation || document.failed()) continue;
      const auto& references = document.correlation.references;
      const auto count = std::count_if(references.begin(), references.end(), [&](const auto& r) {
        return documents_[r.document].kind == DocumentKind::kCorrelation;
      });
      if (count == 0)
        ready.insert(index);
      else
        waits[index] = static_cast<std::size_t>(count);
    }
    while (!ready.empty()) {
      const auto index = *ready.begin();
      ready.erase(ready.begin());
      order_.push_back(index);
      const auto found = users_.find(index);
      if (found == users_.end()) continue;
      for (const auto user : found->second) {
        const auto wait = waits.find(user);
        if (wait == waits.end() || --wait->second > 0) continue;
        waits.erase(wait);
        ready.insert(user);
      }
    }
    for (const auto& [index, count] : waits) {
      auto& document = documents_[index];
      auto names = std::string{};
      for (const auto& reference : document.correlation.references)
        names += (names.empty() ? "" : ", ") + reference.word;
      document.source.complaints.add(Trouble::kCycle, rules_mark(document, {}),
                                     "this correlation leads back to itself",
                                     fmt::format("it references {}", names));
    }
  }

  auto kept_field(const std::string& name) -> std::uint32_t {
    const auto [at, fresh] = kept_ids_.emplace(name, narrow<std::uint32_t>(kept_.size()));
    if (fresh) kept_.push_back(name);
    return at->second;
  }

  // Which fields of its matches each document must keep, from the outermost
  // correlation inwards.
  void keep_fields() {
    auto needs = std::map<std::uint32_t, std::set<std::uint32_t>>{};
    for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
      auto& document = documents_[*at];
      auto& correlation = document.correlation;
      const auto& node = *document.source.root.find("correlation");
      for (const auto& name : correlation.group_by)
        correlation.group_kept.push_back(kept_field(name));
      for (auto& reference : correlation.references) {
        auto& inner = documents_[reference.document];
        auto& inner_needs = needs[reference.document];
        const auto map = [&](const std::vector<std::string>& names, auto& to) {
          for (const auto& name : names) {
            const auto field = field_for(node, name, reference);
            to.push_back(field ? std::optional(kept_field(*field)) : std::nullopt);
            if (field) inner_needs.insert(*to.back());
          }
        };
        map(correlation.group_by, reference.group_fields);
        map(correlation.value_fields, reference.value_fields);
        const auto own = needs[*at];
        needs[reference.document].insert(own.begin(), own.end());
        if (inner.kind == DocumentKind::kRule) {
          inner.rule.correlated = true;
          if (!correlation.generate) inner.rule.silent = true;
        } else {
          inner.correlation.correlated = true;
          if (!correlation.generate) inner.correlation.silent = true;
        }
      }
    }
    for (const auto& [index, fields] : needs)
      if (documents_[index].kind == DocumentKind::kRule)
        documents_[index].rule.kept.assign(fields.begin(), fields.end());
  }

  void apply_filters() {
    for (auto& document : documents_) {
      if (document.kind != DocumentKind::kFilter || document.failed()) continue;
      auto& filter = document.filter;
      const auto judgement = std::make_shared<const Judgement>(filter.judgement);
      auto used = false;
      const auto apply = [&](Document& target) {
        if (target.kind != DocumentKind::kRule || target.failed()) return;
        if (!covers(filter.source, target.rule.source)) return;  // F3
        target.rule.filters.emplace_back(filter.document, judgement);
        auto fields = std::set<std::string>(target.rule.fields.begin(), target.rule.fields.end());
        for (auto& field : fields_of(*judgement)) fields.insert(std::move(field));
        target.rule.fields.assign(fields.begin(), fields.end());
        used = true;
      };
      if (filter.any) {
        for (auto& target : documents_) apply(target);
      } else {
        auto targets = std::set<std::uint32_t>{};
        for (const auto& word : filter.rules)
          if (const auto found = find_document(word)) targets.insert(*found);
        for (const auto index : targets) apply(documents_[index]);
      }
      if (!used)
        document.source.complaints.add(Trouble::kLintFilterUnused,
                                       document.source.root.find("filter")->key_mark,
                                       "the filter applies to no rule that is loaded",
                                       "its log source must cover that of the rules (F3)");
    }
  }

  auto finish() -> std::unique_ptr<RuleSet::Impl> {
    auto out = std::make_unique<RuleSet::Impl>();
    for (auto index = std::uint32_t{0}; index < documents_.size(); ++index) {
      auto& document = documents_[index];
      const auto& complaints = document.source.complaints;
      auto& info = document.info;
      info.loaded = !document.failed();
      info.lints = complaints.lints();
      if (document.failed()) {
        info.reason = complaints.reason();
        info.why = fmt::format("{}: {}", info.reason, complaints.message());
        const auto place = complaints.place();
        info.place = fmt::format("{}:{}", place.line, place.column);
        info.help = complaints.help();
      }
      for (const auto& diagnostic : complaints.diagnostics())
        out->diagnostics.emplace_back(index, diagnostic);
      if (info.loaded && document.kind == DocumentKind::kRule) {
        if (means_other_channels(document.rule)) document.rule.source.service.clear();
        out->compiled.rules.push_back(std::move(document.rule));
      }
      if (info.loaded && document.kind == DocumentKind::kFilter)
        out->compiled.filters.push_back(std::move(document.filter));
      out->infos.push_back(std::move(info));
    }
    for (const auto index : order_)
      out->compiled.correlations.push_back(std::move(documents_[index].correlation));
    out->compiled.kept_fields = std::move(kept_);
    return out;
  }

  std::deque<RuleText> texts_;  // complaints point into them
  const serjeant::Placeholders& placeholders_;
  std::size_t jobs_;
  std::deque<Document> documents_;
  std::map<std::string, std::uint32_t, std::less<>> by_id_, by_name_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> users_;  // correlations, once per reference
  std::vector<std::uint32_t> order_;                           // correlations, inner first
  std::map<std::string, std::uint32_t, std::less<>> kept_ids_;
  std::vector<std::string> kept_;
};

}  // namespace
}  // namespace sigma

RuleSet::RuleSet(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
RuleSet::RuleSet(RuleSet&&) noexcept = default;
auto RuleSet::operator=(RuleSet&&) noexcept -> RuleSet& = default;
RuleSet::~RuleSet() = default;
auto RuleSet::rules() const -> std::span<const RuleInfo> { return impl_->infos; }
auto RuleSet::diagnostics() const -> std::span<const std::pair<std::uint32_t, Diagnostic>> {
  return impl_->diagnostics;
}
auto RuleSet::loaded() const -> std::size_t {
  return static_cast<std::size_t>(std::count_if(impl_->infos.begin(), impl_->infos.end(),
                                                [](const RuleInfo& info) { return info.loaded; }));
}
auto RuleSet::compiled() const -> const sigma::Compiled& { return impl_->compiled; }
auto RuleSet::groups() const -> sigma::fast::RuleGroups& { return *impl_->groups; }

auto load_rule_texts(std::vector<RuleText> texts, const Placeholders& placeholders,
                     std::size_t jobs) -> RuleSet {
  return RuleSet(sigma::Loader(std::move(texts), placeholders, jobs).run());
}

}  // namespace serjeant
