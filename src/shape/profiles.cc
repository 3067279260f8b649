#include <algorithm>
#include <filesystem>
#include <map>

#include "core/file.h"
#include "core/text.h"
#include "shape/built_in.h"
#include "shape/profile.h"

namespace serjeant {

struct Profiles::Impl {
  std::vector<std::unique_ptr<Profile>> profiles;  // those of directories first, each part by name
};

namespace {

// The files of a directory that are profiles, by name.
auto files_of(const std::string& directory) -> Result<std::vector<std::string>> {
  auto out = std::vector<std::string>{};
  auto error = std::error_code{};
  auto at = std::filesystem::directory_iterator(directory, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    const auto& path = at->path();
    if (path.extension() == ".yaml" || path.extension() == ".yml") out.push_back(path.string());
  }
  if (error)
    return fail(Code::kIo, "SJ0308: the profile directory cannot be read: " + error.message(),
                directory);
  std::sort(out.begin(), out.end());
  return out;
}

class Collection {
 public:
  void add(std::string_view text, std::string_view file, bool built_in) {
    auto profile = read_profile(text, file, diagnostics_);
    if (!profile) return;
    const auto [known, is_new] = by_name_.try_emplace(profile->name, profiles_.size());
    if (is_new) {
      profiles_.push_back(std::move(profile));
    } else if (!built_in) {
      auto diagnostic = Diagnostic{};
      diagnostic.code = "SJ0307";
      diagnostic.message = "the profile '" + profile->name + "' is there twice";
      diagnostic.places.push_back({.file = std::string(file), .text = {}});
      diagnostic.places.push_back({.file = profiles_[known->second]->file, .text = {}});
      diagnostic.help = "give one of them another name";
      diagnostics_.push_back(std::move(diagnostic));
    }
    // A built-in profile gives way to one of the same name.
  }
  auto finish(std::vector<std::pair<std::string, std::int32_t>> zones)
      -> Result<std::vector<std::unique_ptr<Profile>>> {
    if (!diagnostics_.empty()) {
      auto all = std::string{};
      for (const auto& diagnostic : diagnostics_) all += render(diagnostic);
      if (all.ends_with('\n')) all.pop_back();
      return fail(Code::kMalformed, std::move(all));
    }
    const auto shared =
        std::make_shared<const std::vector<std::pair<std::string, std::int32_t>>>(std::move(zones));
    for (auto& profile : profiles_) profile->zones = shared;
    return std::move(profiles_);
  }

 private:
  std::vector<std::unique_ptr<Profile>> profiles_;
  std::map<std::string, std::size_t> by_name_;
  std::vector<Diagnostic> diagnostics_;
};

auto has_column(std::span<const std::string_view> columns, std::string_view wanted) -> bool {
  return std::any_of(columns.begin(), columns.end(), [&](std::string_view column) {
    if (wanted.ends_with('*'))
      return starts_with_ignoring_case(column, wanted.substr(0, wanted.size() - 1));
    return equals_ignoring_ascii_case(column, wanted);
  });
}

// How well the signs fit; 0 = not at all. More names say more.
auto fit(const Signs& signs, const Reader& reader) -> std::size_t {
  const auto columns = reader.columns();
  const auto has = [&](const std::string& name) { return has_column(columns, name); };
  if (!signs.formats.empty() &&
      std::find(signs.formats.begin(), signs.formats.end(), reader.format()) == signs.formats.end())
    return 0;
  if (!std::all_of(signs.columns.begin(), signs.columns.end(), has)) return 0;
  if (!signs.any.empty() && std::none_of(signs.any.begin(), signs.any.end(), has)) return 0;
  if (std::any_of(signs.absent.begin(), signs.absent.end(), has)) return 0;
  return 1 + (signs.formats.empty() ? 0 : 1) + 4 * signs.columns.size() +
         (signs.any.empty() ? 0 : 2);
}

}  // namespace

Profiles::Profiles(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Profiles::Profiles(Profiles&&) noexcept = default;
auto Profiles::operator=(Profiles&&) noexcept -> Profiles& = default;
Profiles::~Profiles() = default;

auto Profiles::load(const ShapeOptions& options) -> Result<Profiles> {
  auto collection = Collection{};
  for (const auto& directory : options.profile_dirs) {
    SJ_TRY(const auto files, files_of(directory));
    for (const auto& file : files) {
      SJ_TRY(const auto text, read_file(file));
      collection.add(text, file, false);
    }
  }
  for (const auto& [file, text] : kBuiltInProfiles) collection.add(text, file, true);
  SJ_TRY(auto profiles, collection.finish(options.zones));
  auto impl = std::make_unique<Impl>();
  impl->profiles = std::move(profiles);
  return Profiles(std::move(impl));
}

auto Profiles::recognise(const Reader& reader, std::string_view) const -> const Profile* {
  const Profile* best = nullptr;
  auto most = std::size_t{0};
  for (const auto& profile : impl_->profiles)
    for (const auto& signs : profile->signs)
      if (const auto points = fit(signs, reader); points > most) {
        best = profile.get();
        most = points;
      }
  return best ? best : impl_->profiles.front().get();
}

auto Profiles::all() const -> std::vector<const Profile*> {
  auto out = std::vector<const Profile*>{};
  for (const auto& profile : impl_->profiles) out.push_back(profile.get());
  return out;
}

auto profile_name(const Profile& profile) -> std::string_view { return profile.name; }

}  // namespace serjeant
