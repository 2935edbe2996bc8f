#!/usr/bin/env python3
"""Has others read what we write: misp-stix our bundles, stix2-patterns our patterns, pymisp our events.

    python3 -m venv v && v/bin/pip install misp-stix
    cargo build -p noroshi-misp --example convert
    v/bin/python crates/misp/tests/golden/interop.py target/debug/examples/convert

Prints for each golden event what they make of it, and ends with 1 where they lose anything.
"""
import json
import logging
import pathlib
import subprocess
import sys
import tempfile

import pymisp
from misp_stix_converter import InternalSTIX2toMISPParser
from stix2.parsing import parse as stix_parse
from stix2patterns.validator import run_validator

HERE = pathlib.Path(__file__).parent
logging.disable(logging.WARNING)


def run(program, way, file):
    done = subprocess.run([program, way, file], capture_output=True, text=True, check=True)
    if done.stderr:
        sys.exit(f"{way} {file}: {done.stderr}")
    return done.stdout


def values(event):
    """Types and values of attributes, and names of objects, by UUID."""
    attributes = {a["uuid"]: (a["type"], str(a["value"]).strip()) for a in event.get("Attribute", [])}
    return attributes, {o["uuid"]: o["name"] for o in event.get("Object", [])}


def same(one, other):
    # The reference writes a time in its own way; the moment is the same.
    return one == other or (one and other and one[0] == "datetime" == other[0] and one[1][:10] == other[1][:10])


def main(program):
    bad = 0
    for file in sorted((HERE / "event").glob("*.json")):
        bundle = run(program, "to", file)
        objects = stix_parse(bundle, allow_custom=True).objects
        patterns = [o.pattern for o in objects if o.type == "indicator" and o.pattern_type == "stix"]
        wrong = [p for p in patterns if run_validator(p, stix_version="2.1")]
        reader = InternalSTIX2toMISPParser()
        reader.load_stix_bundle(stix_parse(bundle, allow_custom=True))
        reader.parse_stix_bundle()
        came = values(json.loads(reader.misp_event.to_json()))
        went = values(json.loads(file.read_text())["Event"])
        lost = [v for own, other in zip(went, came) for k, v in own.items() if not same(v, other.get(k))]
        with tempfile.NamedTemporaryFile("w", suffix=".json") as back:
            back.write(bundle)
            back.flush()
            event = pymisp.MISPEvent()
            event.from_json(run(program, "from", back.name))
        ours = values(json.loads(event.to_json()))
        missing = [k for own, other in zip(went, ours) for k in own if k not in other]
        print(f"{file.stem}: {len(objects)} objects, {len(patterns)} patterns, {len(wrong)} not read by stix2-patterns; misp-stix "
              f"loses {lost or 'nothing'}, errors {dict(reader.errors) or 'none'}; pymisp misses {missing or 'nothing'}")
        bad += len(wrong) + len(lost) + len(reader.errors) + len(missing)
    sys.exit(bad > 0)


if __name__ == "__main__":
    main(sys.argv[1])
