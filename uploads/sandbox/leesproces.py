"""Reads a file in the confined process, and answers requests for its rows.

Standard input holds the length of the file, the file, and then the rows that are wanted. Every answer is a
frame on standard output: first the mechanisms that the kernel lacks to confine this process, then the sheets
of the file, then the rows that were asked for. When the other side is gone, this process ends too.

Starting takes longer than reading most files, so what a file cannot need is not imported. Which libraries those
are depends on how the file begins, and on whether only its format is asked for.
"""

import codecs
import gc
import resource
import signal
import sys
from typing import Any, BinaryIO

from uploads.sandbox.bericht import LENGTH, LONGEST_NAME, MAX_BYTES, report
from uploads.sandbox.confinement import confine
from uploads.sandbox.herkenning import OLE, Begin, recognise
from uploads.sandbox.sheets import Formaat, Leesprobleem

# Python looks up an encoding in files at its first use. The first are those of the names in a zip and in an
# old Office file.
_OF_NAMES = ("cp437", "ascii", "utf-8", "utf-16-le")
_OF_TEXT = (
    "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1252", "latin-1", "cp850", "mac-roman",
)  # fmt: skip


def limit(megabytes: int, seconds: int) -> None:
    """Limits this process to this memory and this processor time; it cannot undo that."""
    # At the first number it is told by a signal of its own; SIGKILL means that somebody else ended it.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    for kind, most in (
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def main(opdracht: dict[str, Any]) -> None:
    """Reads the file and answers until no more requests come."""
    only_format, begin = opdracht["alleen_formaat"], Begin(opdracht["begin"])
    # This comes first, because after `confine` no file can be read or written.
    if begin in (Begin.ZIP, Begin.OLE):
        # In a new Office file with a password there is a zip.
        import hashlib

        from uploads.sandbox.archive import check_actual
        from uploads.sandbox.tweetal import parts_of
    # That an old Office file has a password is told at once, and then it is opened.
    opens = not only_format or begin is Begin.OLE
    if opens:
        from uploads.sandbox.openen import Antwoord, description, opener

        open_inhoud = opener(opdracht)
    for codering in (*_OF_NAMES, *_OF_TEXT) if opens else _OF_NAMES:
        codecs.lookup(codering)
    gc.freeze()
    gc.enable()
    # A stop signal for a worker often reaches all of its processes. The worker finishes its work, and
    # this process ends with it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit(opdracht["megabytes"], opdracht["seconden"])
    vragen, antwoorden = sys.stdin.buffer, sys.stdout.buffer
    lacking = confine()
    _send(antwoorden, report(lacking))
    if lacking and opdracht["zandbak_verplicht"]:
        return
    # Nothing from outside is read before this line.
    (size,) = LENGTH.unpack(vragen.read(LENGTH.size))
    try:
        gelezen = vragen.read(size)
        formaat = recognise(gelezen, opdracht["uitgepakt"], thoroughly=not only_format)
        if only_format:
            if formaat is Formaat.XLSX and gelezen.startswith(OLE):
                open_inhoud(gelezen, formaat)
            if formaat is Formaat.TWEETAL:
                check_actual(gelezen, opdracht["uitgepakt"])
                parts = parts_of(gelezen, opdracht["uitgepakt"], thoroughly=False)
                digests = [hashlib.sha256(content).hexdigest() for _, content, _ in parts]
                _send(antwoorden, report({"formaat": formaat, "delen": digests}))
                return
            _send(antwoorden, report({"formaat": formaat}))
            return
        inhoud = open_inhoud(gelezen, formaat)
        del gelezen
        _send(antwoorden, description(inhoud, formaat))
        antwoord = Antwoord(inhoud)
        for vraag in vragen:
            index, start, number = map(int, vraag.split())
            _send(antwoorden, antwoord.rijen(index, start, number))
    except Leesprobleem as fout:
        _send(
            antwoorden,
            report({"fout": fout.args[0], "getallen": fout.args[1:], "bestand": fout.bestand[:LONGEST_NAME]}),
        )
    except MemoryError:
        _send(antwoorden, report({"fout": "te_groot"}))
    except BrokenPipeError:
        # The other side is gone.
        return
    # Any other exception that a broken file causes, also a panic of the library, has the same meaning.
    except BaseException:
        _send(antwoorden, report({"fout": "beschadigd"}))


def _send(stream: BinaryIO, data: bytes) -> None:
    if len(data) > MAX_BYTES:
        data = report({"fout": "te_groot"})
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()
