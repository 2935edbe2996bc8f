"""Writes patterns.json: generated patterns, whether stix2-patterns takes them, and whether stix2-matcher finds them in
the observations that stand in the same file.

    python3 -m venv venv && venv/bin/pip install stix2-patterns==2.1.2 stix2-matcher==3.0.0
    venv/bin/python crates/stix/tests/data/patterns.py > crates/stix/tests/data/patterns.json

`taken`: the grammar's verdict. `found`: true, false, or null where the matcher was not asked or raised an error. The
matcher does not know EXISTS, and treats true as 1 in sets; neither is generated for it.
"""

import json
import random
import signal

from stix2matcher.matcher import match
from stix2patterns.v21.pattern import Pattern

random.seed(20261125)


def uuid(number):
    return "00000000-0000-4000-8000-%012d" % number


def sco(kind, number, **properties):
    return {"type": kind, "id": f"{kind}--{uuid(number)}", **properties}


ADDRESSES = [
    sco("ipv4-addr", 1, value="198.51.100.3"),
    sco("ipv4-addr", 2, value="203.0.113.0/26"),
    sco("ipv4-addr", 3, value="192.0.2.77"),
]
TRAFFIC = [
    sco("network-traffic", 11, src_ref=ADDRESSES[0]["id"], dst_ref=ADDRESSES[2]["id"], dst_port=443, is_active=False,
        protocols=["ipv4", "tcp"], src_byte_count=1000, start="2026-01-01T00:00:10Z"),
    sco("network-traffic", 12, src_ref=ADDRESSES[1]["id"], dst_port=80, is_active=True, protocols=["ipv4", "udp", "http"],
        src_byte_count=3, start="2026-01-01T00:01:00.500Z"),
]
DIRECTORY = sco("directory", 21, path="C:\\Users")
FILES = [
    sco("file", 31, name="a.exe", size=10, hashes={"MD5": "d41d8cd98f00b204e9800998ecf8427e"}, magic_number_hex="4d5a",
        parent_directory_ref=DIRECTORY["id"], contains_refs=[ADDRESSES[0]["id"], ADDRESSES[2]["id"]]),
    sco("file", 32, name="b'c\\d.txt", size=25536, extensions={"ntfs-ext": {"sid": "1234567", "alternate_data_streams":
        [{"name": "second.stream", "size": 25536}, {"name": "x", "size": 1}]}}),
    sco("file", 33, name="ca\u0301fé", size=0, magic_number_hex="ff00"),
]
GROUPS = [
    (ADDRESSES[:1], 0, 0, 1),
    (ADDRESSES[1:] + TRAFFIC[1:], 5, 20, 2),
    (ADDRESSES + TRAFFIC[:1], 10, 12, 1),
    ([DIRECTORY, FILES[0], ADDRESSES[0]], 20, 60, 3),
    (FILES[1:], 40, 40, 1),
    ([FILES[0]], 90, 100, 1),
]


