#!/usr/bin/env python3
"""Makes the golden data of crates/misp from the reference converter.

    python3 -m venv v && v/bin/pip install misp-stix
    v/bin/python crates/misp/tests/golden/regenerate.py

Writes beside itself: event/NAME.json (MISP), stix/NAME.json (what the reference makes of it) and
back/NAME.json (what the reference makes of its own bundle). Nothing is read but this file.
"""

import json
import pathlib
import time
import uuid

import pymisp
from misp_stix_converter import InternalSTIX2toMISPParser, MISPtoSTIX21Parser
from stix2 import parse as stix_parse

HERE = pathlib.Path(__file__).parent
SPACE = uuid.UUID("0b1d0f5c-2d2e-4b53-9b55-3a0ff6a3a9c1")
ORG = {"id": "1", "name": "EXAMPLE-CSIRT", "uuid": "55f6ea65-aa10-4c5a-bf01-4f84950d210f"}
MD5, SHA1 = "b2a5abfeef9e36964281a31e17b57c97", "2920d5e6c579fce772e5506caf03af65579088bd"
SHA224 = "5d1ff1bd3c8ed0e8b5a1ba8ef7a5ef4c5e5d7fb7e6ea2b0d0b2a3f4c"
SHA256 = "7fa4482bfbca550ce296d8e791b1091d60d733ea8042167fd0eb853530584452"
SHA384 = SHA256 + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
SHA512 = SHA256 + SHA256
YARA = 'rule example { strings: $a = "it\'s" condition: $a }'
SIGMA = "title: example\nlogsource:\n  product: windows\ndetection:\n  s:\n    EventID: 1\n  condition: s\n"
SNORT = 'alert tcp any any -> any any (msg:"example"; sid:1000001; rev:1;)'

