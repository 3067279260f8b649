#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exercise/life.h"

namespace serjeant::exercise {

// One audit record before a dialect spells it: the members of the canonical
// form (the Management Activity API's), and what wrappers repeat.
class AuditRecord {
 public:
  enum class Kind : std::uint8_t { kText, kNumber, kBoolean, kJson };
  struct Field {
    std::string_view key;
    Kind kind = Kind::kText;
    std::uint32_t at = 0, length = 0;
  };

  void clear();
  void text(std::string_view key, std::string_view value) { put(key, Kind::kText, value); }
  void number(std::string_view key, std::uint64_t value);
  void boolean(std::string_view key, bool value) {
    put(key, Kind::kBoolean, value ? "true" : "false");
  }
  // `value` is JSON already, with canonical keys.
  void json(std::string_view key, std::string_view value) { put(key, Kind::kJson, value); }

  auto fields() const -> const std::vector<Field>& { return fields_; }
  auto value(const Field& field) const -> std::string_view {
    return std::string_view{values_}.substr(field.at, field.length);
  }

  Seconds at = 0;
  std::uint32_t record_type = 0, user_type = 0;
  std::string id, operation, user, workload, object, address;

 private:
  void put(std::string_view key, Kind kind, std::string_view value);
  std::vector<Field> fields_;
  std::string values_;
};

// Ids that other logs repeat.
struct RecordIds {
  std::string id, correlation, request;
};
auto record_ids(const World& world, std::uint32_t day, std::uint32_t serial) -> RecordIds;

// Makes records of stubs; a pure function of (world, story, stub), with scratch.
class RecordMaker {
 public:
  RecordMaker(const World& world, const StoryLine& story) : world_(world), story_(story) {}
  auto make(const Stub& stub, std::uint32_t day) -> const AuditRecord&;

 private:
  struct Who;
  auto who(const Stub& stub, std::uint32_t day, Stream& draw) const -> Who;
  void head(std::string_view operation, std::uint32_t type, std::string_view status,
            std::string_view workload, const Who& who, bool lower_user);
  void mail_fields(const Who& who, Stream& draw);
  void sign_in(const Stub& stub, const Who& who, Stream& draw);
  void bind(const Stub& stub, const Who& who, Stream& draw, std::uint32_t day);
  void sync(const Who& who, Stream& draw);
  void item(const Stub& stub, const Who& who, Stream& draw);
  void moved(const Stub& stub, const Who& who, Stream& draw);
  void file(const Stub& stub, const Who& who, Stream& draw, std::uint32_t day);
  void search(const Who& who, Stream& draw);
  void teams(const Who& who, Stream& draw);
  void admin(const Stub& stub, const Who& who, Stream& draw);
  void directory(const Stub& stub, const Who& who, Stream& draw);
  void noise(const Stub& stub, Stream& draw);
  void context(const Who& who, Stream& draw, std::uint32_t day);

  const World& world_;
  const StoryLine& story_;
  AuditRecord record_;
  RecordIds ids_;
  std::string scratch_;
};

}  // namespace serjeant::exercise
