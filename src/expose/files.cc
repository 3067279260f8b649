#include "expose/files.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "expose/agent.h"

namespace serjeant {
namespace {

struct Known {
  std::string_view operation;
  FileAct act;
};
constexpr auto kKnown = std::to_array<Known>({
    {"AnonymousLinkCreated", FileAct::kLink},
    {"AnonymousLinkUpdated", FileAct::kLink},
    {"AnonymousLinkUsed", FileAct::kLinkUsed},
    {"CompanyLinkCreated", FileAct::kOther},
    {"FileAccessed", FileAct::kAccess},
    {"FileAccessedExtended", FileAct::kAccess},
    {"FileCopied", FileAct::kModify},
    {"FileDeleted", FileAct::kRemove},
    {"FileDownloaded", FileAct::kDownload},
    {"FileModified", FileAct::kModify},
    {"FileModifiedExtended", FileAct::kModify},
    {"FileMoved", FileAct::kModify},
    {"FilePreviewed", FileAct::kPreview},
    {"FileRecycled", FileAct::kRemove},
    {"FileRenamed", FileAct::kModify},
    {"FileSyncDownloadedFull", FileAct::kDownload},
    {"FileSyncDownloadedPartial", FileAct::kDownload},
    {"FileSyncUploadedFull", FileAct::kUpload},
    {"FileUploaded", FileAct::kUpload},
    {"FileUploadedPartial", FileAct::kUpload},
    {"FileVersionsAllDeleted", FileAct::kRemove},
    {"SecureLinkCreated", FileAct::kLink},
    {"SecureLinkUsed", FileAct::kLinkUsed},
});

}  // namespace

auto file_act(std::string_view operation) -> FileAct {
  for (const auto& known : kKnown)
    if (equals_ignoring_ascii_case(known.operation, operation)) return known.act;
  return FileAct::kOther;
}

auto file_act_word(FileAct act) -> std::string_view {
  switch (act) {
    case FileAct::kAccess:
      return "access";
    case FileAct::kPreview:
      return "preview";
    case FileAct::kDownload:
      return "download";
    case FileAct::kUpload:
      return "upload";
    case FileAct::kModify:
      return "modify";
    case FileAct::kRemove:
      return "remove";
    case FileAct::kLink:
      return "link";
    case FileAct::kLinkUsed:
      return "link_used";
    case FileAct::kOther:
      return "other";
  }
  return "other";
}

auto takes_file(const Deed& deed) -> bool {
  return deed.kind.act == Act::kFile && file_act(deed.operation) == FileAct::kDownload &&
         !is_rendering(deed.client);
}

void LinkUses::see(const Event& event) {
  if (file_act(trim(event.operation)) != FileAct::kLinkUsed || event.object.empty()) return;
  constexpr auto kFiles = std::size_t{1'000'000};
  auto key = std::pair{std::string(event.org), lower_ascii(event.object)};
  auto found = uses_.find(key);
  if (found == uses_.end()) {
    if (uses_.size() >= kFiles) return;
    found = uses_.emplace(key, Use{0, event.at, event.at, {event.span, event.eid, event.at}}).first;
  }
  auto& use = found->second;
  ++use.times;
  if (event.at < use.first) {
    use.first = event.at;
    use.cite = {event.span, event.eid, event.at};
  }
  use.last = std::max(use.last, event.at);
}

auto LinkUses::of(std::string_view org, std::string_view object) const -> const Use* {
  auto found = uses_.find({std::string(org), lower_ascii(object)});
  return found == uses_.end() ? nullptr : &found->second;
}

}  // namespace serjeant
