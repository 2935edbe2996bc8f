"""Plays a giver, a reader and a stranger with the stock client taxii2-client; any difference is an AssertionError."""
import base64
import json
import sys
import uuid

import requests
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

base, shared, centre_only, giver, reader, stranger = sys.argv[1:]
TAXII = "application/taxii+json;version=2.1"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
objects_url = f"{base}/taxii2/api/collections/{shared}/objects/"


def basic(token):
    return {"user": "any", "password": token}


def indicator(number, modified="2026-11-01T00:00:00.000Z", marking=GREEN, **more):
    return {
        "type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid.UUID(int=(4 << 76) | (8 << 60) | number)}",
        "created": "2026-11-01T00:00:00.000Z", "modified": modified, "pattern_type": "stix",
        "pattern": "[ipv4-addr:value = '203.0.113.7']", "valid_from": "2026-11-01T00:00:00Z",
        "object_marking_refs": [marking], **more,
    }


def raw(method, url, token=None, accept=TAXII, content=TAXII, data=None, auth="Bearer"):
    headers = {"Accept": accept} if accept else {"Accept": None}
    if token:
        word = token if auth == "Bearer" else base64.b64encode(f"x:{token}".encode()).decode()
        headers["Authorization"] = f"{auth} {word}"
    if data is not None and content:
        headers["Content-Type"] = content
    return requests.request(method, url, headers=headers, data=data)


# Discovery and API root.
server = Server(f"{base}/taxii2/", **basic(giver))
assert server.title == "Example" and server.default.url == f"{base}/taxii2/api/"
root = ApiRoot(f"{base}/taxii2/api/", **basic(giver))
assert TAXII in root.versions and root.max_content_length == 10 * 1024 * 1024
ours = lambda listed: {c.id: (c.can_read, c.can_write) for c in listed if c.id in (shared, centre_only)}
mine = ours(root.collections)
assert mine == {shared: (True, True), centre_only: (True, True)}, mine
theirs = ours(ApiRoot(f"{base}/taxii2/api/", **basic(reader)).collections)
assert theirs == {shared: (True, False)}, theirs
assert ours(ApiRoot(f"{base}/taxii2/api/", **basic(stranger)).collections) == {}

# Giving: what is good is taken, what is not has its reason; counts add up.
give = Collection(f"{base}/taxii2/api/collections/{shared}/", **basic(giver))
red = indicator(2, marking=RED)
bad = {**indicator(3), "modified": "2020-01-01T00:00:00.000Z"}
secret = "marking-definition--3fa2e3a8-1c3c-4a2e-9d0e-6e7f2f6f1a11"
envelope = {"objects": [indicator(1), red, bad, {"type": "x"}, indicator(4, marking=secret),
                        indicator(5, x_price=1.5)]}
status = give.add_objects(envelope)
assert (status.status, status.total_count, status.success_count, status.failure_count) == ("complete", 6, 4, 2)
assert {f["id"] for f in status.failures} == {bad["id"], "unreadable"}, status.failures
assert "`modified`" in [f for f in status.failures if f["id"] == bad["id"]][0]["message"]
kept = raw("GET", f"{base}/taxii2/api/status/{status.id}/", giver)
assert kept.status_code == 200 and kept.json()["failure_count"] == 2
assert raw("GET", f"{base}/taxii2/api/status/{status.id}/", reader).status_code == 404
again = give.add_objects({"objects": [indicator(1), {**indicator(1), "pattern": "[url:value = 'x']"}]})
assert (again.success_count, again.failure_count) == (1, 1) and "given before" in again.failures[0]["message"]

# Reading: the giver sees all; the reader neither the red one nor the one whose marking nobody understands.
read = Collection(f"{base}/taxii2/api/collections/{shared}/", **basic(reader))
ids = lambda answer: [o["id"] for o in answer.get("objects", [])]
numbers = lambda *which: [indicator(n)["id"] for n in which]
assert ids(give.get_objects()) == numbers(1, 2, 4, 5)
assert ids(read.get_objects()) == numbers(1, 5)
assert read.get_objects()["objects"][1]["x_price"] == 1.5
assert [o["id"] for o in read.get_manifest()["objects"]] == numbers(1, 5)
for path in ("", "versions/"):
    assert raw("GET", f"{objects_url}{red['id']}/{path}", reader).status_code == 404
    assert raw("GET", f"{objects_url}{red['id']}/{path}", giver).status_code == 200
