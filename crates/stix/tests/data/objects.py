"""Writes objects.json: one full object of every type, changes to it, and whether stix2-validator takes the changed one.

    python3 -m venv venv && venv/bin/pip install stix2-validator==3.3.2
    venv/bin/python crates/stix/tests/data/objects.py > crates/stix/tests/data/objects.json

A change is a path, and the value put there, or none where the property is taken away.
"""

import copy
import json

from stix2validator import ValidationOptions, validate_instance

T, LATER = "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"


def uuid(number=1):
    return "00000000-0000-4000-8000-%012d" % number


def ref(kind, number=1):
    return f"{kind}--{uuid(number)}"


COMMON = {
    "spec_version": "2.1",
    "created": T,
    "modified": LATER,
    "created_by_ref": ref("identity", 9),
    "revoked": False,
    "labels": ["one"],
    "confidence": 50,
    "lang": "en",
    "external_references": [{"source_name": "capec", "external_id": "CAPEC-163", "url": "https://example.org/", "description": "d"}],
    "object_marking_refs": [ref("marking-definition", 8)],
    "granular_markings": [{"selectors": ["id"], "marking_ref": ref("marking-definition", 8)}],
}
SCO = {"spec_version": "2.1", "defanged": True, "object_marking_refs": [ref("marking-definition", 8)]}
PHASES = [{"kill_chain_name": "mitre-attack", "phase_name": "execution"}]
MD5 = {"MD5": "d41d8cd98f00b204e9800998ecf8427e"}
SEEN = {"first_seen": T, "last_seen": LATER}


def sdo(kind, **properties):
    return {"type": kind, "id": ref(kind), **copy.deepcopy(COMMON), **properties}


def sco(kind, **properties):
    return {"type": kind, "id": ref(kind), **copy.deepcopy(SCO), **properties}


