"""Small evidence for whole runs: an audit log export, a mailbox, a web log and
an archive, made from a counter, so that every run of the tests has the same."""
import gzip
import io
import json
import pathlib
import zipfile

ORG = "parliament.example"


def audit_record(n):
    day, second = divmod(n * 97, 86400)
    time = f"2024-03-{1 + day % 28:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    user = f"member{n % 17}@{ORG}"
    record = {"CreationTime": time, "Id": f"{n:08x}-0000-4000-8000-{n * 7919 % 2**48:012x}", "OrganizationId": "0" * 8,
              "UserType": 0, "Version": 1, "UserId": user}
    kind = 4 if n % 1000 == 4 else n % 4  # few rules, as in life
    if kind < 3:
        record |= {"Operation": "UserLoggedIn" if n % 11 else "UserLoginFailed", "RecordType": 15,
                   "Workload": "AzureActiveDirectory", "ResultStatus": "Success", "ClientIP": f"192.0.2.{n % 13 + 1}",
                   "ExtendedProperties": [{"Name": "UserAgent", "Value": "Mozilla/5.0"}]}
    elif kind == 3:
        record |= {"Operation": "MailItemsAccessed", "RecordType": 50, "Workload": "Exchange", "ResultStatus": "Succeeded",
                   "ClientIPAddress": f"192.0.2.{n % 13 + 1}", "MailboxOwnerUPN": user, "LogonType": 0,
                   "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}],
                   "Folders": [{"Path": "\\Inbox", "FolderItems": [{"InternetMessageId": f"<{n}@{ORG}>"}]}]}
    else:
        record |= {"Operation": "New-InboxRule", "RecordType": 1, "Workload": "Exchange", "ResultStatus": "True",
                   "ClientIP": "203.0.113.7:4431", "ObjectId": f"{user}\\x",
                   "Parameters": [{"Name": "Name", "Value": "."}, {"Name": "DeleteMessage", "Value": "True"},
                                  {"Name": "SubjectContainsWords", "Value": "invoice"}]}
    return record


def audit_csv(count):
    out = io.StringIO()
    out.write('"RecordType","CreationDate","UserIds","Operations","AuditData","ResultIndex","ResultCount","Identity"\r\n')
    for n in range(count):
        record = audit_record(n)
        data = json.dumps(record).replace('"', '""')
        out.write(f'"{record["RecordType"]}","{record["CreationTime"]}","{record["UserId"]}","{record["Operation"]}",'
                  f'"{data}","{n + 1}","{count}","{record["Id"]}"\r\n')
    return out.getvalue().encode()


def mail(n):
    to = f"member{n % 17}@{ORG}"
    return (f"Received: from out.house.example ([198.51.100.9]) by mx.{ORG}; Fri, 01 Mar 2024 10:{n % 60:02d}:00 +0000\r\n"
            f"From: \"Desk\" <desk@outlet{n % 3}.example>\r\nTo: <{to}>\r\nSubject: Story {n % 4}\r\n"
            f"Date: Fri, 01 Mar 2024 10:{n % 60:02d}:00 +0000\r\nMessage-ID: <{n:032x}@house.example>\r\n"
            f"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            f"<html><body><h1>Story {n % 4}</h1><p>Dear reader, this is the news of the day, told at some length so that "
            f"there is a text to compare, with words enough.</p><a href=\"https://outlet{n % 3}.example/story\">more</a>"
            f"<img src=\"https://px.quiet.example/i/{n * 2654435761 % 2**64:016x}.png\" width=\"1\" height=\"1\"></body></html>\r\n")


def make(folder, records=3000, mails=120):
    folder = pathlib.Path(folder)
    (folder / "mail").mkdir(parents=True)
    (folder / "web").mkdir()
    (folder / "audit.csv").write_bytes(audit_csv(records))
    box = "".join(f"From desk@house.example Fri Mar  1 10:00:00 2024\n{mail(n)}\n".replace("\r\n", "\n") for n in range(mails))
    (folder / "mail" / "inbox.mbox").write_text(box)
    (folder / "mail" / "one.eml").write_text(mail(999))
    lines = ["#Software: Microsoft Internet Information Services 10.0", "#Version: 1.0", "#Date: 2024-03-02 00:00:00",
             "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status"]
    lines += [f"2024-03-02 00:{n // 60:02d}:{n % 60:02d} 192.0.2.10 {'POST' if n % 50 == 0 else 'GET'} "
              f"{'/aspnet_client/x.aspx' if n % 50 == 0 else '/owa/'} - 443 - 203.0.113.{n % 5 + 1} Mozilla/5.0 200" for n in range(600)]
    (folder / "web" / "u_ex240302.log").write_text("\r\n".join(lines) + "\r\n")
    with zipfile.ZipFile(folder / "more.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("ual/part.json", (2024, 1, 1, 0, 0, 0))
        archive.writestr(info, json.dumps([audit_record(n) for n in range(records, records + 200)]))
    with gzip.GzipFile(folder / "lines.ndjson.gz", "wb", mtime=0) as out:
        out.write(b"".join(json.dumps(audit_record(n)).encode() + b"\n" for n in range(records + 200, records + 400)))
    (folder / "damaged.csv").write_bytes(audit_csv(50)[:-300])
    return folder
