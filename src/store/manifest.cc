#include "store/manifest.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "store/case_reader.h"
#include "store/hash_file.h"

namespace serjeant {

namespace {

constexpr auto kFormat = std::string_view("serjeant-seal-1");
constexpr auto kMaxSeal = std::size_t{1} << 20;
constexpr auto kTlpWords =
    std::array<std::string_view, 5>{"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"};

auto bytes_from(Value value, std::size_t size) -> std::optional<std::string> {
  auto bytes = from_hex(value.text());
  if (!bytes || bytes->size() != size) return std::nullopt;
  return bytes;
}

auto read_digest(Value value, Digest& out) -> bool {
  const auto bytes = bytes_from(value, out.size());
  if (bytes) std::copy(bytes->begin(), bytes->end(), out.begin());
  return bytes.has_value();
}

auto read_manifest(Value json, Manifest& out) -> bool {
  const auto bytes = to_uint(json.find("bytes").text());
  const auto seq = to_uint(json.find("custody_seq").text());
  const auto tlp = std::find(kTlpWords.begin(), kTlpWords.end(), json.find("tlp").text());
  if (!bytes || !seq || tlp == kTlpWords.end()) return false;
  out.bytes = *bytes;
  out.custody.seq = *seq;
  out.tlp = static_cast<Tlp>(tlp - kTlpWords.begin());
  out.build_id = json.find("build_id").text();
  for (const auto table : json.find("rows")) {
    const auto count = to_uint(table.text());
    if (!count) return false;
    out.rows.emplace_back(table.key(), *count);
  }
  return read_digest(json.find("case_key"), out.case_key) &&
         read_digest(json.find("case_sha256"), out.case_sha256) &&
         read_digest(json.find("config_root"), out.config_root) &&
         read_digest(json.find("custody_head"), out.custody.hash) &&
         read_digest(json.find("evidence_root"), out.evidence_root) &&
         read_digest(json.find("intel_root"), out.intel_root);
}

}  // namespace

auto tlp_word(Tlp tlp) -> std::string_view { return kTlpWords[static_cast<std::size_t>(tlp)]; }

auto seal_path(const std::string& case_path) -> std::string { return case_path + ".seal"; }

auto make_manifest(const std::string& case_path, CustodyHead custody) -> Result<Manifest> {
  auto out = Manifest();
  out.custody = custody;
  SJ_TRY(const auto hashed, hash_file(case_path));
  out.case_sha256 = hashed.sha256;
  out.bytes = hashed.bytes;
  SJ_TRY(const auto reader, CaseReader::open(case_path, CaseReader::Pages::kTrust));
  const auto digest = [](const Row& row, int column, Digest& to) {
    const auto bytes = row.blob(column);
    std::copy_n(bytes.begin(), std::min(bytes.size(), to.size()), to.begin());
  };
  SJ_DO(reader.query(
      "SELECT case_key, evidence_root, intel_root, config_root, build_id, tlp FROM run",
      [&](const Row& row) {
        digest(row, 0, out.case_key);
        digest(row, 1, out.evidence_root);
        digest(row, 2, out.intel_root);
        digest(row, 3, out.config_root);
        out.build_id = row.text(4);
        out.tlp = static_cast<Tlp>(std::clamp<std::int64_t>(row.integer(5), 0, 4));
      }));
  auto names = std::vector<std::string>();
  SJ_DO(reader.query("SELECT name FROM sqlite_schema WHERE type='table' ORDER BY name",
                     [&](const Row& row) { names.emplace_back(row.text(0)); }));
  for (auto& name : names) {
    SJ_TRY(const auto rows, reader.number(fmt::format("SELECT count(*) FROM {}", name)));
    out.rows.emplace_back(std::move(name), static_cast<std::uint64_t>(rows));
  }
  return out;
}

auto manifest_text(const Manifest& manifest) -> std::string {
  auto out = std::string();
  auto json = JsonWriter(out);
  json.begin_object();
  json.field("build_id", manifest.build_id);
  json.key("bytes").unsigned_number(manifest.bytes);
  json.field("case_key", hex(manifest.case_key));
  json.field("case_sha256", hex(manifest.case_sha256));
  json.field("config_root", hex(manifest.config_root));
  json.field("custody_head", hex(manifest.custody.hash));
  json.key("custody_seq").unsigned_number(manifest.custody.seq);
  json.field("evidence_root", hex(manifest.evidence_root));
  json.field("format", kFormat);
  json.field("intel_root", hex(manifest.intel_root));
  json.key("rows").begin_object();
  for (const auto& [name, count] : manifest.rows) json.key(name).unsigned_number(count);
  json.end_object();
  json.field("tlp", tlp_word(manifest.tlp));
  json.end_object();
  return out;
}

auto seal_text(const Seal& seal) -> std::string {
  auto out = std::string();
  auto json = JsonWriter(out);
  json.begin_object();
  json.key("manifest").raw(manifest_text(seal.manifest));
  json.key("signatures").begin_array();
  for (const auto& signature : seal.signatures) {
    json.begin_object()
        .field("algorithm", "ed25519")
        .field("key", hex(signature.key))
        .field("signature", hex(signature.bytes))
        .end_object();
  }
  json.end_array().end_object();
  out += '\n';
  return out;
}

auto parse_seal(std::string_view text) -> Result<Seal> {
  auto seal = Seal();
  auto document = Document();
  auto arena = Arena();
  auto good =
      text.size() <= kMaxSeal && parse_json(text, {}, document, arena, {16, 1u << 16}).complete;
  if (good) {
    const auto root = document.root();
    good = read_manifest(root.find("manifest"), seal.manifest);
    for (const auto entry : root.find("signatures")) {
      const auto key = bytes_from(entry.find("key"), 32);
      const auto bytes = bytes_from(entry.find("signature"), 64);
      good = good && key && bytes;
      if (good) seal.signatures.push_back({*key, *bytes});
    }
  }
  if (!good || seal_text(seal) != text)
    return fail(Code::kMalformed, "the seal is not one of ours, or was altered");
  return seal;
}

auto write_seal(const std::string& path, const Seal& seal) -> Result<> {
  return write_file(path, seal_text(seal));
}

auto read_seal(const std::string& path) -> Result<Seal> {
  SJ_TRY(const auto file, MappedFile::open(path));
  auto seal = parse_seal(file.bytes());
  if (!seal) {
    return fail(Code::kMalformed,
                fmt::format("{} is not a seal of ours, or was altered", printable(path)), path);
  }
  return seal;
}

}  // namespace serjeant
