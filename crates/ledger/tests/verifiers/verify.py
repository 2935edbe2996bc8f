"""Checks a log with the PyPI package aics-tlog, which shares no code with the log.

verify.py <folder> <log vkey> [<cosigner vkey> ...]: every cosigner given must have cosigned.
"""

import sys
from pathlib import Path

from aics_tlog import FileSystemTileReader, audit_tiles, parse_checkpoint, parse_note, parse_vkey, verify_checkpoint

folder, log, cosigners = Path(sys.argv[1]), parse_vkey(sys.argv[2]), [parse_vkey(key) for key in sys.argv[3:]]
note = parse_note((folder / "checkpoint").read_bytes())
result = verify_checkpoint(note, log, cosigners, quorum=len(cosigners))
if not result.ok:
    sys.exit(f"FAIL checkpoint: {result.error}")
head = parse_checkpoint(note.text)
try:
    audit_tiles(FileSystemTileReader(folder), head.size, head.root)
except Exception as error:
    sys.exit(f"FAIL {error}")
print("OK", head.size)
