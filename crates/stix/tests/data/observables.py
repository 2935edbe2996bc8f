"""Writes observables.json: observables of every type with the identifiers the Python library stix2 gives them.

    python3 -m venv venv && venv/bin/pip install stix2==3.0.2
    venv/bin/python crates/stix/tests/data/observables.py > crates/stix/tests/data/observables.json

Processes are left out: their identifiers are random. Times have no trailing zeros, as stix2 rewrites those.
"""

import itertools
import json

from stix2 import v21

HASHES = {
    "MD5": "d41d8cd98f00b204e9800998ecf8427e",
    "SHA-1": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "SHA-256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "SHA-512": "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
    "SHA3-256": "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
    "SSDEEP": "3:a:a",
}
WORDS = ["plain", "with space", 'quote " backslash \\ slash /', "日本語", "é\u0301\t", "<script>", "😀 \u007f\u2028"]
out = []


def add(kind, **properties):
    out.append(json.loads(kind(**properties).serialize()))


for address in ["198.51.100.3", "198.51.100.0/24", "0.0.0.0"]:
    add(v21.IPv4Address, value=address)
for address in ["2001:db8::1", "2001:0db8::/32", "2001:DB8::A"]:
    add(v21.IPv6Address, value=address)
add(v21.MACAddress, value="02:00:00:00:00:0a")
for number in [0, 1, 65536, 4294967295]:
    add(v21.AutonomousSystem, number=number, name="no part of it")
for word in WORDS:
    add(v21.DomainName, value=word)
    add(v21.EmailAddress, value=word, display_name="no part of it")
    add(v21.URL, value="https://example.org/" + word)
    add(v21.Mutex, name=word)
    add(v21.Directory, path="/" + word)
    add(v21.Software, name=word, vendor=word, version="1.0")
    add(v21.UserAccount, account_type="unix", user_id=word)
    add(v21.UserAccount, account_login=word, display_name="no part of it")
    add(v21.WindowsRegistryKey, key="hkey_local_machine\\" + word, values=[{"name": word, "data_type": "REG_SZ", "data": "x"}])
    add(v21.File, name=word, size=3)
    add(v21.X509Certificate, serial_number=word, issuer="no part of it")
    add(v21.EmailMessage, is_multipart=False, subject=word, body=word)

add(v21.Software, name="a", cpe="cpe:2.3:a:example:a:1.0:*:*:*:*:*:*:*", swid="x")
for count in range(1, 4):
    for names in itertools.combinations(HASHES, count):
        hashes = {name: HASHES[name] for name in names}
        add(v21.File, hashes=hashes, name="n")
        add(v21.Artifact, hashes=hashes, url="https://example.org/")
        add(v21.X509Certificate, hashes=hashes, serial_number="1")
add(v21.Artifact, payload_bin="YQ==")
directory = next(o["id"] for o in out if o["type"] == "directory")
add(v21.File, name="n", parent_directory_ref=directory)
add(v21.File, name="n", extensions={"ntfs-ext": {"alternate_data_streams": [{"name": "s", "size": 25536}]}})
add(
    v21.File,
    name="n",
    extensions={
        "windows-pebinary-ext": {"pe_type": "dll", "sections": [{"name": "CODE", "entropy": 0.061089}]},
        "raster-image-ext": {"exif_tags": {"Make": "Nikon", "XResolution": 4928}},
    },
)
address = out[0]["id"]
add(v21.NetworkTraffic, src_ref=address, protocols=["ipv4", "tcp"])
add(
    v21.NetworkTraffic,
    start="2026-01-01T00:00:00.125Z",
    end="2026-01-01T00:00:01Z",
    is_active=False,
    dst_ref=address,
    src_port=24678,
    dst_port=80,
    src_packets=7,
    protocols=["ipv4", "tcp", "http"],
    extensions={
        "http-request-ext": {
            "request_method": "get",
            "request_value": "/x",
            "request_header": {"Host": "www.example.com", "Accept": ["a", "b"]},
        }
    },
)
sender = next(o["id"] for o in out if o["type"] == "email-addr")
add(v21.EmailMessage, is_multipart=True, from_ref=sender, subject="s")
print(json.dumps(out, indent=0, ensure_ascii=False))
