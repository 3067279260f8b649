#include "exercise/tracegen.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "exercise/out.h"
#include "exercise/prose.h"
#include "exercise/ual_dialect.h"

namespace serjeant::exercise {
namespace {

constexpr auto kFirstDays =
    std::array<std::uint32_t, kTraceMonths + 1>{0, 29, 60, 91, 119, 150, 180};
constexpr auto kMonthNames = std::array<std::string_view, kTraceMonths>{
    "2020-11", "2020-12", "2021-01", "2021-02", "2021-03", "2021-04"};

struct Row {
  Seconds at = 0;
  std::int64_t mail = -1;  // serial of a planned mail
  std::uint32_t serial = 0;
  bool forwarded = false;
};

class TraceWriter {
 public:
  TraceWriter(const World& world, const MailPlan& plan, std::string_view month,
              const std::string& dir)
      : world_(world),
        plan_(plan),
        file_(dir, "P/trace/" + std::string{month} + ".csv"),
        key_(world.key("trace")) {
    Stream{world.key("trace-run"), 0}.guid(run_);
    file_.buffer +=
        "\"PSComputerName\",\"RunspaceId\",\"PSShowComputerName\",\"Organization\",\"MessageId\","
        "\"Received\",\"SenderAddress\",\"RecipientAddress\",\"Subject\",\"Status\",\"ToIP\","
        "\"FromIP\",\"Size\",\"MessageTraceId\",\"StartDate\",\"EndDate\",\"Index\"\r\n";
  }

  void add(const Row& row, std::uint32_t index) {
    if (row.mail < 0) {
      benign(row, index);
    } else {
      planned(plan_.mails[static_cast<std::size_t>(row.mail)], row, index);
    }
    ++truth_.distinct;
    file_.end_row();
  }

  auto finish() -> Result<LogTruth> {
    auto file = file_.finish();
    if (!file) return tl::unexpected<Error>(std::move(file).error());
    truth_.file = *std::move(file);
    return std::move(truth_);
  }

 private:
  struct Cells {
    std::string id, sender, recipient, subject, status, from_ip;
    std::uint32_t size = 0;
  };

  void put(const Cells& cells, Seconds at, std::uint32_t index, Stream& draw) {
    auto& out = file_.buffer;
    out += "\"outlook.example\",\"" + run_ + "\",\"False\",\"arcadia-parliament.example\",\"";
    out.append(cells.id).append("\",\"").append(us_time(at)).append("\",\"");
    out.append(cells.sender).append("\",\"").append(cells.recipient).append("\",\"");
    out.append(cells.subject).append("\",\"").append(cells.status).append("\",\"\",\"");
    out.append(cells.from_ip).append("\",\"").append(std::to_string(cells.size)).append("\",\"");
    draw.guid(out);
    out += "\",\"11/2/2020 12:00:00 AM\",\"5/1/2021 12:00:00 AM\",\"" + std::to_string(index) +
           "\"\r\n";
  }

  void benign(const Row& row, std::uint32_t index) {
    auto draw = Stream{key_, day_of(row.at), row.serial};
    auto cells = Cells{};
    const auto inside = draw.chance(600'000);
    const auto& sender = inside ? plan_.recipients[draw.below(kPeople)]
                                : plan_.recipients[kPeople + draw.below(2'000)];
    cells.sender = sender.address;
    cells.id = "<";
    draw.upper_hex(cells.id, 32);
    cells.id += "@mail." + sender.address.substr(sender.address.find('@') + 1) + ">";
    cells.recipient = world_.people[draw.below(kPeople)].lower;
    cells.subject = (draw.chance(400'000) ? "Re: " : "") + everyday_subject(draw);
    cells.status = draw.chance(8'000) ? "FilteredAsSpam" : "Delivered";
    cells.from_ip = inside ? "192.0.2.40" : "198.51.100.200";
    cells.size = 4'000 + draw.below(120'000);
    put(cells, row.at, index, draw);
  }

  void planned(const Mail& mail, const Row& row, std::uint32_t index) {
    auto draw = Stream{key_, 0x8000'0000u | (row.forwarded ? 1u : 0u), mail.serial};
    auto cells = Cells{};
    const auto target = mail.kind == MailKind::kLure;
    const auto held = mail.kind == MailKind::kJunk || (target && mail.recipient >= kDelivered);
    cells.id = message_id(world_, plan_, mail);
    cells.sender = row.forwarded ? world_.people[kVictim].lower : mail_sender(plan_, mail);
    cells.recipient = row.forwarded ? std::string{kDropBox} : mail_address(world_, plan_, mail);
    cells.subject = mail_subject(world_, mail);
    cells.status = held ? "Quarantined" : "Delivered";
    cells.from_ip =
        target ? "198.51.100." + std::to_string(161 + mail.account % 4) : "198.51.100.200";
    cells.size = 3'000 + draw.below(9'000);
    const auto start = file_.offset();
    put(cells, row.at, index, draw);
    const auto length = file_.offset() - start;
    const auto note = [&](std::string actor, std::string campaign, std::string stage,
                          std::string strand) {
      truth_.events.push_back({file_.path(), start, length, std::move(actor), std::move(campaign),
                               std::move(stage), std::move(strand)});
    };
    if (row.forwarded) {
      note("C", "c2", "T8", "s1");
    } else if (target) {
      note("A", "c1", held ? "T0" : "T1", "");
    } else if (mail.kind == MailKind::kHook) {
      note("C", "c2", "T1", "");
    }
  }

  const World& world_;
  const MailPlan& plan_;
  OutFile file_;
  PhiloxKey key_;
  LogTruth truth_;
  std::string run_;
};

}  // namespace

auto write_trace(const World& world, const MailPlan& plan, const StoryLine& story,
                 std::uint32_t month, const std::string& dir) -> Result<LogTruth> {
  const auto from = day_start(kFirstDays[month]), to = day_start(kFirstDays[month + 1]);
  auto rows = std::vector<Row>{};
  for (const auto& mail : plan.mails) {
    if (mail.recipient >= kPeople || mail.at < from || mail.at >= to) continue;
    rows.push_back({mail.at + 3, mail.serial, 0, false});
    // What C had forwarded: all that came while the forwarding was on.
    if (mail.recipient == kVictim && mail.at >= story.forward_set &&
        mail.at < story.forward_unset) {
      rows.push_back({mail.at + 5, mail.serial, 0, true});
    }
  }
  for (auto day = kFirstDays[month]; day < kFirstDays[month + 1]; ++day) {
    auto draw = Stream{world.key("trace-day"), day};
    const auto weekend = day % 7 >= 5;
    const auto count = weekend ? world.load->trace / 6 : world.load->trace;
    for (auto i = 0u; i < count; ++i) {
      const auto at =
          draw.chance(900'000) ? 6 * 3'600 + draw.below(11 * 3'600) : draw.below(86'400);
      rows.push_back({day_start(day) + at, -1, i, false});
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.at < b.at; });
  auto out = TraceWriter{world, plan, kMonthNames[month], dir};
  for (auto i = std::size_t{0}; i < rows.size(); ++i) {
    out.add(rows[i], static_cast<std::uint32_t>(i));
  }
  return out.finish();
}

}  // namespace serjeant::exercise