OBJECTS = [
    sdo("attack-pattern", name="n", description="d", aliases=["a"], kill_chain_phases=PHASES),
    sdo("campaign", name="n", description="d", aliases=["a"], objective="o", **SEEN),
    sdo("course-of-action", name="n", description="d"),
    sdo("grouping", name="n", description="d", context="suspicious-activity", object_refs=[ref("indicator")]),
    sdo("identity", name="n", description="d", roles=["r"], identity_class="organization", sectors=["energy"], contact_information="c"),
    sdo("incident", name="n", description="d"),
    sdo("indicator", name="n", description="d", indicator_types=["benign"], pattern="[file:size = 1]", pattern_type="stix",
        pattern_version="2.1", valid_from=T, valid_until=LATER, kill_chain_phases=PHASES),
    sdo("infrastructure", name="n", description="d", infrastructure_types=["botnet"], aliases=["a"], kill_chain_phases=PHASES, **SEEN),
    sdo("intrusion-set", name="n", description="d", aliases=["a"], goals=["g"], resource_level="club",
        primary_motivation="ideology", secondary_motivations=["dominance"], **SEEN),
    sdo("location", name="n", description="d", latitude=48.8, longitude=2.3, precision=10.5, region="western-europe", country="FR",
        administrative_area="FR-75", city="c", street_address="s", postal_code="p"),
    sdo("malware", name="n", description="d", malware_types=["bot"], is_family=False, aliases=["a"], kill_chain_phases=PHASES,
        operating_system_refs=[ref("software")], architecture_execution_envs=["x86"], implementation_languages=["c"],
        capabilities=["exfiltrates-data"], sample_refs=[ref("file")], **SEEN),
    sdo("malware-analysis", product="p", version="1", host_vm_ref=ref("software"), operating_system_ref=ref("software"),
        installed_software_refs=[ref("software")], configuration_version="1", modules=["m"], analysis_engine_version="1",
        analysis_definition_version="1", submitted=T, analysis_started=T, analysis_ended=LATER, result_name="r",
        result="malicious", analysis_sco_refs=[ref("file")], sample_ref=ref("file")),
    sdo("note", abstract="a", content="c", authors=["a"], object_refs=[ref("indicator")]),
    sdo("observed-data", first_observed=T, last_observed=LATER, number_observed=2, object_refs=[ref("file")]),
    sdo("opinion", explanation="e", authors=["a"], opinion="agree", object_refs=[ref("indicator")]),
    sdo("report", name="n", description="d", report_types=["campaign"], published=T, object_refs=[ref("indicator")]),
    sdo("threat-actor", name="n", description="d", threat_actor_types=["spy"], aliases=["a"], roles=["agent"], goals=["g"],
        sophistication="expert", resource_level="club", primary_motivation="ideology", secondary_motivations=["dominance"],
        personal_motivations=["ideology"], **SEEN),
    sdo("tool", name="n", description="d", tool_types=["exploitation"], aliases=["a"], kill_chain_phases=PHASES, tool_version="1"),
    sdo("vulnerability", name="n", description="d"),
    sdo("relationship", relationship_type="related-to", description="d", source_ref=ref("malware"), target_ref=ref("tool"),
        start_time=T, stop_time=LATER),
    sdo("sighting", description="d", count=3, sighting_of_ref=ref("malware"), observed_data_refs=[ref("observed-data")],
        where_sighted_refs=[ref("identity")], summary=False, **SEEN),
    sdo("language-content", object_ref=ref("malware"), object_modified=T, contents={"de": {"name": "N"}}),
    sdo("extension-definition", name="n", description="d", schema="https://example.org/", version="1.0.0",
        extension_types=["property-extension"]),
    {"type": "marking-definition", "id": ref("marking-definition"), "spec_version": "2.1", "created": T, "name": "n",
     "created_by_ref": ref("identity", 9), "definition_type": "statement", "definition": {"statement": "s"}},
    sco("artifact", mime_type="image/jpeg", payload_bin="YQ==", hashes=MD5, encryption_algorithm="mime-type-indicated", decryption_key="k"),
    sco("autonomous-system", number=64496, name="n", rir="r"),
    sco("directory", path="/a", path_enc="UTF-8", ctime=T, mtime=T, atime=T, contains_refs=[ref("file")]),
    sco("domain-name", value="example.org", resolves_to_refs=[ref("ipv4-addr")]),
    sco("email-addr", value="a@example.org", display_name="d", belongs_to_ref=ref("user-account")),
    sco("email-message", is_multipart=True, date=T, content_type="multipart/mixed", from_ref=ref("email-addr"),
        sender_ref=ref("email-addr"), to_refs=[ref("email-addr")], cc_refs=[ref("email-addr")], bcc_refs=[ref("email-addr")],
        message_id="m", subject="s", received_lines=["r"], additional_header_fields={"X-Mailer": ["m", "n"]},
        body_multipart=[{"content_type": "text/plain", "content_disposition": "inline", "body": "b"}], raw_email_ref=ref("artifact")),
    sco("file", hashes=MD5, size=3, name="n", name_enc="UTF-8", magic_number_hex="4d5a", mime_type="image/jpeg", ctime=T, mtime=T,
        atime=T, parent_directory_ref=ref("directory"), contains_refs=[ref("file", 2)], content_ref=ref("artifact"),
        extensions={
            "archive-ext": {"contains_refs": [ref("file", 2)], "comment": "c"},
            "ntfs-ext": {"sid": "1", "alternate_data_streams": [{"name": "n", "hashes": MD5, "size": 1}]},
            "pdf-ext": {"version": "1", "is_optimized": True, "document_info_dict": {"Title": "t"}, "pdfid0": "0", "pdfid1": "1"},
            "raster-image-ext": {"image_height": 1, "image_width": 1, "bits_per_pixel": 1, "exif_tags": {"Make": "m"}},
            "windows-pebinary-ext": {"pe_type": "exe", "imphash": "i", "machine_hex": "014c", "number_of_sections": 4,
                "time_date_stamp": "2026-01-01T00:00:00Z", "pointer_to_symbol_table_hex": "74726144", "number_of_symbols": 1,
                "size_of_optional_header": 224, "characteristics_hex": "818f", "file_header_hashes": MD5,
                "optional_header": {"magic_hex": "010b", "major_linker_version": 2, "size_of_code": 512, "hashes": MD5},
                "sections": [{"name": "CODE", "size": 1, "entropy": 0.06, "hashes": MD5}]},
        }),
    sco("ipv4-addr", value="198.51.100.3", resolves_to_refs=[ref("mac-addr")], belongs_to_refs=[ref("autonomous-system")]),
    sco("ipv6-addr", value="2001:db8::1", resolves_to_refs=[ref("mac-addr")], belongs_to_refs=[ref("autonomous-system")]),
    sco("mac-addr", value="02:00:00:00:00:0a"),
    sco("mutex", name="n"),
    sco("network-traffic", start=T, end=LATER, is_active=False, src_ref=ref("ipv4-addr"), dst_ref=ref("domain-name"), src_port=1,
        dst_port=2, protocols=["ipv4", "tcp"], src_byte_count=1, dst_byte_count=2, src_packets=1, dst_packets=2,
        ipfix={"minimumIpTotalLength": 32}, src_payload_ref=ref("artifact"), dst_payload_ref=ref("artifact"),
        encapsulates_refs=[ref("network-traffic", 2)], encapsulated_by_ref=ref("network-traffic", 3),
        extensions={
            "http-request-ext": {"request_method": "get", "request_value": "/", "request_version": "http/1.1",
                "request_header": {"Accept": ["a"]}, "message_body_length": 1, "message_body_data_ref": ref("artifact")},
            "icmp-ext": {"icmp_type_hex": "08", "icmp_code_hex": "00"},
            "socket-ext": {"address_family": "AF_INET", "is_blocking": True, "is_listening": True, "options": {"SO_LINGER": 1},
                "socket_type": "SOCK_STREAM", "socket_descriptor": 3, "socket_handle": 4},
            "tcp-ext": {"src_flags_hex": "02", "dst_flags_hex": "12"},
        }),
    sco("process", is_hidden=True, pid=1, created_time=T, cwd="/", command_line="c", environment_variables={"A": "b"},
        opened_connection_refs=[ref("network-traffic")], creator_user_ref=ref("user-account"), image_ref=ref("file"),
        parent_ref=ref("process", 2), child_refs=[ref("process", 3)],
        extensions={
            "windows-process-ext": {"aslr_enabled": True, "dep_enabled": True, "priority": "HIGH_PRIORITY_CLASS", "owner_sid": "o",
                "window_title": "w", "startup_info": {"cb": 1}, "integrity_level": "low"},
            "windows-service-ext": {"service_name": "n", "descriptions": ["d"], "display_name": "d", "group_name": "g",
                "start_type": "SERVICE_AUTO_START", "service_dll_refs": [ref("file")], "service_type": "SERVICE_WIN32_OWN_PROCESS",
                "service_status": "SERVICE_RUNNING"},
        }),
    sco("software", name="n", cpe="cpe:2.3:a:example:a:1.0:*:*:*:*:*:*:*", swid="s", languages=["en"], vendor="v", version="1"),
    sco("url", value="https://example.org/"),
    sco("user-account", user_id="u", credential="c", account_login="l", account_type="unix", display_name="d",
        is_service_account=True, is_privileged=True, can_escalate_privs=True, is_disabled=False, account_created=T,
        account_expires=T, credential_last_changed=T, account_first_login=T, account_last_login=T,
        extensions={"unix-account-ext": {"gid": 1, "groups": ["g"], "home_dir": "/", "shell": "s"}}),
    sco("windows-registry-key", key="HKEY_LOCAL_MACHINE\\x", values=[{"name": "n", "data": "d", "data_type": "REG_SZ"}],
        modified_time=T, creator_user_ref=ref("user-account"), number_of_subkeys=1),
    sco("x509-certificate", is_self_signed=True, hashes=MD5, version="3", serial_number="1", signature_algorithm="s", issuer="i",
        validity_not_before=T, validity_not_after=LATER, subject="s", subject_public_key_algorithm="a",
        subject_public_key_modulus="m", subject_public_key_exponent=65537,
        x509_v3_extensions={"basic_constraints": "b", "private_key_usage_period_not_before": T}),
]

