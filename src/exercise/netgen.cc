#include "exercise/netgen.h"

#include <algorithm>
#include <array>

#include "core/time.h"
#include "exercise/life.h"
#include "exercise/out.h"

namespace serjeant::exercise {
namespace {

constexpr auto kFirstDays = std::array<std::uint32_t, kNetMonths + 1>{0, 29, 60, 91, 119, 150, 180};
constexpr auto kMonthNames = std::array<std::string_view, kNetMonths>{
    "2020-11", "2020-12", "2021-01", "2021-02", "2021-03", "2021-04"};

struct Page {
  std::string_view host, path, type;
};
constexpr auto kPages = std::array<Page, 20>{{
    {"www.harbour-courier.example", "/", "text/html"},
    {"www.harbour-courier.example", "/static/site.css", "text/css"},
    {"www.arcadia-gazette.example", "/politics", "text/html"},
    {"www.northern-dispatch.example", "/", "text/html"},
    {"www.strait-observer.example", "/world", "text/html"},
    {"www.borealis-radio.example", "/live", "text/html"},
    {"intranet.arcadia-parliament.example", "/", "text/html"},
    {"intranet.arcadia-parliament.example", "/agenda/today", "text/html"},
    {"intranet.arcadia-parliament.example", "/img/crest.png", "image/png"},
    {"arcadia.sharepoint.example", "/sites/Bills/Forms/AllItems.aspx", "text/html"},
    {"outlook.office.example", "/owa/", "text/html"},
    {"update.vendor-os.example", "/v10/check.json", "application/json"},
    {"cdn.weblibs.example", "/jquery/3.5.1/jquery.min.js", "application/javascript"},
    {"fonts.weblibs.example", "/css2", "text/css"},
    {"www.timetable-rail.example", "/search", "text/html"},
    {"weather.arcadia.example", "/today", "text/html"},
    {"www.dictionary.example", "/look-up", "text/html"},
    {"stat.openseas-review.example", "/o/pixel.gif", "image/gif"},
    {"t.consumer-fund.example", "/o/pixel.gif", "image/gif"},
    {"open.harbour-courier.example", "/o/pixel.gif", "image/gif"},
}};

// A request or query that was planned; benign ones have no actor.
struct Hit {
  Seconds at = 0;
  std::uint32_t millis = 0;
  std::string client, user, host, path, agent, type = "text/html";
  std::uint32_t status = 200, bytes = 0;
  std::string actor = "none", campaign, stage;
};

auto by_time(const Hit& a, const Hit& b) -> bool {
  return a.at != b.at ? a.at < b.at : a.millis < b.millis;
}

// What fetched pictures and links of lures, and of the one mail by C.
auto planned_hits(const World& world, const MailPlan& plan, const std::vector<Opening>& openings)
    -> std::vector<Hit> {
  auto hits = std::vector<Hit>{};
  for (const auto& opening : openings) {
    const auto& person = world.people[opening.person];
    const auto& mail = plan.mails[opening.mail];
    const auto token = mail_token(world, mail);
    auto hit = Hit{};
    hit.at = opening.opened;
    hit.millis = opening.person * 37 % 1'000;
    hit.host = beacon_host(mail);
    hit.path = beacon_path(mail, token);
    hit.type = "image/jpeg";
    hit.bytes = 48'000 + opening.person * 731;
    hit.actor = "A";
    hit.campaign = "c1";
    hit.stage = "T2";
    if (opening.own_network) {
      hit.client = person.devices[0].host;
      hit.user = person.lower;
      hit.agent = person.devices[0].agent;
    } else {
      // The mail provider fetches the picture in the reader's stead.
      hit.client = "198.51.100." + std::to_string(130 + opening.person % 12);
      hit.agent = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via GoogleImageProxy)";
    }
    hits.push_back(hit);
    if (opening.clicked != 0) {
      hit.at = opening.clicked;
      hit.host = link_host(mail);
      hit.path = "/a/" + token;
      hit.type = "text/html";
      hit.status = 302;
      hit.bytes = 312;
      hit.stage = "T3";
      hits.push_back(hit);
    }
  }
  // The mail filter looks at links and pictures within seconds: nobody saw them.
  for (const auto& mail : plan.mails) {
    const auto burst = mail.kind == MailKind::kLure && mail.piece >= 33 && mail.piece <= 35;
    if (!burst || mail.recipient >= kDelivered || mail.serial % 5 > 2) continue;
    auto hit = Hit{};
    hit.at = mail.at + 2 + mail.serial % 6;
    hit.millis = mail.serial * 7 % 1'000;
    hit.client = "192.0.2.45";
    hit.host = beacon_host(mail);
    hit.path = beacon_path(mail, mail_token(world, mail));
    hit.type = "image/jpeg";
    hit.bytes = 48'000;
    hit.agent = "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/88.0.4324.96 LinkFilter/3.1";
    hits.push_back(hit);
  }
  for (const auto& mail : plan.mails) {
    if (mail.kind != MailKind::kHook) continue;
    const auto& victim = world.people[kVictim];
    auto hit = Hit{};
    hit.at = mail.at + 2 * kHourSeconds + 17 * 60;
    hit.client = victim.devices[0].host;
    hit.user = victim.lower;
    hit.host = "login.invoice-share.example";
    hit.path = "/v/" + mail_token(world, mail);
    hit.agent = victim.devices[0].agent;
    hit.bytes = 18'240;
    hit.actor = "C";
    hit.campaign = "c2";
    hit.stage = "T3";
    hits.push_back(hit);
  }
  std::sort(hits.begin(), hits.end(), by_time);
  return hits;
}

auto benign_hit(const World& world, Stream& draw, std::uint32_t day) -> Hit {
  const auto& person = world.people[draw.pick(world.active)];
  const auto& page = draw.pick(kPages);
  auto hit = Hit{};
  const auto start = day_start(day) - kArcadia + person.starts * 60;
  hit.at = start + draw.below(person.works * 60);
  hit.millis = draw.below(1'000);
  hit.client = person.devices[0].host;
  hit.user = person.lower;
  hit.host = page.host;
  hit.path = page.path;
  hit.type = page.type;
  hit.agent = person.devices[0].agent;
  hit.status = draw.chance(90'000) ? 304 : draw.chance(12'000) ? 404 : 200;
  hit.bytes = hit.status == 200 ? 900 + draw.below(60'000) : 180;
  return hit;
}

auto month_hits(const World& world, const std::vector<Hit>& planned, std::uint32_t day,
                std::uint32_t load, std::string_view source) -> std::vector<Hit> {
  auto hits = std::vector<Hit>{};
  auto draw = Stream{world.key(source), day};
  const auto count = is_weekend(day) || (day >= 52 && day < 62) ? load / 10 : load;
  for (auto i = 0u; i < count; ++i) hits.push_back(benign_hit(world, draw, day));
  const auto from = day_start(day), to = day_start(day + 1);
  for (const auto& hit : planned) {
    if (hit.at >= from && hit.at < to) hits.push_back(hit);
  }
  std::stable_sort(hits.begin(), hits.end(), by_time);
  return hits;
}

auto date_and_time(Seconds at) -> std::string {
  auto text = format_time(at * kSecond);
  text.pop_back();
  text[10] = ' ';
  return text;
}

void append_proxy(std::string& out, const Hit& hit) {
  out +=
      date_and_time(hit.at) + " " + std::to_string(20 + hit.millis % 480) + " " + hit.client + " ";
  out.append(hit.user.empty() ? "-" : hit.user).append(" - ");
  out.append(hit.status == 304 ? "TCP_HIT" : "TCP_NC_MISS").append(" ");
  out += std::to_string(hit.status) + " GET https " + hit.host + " 443 " + hit.path + " - \"" +
         hit.agent + "\" 192.0.2.44 " + std::to_string(hit.bytes) + " " +
         std::to_string(380 + hit.millis % 90) + " " + hit.type + "\n";
}

void append_query(std::string& out, const Hit& hit, Stream& draw) {
  // A stub resolver asks a moment before the browser connects.
  const auto at = hit.at - 1;
  out += "{\"ts\":\"" + format_time(at * kSecond);
  out.pop_back();
  auto micros = std::to_string(1'000'000 + hit.millis * 1'000 + draw.below(1'000));
  out += "." + micros.substr(1) + "Z\",\"uid\":\"C";
  draw.letters(out, 16);
  out +=
      "\",\"id.orig_h\":\"" + hit.client +
      "\",\"id.orig_p\":" + std::to_string(49'152 + draw.below(16'000)) +
      ",\"id.resp_h\":\"192.0.2.53\",\"id.resp_p\":53,\"proto\":\"udp\",\"trans_id\":" +
      std::to_string(draw.below(65'536)) + ",\"query\":\"" + hit.host +
      "\",\"qclass\":1,\"qclass_name\":\"C_INTERNET\",\"qtype\":1,\"qtype_name\":\"A\",\"rcode\":"
      "0,\"rcode_name\":\"NOERROR\",\"AA\":false,\"TC\":false,\"RD\":true,\"RA\":true,\"answers\":"
      "[\"203.0.113." +
      std::to_string(10 + hit.host.size() % 40) + "\"],\"TTLs\":[" +
      std::to_string(60 + draw.below(3'000)) + ".0],\"rejected\":false}\n";
}

// The place of a row just appended.
void note(LogTruth& truth, const OutFile& file, std::uint64_t start, const Hit& hit,
          std::string_view stage) {
  ++truth.distinct;
  if (hit.actor == "none") return;
  truth.events.push_back(
      {file.path(), start, file.offset() - start, hit.actor, hit.campaign, std::string{stage}, ""});
}

auto close(OutFile& file, LogTruth truth) -> Result<LogTruth> {
  auto done = file.finish();
  if (!done) return tl::unexpected<Error>(std::move(done).error());
  truth.file = *std::move(done);
  return truth;
}

}  // namespace

auto write_proxy(const World& world, const MailPlan& plan, const std::vector<Opening>& openings,
                 std::uint32_t month, const std::string& dir) -> Result<LogTruth> {
  auto file = OutFile{dir, "P/proxy/" + std::string{kMonthNames[month]} + ".log"};
  file.buffer +=
      "#Software: SGOS 6.7.5\n#Version: 1.0\n#Date: " +
      date_and_time(day_start(kFirstDays[month])) +
      "\n#Fields: date time time-taken c-ip cs-username cs-auth-group s-action sc-status "
      "cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query "
      "cs(User-Agent) s-ip sc-bytes cs-bytes rs(Content-Type)\n";
  auto truth = LogTruth{};
  const auto planned = planned_hits(world, plan, openings);
  for (auto day = kFirstDays[month]; day < kFirstDays[month + 1]; ++day) {
    for (const auto& hit : month_hits(world, planned, day, world.load->web, "proxy")) {
      const auto start = file.offset();
      append_proxy(file.buffer, hit);
      note(truth, file, start, hit, hit.stage);
      file.end_row();
    }
  }
  return close(file, std::move(truth));
}

auto write_names(const World& world, const MailPlan& plan, const std::vector<Opening>& openings,
                 std::uint32_t month, const std::string& dir) -> Result<LogTruth> {
  auto file = OutFile{dir, "P/dns/" + std::string{kMonthNames[month]} + ".log"};
  auto truth = LogTruth{};
  const auto planned = planned_hits(world, plan, openings);
  for (auto day = kFirstDays[month]; day < kFirstDays[month + 1]; ++day) {
    auto draw = Stream{world.key("query"), day};
    for (const auto& hit : month_hits(world, planned, day, world.load->names, "dns")) {
      // The provider's picture proxy has resolvers of its own.
      if (hit.client.starts_with("198.51.100.")) continue;
      const auto start = file.offset();
      append_query(file.buffer, hit, draw);
      note(truth, file, start, hit, "support");
      file.end_row();
    }
  }
  return close(file, std::move(truth));
}

}  // namespace serjeant::exercise
