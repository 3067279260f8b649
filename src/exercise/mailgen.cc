#include "exercise/mailgen.h"

#include <array>
#include <string_view>

#include "core/text.h"
#include "core/time.h"
#include "exercise/out.h"
#include "exercise/prose.h"
#include "exercise/words.h"

namespace serjeant::exercise {
namespace {

// One account at the mail house: whom it pretends to be.
struct Sender {
  std::string_view reporter, outlet, box, domain, site;
};
constexpr auto kSenders = std::array<Sender, kAccounts>{{
    {"Nora Lindqvist", "The Harbour Courier", "nora.lindqvist", "courier-desk.example",
     "www.harbour-courier.example"},
    {"Newsroom", "The Harbour Courier", "newsroom", "harbourcourier-news.example",
     "www.harbour-courier.example"},
    {"Tomas Reyl", "Northern Dispatch", "t.reyl", "dispatch-report.example",
     "www.northern-dispatch.example"},
    {"Editors", "Northern Dispatch", "editors", "ndispatch-daily.example",
     "www.northern-dispatch.example"},
    {"Ilse Marchetti", "Strait Observer", "ilse.marchetti", "observer-brief.example",
     "www.strait-observer.example"},
    {"World Desk", "Strait Observer", "worlddesk", "strait-observer-press.example",
     "www.strait-observer.example"},
    {"Jakob Ferrante", "Arcadia Gazette", "j.ferrante", "gazette-wire.example",
     "www.arcadia-gazette.example"},
    {"Alerts", "Arcadia Gazette", "alerts", "arcadiagazette-alerts.example",
     "www.arcadia-gazette.example"},
    {"Sofia Anders", "Borealis Radio", "sofia.anders", "radio-borealis-press.example",
     "www.borealis-radio.example"},
    {"Morning Show", "Borealis Radio", "morning", "brradio-news.example",
     "www.borealis-radio.example"},
}};
constexpr auto kHouse = std::string_view{"mergepost.example"};

struct Paper {
  std::string_view name, box, domain, host, list, hosts_pixel;
};
constexpr auto kPapers = std::array<Paper, 3>{{
    {"Consumer Fund", "news", "consumer-fund.example", "out1.consumer-fund.example",
     "monthly.consumer-fund.example", "t.consumer-fund.example"},
    // Honest, and at the same mail house as A's ten accounts.
    {"The Harbour Courier", "briefing", "harbour-courier.example", "out3.mergepost.example",
     "briefing.harbour-courier.example", "open.harbour-courier.example"},
    {"Open Seas Review", "editor", "openseas-review.example", "mail.openseas-review.example",
     "review.openseas-review.example", "stat.openseas-review.example"},
}};

struct Drill {
  std::string_view name, box, subject, text, button;
};
constexpr auto kDrills = std::array<Drill, 6>{{
    {"IT Service", "it-service", "Your password expires in 24 hours",
     "Your password will expire within 24 hours. To keep your access, please confirm it before "
     "the end of the day.",
     "Keep my password"},
    {"Parcel Desk", "parcel", "A parcel could not be delivered",
     "We tried to deliver a parcel to your office. Choose a new time within three days, "
     "otherwise it is returned to its sender.",
     "Choose a time"},
    {"Payroll", "payroll", "Your salary statement has been corrected",
     "A correction was made to your last salary statement. Sign in to read and accept the new "
     "version of the document.",
     "Read statement"},
    {"Shared Files", "share", "A colleague shared a file with you",
     "A document was shared with you. The link works for seven days and only with your work "
     "account.",
     "Open document"},
    {"Voice Mail", "voice", "New voice message (0:47)",
     "You have received a voice message of 47 seconds while you were away. Listen to it in your "
     "browser.",
     "Listen"},
    {"Canteen", "canteen", "New menu and a voucher for you",
     "The canteen has a new menu. As one of our regular guests you receive a voucher, valid until "
     "Friday.",
     "Get voucher"},
}};

// Kept in quarantine, and so never delivered.
auto is_held(const Mail& mail) -> bool {
  return mail.kind == MailKind::kJunk ||
         (mail.kind == MailKind::kLure && mail.recipient >= kDelivered &&
          mail.recipient < kTargets);
}

auto short_id(const World& world, const Mail& mail, std::size_t digits) -> std::string {
  auto text = std::string{};
  Stream{world.key("mail-id"), mail.serial}.hex(text, digits);
  return text;
}

auto stamp(Seconds at) -> std::string {
  auto text = format_time(at * kSecond);
  auto digits = std::string{};
  for (const auto c : text) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits;
}

auto two(std::uint32_t value) -> std::string {
  return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

constexpr auto kMonths = std::array<std::string_view, 12>{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr auto kWeekdays =
    std::array<std::string_view, 7>{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};

auto clock(const Civil& c) -> std::string {
  return two(c.hour) + ":" + two(c.minute) + ":" + two(c.second);
}

auto weekday(Seconds at) -> std::string_view {
  return kWeekdays[static_cast<std::size_t>(at / kDaySeconds % 7)];
}

// RFC 5322 date-time, in UTC.
auto mail_date(Seconds at) -> std::string {
  const auto c = civil_from_nanos(at * kSecond);
  auto text = std::string{weekday(at)} + ", " + two(c.day) + " ";
  text.append(kMonths[c.month - 1]);
  return text + " " + std::to_string(c.year) + " " + clock(c) + " +0000";
}

// asctime, as the From line of an mbox has it (RFC 4155, appendix A).
auto from_line_date(Seconds at) -> std::string {
  const auto c = civil_from_nanos(at * kSecond);
  auto text = std::string{weekday(at)} + " ";
  text.append(kMonths[c.month - 1]);
  text += c.day < 10 ? "  " : " ";
  return text + std::to_string(c.day) + " " + clock(c) + " " + std::to_string(c.year);
}

// Quoted-printable (RFC 2045, section 6.7) of ASCII text. A line that begins with
// "From " is coded too (RFC 2049, section 3), so that no mbox takes it for a border.
void append_quoted(std::string& out, std::string_view text) {
  auto column = std::size_t{0};
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    const auto c = text[i];
    if (c == '\n') {
      out += '\n';
      column = 0;
      continue;
    }
    const auto last = i + 1 == text.size() || text[i + 1] == '\n';
    const auto border = column == 0 && text.substr(i).starts_with("From ");
    const auto coded = c == '=' || (c == ' ' && last) || border;
    const auto width = coded ? std::size_t{3} : std::size_t{1};
    if (column + width > 75) {
      out += "=\n";
      column = 0;
    }
    if (coded) {
      out += c == '=' ? "=3D" : c == ' ' ? "=20" : "=46";
    } else {
      out += c;
    }
    column += width;
  }
  if (column != 0) out += '\n';
}

auto slug(std::string_view headline) -> std::string {
  auto text = std::string{};
  for (const auto c : headline) {
    if (c >= 'A' && c <= 'Z') text += static_cast<char>(c + 32);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) text += c;
    if (c == ' ' && !text.empty() && text.back() != '-') text += '-';
  }
  return text;
}

struct Envelope {
  std::string from_name, from, to_name, to, bounce, host, ip, id, subject;
};

auto receiving_host(const Envelope& mail) -> std::string {
  const auto domain = mail.to.substr(mail.to.find('@') + 1);
  return (domain == kDomain ? "mx1." : "mx.") + domain;
}

void append_head(std::string& out, const World& world, const Mail& mail, const Envelope& envelope,
                 std::string_view dkim, std::string_view dmarc) {
  auto draw = Stream{world.key("headers"), mail.serial};
  const auto mx = receiving_host(envelope);
  const auto arrived = mail.at + draw.between(1, 7);
  out.append("Return-Path: <").append(envelope.bounce).append(">\n");
  if (!is_held(mail)) out.append("Delivered-To: ").append(envelope.to).append("\n");
  out.append("Received: from ").append(envelope.host).append(" (").append(envelope.host);
  out.append(" [").append(envelope.ip).append("])\n\tby ").append(mx);
  out.append(" (Postfix) with ESMTPS id ");
  draw.upper_hex(out, 10);
  out.append("\n\tfor <").append(envelope.to).append(">; ").append(mail_date(arrived)).append("\n");
  const auto bounce_domain = envelope.bounce.substr(envelope.bounce.find('@') + 1);
  out.append("Authentication-Results: ").append(mx).append(";\n\tspf=pass smtp.mailfrom=");
  out.append(bounce_domain);
  if (dkim.empty()) {
    out.append(";\n\tdkim=none");
  } else {
    out.append(";\n\tdkim=pass header.d=").append(dkim);
  }
  out.append(";\n\tdmarc=").append(dmarc).append(" header.from=");
  out.append(envelope.from.substr(envelope.from.find('@') + 1)).append("\n");
  if (!dkim.empty()) {
    out.append("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=").append(dkim);
    out.append("; s=s1;\n\th=from:to:subject:date:message-id; bh=");
    draw.base64(out, 43);
    out.append("=;\n\tb=");
    draw.base64(out, 64);
    out.append("\n\t");
    draw.base64(out, 64);
    out.append("\n\t");
    draw.base64(out, 42);
    out.append("==\n");
  }
  out.append("Date: ").append(mail_date(mail.at)).append("\n");
  out.append("From: ").append(envelope.from_name).append(" <").append(envelope.from);
  out.append(">\nTo: ").append(envelope.to_name).append(" <").append(envelope.to);
  out.append(">\nSubject: ").append(envelope.subject);
  out.append("\nMessage-ID: ").append(envelope.id).append("\nMIME-Version: 1.0\n");
}

auto envelope_of(const World& world, const MailPlan& plan, const Mail& mail) -> Envelope {
  auto envelope = Envelope{};
  const auto& recipient = plan.recipients[mail.recipient];
  envelope.to_name = recipient.name;
  envelope.to = mail_address(world, plan, mail);
  envelope.from = mail_sender(plan, mail);
  envelope.bounce = envelope.from;
  envelope.subject = mail_subject(world, mail);
  envelope.id = message_id(world, plan, mail);
  return envelope;
}

auto tenant_of(const World& world, std::uint32_t account) -> std::string {
  auto text = std::string{"mp-"};
  Stream{world.key("mail-house"), account}.hex(text, 8);
  return text;
}

void render_lure_page(std::string& page, const World& world, const MailPlan& plan,
                      const Mail& mail) {
  const auto& sender = kSenders[mail.account - 1u];
  const auto number = mail.piece - 1u;
  const auto& story = kStories[number];
  auto words = Stream{world.key("template"), number};
  const auto first = lure_paragraph(words, story, 3, 0);
  // Every fifth template was written in three versions.
  const auto version = number % 5 == 2 ? mail.serial % 3 : 0;
  auto more = Stream{world.key("template-end"), number * 4 + version};
  const auto second = lure_paragraph(more, story, 3, 1);
  const auto token = mail_token(world, mail);
  const auto host = std::string{beacon_host(mail)};
  const auto image = "https://" + host + beacon_path(mail, token);
  const auto article = "https://" + std::string{sender.site} + "/" +
                       format_date(mail.at * kSecond).substr(0, 4) + "/" + slug(story.headline);
  const auto link =
      number >= 30 ? "https://" + std::string{link_host(mail)} + "/a/" + token : article;
  const auto& name = plan.recipients[mail.recipient].name;
  const auto picture = "<a href=\"" + article + "\"><img src=\"" + image +
                       "\" width=\"600\" height=\"338\" alt=\"" + std::string{story.headline} +
                       "\"></a>";
  const auto text = "<p>Dear " + name + ",</p>\n<p>" + first + "</p>\n<p>" + second +
                    "</p>\n<p><a href=\"" + link + "\">Continue reading</a></p>";
  const auto sign = std::string{sender.reporter} + ", " + std::string{sender.outlet};
  page += "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>";
  page.append(story.headline).append("</title></head>\n");
  switch (mail.account % 3) {
    case 0:
      page +=
          "<body style=\"margin:0;background:#f4f4f2\">\n<table width=\"640\" align=\"center\">";
      page += "<tr><td>" + picture + "</td></tr>\n<tr><td><h2>" + std::string{story.headline} +
              "</h2>\n" + text + "\n<p style=\"color:#666\">" + sign +
              "</p></td></tr></table>\n</body></html>\n";
      break;
    case 1:
      page += "<body>\n<div style=\"width:640px;margin:auto;font-family:Georgia,serif\">\n<h1>" +
              std::string{story.headline} + "</h1>\n" + picture + "\n" + text + "\n<hr><small>" +
              sign + "</small></div>\n</body></html>\n";
      break;
    default:
      page += "<body>\n" + picture + "\n<h2>" + std::string{story.headline} + "</h2>\n" + text +
              "\n<p>" + sign + "</p>\n</body></html>\n";
  }
}

void render_lure(const World& world, const MailPlan& plan, const Mail& mail, std::string& out) {
  const auto& sender = kSenders[mail.account - 1u];
  auto envelope = envelope_of(world, plan, mail);
  envelope.from_name = std::string{sender.reporter} == "Newsroom" || mail.account % 2 == 0
                           ? std::string{sender.outlet} + " " + std::string{sender.reporter}
                           : std::string{sender.reporter} + " | " + std::string{sender.outlet};
  const auto tenant = tenant_of(world, mail.account);
  const auto out_host = 1 + mail.account % 4;
  envelope.bounce =
      "bounce+" + tenant + "." + short_id(world, mail, 10) + "@" + std::string{kHouse};
  envelope.host = "out" + std::to_string(out_host) + "." + std::string{kHouse};
  envelope.ip = "198.51.100." + std::to_string(160 + out_host);
  append_head(out, world, mail, envelope, kHouse, "none");
  out += "X-MergePost-Account: " + tenant + "\nX-MergePost-Job: " + tenant + "-" +
         std::to_string(mail.piece) + "\nX-Mailer: MergePost 4.2\n";
  out +=
      "Content-Type: text/html; charset=us-ascii\nContent-Transfer-Encoding: quoted-printable\n\n";
  auto page = std::string{};
  render_lure_page(page, world, plan, mail);
  append_quoted(out, page);
}

void render_newsletter(const World& world, const MailPlan& plan, const Mail& mail,
                       std::string& out) {
  const auto& paper = kPapers[mail.account];
  const auto token = mail_token(world, mail);
  const auto tracker = "https://" + std::string{paper.hosts_pixel};
  auto envelope = envelope_of(world, plan, mail);
  envelope.from_name = paper.name;
  envelope.host = paper.host;
  envelope.ip = mail.account == 1   ? "198.51.100.163"
                : mail.account == 0 ? "198.51.100.180"
                                    : "198.51.100.181";
  auto tenant = std::string{};
  if (mail.account == 1) {
    tenant = tenant_of(world, 40);
    envelope.bounce =
        "bounce+" + tenant + "." + short_id(world, mail, 10) + "@" + std::string{kHouse};
  }
  append_head(out, world, mail, envelope, paper.domain, "pass");
  if (!tenant.empty()) {
    out += "X-MergePost-Account: " + tenant + "\nX-MergePost-Job: " + tenant + "-" +
           std::to_string(mail.piece) + "\nX-Mailer: MergePost 4.2\n";
  }
  out += "List-Id: " + std::string{paper.name} + " <" + std::string{paper.list} + ">\n";
  out += "List-Unsubscribe: <" + tracker + "/unsub/" + token +
         ">\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\nPrecedence: bulk\n";
  const auto border = "=_nl_" + short_id(world, mail, 16);
  out += "Content-Type: multipart/alternative; boundary=\"" + border + "\"\n\n";

  auto words = Stream{world.key("issue"), mail.account, mail.piece};
  auto plain = std::string{};
  auto page = std::string{
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "</head>\n<body><table width=\"600\"><tr><td><h1>"};
  page += std::string{paper.name} + "</h1>\n";
  const auto site = "https://www." + std::string{paper.domain} + "/";
  // The true outlet prints the story that A takes for its lure.
  if (mail.account == 1 && mail.piece % 9 == 4) {
    const auto& story = kStories[std::min<std::size_t>(mail.piece / 9, kStories.size() - 1)];
    const auto teaser = lure_paragraph(words, story, 1, 0);
    page += "<h3><a href=\"" + site + slug(story.headline) + "\">" + std::string{story.headline} +
            "</a></h3>\n<p>" + teaser + "</p>\n";
    plain += std::string{story.headline} + "\n" + teaser + "\n\n";
  }
  for (auto i = 0; i < 4; ++i) {
    const auto heading = newsletter_heading(words);
    const auto item = newsletter_item(words, words.between(2, 4));
    page += "<h3><a href=\"" + site + slug(heading) + "\">" + heading + "</a></h3>\n<p>" + item +
            "</p>\n";
    plain += heading + "\n" + item + "\n\n";
  }
  page += "<p style=\"font-size:11px\"><a href=\"" + tracker + "/unsub/" + token +
          "\">Unsubscribe</a></p></td></tr></table>\n<img src=\"" + tracker + "/o/" + token +
          ".gif\" width=\"1\" height=\"1\" alt=\"\">\n</body></html>\n";
  out += "--" + border + "\nContent-Type: text/plain; charset=us-ascii; format=flowed\n" +
         "Content-Transfer-Encoding: quoted-printable\n\n";
  append_quoted(out, plain);
  out += "\n--" + border + "\nContent-Type: text/html; charset=us-ascii\n" +
         "Content-Transfer-Encoding: quoted-printable\n\n";
  append_quoted(out, page);
  out += "\n--" + border + "--\n";
}

void render_training(const World& world, const MailPlan& plan, const Mail& mail, std::string& out) {
  const auto& drill = kDrills[mail.account];
  const auto token = mail_token(world, mail);
  auto envelope = envelope_of(world, plan, mail);
  envelope.from_name = drill.name;
  envelope.bounce = "bounce-" + token + "@phishdrill.example";
  envelope.host = "send.phishdrill.example";
  envelope.ip = "198.51.100.190";
  append_head(out, world, mail, envelope, "phishdrill.example", "pass");
  out += "X-PhishDrill-Campaign: arcadia-" + std::to_string(mail.account + 1) +
         "\nX-PhishDrill-Recipient: " + token +
         "\nContent-Type: text/html; charset=us-ascii\nContent-Transfer-Encoding: 7bit\n\n";
  const auto root = "https://secure.drill-portal.example/";
  out += "<html><body>\n<p>Dear " + plan.recipients[mail.recipient].name + ",</p>\n<p>" +
         std::string{drill.text} + "</p>\n<p><a href=\"" + root + "t/" + token + "\">" +
         std::string{drill.button} + "</a></p>\n<p>" + std::string{drill.name} +
         "</p>\n<img src=\"" + root + "o/" + token +
         ".png\" width=\"1\" height=\"1\" alt=\"\">\n</body></html>\n";
}

auto first_word(std::string_view name) -> std::string_view {
  return name.substr(0, name.find(' '));
}

void render_everyday(const World& world, const MailPlan& plan, const Mail& mail, std::string& out) {
  const auto& sender = plan.recipients[mail.sender];
  auto envelope = envelope_of(world, plan, mail);
  envelope.from_name = sender.name;
  const auto domain = envelope.from.substr(envelope.from.find('@') + 1);
  envelope.host = (domain == kDomain ? "hub1." : "mail.") + domain;
  envelope.ip = domain == kDomain ? "192.0.2.40" : "198.51.100.200";
  append_head(out, world, mail, envelope, domain, "pass");
  auto draw = Stream{world.key("everyday-text"), mail.serial};
  if (mail.serial % 3 == 0) {
    out += "In-Reply-To: <";
    draw.upper_hex(out, 24);
    out.append("@mail.").append(kDomain).append(">\n");
  }
  out += "Content-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 7bit\n\n";
  const auto body = everyday_body(draw, first_word(sender.name), first_word(envelope.to_name));
  out += body;
}

void render_odd(const World& world, const MailPlan& plan, const Mail& mail, std::string& out) {
  auto envelope = envelope_of(world, plan, mail);
  const auto hook = mail.kind == MailKind::kHook;
  envelope.from_name = hook ? "Accounts Payable" : "Lucky Prize Office";
  envelope.host = hook ? "smtp.invoice-share.example" : "bulk.prize-office.example";
  envelope.ip = hook ? "203.0.113.70" : "203.0.113.240";
  append_head(out, world, mail, envelope, hook ? "invoice-share.example" : "",
              hook ? "pass" : "none");
  out += "Content-Type: text/html; charset=us-ascii\nContent-Transfer-Encoding: 7bit\n\n";
  if (hook) {
    out +=
        "<html><body><p>Dear colleague,</p>\n<p>the corrected invoice 2021-0417 is ready for "
        "your signature. It stays available until Thursday.</p>\n<p><a "
        "href=\"https://login.invoice-share.example/v/" +
        mail_token(world, mail) +
        "\">Open the invoice</a></p>\n<p>Accounts Payable, Quay Catering</p></body></html>\n";
  } else {
    out +=
        "<html><body><p>Congratulations! Your address was drawn in our lottery. Send us your "
        "name and telephone number to receive " +
        std::to_string(1 + mail.serial % 9) + " million crowns.</p></body></html>\n";
  }
}

}  // namespace

auto message_id(const World& world, const MailPlan& plan, const Mail& mail) -> std::string {
  const auto& original = plan.mails[mail.id_of];
  const auto id = short_id(world, original, 16);
  switch (mail.kind) {
    case MailKind::kLure:
      return "<" + id + "." + stamp(original.at) + "@out" +
             std::to_string(1 + original.account % 4) + "." + std::string{kHouse} + ">";
    case MailKind::kNewsletter:
      return "<" + id + "." + stamp(mail.at) + "@" + std::string{kPapers[mail.account].host} + ">";
    case MailKind::kTraining:
      return "<" + id + "@send.phishdrill.example>";
    case MailKind::kEveryday: {
      const auto& from = plan.recipients[mail.sender].address;
      auto text = std::string{"<"};
      Stream{world.key("mail-id"), mail.serial}.upper_hex(text, 32);
      return text + "@mail." + from.substr(from.find('@') + 1) + ">";
    }
    default:
      return "<" + id + "@" +
             (mail.kind == MailKind::kHook ? "invoice-share.example>" : "prize-office.example>");
  }
}

auto mail_sender(const MailPlan& plan, const Mail& mail) -> std::string {
  const auto join = [](std::string_view box, std::string_view domain) {
    return std::string{box} + "@" + std::string{domain};
  };
  switch (mail.kind) {
    case MailKind::kLure:
      return join(kSenders[mail.account - 1u].box, kSenders[mail.account - 1u].domain);
    case MailKind::kNewsletter:
      return join(kPapers[mail.account].box, kPapers[mail.account].domain);
    case MailKind::kTraining:
      return join(kDrills[mail.account].box, "drill-portal.example");
    case MailKind::kEveryday:
      return plan.recipients[mail.sender].address;
    default:
      return mail.kind == MailKind::kHook ? "ap@invoice-share.example"
                                          : "winner@prize-office.example";
  }
}

auto mail_subject(const World& world, const Mail& mail) -> std::string {
  switch (mail.kind) {
    case MailKind::kLure:
      return std::string{kStories[mail.piece - 1u].headline};
    case MailKind::kNewsletter: {
      auto words = Stream{world.key("issue-title"), mail.account, mail.piece};
      return std::string{kPapers[mail.account].name} + ": " + newsletter_heading(words);
    }
    case MailKind::kTraining:
      return std::string{kDrills[mail.account].subject};
    case MailKind::kEveryday: {
      auto words = Stream{world.key("everyday-subject"), mail.serial};
      return (mail.serial % 3 == 0 ? "Re: " : "") + everyday_subject(words);
    }
    default:
      return mail.kind == MailKind::kHook ? "Invoice 2021-0417, corrected" : "You have won";
  }
}

void render_mail(const World& world, const MailPlan& plan, const Mail& mail, std::string& out) {
  switch (mail.kind) {
    case MailKind::kLure:
      return render_lure(world, plan, mail, out);
    case MailKind::kNewsletter:
      return render_newsletter(world, plan, mail, out);
    case MailKind::kTraining:
      return render_training(world, plan, mail, out);
    case MailKind::kEveryday:
      return render_everyday(world, plan, mail, out);
    default:
      return render_odd(world, plan, mail, out);
  }
}

auto write_mail_file(const World& world, const MailPlan& plan, const MailFile& file,
                     const std::string& dir, std::vector<MailTruth>& truth)
    -> Result<ExerciseFile> {
  auto out = OutFile{dir, file.path};
  auto message = std::string{};
  for (const auto serial : file.mails) {
    const auto& mail = plan.mails[serial];
    message.clear();
    render_mail(world, plan, mail, message);
    const auto start = out.offset();
    if (file.mbox) {
      out.buffer += "From " + mail_sender(plan, mail) + " " + from_line_date(mail.at) + "\n";
      // No line of a message begins with "From " (see append_quoted), so nothing needs quoting.
      out.buffer += message;
      out.buffer += '\n';
    } else {
      for (const auto c : message) {
        if (c == '\n') out.buffer += '\r';
        out.buffer += c;
      }
    }
    auto row = MailTruth{};
    row.org = "P";
    row.message_id = message_id(world, plan, mail);
    row.file = file.path;
    row.offset = start;
    row.length = out.offset() - start;
    row.recipients = {plan.recipients[mail.recipient].address};
    row.token = mail_token(world, mail);
    switch (mail.kind) {
      case MailKind::kLure:
        row.kind = "lure";
        row.campaign = "c1";
        row.template_id = template_name(mail.piece);
        row.sender_account = (mail.account < 10 ? "m0" : "m") + std::to_string(mail.account);
        break;
      case MailKind::kHook:
        row.kind = "lure";
        row.campaign = "c2";
        row.template_id = "t39";
        break;
      case MailKind::kNewsletter:
        row.kind = "newsletter";
        break;
      case MailKind::kTraining:
        row.kind = "training";
        break;
      default:
        row.kind = "benign";
    }
    truth.push_back(std::move(row));
    out.end_row();
  }
  return out.finish();
}

}  // namespace serjeant::exercise
