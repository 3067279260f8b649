#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "read/record.h"
#include "shape/event.h"

// Records to events. A source profile (profiles/*.yaml, one file a log source)
// says how to recognise the source, how to fill the spine, which Sigma log
// source it is, and carries a sample line that is its test.
namespace serjeant {

class Profile;

// Times without a zone are UTC unless the user says otherwise.
struct ShapeOptions {
  std::vector<std::string> profile_dirs;  // more profiles, besides the built-in ones
  std::vector<std::pair<std::string, std::int32_t>>
      zones;  // source name suffix, seconds east of UTC
};

// All profiles, compiled. Constant after loading, shared by workers.
class Profiles {
 public:
  static auto load(const ShapeOptions& options)
      -> Result<Profiles>;  // fails with a diagnostic as text
  Profiles(Profiles&&) noexcept;
  auto operator=(Profiles&&) noexcept -> Profiles&;
  ~Profiles();

  // The profile of a source, by the format and columns of its reader and its
  // first record; never null ("generic-FORMAT" keeps native fields and a time
  // if one is recognisable).
  auto recognise(const Reader& reader, std::string_view name) const -> const Profile*;
  auto all() const -> std::vector<const Profile*>;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  explicit Profiles(std::unique_ptr<Impl> impl);
};

auto profile_name(const Profile& profile) -> std::string_view;

// Takes events as they are made; views are valid until it returns.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void event(const Event& event) = 0;
};

// One worker's shaper for one source: holds scratch that is reused from record
// to record. A record may give no event, one, or several.
class Shaper {
 public:
  Shaper(const Profile& profile, std::string_view source_name);
  ~Shaper();
  Shaper(const Shaper&) = delete;
  auto operator=(const Shaper&) -> Shaper& = delete;
  void shape(const Record& record, Arena& arena, EventSink& sink);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace serjeant
