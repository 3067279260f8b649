#include "exercise/roster.h"

#include <array>

#include "core/time.h"
#include "exercise/out.h"

namespace serjeant::exercise {
namespace {

constexpr auto kBodyName = std::string_view{"Parliament of Arcadia"};

struct Network {
  std::string_view prefix;
  std::uint32_t asn;
  std::string_view country, use;
};
// Countries by the user-assigned codes of ISO 3166 (XA to XZ).
constexpr auto kNetworks = std::array<Network, 16>{{
    {"192.0.2.0/26", 64'496, "XA", "parliament"},
    {"192.0.2.192/26", 64'497, "XP", "provider"},
    {"198.51.100.0/27", 64'498, "XA", "carrier"},
    {"198.51.100.64/28", 64'499, "XG", "gateway"},
    {"198.51.100.128/27", 64'500, "XP", "image-proxy"},
    {"198.51.100.160/27", 64'501, "XM", "mail-house"},
    {"198.51.100.192/26", 64'502, "XA", "carrier"},
    {"203.0.113.64/26", 65'536, "XH", "hosting"},
    {"203.0.113.128/26", 65'537, "XH", "hosting"},
    {"203.0.113.192/26", 65'538, "XJ", "hosting"},
    {"2001:db8:10::/48", 64'496, "XA", "parliament"},
    {"2001:db8:1000::/36", 64'503, "XA", "homes"},
    {"2001:db8:2000::/36", 64'504, "XA", "mobile"},
    {"2001:db8:3000::/36", 64'505, "XT", "hotels"},
    {"2001:db8:bad::/48", 65'539, "XH", "hosting"},
    {"2001:db8:ffff::/48", 64'497, "XP", "provider"},
}};

}  // namespace

auto write_roster(const World& world, const std::string& dir) -> Result<ExerciseFile> {
  auto file = OutFile{dir, "P/roster.csv"};
  file.buffer += "person,address,kind,role,organisation,group,from,to,source\n";
  for (const auto& person : world.people) {
    const auto line = [&](std::string_view address, std::string_view kind,
                          std::string_view source) {
      file.buffer.append(person.display).append(",").append(address).append(",");
      file.buffer.append(kind).append(",").append(person.role).append(",").append(kBodyName);
      file.buffer.append(",").append(person.group).append(",2019-06-18,,").append(source);
      file.buffer += '\n';
      file.end_row();
    };
    line(person.lower, "work", "directory");
    if (!person.alias.empty()) line(person.alias, "work", "directory");
    if (person.index % 9 == 4) {
      const auto box = person.lower.substr(0, person.lower.find('@'));
      line(box + "@postbox.example", "private", "self-declared");
    }
  }
  return file.finish();
}

auto write_inventory(const World& world, const MailPlan& plan, const std::string& dir)
    -> Result<ExerciseFile> {
  const auto& owner = world.people[kVictim];
  auto file = OutFile{dir, "P/inventory/" + owner.lower.substr(0, owner.lower.find('@')) + ".csv"};
  file.buffer += "MailboxOwnerUPN,FolderPath,InternetMessageId,ReceivedTime,Subject\n";
  for (const auto& part : plan.files) {
    for (const auto serial : part.mails) {
      const auto& mail = plan.mails[serial];
      if (mail.recipient != kVictim || !part.mbox) continue;
      file.buffer.append(owner.lower).append(",").append(folder_of(mail)).append(",");
      file.buffer.append(message_id(world, plan, mail)).append(",");
      file.buffer.append(format_time(mail.at * kSecond)).append(",\"");
      file.buffer.append(mail_subject(world, mail)).append("\"\n");
      file.end_row();
    }
  }
  return file.finish();
}

auto write_networks(const std::string& dir) -> Result<ExerciseFile> {
  auto file = OutFile{dir, "tables/networks.csv"};
  file.buffer += "network,asn,country,use\n";
  for (const auto& network : kNetworks) {
    file.buffer.append(network.prefix).append(",").append(std::to_string(network.asn));
    file.buffer.append(",").append(network.country).append(",").append(network.use).append("\n");
    file.end_row();
  }
  return file.finish();
}

auto write_egress(const std::string& dir) -> Result<ExerciseFile> {
  auto file = OutFile{dir, "tables/egress.csv"};
  file.buffer += "network,kind,name\n";
  file.buffer += "198.51.100.64/28,gateway,web gateway of the parliament\n";
  file.end_row();
  file.buffer += "198.51.100.0/27,carrier-nat,home carrier\n";
  file.end_row();
  file.buffer += "198.51.100.128/27,image-proxy,picture proxy of the mail provider\n";
  file.end_row();
  return file.finish();
}

}  // namespace serjeant::exercise