OPTIONS = ValidationOptions(version="2.1", silent=True, disabled="all")
SUBSTITUTES = [None, 5, -1, 1.5, "x", "", True, [], {}, ["x"], [5], ref("indicator"), [ref("indicator")], ref("relationship"),
               [ref("bundle")], "2026-01-01T00:00:00Z", "2026-01-01", "0g", "198.51.100.300"]


def places(value, path=()):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield path + (name,)
            yield from places(inner, path + (name,))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield path + (at,)
            yield from places(inner, path + (at,))


def changed(thing, path, value, gone):
    thing = copy.deepcopy(thing)
    holder = thing
    for step in path[:-1]:
        holder = holder[step]
    if gone:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return thing


def taken(thing):
    try:
        return bool(validate_instance(thing, OPTIONS).is_valid)
    except Exception:
        return False


cases = []
for number, base in enumerate(OBJECTS):
    cases.append({"of": number, "taken": taken(base)})
    for path in places(base):
        if path[0] in ("type", "id") or (path[0] in COMMON and number != 6):
            continue
        cases.append({"of": number, "path": path, "taken": taken(changed(base, path, None, True))})
        for value in SUBSTITUTES:
            cases.append({"of": number, "path": path, "value": value, "taken": taken(changed(base, path, value, False))})
print('{"objects":[')
print(",\n".join(json.dumps(base) for base in OBJECTS))
print('],"cases":[')
print(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
print("]}")
