#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/progress.h"
#include "core/result.h"
#include "seal/container.h"
#include "seal/evidence.h"
#include "seal/keeper.h"
#include "seal/unpack.h"
#include "seal/walk.h"

namespace serjeant {

// The work of take_in, step by step. Sources get their ids last, when all of
// them are known; until then an item is known by its place in `items_`.
class Intake {
 public:
  Intake(const SealOptions& options, Progress& progress);

  auto seal_files(Found found) -> Result<>;  // opens, hashes, keeps
  auto unpack_all() -> Result<>;             // containers, and those inside them
  auto finish() -> Result<Evidence>;         // sorts, numbers and names

 private:
  static constexpr auto kNowhere = static_cast<std::size_t>(-1);

  // Where an item was found: given by hand, or as a member of another item.
  struct Place {
    std::size_t container = kNowhere;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::string name;
    std::string codec;
    std::string org;  // of files given by hand
  };

  struct Item {
    Fingerprint print;
    MappedFile file;  // if it is mapped by itself
    PageGuard guard;
    std::size_t keeper = kNowhere;  // else who keeps it, and where
    std::uint64_t at = 0;
    Container kind = Container::kNone;
    std::vector<Fault> faults;
    std::vector<Place> places;
    std::string label;  // what it is called; see name_items
    std::vector<std::string> orgs;
  };

  // A file that was opened, hashed and kept by one worker.
  struct Sealed {
    Item item;
    std::string refusal;  // why it could not be; else empty
  };
  auto seal_file(const Found& found, const FoundFile& file, std::size_t worker, std::size_t threads)
      -> Result<Sealed>;
  auto keep_copy(int fd, std::uint64_t size, std::size_t worker) -> Result<Sealed>;

  auto add(Item item, Place place) -> std::size_t;
  auto bytes_of(const Item& item) const -> std::string_view;
  auto refresh_views() -> Result<>;

  auto unpack_level(std::vector<std::size_t> containers) -> Result<>;
  auto unpack_batch(const std::vector<std::size_t>& batch) -> Result<>;
  auto drop_answers(Unpacked& unpacked, std::size_t container, std::size_t keeper) -> Result<>;
  auto take_members(std::size_t container, Unpacked unpacked, std::size_t keeper) -> Result<>;
  void name_items();

  const SealOptions& options_;
  Progress& progress_;
  std::deque<Keeper> keepers_;     // one a worker
  std::vector<MappedFile> views_;  // of what the keepers hold
  std::deque<Item> items_;
  std::map<Digest, std::size_t> known_;
  std::vector<Refused> refused_;
  struct RefusedMember {
    std::size_t container;
    Refused what;
  };
  std::vector<RefusedMember> refused_members_;
  std::atomic<std::size_t> mappings_{0};
  std::uint64_t bytes_left_;
  std::uint64_t members_left_;
  std::vector<std::size_t> fresh_;  // items not yet looked at for unpacking
};

}  // namespace serjeant
