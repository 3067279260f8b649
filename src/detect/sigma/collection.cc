#include "detect/sigma/collection.h"

#include <fmt/core.h>

#include <optional>

namespace serjeant::sigma {
namespace {

auto trouble_of(YamlFlawKind kind) -> Trouble {
  switch (kind) {
    case YamlFlawKind::kAlias:
    case YamlFlawKind::kAnchor:
    case YamlFlawKind::kTag:
      return Trouble::kYamlReference;
    case YamlFlawKind::kDuplicateKey:
      return Trouble::kYamlDuplicateKey;
    case YamlFlawKind::kNotFinite:
      return Trouble::kYamlNumber;
    case YamlFlawKind::kLimit:
      return Trouble::kYamlLimit;
    default:
      return Trouble::kYaml;
  }
}

// Members of `from` win; mappings in both are merged. Depth is the reader's.
void merge(YamlNode& into, const YamlNode& from) {
  for (const auto& member : from.items) {
    YamlNode* own = nullptr;
    for (auto& candidate : into.items)
      if (candidate.key == member.key) own = &candidate;
    if (!own)
      into.items.push_back(member);
    else if (own->is_mapping() && member.is_mapping())
      merge(*own, member);
    else
      *own = member;
  }
}

void inherit(Source& source, const YamlNode& from) {
  source.inherits_id = !source.root.find("id") && from.find("id");
  source.inherits_name = !source.root.find("name") && from.find("name");
}

void drop_action(YamlNode& root) {
  std::erase_if(root.items, [](const YamlNode& member) { return member.key == "action"; });
}

}  // namespace

auto read_collection(std::string_view file, std::string_view text) -> std::vector<Source> {
  auto out = std::vector<Source>{};
  auto documents = read_yaml(text);
  if (documents.empty()) {
    auto& source =
        out.emplace_back(Source{{}, {}, std::string(text), Complaints(file, text), false, false});
    source.complaints.add(Trouble::kNotARule, {}, "the file holds no document");
    return out;
  }
  struct Kept {
    YamlNode root;
    std::string text;
  };
  auto global = std::optional<Kept>{};
  auto previous = std::optional<Kept>{};
  for (auto& document : documents) {
    auto source = Source{std::move(document.root),
                         document.mark,
                         std::string(text.substr(document.mark.offset, document.mark.length)),
                         Complaints(file, text),
                         false,
                         false};
    auto& complaints = source.complaints;
    if (document.flaw) {
      complaints.add(trouble_of(document.flaw->kind), document.flaw->mark, document.flaw->message);
      if (document.flaw->first) complaints.also_at(*document.flaw->first);
      source.root = {};
      out.push_back(std::move(source));
      continue;
    }
    if (!source.root.is_mapping()) {
      complaints.add(
          Trouble::kNotARule, {document.mark.offset, 1, document.mark.line},
          fmt::format("the document is {}, not a mapping", yaml_kind_word(source.root.kind)));
      out.push_back(std::move(source));
      continue;
    }
    const auto* const node = source.root.find("action");
    const auto action = std::string(source.root.text_of("action"));
    if (!node) {
      if (global) {
        inherit(source, global->root);
        merge(source.root, global->root);
        source.digest_text += "\n---\n" + global->text;
      }
      previous = Kept{source.root, source.digest_text};
      out.push_back(std::move(source));
    } else if (action == "global") {
      drop_action(source.root);
      global = Kept{std::move(source.root), std::move(source.digest_text)};
      previous = global;
    } else if (action == "reset") {
      global.reset();
    } else if (action == "repeat") {
      drop_action(source.root);
      if (previous) inherit(source, previous->root);
      auto whole = previous ? previous->root : YamlNode{};
      if (!previous) {
        whole = source.root;
      } else {
        whole.mark = source.root.mark;
        merge(whole, source.root);
      }
      if (global) merge(whole, global->root);
      if (previous) source.digest_text += "\n---\n" + previous->text;
      source.root = whole;
      previous = Kept{std::move(whole), source.digest_text};
      out.push_back(std::move(source));
    } else {
      complaints.add(Trouble::kAction, node->mark, fmt::format("unknown action '{}'", action),
                     did_you_mean(action, {"global", "reset", "repeat"}));
      out.push_back(std::move(source));
    }
  }
  return out;
}

}  // namespace serjeant::sigma
