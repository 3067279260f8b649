#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/text.h"
#include "expose/account.h"
#include "shape/event_stream.h"
#include "store/rows.h"

namespace serjeant {

// Events for tests, one JSON object each, short names for the spine:
//   {"op","at","who","box","ip","agent","session","app","client","object","error",
//    "id","items":[["<id>","folder"],...],"native":{...}}
// `add` sorts them as the stages hand them on.
class TestLog final : public EventStream {
 public:
  void add(std::string_view json) {
    auto& row = rows_.emplace_back();
    row.text = std::string(json);
    parse_json(row.text, "", row.document, row.arena);
    auto root = row.document.root();
    auto& event = row.event;
    event.span = {rows_.size() * 100, 90, 1};
    event.eid = event_id(Digest{}, event.span.offset, event.span.length);
    event.profile = "m365-audit";
    event.org = "arcadia.example";
    event.operation = root.find("op").text();
    if (auto at = parse_iso_time(root.find("at").text())) {
      event.at = at->at;
      event.basis = TimeBasis::kDefined;
    }
    event.actor = root.find("who").text();
    event.actor_kind = ActorKind::kPerson;
    event.mailbox = root.find("box").text();
    event.ip = parse_ip(root.find("ip").text());
    event.ip_role = root.find("provider") ? IpRole::kProvider : IpRole::kUser;
    event.agent = root.find("agent").text();
    event.session = root.find("session").text();
    event.app = root.find("app").text();
    event.client_app = root.find("client").text();
    event.object = root.find("object").text();
    event.error = root.find("error").text();
    event.record_id = root.find("id").text();
    event.content_hash = std::hash<std::string_view>{}(root.find("content").text());
    event.native = root.find("native");
    for (auto item : root.find("items")) {
      auto parts = std::vector<std::string_view>{};
      for (auto part : item) parts.push_back(part.text());
      row.items.push_back({"mail", parts[0], "", parts.size() > 1 ? parts[1] : "", 0});
    }
    event.items = row.items;
  }

  auto each(const std::function<void(const Event&)>& take) const -> Result<> override {
    auto order = std::vector<const Event*>{};
    for (const auto& row : rows_) order.push_back(&row.event);
    std::stable_sort(order.begin(), order.end(), [](const Event* a, const Event* b) {
      return std::tuple(a->org, account_of(*a), a->at, a->record_id) <
             std::tuple(b->org, account_of(*b), b->at, b->record_id);
    });
    for (const auto* event : order) take(*event);
    return {};
  }

  auto events() const -> std::vector<const Event*> {
    auto out = std::vector<const Event*>{};
    for (const auto& row : rows_) out.push_back(&row.event);
    return out;
  }
  auto size() const -> std::uint64_t { return (rows_.size() + 1) * 100; }

 private:
  struct Row {
    std::string text;
    Arena arena;
    Document document;
    Event event;
    std::vector<ItemRef> items;
  };
  std::deque<Row> rows_;
};

}  // namespace serjeant
