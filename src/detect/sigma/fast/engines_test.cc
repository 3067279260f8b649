#include <gtest/gtest.h>

#include <array>

#include "core/json.h"
#include "detect/matcher.h"

// The fast engine is held to the slow one: rules of every kind, events that meet
// them, and what becomes of these by small changes.
namespace serjeant {
namespace {

struct Case {
  std::string_view selection;  // of a rule, as YAML in flow style
  std::string_view event;      // that meets it, as JSON
};

constexpr auto kCases = std::to_array<Case>({
    {R"({A: word})", R"({"A":"word"})"},
    {R"({A: ''})", R"({"A":""})"},
    {R"({A: 'x*'})", R"({"A":"xylophone"})"},
    {R"({A|contains: mimikatz})", R"({"A":"run Mimikatz now"})"},
    {R"({A|contains: [ab, '^^', q]})", R"({"A":"one ^^ two"})"},
    {R"({A|contains|all: [' -enc', powershell]})", R"({"A":"PowerShell.exe -Enc AAAA"})"},
    {R"({A|startswith: 'C:\Users\'})", R"({"A":"c:\\users\\anna"})"},
    {R"({A|startswith: [a, bc, 'defgh', 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run']})",
     R"({"A":"hklm\\software\\microsoft\\windows\\currentversion\\runonce"})"},
    {R"({A|endswith: ['\cmd.exe', '.ps1', e]})", R"({"A":"C:\\Windows\\System32\\cmd.exe"})"},
    {R"({A|endswith: '\some\long\path\that\goes\on\and\on\x.exe'})",
     R"({"A":"C:\\some\\long\\path\\that\\goes\\on\\and\\on\\x.exe"})"},
    {R"({A|contains|windash: [' -f ', '-delete']})", R"({"A":"fc /f x"})"},
    {R"({A|contains|cased: ['Straße', 'ABc']})", R"({"A":"die Straße hier"})"},
    {R"({A|cased: WORD})", R"({"A":"WORD"})"},
    {R"({A: 'a?c*e'})", R"({"A":"abcdde"})"},
    {R"({A|contains: 'ÄÖÜ'})", R"({"A":"..äöü.."})"},
    {R"({A|re: 'foo[0-9]+bar'})", R"({"A":"xx foo12bar"})"},
    {R"({A|re|i: 'user(name)?=admin'})", R"({"A":"USER=Admin"})"},
    {R"({A|re: 'abc|xyz'})", R"({"A":"xyz"})"},
    {R"({A|re: 'colou?r{2}\.exe$'})", R"({"A":"colorr.exe"})"},
    {R"({A: 4624})", R"({"A":4624})"},
    {R"({A: [1.5, 1e3]})", R"({"A":1000})"},
    {R"({A: -7})", R"({"A":-7})"},
    {R"({A: true})", R"({"A":true})"},
    {R"({A: null})", R"({"B":1})"},
    {R"({A: [null, x]})", R"({"A":null})"},
    {R"({A|exists: true})", R"({"A":[]})"},
    {R"({A|exists: false})", R"({"B":1})"},
    {R"({A|cidr: [10.0.0.0/8, 'fe80::/10']})", R"({"A":"10.9.8.7"})"},
    {R"({A|gte: 5})", R"({"A":"7"})"},
    {R"({A|hour|lt: 6})", R"({"A":"2026-01-01T03:00:00Z"})"},
    {R"({A|fieldref: B})", R"({"A":"same","B":"SAME"})"},
    {R"({A|fieldref|endswith: B})", R"({"A":"C:\\x\\same","B":"SAME"})"},
    {R"({A|neq: word})", R"({"A":"other"})"},
    {R"({A|base64offset|contains: 'http://'})", R"({"A":"xx aHR0cDovLw== yy"})"},
    {R"({A|wide|base64offset|contains: 'iex'})", R"({"A":"aQBlAHgA"})"},
    {R"({a.b: word})", R"({"a":{"b":"word"}})"},
    {R"({a.b|contains: word})", R"({"a":[{"b":"x"},{"b":["y","sword"]}]})"},
    {R"([keyword, other])", R"({"x":{"y":["the KEYWORD is here"]}})"},
    {R"({'|all': [alpha, beta]})", R"({"x":"alpha","y":"beta"})"},
    {R"([{A: 1, B: 2}, {A: 3}])", R"({"A":1,"B":2})"},
    {R"({A|contains: [q1, q2, q3, q4, q5, q6, q7, q8, q9, qa, qb, qc, 'dd', 'zz1', 'zz2', 'zz3',
         'zz4', 'zz5', 'zz6', 'zz7', 'zz8', 'zz9', 'zza']})",
     R"({"A":"..zz9.."})"},
});