assert raw("GET", f"{base}/taxii2/api/collections/{centre_only}/objects/", reader).status_code == 404
assert raw("GET", objects_url, stranger).status_code == 404
assert raw("POST", objects_url, reader, data=json.dumps({"objects": []})).status_code == 403

# Versions and filters.
give.add_objects({"objects": [indicator(1, modified="2026-11-02T00:00:00.000Z")]})
assert read.object_versions(numbers(1)[0])["versions"] == ["2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00.000Z"]
modified = lambda **filters: [o["modified"][:10] for o in read.get_object(numbers(1)[0], **filters)["objects"]]
assert modified() == ["2026-11-02"] and modified(version="first") == ["2026-11-01"]
assert modified(version="all") == ["2026-11-01", "2026-11-02"]
assert modified(version="2026-11-01T00:00:00.000Z") == ["2026-11-01"]
assert ids(read.get_objects(id=numbers(5)[0])) == numbers(5)
assert ids(read.get_objects(type="malware")) == []
assert ids(read.get_objects(spec_version="2.1")) == numbers(5, 1)
last = raw("GET", objects_url, reader).headers["X-TAXII-Date-Added-Last"]
assert ids(read.get_objects(added_after=last)) == []

# Paging: three thousand of one moment, by the client's own paging, none lost and none twice.
give.add_objects({"objects": [indicator(n) for n in range(10_000, 13_000)]})
pages = list(as_pages(read.get_objects, per_request=700))
paged = [o for page in pages for o in ids(page)]
assert len(pages) == 5 and len(paged) == len(set(paged)) == 3002, (len(pages), len(paged))
first = raw("GET", objects_url + "?limit=1", reader).json()
assert first["more"] and raw("GET", objects_url + "?limit=1&match[type]=tool&next=" + first["next"], reader).status_code == 400

# Taking back: one's own, and of others nothing is said.
assert raw("DELETE", f"{objects_url}{numbers(5)[0]}/", reader).status_code == 403
assert raw("DELETE", f"{objects_url}{numbers(5)[0]}/", giver).status_code == 200
assert raw("GET", f"{objects_url}{numbers(5)[0]}/", giver).status_code == 404
assert raw("DELETE", f"{objects_url}{numbers(5)[0]}/", giver).status_code == 404

# Media types and errors.
assert raw("GET", objects_url, giver, accept="text/html").status_code == 406
assert raw("GET", objects_url, giver, accept="application/taxii+json;version=2.0").status_code == 406
for accept in ("application/taxii+json", "*/*", None):
    answer = raw("GET", objects_url + "?limit=1", giver, accept=accept)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == TAXII, (accept, answer.status_code)
assert raw("POST", objects_url, giver, content="application/json", data="{}").status_code == 415
assert raw("POST", objects_url, giver, data="{").status_code == 400
assert raw("POST", objects_url, giver, data="[]").status_code == 422
assert raw("POST", objects_url, giver, data=" " * (10 * 1024 * 1024 + 1)).status_code == 413
for wrong in ("limit=0", "match[name]=x", "added_after=yesterday", "next=zz", "limit=1&limit=2"):
    answer = raw("GET", objects_url + "?" + wrong, giver)
    assert answer.status_code == 400 and answer.json()["http_status"] == "400", wrong
nobody = raw("GET", f"{base}/taxii2/")
assert nobody.status_code == 401 and "Basic" in nobody.headers["WWW-Authenticate"]
assert nobody.headers["Content-Type"] == TAXII and nobody.json()["http_status"] == "401"
assert raw("GET", objects_url, "0" * 64).status_code == 401
assert raw("GET", objects_url + "?limit=1", giver, auth="Basic").status_code == 200
assert raw("GET", f"{base}/taxii2/api/nothing/", giver).json()["http_status"] == "404"
print(f"{len(paged)} objects paged, everything as the standard says")