def time(second, digits=""):
    return "2026-01-01T00:%02d:%02d%sZ" % (second // 60, second % 60, digits)


OBSERVATIONS = [
    {
        "type": "observed-data",
        "spec_version": "2.1",
        "id": f"observed-data--{uuid(100 + number)}",
        "created": "2026-01-02T00:00:00.000Z",
        "modified": "2026-01-02T00:00:00.000Z",
        "first_observed": time(first),
        "last_observed": time(last),
        "number_observed": count,
        "object_refs": [o["id"] for o in objects],
    }
    for number, (objects, first, last, count) in enumerate(GROUPS)
]
OBJECTS = OBSERVATIONS + ADDRESSES + TRAFFIC + [DIRECTORY] + FILES

TEXTS = {
    "ipv4-addr:value": [a["value"] for a in ADDRESSES] + ["8.8.8.8"],
    "network-traffic:src_ref.value": ["198.51.100.3", "203.0.113.0/26", "x"],
    "network-traffic:src_ref.type": ["ipv4-addr", "ipv6-addr"],
    "network-traffic:protocols[*]": ["tcp", "udp", "http", "icmp"],
    "network-traffic:protocols[1]": ["tcp", "udp", "http"],
    "file:name": ["a.exe", "b'c\\d.txt", "c\u00e1fé", "ca\u0301fé", "B.exe"],
    "file:hashes.MD5": ["d41d8cd98f00b204e9800998ecf8427e", "0"],
    "file:hashes.'MD5'": ["d41d8cd98f00b204e9800998ecf8427e"],
    "file:parent_directory_ref.path": ["C:\\Users", "/"],
    "file:contains_refs[*].value": ["192.0.2.77", "x"],
    "file:contains_refs[0].value": ["198.51.100.3", "192.0.2.77"],
    "file:extensions.'ntfs-ext'.sid": ["1234567", "12"],
    "file:extensions.'ntfs-ext'.alternate_data_streams[*].name": ["second.stream", "x"],
    "directory:path": ["C:\\Users"],
    "process:name": ["x"],
}
NUMBERS = {
    "network-traffic:dst_port": [443, 80, 0],
    "network-traffic:src_byte_count": [1000, 3, 3.0, 2.5],
    "file:size": [10, 25536, 0, -1, 10.5],
    "file:extensions.'ntfs-ext'.alternate_data_streams[0].size": [25536, 1],
}


def text(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def comparison():
    draw = random.random()
    negated = random.choice(["", "", "", "NOT "])
    if draw < 0.45:
        path, values = random.choice(list(TEXTS.items()))
        op = random.choice(["=", "=", "=", "!=", "<>", "<", ">=", "IN", "LIKE", "MATCHES"])
        value = random.choice(values)
        if op == "IN":
            constant = "(" + ", ".join(text(v) for v in random.sample(values, random.randint(1, len(values)))) + ")"
        elif op == "LIKE":
            cut = random.randint(0, len(value))
            constant = text(random.choice([value[:cut] + "%", "%" + value[cut:], value[:cut] + "_" + value[cut + 1:], "%.%"]))
        elif op == "MATCHES":
            constant = text(random.choice(["^[a-c]", "\\.exe$", "^\\d+(\\.\\d+)+$", "t", "^.$", "(a|b)'?c?", "[^\\x00-\\x7f]"]))
        else:
            constant = text(value)
    elif draw < 0.65:
        path, values = random.choice(list(NUMBERS.items()))
        op = random.choice(["=", "!=", "<", ">", "<=", ">=", "IN"])
        if op == "IN":
            constant = "(" + ",".join(str(v) for v in random.sample([v for v in values if isinstance(v, int)], 1)) + ")"
        else:
            constant = str(random.choice(values))
    elif draw < 0.72:
        path, op, constant = "network-traffic:is_active", random.choice(["=", "!="]), random.choice(["true", "false"])
    elif draw < 0.80:
        path, op = "network-traffic:start", random.choice(["=", "!=", "<", ">", "<=", ">="])
        constant = "t'" + random.choice([time(10), time(60, ".5"), time(30), time(60, ".500")]) + "'"
    elif draw < 0.88:
        path, op = "file:magic_number_hex", random.choice(["=", "!=", "<", ">="])
        constant = random.choice(["h'4d5a'", "h'FF00'", "b'TVo='", "'MZ'"])
    else:
        path, op = "ipv4-addr:value", random.choice(["ISSUBSET", "ISSUPERSET"])
        constant = text(random.choice(["198.51.100.0/24", "203.0.113.0/24", "203.0.113.0/30", "0.0.0.0/1", "192.0.2.77/32"]))
    return f"{path} {negated}{op} {constant}"


def comparisons(depth=0):
    draw = random.random()
    if depth > 2 or draw < 0.6:
        return comparison()
    left, right = comparisons(depth + 1), comparisons(depth + 1)
    both = f"{left} {random.choice(['AND', 'OR'])} {right}"
    return f"({both})" if random.random() < 0.3 else both


def observation(depth=0):
    draw = random.random()
    if depth > 2 or draw < 0.45:
        expression = f"[{comparisons()}]"
    else:
        op = random.choice(["AND", "OR", "FOLLOWEDBY"])
        expression = f"{observation(depth + 1)} {op} {observation(depth + 1)}"
        if random.random() < 0.5:
            expression = f"({expression})"
    while random.random() < 0.3:
        first = random.choice([0, 10, 20, 40, 60, 80])
        expression += " " + random.choice(
            [
                f"WITHIN {random.choice(['1', '5', '8', '20.5', '50', '300'])} SECONDS",
                f"REPEATS {random.choice([1, 1, 2, 2, 3])} TIMES",
                f"START t'{time(first)}' STOP t'{time(first + random.choice([1, 20, 100]))}'",
            ]
        )
    return expression


JUNK = ["[", "]", "(", ")", "'", "AND", "OR", "NOT", "=", "!", "t'x'", "WITHIN 5 SECONDS", ":", ".", "a:b", "5", "EXISTS file:name", " ", "[*]", "\\", "--", "REPEATS 0 TIMES", "IN ()",
        "and", "==", "/* c */", "// c\n", "TRUE", "+5", "01", ".5", "h'0'", "b'a'", "b'YQ=='", "-", "\u00a0", "\u3000", "\t",
        "t'2026-02-30T00:00:00Z'", "START", "x-y.'z'", "'\\n'", "99999999999999999999"]


def spoiled(pattern):
    at = random.randrange(len(pattern))
    draw = random.random()
    if draw < 0.4:
        return pattern[:at] + pattern[at + random.randint(1, 4):]
    if draw < 0.8:
        return pattern[:at] + random.choice(JUNK) + pattern[at:]
    other = random.randrange(len(pattern))
    return pattern[:at] + pattern[other:]


def taken(pattern):
    try:
        Pattern(pattern)
        return True
    except Exception:
        return False


def too_long(*_):
    raise TimeoutError


signal.signal(signal.SIGALRM, too_long)


def found(pattern):
    signal.alarm(5)
    try:
        bundle = {"type": "bundle", "objects": json.loads(json.dumps(OBJECTS))}
        return bool(match(pattern, [bundle], stix_version="2.1"))
    except Exception:
        return None
    finally:
        signal.alarm(0)


cases = []
for number in range(4000):
    pattern = observation()
    if len(pattern) > 700:
        continue
    if number % 2:
        pattern = spoiled(pattern)
        if not pattern:
            continue
    good = taken(pattern)
    cases.append({"pattern": pattern, "taken": good, "found": found(pattern) if good and "EXISTS" not in pattern else None})
print('{"objects":')
print(json.dumps(OBJECTS, ensure_ascii=False))
print(',"cases":[')
print(",\n".join(json.dumps(case, ensure_ascii=False) for case in cases))
print("]}")