// An event that is like `json` but for one change.
auto changes_of(const std::string& json) -> std::vector<std::string> {
  auto out = std::vector<std::string>{json};
  auto turned = json;
  for (auto& c : turned)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 32);
    else if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c + 32);
  // Names keep their case, values turn: names are one letter, or two with a dot.
  for (auto at = std::size_t{0}; at + 1 < json.size(); ++at)
    if (json[at + 1] == '"' && at > 0 && json[at - 1] == '"') turned[at] = json[at];
  out.push_back(turned);
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (auto at = json.find(from); at != std::string::npos; at = json.find(from, at + 1)) {
      auto other = json;
      other.replace(at, from.size(), to);
      out.push_back(std::move(other));
    }
  };
  for (const auto dash : {"-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95", "_"}) {
    replace("-", dash);
    replace("/", dash);
  }
  replace("k", "\xe2\x84\xaa");  // folds to k
  replace("s", "\xc5\xbf");      // folds to s
  replace("e", "\xff");
  replace("\"A\":\"", "\"A\":\"  ");
  replace("\"}", "  \"}");
  replace("\"}", "\\u0000\"}");
  replace("}", ",\"A\":\"twice\"}");
  replace("}", ",\"C\":\"more\"}");
  replace("\"A\":", "\"A\":null,\"B\":");
  replace("\"A\":", "\"B\":");
  replace("\"A\":", "\"A\":{},\"C\":");
  replace("4624", "\"4624\"");
  replace("4624", "4624.0");
  replace("1000", "1e3");
  replace("1000", "1000.0");
  replace("-7", "-7.00");
  replace("true", "\"True\"");
  replace("10.9.8.7", "::ffff:10.9.8.7");
  replace("10.9.8.7", "11.9.8.7");
  // Each value inside an array, and an array of arrays.
  if (const auto colon = json.find(':'); colon != std::string::npos) {
    const auto value = json.substr(colon + 1, json.size() - colon - 2);
    if (value.find(",\"") == std::string::npos) {
      const auto begin = json.substr(0, colon + 1);
      out.push_back(begin + "[" + value + "]}");
      out.push_back(begin + "[\"x\",[null," + value + ",17]]}");
      out.push_back(begin + "{\"#text\":" + value + "}}");
    }
  }
  // Every value cut by its last byte, and by its first.
  for (auto at = json.find("\":\""); at != std::string::npos; at = json.find("\":\"", at + 1)) {
    if (json[at + 3] == '"' || json[at + 3] == '\\') continue;
    auto cut = json;
    cut.erase(at + 3, 1);
    out.push_back(std::move(cut));
  }
  return out;
}

class Engines : public testing::Test {
 protected:
  void judge(Matcher& matcher, const std::string& json, std::string_view raw = {},
             std::string_view profile = "unknown") {
    arena_.reset();
    document_.clear();
    parse_json(json, {}, document_, arena_);
    auto event = Event{};
    event.profile = profile;
    if (profile != "unknown") event.product = "x";
    event.native = document_.root();
    event.span = {number_++, 1, 0};
    found_.clear();
    matcher.match(event, raw, found_);
    ASSERT_EQ(matcher.difference(), "") << json;
  }
  Arena arena_;
  Document document_;
  std::uint64_t number_ = 0;
  std::vector<Finding> found_;
};

auto rules_of(const std::vector<std::string>& conditions) -> std::vector<RuleText> {
  auto out = std::vector<RuleText>{};
  for (const auto& one : kCases)
    for (const auto& condition : conditions)
      out.push_back({"r.yml", "title: t\nlogsource: {product: x}\ndetection:\n  s: " +
                                  std::string(one.selection) +
                                  "\n  t: {D: 1}\n  condition: " + condition + "\n"});
  return out;
}

TEST_F(Engines, AgreeOnEveryKindOfTestAndOnEventsNextToThoseThatMeetIt) {
  const auto rules = load_rule_texts(rules_of({"s", "not s", "s and not t", "t or s"}));
  ASSERT_EQ(rules.loaded(), rules.rules().size());
  const auto matcher = make_matcher(rules, Engine::kBoth);
  for (auto i = std::size_t{0}; i < kCases.size(); ++i) {
    judge(*matcher, std::string(kCases[i].event));
    const auto own = std::find_if(found_.begin(), found_.end(),
                                  [&](const Finding& f) { return f.rule == i * 4; });
    EXPECT_NE(own, found_.end()) << kCases[i].selection;
    for (const auto& change : changes_of(std::string(kCases[i].event))) judge(*matcher, change);
  }
  EXPECT_EQ(matcher->difference(), "");
}

TEST_F(Engines, AgreeAboutEachRuleAlone) {
  for (const auto& one : kCases) {
    const auto rules =
        load_rule_texts({{"r.yml", "title: t\nlogsource: {product: x}\ndetection:\n  s: " +
                                       std::string(one.selection) + "\n  condition: s\n"}});
    const auto matcher = make_matcher(rules, Engine::kBoth);
    for (const auto& other : kCases) judge(*matcher, std::string(other.event), {}, "stated");
    for (const auto& change : changes_of(std::string(one.event)))
      judge(*matcher, change, {}, "stated");
  }
}

