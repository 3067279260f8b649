#include "intel/stix_bundle.h"

#include <algorithm>

namespace serjeant {
namespace {

constexpr auto kObjectLimits = JsonLimits{.depth = 64, .nodes = 1u << 22};

// The members of the bundle's top level, read by hand so that its large array
// never becomes a tree of its own.
class BundleWalk {
 public:
  BundleWalk(std::string_view bytes, std::uint32_t source,
             const std::function<void(Value, Span)>& take)
      : bytes_(bytes), source_(source), take_(take) {
    if (bytes_.starts_with("\xef\xbb\xbf")) at_ = 3;
  }

  auto run() -> Result<std::vector<Fault>> {
    if (!next('{')) return no_bundle();
    if (!next('}')) {
      do {
        auto name = std::string_view{};
        if (!value(name) || !next(':')) break;
        if (name == "objects" && next('[')) {
          if (!objects()) break;
        } else {
          auto text = std::string_view{};
          if (!value(text)) break;
          if (name == "type") is_bundle_ = text == "bundle";
        }
      } while (next(','));
      if (!next('}')) faults_.push_back({FaultKind::kTruncated, place(at_, 0)});
    }
    if (!is_bundle_) return no_bundle();
    return std::move(faults_);
  }

 private:
  static auto no_bundle() -> Result<std::vector<Fault>> {
    return fail(Code::kMalformed,
                "this is no STIX bundle (a JSON object with \"type\": \"bundle\")");
  }
  auto place(std::size_t at, std::size_t length) const -> Span {
    return {at, static_cast<std::uint32_t>(std::min<std::size_t>(length, 0xffffffffu)), source_};
  }
  auto next(char wanted) -> bool {
    while (at_ < bytes_.size() &&
           std::string_view(" \t\r\n").find(bytes_[at_]) != std::string_view::npos)
      ++at_;
    if (at_ >= bytes_.size() || bytes_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  // Any value; `text` is that of a scalar.
  auto value(std::string_view& text) -> bool {
    document_.clear();
    const auto outcome = parse_json(bytes_.substr(at_), "", document_, arena_, kObjectLimits);
    at_ += outcome.consumed;
    text = document_.root().text();
    return outcome.complete;
  }
  auto objects() -> bool {
    if (next(']')) return true;
    do {
      while (at_ < bytes_.size() &&
             std::string_view(" \t\r\n").find(bytes_[at_]) != std::string_view::npos)
        ++at_;
      const auto from = at_;
      arena_.reset();
      auto text = std::string_view{};
      if (!value(text)) {
        faults_.push_back({FaultKind::kTruncated, place(from, bytes_.size() - from)});
        return false;
      }
      if (document_.root().is_object()) take_(document_.root(), place(from, at_ - from));
    } while (next(','));
    return next(']');
  }

  std::string_view bytes_;
  std::uint32_t source_;
  const std::function<void(Value, Span)>& take_;
  std::vector<Fault> faults_;
  Arena arena_;
  Document document_;
  std::size_t at_ = 0;
  bool is_bundle_ = false;
};

}  // namespace

auto each_stix_object(std::string_view bytes, std::uint32_t source,
                      const std::function<void(Value, Span)>& take) -> Result<std::vector<Fault>> {
  return BundleWalk(bytes, source, take).run();
}

}  // namespace serjeant
