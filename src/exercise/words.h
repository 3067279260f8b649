#pragma once

#include <array>
#include <string_view>

// The vocabulary of the exercise. All persons, firms and bodies are invented.
namespace serjeant::exercise {

constexpr auto kFirstNames = std::array<std::string_view, 72>{
    "Ada",    "Aino",   "Alba",    "Amos",   "Anouk",   "Arvid",  "Asta",   "Basil",  "Beata",
    "Bruno",  "Callum", "Carla",   "Chiara", "Dag",     "Daria",  "Dorte",  "Edda",   "Elias",
    "Elin",   "Emre",   "Enzo",    "Esra",   "Farid",   "Filip",  "Freya",  "Gerda",  "Gil",
    "Hanna",  "Henk",   "Ida",     "Ilir",   "Ines",    "Ingrid", "Ivo",    "Jana",   "Jarl",
    "Joao",   "Jonas",  "Kaja",    "Karim",  "Kerstin", "Kofi",   "Lana",   "Lars",   "Leila",
    "Lorenz", "Lucia",  "Maarten", "Magda",  "Malik",   "Marta",  "Mehmet", "Mira",   "Nadia",
    "Nils",   "Noor",   "Olga",    "Oskar",  "Otto",    "Paula",  "Pavel",  "Petra",  "Quentin",
    "Rasmus", "Rosa",   "Samir",   "Selma",  "Tariq",   "Thea",   "Ulla",   "Viktor", "Yara"};
constexpr auto kLastNames = std::array<std::string_view, 150>{
    "Aalto",    "Abbas",    "Ackroyd",  "Adler",     "Almeida",  "Andersson", "Arslan",
    "Bakker",   "Balint",   "Banerjee", "Barros",    "Becker",   "Benali",    "Berg",
    "Bianchi",  "Bjork",    "Blom",     "Boateng",   "Borg",     "Brandt",    "Brennan",
    "Brodie",   "Calder",   "Camara",   "Carlsen",   "Castel",   "Cerny",     "Chevalier",
    "Conti",    "Costa",    "Dahl",     "Dekker",    "Delgado",  "Demir",     "Diaz",
    "Dietrich", "Dobrev",   "Doyle",    "Drexler",   "Duarte",   "Eklund",    "Elmi",
    "Engel",    "Eriksen",  "Esposito", "Fabre",     "Falk",     "Farkas",    "Fiala",
    "Fischer",  "Fontaine", "Forsberg", "Fraser",    "Friis",    "Gallo",     "Garnier",
    "Gashi",    "Gerber",   "Gomez",    "Grabowski", "Greco",    "Gruber",    "Gustavsen",
    "Haas",     "Hadid",    "Halloran", "Hansen",    "Hartmann", "Haugen",    "Heikkinen",
    "Herrera",  "Hoffman",  "Holm",     "Horvat",    "Huber",    "Iversen",   "Jansen",
    "Jensen",   "Johansen", "Kaplan",   "Karlsson",  "Kaya",     "Keller",    "Khan",
    "Klein",    "Koch",     "Kovacs",   "Kowalski",  "Kruger",   "Kumar",     "Lang",
    "Larsen",   "Laurent",  "Lehmann",  "Leroy",     "Lind",     "Lopez",     "Lund",
    "Maier",    "Mancini",  "Marek",    "Martins",   "Masson",   "Mensah",    "Meyer",
    "Moen",     "Moreau",   "Moretti",  "Murray",    "Nagy",     "Nguyen",    "Nielsen",
    "Novak",    "Nowak",    "Nyberg",   "Okafor",    "Olsen",    "Ortega",    "Osei",
    "Owusu",    "Papp",     "Peeters",  "Pereira",   "Petrov",   "Popa",      "Quist",
    "Rahman",   "Ricci",    "Rossi",    "Roux",      "Ruiz",     "Salonen",   "Santos",
    "Schmid",   "Seppala",  "Silva",    "Simic",     "Skov",     "Sorensen",  "Stein",
    "Strand",   "Sutter",   "Svensson", "Tanner",    "Toth",     "Turner",    "Urban",
    "Vogel",    "Weber",    "Wolff"};

constexpr auto kAlliance = std::string_view{"Inter-Parliamentary Alliance on Open Seas"};
constexpr auto kCommittees = std::array<std::string_view, 9>{
    "Committee on Finance",  "Committee on Fisheries", "Committee on Justice",
    "Committee on Health",   "Committee on Petitions", "Committee on Transport",
    "Committee on Research", "Committee on Defence",   "Committee on Culture"};
constexpr auto kUnits = std::array<std::string_view, 12>{
    "Library",       "Table Office",    "Interpretation", "Building Services",
    "Personnel",     "Finance Service", "Press Office",   "Digital Service",
    "Legal Service", "Visitor Centre",  "Records",        "Committee Secretariat"};

// What a person works with, as logs name it.
struct Kit {
  std::string_view agent, client, os, browser;
};
constexpr auto kOfficeKits = std::array<Kit, 4>{{
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/88.0.4324.150 Safari/537.36 Edg/88.0.705.63",
     "Client=MSExchangeRPC", "Windows10", "Edge"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/88.0.4324.150 Safari/537.36",
     "Client=OWA;Action=ViaProxy", "Windows10", "Chrome"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:78.0) Gecko/20100101 Firefox/78.0",
     "Client=OWA;Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:78.0) Gecko/20100101 Firefox/78.0",
     "Windows10", "Firefox"},
    {"Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
     "Client=MSExchangeRPC", "Windows10", "IE"},
}};
constexpr auto kPhoneKits = std::array<Kit, 4>{{
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 14_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/14.0.3 Mobile/15E148 Safari/604.1",
     "Client=OutlookService;Outlook-iOS/2.0;", "Ios", "Mobile Safari"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 14_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/14.0.1 Mobile/15E148 Safari/604.1",
     "Client=ActiveSync;Apple-iPhone13C2/1802.121", "Ios", "Mobile Safari"},
    {"Mozilla/5.0 (Linux; Android 10; SM-G981B) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/87.0.4280.141 Mobile Safari/537.36",
     "Client=OutlookService;Outlook-Android/2.0;", "Android", "Chrome Mobile"},
    {"Mozilla/5.0 (Linux; Android 11; Pixel 4a) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/88.0.4324.152 Mobile Safari/537.36",
     "Client=OutlookService;Outlook-Android/2.0;", "Android", "Chrome Mobile"},
}};
constexpr auto kHomeKits = std::array<Kit, 4>{{
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/14.0.3 Safari/605.1.15",
     "Client=OWA;Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, "
     "like Gecko) Version/14.0.3 Safari/605.1.15",
     "MacOs", "Safari"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/88.0.4324.182 Safari/537.36",
     "Client=OWA;Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/88.0.4324.182 Safari/537.36",
     "Windows10", "Chrome"},
    {"Mozilla/5.0 (iPad; CPU OS 14_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/14.0.3 Mobile/15E148 Safari/604.1",
     "Client=OutlookService;Outlook-iOS/2.0;", "Ios", "Mobile Safari"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:85.0) Gecko/20100101 Firefox/85.0",
     "Client=OWA;Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:85.0) Gecko/20100101 Firefox/85.0",
     "Windows10", "Firefox"},
}};

constexpr auto kFolders = std::array<std::string_view, 6>{
    "\\Inbox", "\\Inbox", "\\Inbox", "\\Sent Items", "\\Archive", "\\Inbox\\Committee"};
constexpr auto kFileNames = std::array<std::string_view, 16>{
    "Agenda",      "Minutes",      "Draft report", "Amendments", "Briefing note", "Budget",
    "Travel plan", "Visitor list", "Questions",    "Answer",     "Speech",        "Roster",
    "Contacts",    "Timetable",    "Annex",        "Summary"};
constexpr auto kExtensions =
    std::array<std::string_view, 6>{"docx", "docx", "xlsx", "pdf", "pptx", "docx"};
constexpr auto kSites = std::array<std::string_view, 8>{"Bills",   "Plenary", "Library", "Finance",
                                                        "Records", "Press",   "Travel",  "Hansard"};

}  // namespace serjeant::exercise