TEST_F(Engines, AgreeWhereAValueComesAgainInAnotherShape) {
  const auto rules = load_rule_texts(rules_of({"s"}));
  const auto matcher = make_matcher(rules, Engine::kBoth);
  for (auto round = 0; round < 3; ++round) {
    judge(*matcher, R"({"A":"4624"})");
    judge(*matcher, R"({"A":4624})");
    judge(*matcher, R"({"A":4624.0})");
    judge(*matcher, R"({"A":true,"B":"x"})");
    judge(*matcher, R"({"A":"true","B":"x"})");
    judge(*matcher, R"({"B":"x","A":"true"})");
    judge(*matcher, R"({"A":null,"B":"x"})");
    judge(*matcher, R"({"A":[],"B":"x"})");
    judge(*matcher, "{}");
    judge(*matcher, R"(["not","an","object"])");
  }
}

TEST_F(Engines, LookForKeywordsInTheRawLineToo) {
  const auto rules = load_rule_texts(rules_of({"s", "not s"}));
  const auto matcher = make_matcher(rules, Engine::kBoth);
  judge(*matcher, R"({"m":"x"})", "GET /?q=the+Keyword HTTP/1.1");
  EXPECT_FALSE(found_.empty());
  judge(*matcher, R"({"m":"x"})", "alpha beta");
  judge(*matcher, R"({"m":"beta"})", "alpha");
}

TEST_F(Engines, AgreeOnFieldsThatALogSourceRenames) {
  auto texts = std::vector<RuleText>{};
  for (const auto* selection :
       {"{Image|endswith: '\\cmd.exe'}", "{ProcessId: 4660}", "{User|contains: anna}",
        "{IntegrityLevel: High}", "{ParentProcessId: '0x1'}", "{HostName: ConsoleHost}",
        "{HostName: null}", "{Channel: Security}", "{EventID: 4688}"})
    for (const auto* source : {"category: process_creation, product: windows", "product: windows"})
      texts.push_back({"r.yml", std::string("title: t\nlogsource: {") + source +
                                    "}\ndetection:\n  s: " + selection + "\n  condition: s\n"});
  const auto rules = load_rule_texts(std::move(texts));
  ASSERT_EQ(rules.loaded(), rules.rules().size());
  const auto matcher = make_matcher(rules, Engine::kBoth);
  const auto security = [](std::string_view id, std::string_view rest) {
    return R"({"Channel":"Security","Provider_Name":"Microsoft-Windows-Security-Auditing","EventID":)" +
           std::string(id) + "," + std::string(rest) + "}";
  };
  for (auto round = 0; round < 2; ++round) {
    judge(*matcher,
          security("4688", R"("NewProcessName":"C:\\x\\cmd.exe","NewProcessId":"0x1234")"));
    EXPECT_FALSE(found_.empty());
    judge(*matcher, security("4688", R"("NewProcessName":"C:\\x\\not.exe","NewProcessId":"zz")"));
    judge(*matcher,
          security("4624", R"("NewProcessName":"C:\\x\\cmd.exe","NewProcessId":"0x1234")"));
    judge(*matcher, security("4688", R"("SubjectUserName":"anna","SubjectDomainName":"C",)"
                                     R"("MandatoryLabel":"S-1-16-12288","ProcessId":"0x1")"));
    judge(*matcher, security("4688", R"("SubjectUserName":"ben","SubjectDomainName":"C",)"
                                     R"("MandatoryLabel":"S-1-16-4096","ProcessId":"0x2")"));
    judge(*matcher, R"({"Channel":"","Provider_Name":"x","EventID":4688,"Image":"\\cmd.exe"})");
    for (const auto* blob : {"HostName=ConsoleHost\\nX=1", "X=1", "HostName="}) {
      const auto data = std::string(R"("EventID":400,"Data":")") + blob + "\"}";
      judge(*matcher, R"({"Channel":"Windows PowerShell","Provider_Name":"PowerShell",)" + data);
      judge(*matcher, R"({"Channel":"Application","Provider_Name":"PowerShell",)" + data);
    }
  }
}

TEST_F(Engines, ForgetLayoutsWithoutHarm) {
  const auto rules = load_rule_texts(rules_of({"s", "not s"}));
  const auto matcher = make_matcher(rules, Engine::kBoth);
  for (auto i = 0; i < 1500; ++i)
    judge(*matcher, "{\"A\":\"word\",\"k" + std::to_string(i) + "\":1}");
  auto large = std::string("{\"A\":[0");
  for (auto i = 1; i < 5000; ++i) large += ",\"v" + std::to_string(i) + "\"";
  for (auto i = 0; i < 2; ++i) judge(*matcher, large + ",\"word\"]}");
  EXPECT_FALSE(found_.empty());
}

TEST_F(Engines, CountWhatWasJudgedOneByOne) {
  const auto rules = load_rule_texts(rules_of({"s"}));
  const auto matcher = make_fast_matcher(rules);
  judge(*matcher, R"({"Z":"nothing of interest"})");
  auto judged = std::uint64_t{0};
  for (const auto count : matcher->counts().candidates) judged += count;
  EXPECT_LT(judged, rules.rules().size() / 4);
  EXPECT_EQ(matcher->counts().sources.at("unknown").events, 1u);
}

}  // namespace
}  // namespace serjeant
