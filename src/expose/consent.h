#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "expose/control.h"
#include "expose/facts.h"

// Applications as a way in (exposure notes, section 6.7): registered, given a
// secret, consented to, used, revoked.
namespace serjeant {

struct Consent {
  Cite cite;
  std::string account, org, record, result, reason;
  std::string app_id, app_name;  // id as recorded: of a refused one perhaps only the name
  std::string resolved;          // the id after names were looked up; else as app_id
  bool named_only = false;
  bool failed = false, admin = false, all_users = false, risky = false;
  std::vector<std::string> scopes;  // sorted, each once
};
auto read_consent(const Event& event) -> Consent;

// Do these scopes reach mail, files or contacts, and do they last?
auto reaches_data(const std::vector<std::string>& scopes) -> bool;

struct AppUse {
  Cite cite;
  std::string record;
  Act act = Act::kNone;
  std::uint32_t items = 0;
  std::uint64_t bytes = 0;
  bool download = false;
};

// One application of a tenant.
struct App {
  std::string id, name;
  std::optional<Nanos> registered, secret, first_seen, last_seen, removed;
  Cite registration;
  std::string registered_by;
  std::uint32_t refused_names = 0;    // names refused within 10 min before registration
  std::vector<std::size_t> consents;  // into AppBook::consents
  std::uint32_t users = 0;            // accounts with a consent or a sign-in
};

class AppBook {
 public:
  void consent(Consent consent);
  void change(const Change& change);  // applications, secrets, grants
  // A sign-in to the application, or an act in its name.
  void seen(std::string_view org, std::string_view app_id, std::string_view account, Nanos at);

  // Sorts, resolves names, counts. Call once, after everything was seen.
  void finish();

  auto consents() const -> const std::vector<Consent>& { return consents_; }
  auto find(std::string_view org, std::string_view app_id) const -> const App*;
  // The tenant-wide consents to an application, in order of time.
  auto for_all(std::string_view org, std::string_view app_id) const -> std::vector<const Consent*>;
  // What the account granted or tried to, in order of time.
  auto consents_of(std::string_view org, std::string_view account) const
      -> std::vector<const Consent*>;
  // Applications that the account consented to, or tried to; sorted.
  auto apps_of(std::string_view org, std::string_view account) const -> std::vector<std::string>;

 private:
  using Key = std::pair<std::string, std::string>;  // organisation, id
  auto entry(std::string_view org, std::string_view id) -> App&;
  std::map<Key, App> apps_;
  std::map<Key, std::string> last_user_;
  std::map<Key, std::vector<std::size_t>> by_account_;
  std::vector<Consent> consents_;
  std::vector<Change> changes_;
};

}  // namespace serjeant