ATTRIBUTES = [
    ("ip-src", "198.51.100.1"), ("ip-dst", "198.51.100.2"), ("ip-dst", "2001:db8::7"), ("ip-dst", "203.0.113.0/24"),
    ("ip-src|port", "198.51.100.3|8080"), ("ip-dst|port", "198.51.100.4|443"), ("domain", "c2.example.org"),
    ("hostname", "www.example.net"), ("hostname|port", "www.example.net|8443"), ("domain|ip", "d.example.com|192.0.2.8"),
    ("url", "http://c2.example.org/a?b='c'"), ("uri", "/gate.php"), ("link", "https://www.example.com/report"),
    ("md5", MD5), ("sha1", SHA1), ("sha224", SHA224), ("sha256", SHA256), ("sha384", SHA384), ("sha512", SHA512),
    ("sha512/224", SHA224), ("sha512/256", SHA256), ("sha3-256", SHA256), ("sha3-512", SHA512),
    ("ssdeep", "96:s4Ud1Lj96tHHlZDrwciQmA+4uy1I0G4HYuL8N3TzS8QsO/wqWXLcMSx:sF1LjEtHHlZDrJzrhuyZvHYm8tKp/RWO"),
    ("tlsh", "c325af16fe80a034f17ee632187ad7b2d32e7ee09fa0a9fb4a4d0464d1af30b94d90fd"),
    ("imphash", MD5), ("pehash", SHA1), ("impfuzzy", "192:abc:def"), ("authentihash", SHA256), ("vhash", "115056655d15151138z66hz1021z55z66z3"),
    ("cdhash", SHA1), ("telfhash", "T1" + "E" * 70), ("filename", "dropper.exe"), ("filename|md5", "a.exe|" + MD5), ("filename|sha1", "a.exe|" + SHA1),
    ("filename|sha224", "a.exe|" + SHA224), ("filename|sha256", "a'b.exe|" + SHA256), ("filename|sha512", "a.exe|" + SHA512),
    ("filename|sha384", "a.exe|" + SHA384), ("filename|imphash", "a.exe|" + MD5), ("filename|ssdeep", "a.exe|3:abc:def"), ("filename|tlsh", "a.exe|c325af16fe80a034f17ee632187ad7b2d32e7ee09fa0a9fb4a4d0464d1af30b94d90fd"),
    ("filename|authentihash", "a.exe|" + SHA256), ("filename|pehash", "a.exe|" + SHA1), ("filename|vhash", "a.exe|115056"), ("filename|sha3-256", "a.exe|" + SHA256),
    ("email", "box@example.org"), ("email-src", "from@example.org"), ("email-dst", "to@example.org"), ("email-subject", "It's due"),
    ("email-reply-to", "reply@example.org"), ("email-body", "Please pay"), ("email-header", "from mail.example.org by mx"),
    ("email-message-id", "<1234@mail.example.org>"), ("email-x-mailer", "Example Mail 1.0"), ("email-attachment", "invoice.zip"),
    ("email-mime-boundary", "----=_Part_1"), ("email-thread-index", "AQ=="), ("email-src-display-name", "Example"), ("email-dst-display-name", "Example"),
    ("user-agent", "Mozilla/5.0 (X11)"), ("http-method", "POST"), ("mutex", "Global\\example"), ("named pipe", "\\\\.\\pipe\\example"),
    ("regkey", "HKEY_LOCAL_MACHINE\\Software\\Run\\x"), ("regkey|value", "HKLM\\Software\\Run|%APPDATA%\\x.exe"), ("AS", "AS64496"),
    ("mac-address", "00:00:5e:00:53:01"), ("vulnerability", "CVE-2023-1234"), ("weakness", "CWE-79"),
    ("yara", YARA), ("sigma", SIGMA), ("snort", SNORT), ("bro", "redef x"), ("zeek", "redef x"), ("pattern-in-file", "MZ"), ("pattern-in-memory", "MZ"), ("pattern-in-traffic", "GET"),
    ("stix2-pattern", "[ipv4-addr:value = '192.0.2.1']"),
    ("text", "a note"), ("comment", "a comment"), ("other", "anything"), ("btc", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"), ("xmr", "4" * 95), ("iban", "GB33BUKB20201555555555"),
    ("x509-fingerprint-md5", MD5), ("x509-fingerprint-sha1", SHA1), ("x509-fingerprint-sha256", SHA256),
    ("ja3-fingerprint-md5", MD5), ("jarm-fingerprint", "2" * 62), ("hassh-md5", MD5), ("hasshserver-md5", MD5), ("hex", "4D5A"), ("port", "4444"),
    ("campaign-name", "EXAMPLE"), ("campaign-id", "E-1"), ("threat-actor", "EXAMPLE"), ("whois-registrar", "Example Registrar"), ("whois-registrant-email", "owner@example.org"),
    ("whois-creation-date", "2020-01-01"), ("dns-soa-email", "admin@example.org"), ("github-username", "octo-example"), ("twitter-id", "example"), ("windows-service-name", "svc"), ("windows-scheduled-task", "task"),
    ("size-in-bytes", "35"), ("counter", "3"), ("datetime", "2026-11-01 00:00:00"), ("cpe", "cpe:2.3:a:example:p:1:*:*:*:*:*:*:*"), ("malware-type", "rat"), ("mime-type", "application/pdf"),
    ("phone-number", "+81300000000"), ("target-org", "Example KK"), ("target-user", "user"), ("dkim", "v=1"), ("community-id", "1:abc="), ("favicon-mmh3", "-1"), ("process-state", "Running"),
    ("anonymised", "x"), ("chrome-extension-id", "abcdefghijklmnopabcdefghijklmnop"), ("pdb", "C:\\x.pdb"), ("filename-pattern", "*.exe"), ("cookie", "a=b"), ("kusto-query", "T | take 1"), ("gene", "x"),
]
ATTRIBUTES = [(t, v) for t, v in ATTRIBUTES if t != "gene"]

# name, meta-category, [(relation, type, value)]
OBJECTS = [
    ("file", "file", [("filename", "filename", "oui.exe"), ("md5", "md5", MD5), ("sha1", "sha1", SHA1), ("sha256", "sha256", SHA256), ("size-in-bytes", "size-in-bytes", "1234"), ("mimetype", "mime-type", "application/x-dosexec")]),
    ("domain-ip", "network", [("domain", "domain", "c2.example.org"), ("ip", "ip-dst", "198.51.100.9")]),
    ("domain-ip", "network", [("domain", "domain", "c3.example.org"), ("hostname", "hostname", "h.c3.example.org"), ("ip", "ip-dst", "198.51.100.10"), ("ip", "ip-dst", "2001:db8::9"), ("port", "port", "8443")]),
    ("ip-port", "network", [("ip", "ip-dst", "198.51.100.11"), ("dst-port", "port", "443"), ("domain", "domain", "x.example.org"), ("first-seen", "datetime", "2026-11-02T00:00:00Z")]),
    ("email", "network", [("from", "email-src", "s@example.org"), ("to", "email-dst", "t@example.org"), ("subject", "email-subject", "Hi"), ("message-id", "email-message-id", "<1@example.org>"), ("reply-to", "email-reply-to", "r@example.org"), ("attachment", "email-attachment", "a.pdf"), ("x-mailer", "email-x-mailer", "M 1")]),
    ("url", "network", [("url", "url", "https://c2.example.org:8080/p?q=1"), ("domain", "domain", "c2.example.org"), ("host", "hostname", "c2.example.org"), ("ip", "ip-dst", "198.51.100.12"), ("port", "port", "8080")]),
    ("network-connection", "network", [("ip-src", "ip-src", "192.0.2.1"), ("ip-dst", "ip-dst", "198.51.100.13"), ("src-port", "port", "1024"), ("dst-port", "port", "80"), ("hostname-dst", "hostname", "h.example.org"), ("layer3-protocol", "text", "IP"), ("layer4-protocol", "text", "TCP"), ("layer7-protocol", "text", "HTTP")]),
    ("registry-key", "file", [("key", "regkey", "HKLM\\Software\\x"), ("hive", "text", "hklm"), ("name", "text", "RunAtStart"), ("data", "text", "x.exe"), ("data-type", "text", "REG_SZ"), ("last-modified", "datetime", "2026-11-01T00:00:00Z")]),
    ("process", "misc", [("pid", "text", "2510"), ("name", "text", "TestProcess"), ("command-line", "text", "x.exe -a"), ("image", "filename", "x.exe"), ("parent-pid", "text", "2107"), ("hidden", "boolean", "1")]),
    ("x509", "network", [("issuer", "text", "CN=Example CA"), ("subject", "text", "CN=c2.example.org"), ("serial-number", "text", "0A"), ("version", "text", "3"), ("x509-fingerprint-sha1", "x509-fingerprint-sha1", SHA1), ("x509-fingerprint-md5", "x509-fingerprint-md5", MD5), ("validity-not-before", "datetime", "2026-01-01T00:00:00Z")]),
    ("vulnerability", "vulnerability", [("id", "vulnerability", "CVE-2023-1234"), ("summary", "text", "bad"), ("cvss-score", "float", "6.8"), ("references", "link", "https://www.example.com/cve"), ("created", "datetime", "2026-01-01T00:00:00Z"), ("published", "datetime", "2026-01-02T00:00:00Z")]),
    ("attack-pattern", "vulnerability", [("id", "text", "9"), ("name", "text", "Buffer overflow"), ("summary", "text", "s"), ("prerequisites", "text", "p"), ("solutions", "text", "q"), ("related-weakness", "weakness", "CWE-118")]),
    ("asn", "network", [("asn", "AS", "AS64497"), ("description", "text", "Example AS"), ("subnet-announced", "ip-src", "198.51.100.0/24")]),
    ("mutex", "misc", [("name", "text", "MutexTest"), ("description", "text", "d"), ("operating-system", "text", "Windows")]),
    ("user-account", "misc", [("username", "text", "iglocska"), ("user-id", "text", "iglocska"), ("account-type", "text", "unix"), ("group-id", "text", "2004"), ("shell", "text", "/bin/sh")]),
    ("credential", "misc", [("username", "text", "misp"), ("password", "text", "Password1"), ("text", "text", "d"), ("type", "text", "password")]),
    ("course-of-action", "misc", [("name", "text", "Block traffic"), ("type", "text", "Perimeter Blocking"), ("description", "text", "Block"), ("stage", "text", "Response")]),
    ("yara", "misc", [("yara", "yara", YARA), ("yara-rule-name", "text", "example"), ("comment", "comment", "c"), ("version", "text", "3.7.1"), ("context", "text", "all")]),
    ("sigma", "misc", [("sigma", "sigma", SIGMA), ("sigma-rule-name", "text", "example"), ("reference", "link", "https://www.example.com/s")]),
    ("suricata", "network", [("suricata", "snort", SNORT), ("version", "text", "3.1.6"), ("ref", "link", "https://www.example.com/r")]),
    ("lnk", "file", [("filename", "filename", "x.lnk"), ("sha256", "sha256", SHA256), ("lnk-creation-time", "datetime", "2026-01-01T00:00:00Z")]),
    ("http-request", "network", [("uri", "uri", "/a"), ("host", "hostname", "c2.example.org"), ("method", "http-method", "POST"), ("user-agent", "user-agent", "M/5")]),
    ("organization", "misc", [("name", "text", "Example KK"), ("description", "text", "d"), ("address", "text", "Somewhere"), ("e-mail", "email-src", "o@example.org"), ("role", "text", "programming")]),
    ("geolocation", "misc", [("city", "text", "Tokyo"), ("country", "text", "Japan"), ("latitude", "float", "35.0"), ("longitude", "float", "139.0"), ("countrycode", "text", "JP")]),
    ("annotation", "misc", [("text", "text", "It is"), ("type", "text", "Executive Summary")]),
    ("ja3", "network", [("ja3-fingerprint-md5", "ja3-fingerprint-md5", MD5), ("ip-src", "ip-src", "192.0.2.4"), ("ip-dst", "ip-dst", "192.0.2.5"), ("description", "text", "d")]),
    ("btc-wallet", "misc", [("wallet-address", "btc", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"), ("balance_BTC", "text", "2")]),
]

GALAXY = [
    ("mitre-attack-pattern", "Attack Pattern", "Access Token Manipulation - T1134", {"external_id": ["T1134"], "kill_chain": ["mitre-attack:defense-evasion"], "refs": ["https://attack.mitre.org/techniques/T1134"]}),
    ("mitre-malware", "Malware", "BISCUIT - S0017", {"external_id": ["S0017"], "synonyms": ["BISCUIT"], "refs": ["https://attack.mitre.org/software/S0017"]}),
    ("mitre-intrusion-set", "Intrusion Set", "APT16 - G0023", {"external_id": ["G0023"], "synonyms": ["APT16"], "refs": ["https://attack.mitre.org/groups/G0023"]}),
    ("mitre-tool", "Tool", "cmd - S0106", {"external_id": ["S0106"], "synonyms": ["cmd.exe"]}),
    ("mitre-course-of-action", "Course of Action", "Automated Exfiltration Mitigation - T1020", {"external_id": ["T1020"]}),
    ("threat-actor", "Threat Actor", "Example Spider", {"synonyms": ["ES"], "cfr-type-of-incident": ["Denial of service"]}),
    ("ransomware", "Ransomware", "Example Locker", {"synonyms": ["EL"], "refs": ["https://www.example.com/el"]}),
    ("sector", "Sector", "IT - Security", {}),
    ("country", "Country", "japan", {"ISO": "JP"}),
]
STAMP = 1764000000
SANE = pymisp.AbstractMISP().describe_types["sane_defaults"]


def uid(*parts):
    return str(uuid.uuid5(SPACE, "/".join(map(str, parts))))


def attribute(key, n, kind, value, to_ids, **more):
    return {"uuid": uid(key, n), "type": kind, "category": SANE[kind]["default_category"],
            "value": value, "to_ids": to_ids, "timestamp": str(STAMP + n), "distribution": "5", "comment": "", "deleted": False, "disable_correlation": False, **more}


def event(name, **more):
    return {"Event": {"uuid": uid("event", name), "info": f"Golden: {name}", "date": "2025-11-24", "timestamp": str(STAMP), "publish_timestamp": str(STAMP + 60),
                      "published": True, "analysis": "2", "threat_level_id": "2", "distribution": "1", "Orgc": ORG, "Org": ORG, "Attribute": [], "Object": [], "Tag": [], **more}}


def objects(key, to_ids):
    out = []
    for n, (name, meta, attributes) in enumerate(OBJECTS):
        out.append({"name": name, "meta-category": meta, "description": f"{name} object", "template_uuid": uid("template", name), "template_version": "1", "uuid": uid(key, n),
                    "timestamp": str(STAMP + n), "distribution": "5", "comment": "", "deleted": False, "ObjectReference": [],
                    "Attribute": [{**attribute(f"{key}-{n}", m, kind, value, to_ids and kind != "text" and kind != "datetime"), "object_relation": relation} for m, (relation, kind, value) in enumerate(attributes)]})
    return out


def galaxies(key):
    out = []
    for kind, title, value, meta in GALAXY:
        out.append({"uuid": uid(key, "galaxy", kind), "name": title, "type": kind, "version": "7", "description": f"{title} galaxy", "namespace": "misp", "icon": "map",
                    "GalaxyCluster": [{"uuid": uid("cluster", kind), "collection_uuid": uid("collection", kind), "type": kind, "value": value, "tag_name": f'misp-galaxy:{kind}="{value}"',
                                       "description": f"{value} | about it", "source": "EXAMPLE", "authors": ["EXAMPLE"], "version": "1", "meta": meta}]})
    return out


def cases():
    for to_ids, name in ((True, "attributes-detect"), (False, "attributes-observe")):
        made = event(name)
        made["Event"]["Attribute"] = [attribute(name, n, kind, value, to_ids) for n, (kind, value) in enumerate(ATTRIBUTES)]
        yield name, made
    for to_ids, name in ((True, "objects-detect"), (False, "objects-observe")):
        made = event(name)
        made["Event"]["Object"] = objects(name, to_ids)
        yield name, made
    made = event("tags", published=False, Tag=[{"name": "tlp:amber"}, {"name": "misp:confidence-level=\"usually-confident\""}, {"name": "type:OSINT"}])
    made["Event"]["Attribute"] = [
        attribute("tags", n, "domain", f"t{n}.example.org", True, comment="seen", Tag=[{"name": tag}])
        for n, tag in enumerate(["tlp:white", "tlp:clear", "tlp:green", "tlp:amber", "tlp:amber+strict", "tlp:red", "kill-chain:Delivery", "tlp:ex:chr"])
    ]
    made["Event"]["Attribute"].append(attribute("tags", 99, "ip-dst", "192.0.2.77", True, first_seen="2025-11-01T00:00:00.000000+00:00", last_seen="2025-11-02T00:00:00.000000+00:00",
                                                Sighting=[{"uuid": uid("s", 1), "type": "0", "date_sighting": str(STAMP + 5), "source": "ids", "attribute_id": "1", "Organisation": ORG},
                                                          {"uuid": uid("s", 2), "type": "1", "date_sighting": str(STAMP + 6), "source": "", "attribute_id": "1", "Organisation": ORG}]))
    yield "tags", made
    made = event("galaxies")
    made["Event"]["Galaxy"] = galaxies("event")
    made["Event"]["Attribute"] = [attribute("galaxies", 1, "domain", "g.example.org", True, Galaxy=galaxies("attribute")[:2])]
    yield "galaxies", made
    made = event("references")
    made["Event"]["Object"] = objects("references", True)[:5]
    first, second = made["Event"]["Object"][:2]
    first["ObjectReference"] = [{"uuid": uid("ref", 1), "object_id": "1", "referenced_uuid": second["uuid"], "relationship_type": "connects-to", "comment": "", "timestamp": str(STAMP)}]
    made["Event"]["EventReport"] = [{"uuid": uid("report", 1), "name": "What happened", "content": f"See @[object]({second['uuid']}).", "timestamp": str(STAMP + 9), "distribution": "5", "deleted": False}]
    yield "references", made
    yield "empty", event("empty")


def plain(value):
    return json.loads(value.serialize() if hasattr(value, "serialize") else json.dumps(value, default=str))


def write(folder, name, value):
    (HERE / folder).mkdir(exist_ok=True)
    (HERE / folder / f"{name}.json").write_text(json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def main():
    attributes = there = back = 0
    for name, made in cases():
        write("event", name, made)
        parser = MISPtoSTIX21Parser()
        begin = time.process_time()
        parser.parse_misp_event(made)
        bundle = parser.bundle
        there += time.process_time() - begin
        write("stix", name, {"errors": {str(k): sorted(map(str, v)) for k, v in parser.errors.items()}, "warnings": {str(k): sorted(map(str, v)) for k, v in parser.warnings.items()}, "objects": [plain(o) for o in bundle.objects]})
        begin = time.process_time()
        reader = InternalSTIX2toMISPParser()
        reader.load_stix_bundle(stix_parse(bundle.serialize(), allow_custom=True))
        reader.parse_stix_bundle()
        back += time.process_time() - begin
        write("back", name, {"Event": json.loads(reader.misp_event.to_json())})
        attributes += len(made["Event"]["Attribute"]) + sum(len(o["Attribute"]) for o in made["Event"]["Object"])
    print(f"{attributes} attributes: {attributes / there:.0f}/s to STIX, {attributes / back:.0f}/s back, per CPU-second")


if __name__ == "__main__":
    main()
