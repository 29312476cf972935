"""Watches a folder for operators: takes in once, and then erases, every complete file that systems put there.

    MAP/<oin>/<what>/export.xlsx            put here
    MAP/<oin>/<what>/bezig/                 being taken in, or taken in and not finished
    MAP/<oin>/<what>/verwerkt/...txt        what became of it
    MAP/<oin>/<what>/afgewezen/...txt       why it was not taken, or could not be used

<what> is a kind of records, a preset or the name of a koppeling. With `.aanvullend` behind it, a file adds
and updates records instead of replacing everything.

Several processes may watch the same folder, and any of them may be killed at any moment. A file belongs to
the process that holds its lock, and the levering that is made of it carries the name under which it was
claimed, with what may be somebody's number or address masked (`safe_name`). Other programs than the portal
may fill the folder: no link in it is followed, and every path is relative to an opened directory.
"""

import fcntl
import logging
import os
import re
import stat
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.text import slugify

from exchange.standard import Soort, is_oin
from um_portal.errors import FoutMetMelding
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.rechten import Recht, is_open
from uploads.leveringen.intake import receive, safe_name
from uploads.leveringen.upload_handler import max_bytes, too_large_message
from uploads.mapping.recognition import KOPPELINGEN
from uploads.models import Koppeling, Levering, Leveringstatus, Wijze
from uploads.readers import Onleesbaar
from uploads.tasks import enqueue

log = logging.getLogger(__name__)

BEZIG, VERWERKT, AFGEWEZEN = "bezig", "verwerkt", "afgewezen"
AANVULLEND = ".aanvullend"
# Names under which programs write a file that they rename when it is complete.
_NOG_NIET = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".deel", ".swp")
_GECLAIMD = re.compile(r"neem-([0-9a-f]{32})-(.+)", re.DOTALL)
_INGENOMEN = re.compile(r"levering-([0-9]{1,18})-(.+)", re.DOTALL)
_GESTEMPELD = re.compile(r"[0-9]{8}-[0-9]{6}-")
# Room for what is put before and behind a name; a file system allows 255 bytes.
_NAME_BYTES = 150
# The inode, the size, and the time of the last write of a file.
_Print = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Mapkeuze:
    """Tells how the files in a folder are to be read, from the folder's name.

    Without `soort` the kind is recognised.
    """

    soort: Soort | None
    koppeling: str
    wijze: Wijze


@dataclass(slots=True)
class Rondetelling:
    """Counts what one round did."""

    ingenomen: int = 0
    afgewezen: int = 0
    # The number of files that may still be growing, and of folders in which nothing can be taken in.
    onrijp: int = 0
    onbruikbaar: int = 0


@dataclass(frozen=True, slots=True)
class _Plek:
    """An opened folder in which files are put; the log calls it by `naam`."""

    gemeente: Gemeente
    keuze: Mapkeuze
    naam: str
    fd: int


class Onbruikbaar(FoutMetMelding):
    """Something in a folder cannot be used; the message says what, in Dutch and without a file's name."""


@dataclass(slots=True)
class Wachter:
    """Watches one folder.

    `rust` is the number of seconds that a file must stay the same to count as complete. When `stop` is set, a
    round ends after the file that it is working on.
    """

    map: Path
    rust: float = 10.0
    stop: threading.Event = field(default_factory=threading.Event)
    # The state in which a file was last seen with the moment since when (monotonic), and the messages already
    # logged per folder.
    _seen: dict[tuple[str, str], tuple[_Print, float]] = field(default_factory=dict)
    _told: dict[str, str] = field(default_factory=dict)
    _seen_now: set[tuple[str, str]] = field(default_factory=set)
    _wrong_now: set[str] = field(default_factory=set)

    def round(self) -> Rondetelling:
        """Looks once in every folder.

        A failure in one folder is logged and does not keep the others waiting.
        """
        telling = Rondetelling()
        self._seen_now, self._wrong_now = set(), set()
        # The folder itself may be a link: the operator chose it.
        with _opened(str(self.map.resolve())) as root:
            for oin in _directories(root):
                if self.stop.is_set():
                    return telling
                try:
                    self._municipality(_municipality_of(oin), root, telling)
                except Onbruikbaar as problem:
                    self._tell(_shown(oin), problem.melding)
                except (OSError, DatabaseError) as error:
                    self._tell(_shown(oin), type(error).__name__)
        # Files that are gone are forgotten, and a folder that is right again may be reported again.
        self._seen = {key: value for key, value in self._seen.items() if key in self._seen_now}
        self._told = {naam: wat for naam, wat in self._told.items() if naam in self._wrong_now}
        telling.onbruikbaar = len(self._wrong_now)
        return telling

    def _municipality(self, gemeente: Gemeente, root: int, telling: Rondetelling) -> None:
        with _opened(gemeente.oin, root) as here:
            for name in _directories(here):
                naam = f"{gemeente.oin}/{_shown(name)}"
                try:
                    keuze = choice_of(gemeente, name)
                    with _opened(name, here) as fd:
                        self._folder(_Plek(gemeente, keuze, naam, fd), telling)
                except Onbruikbaar as problem:
                    self._tell(naam, problem.melding)
                except (OSError, DatabaseError) as error:
                    # Every file whose taking in was begun is picked up at the next round.
                    self._tell(naam, type(error).__name__)

    def _folder(self, plek: _Plek, telling: Rondetelling) -> None:
        with _opened(BEZIG, plek.fd, make=True) as bezig:
            for name in sorted(os.listdir(bezig)):
                if match := _INGENOMEN.fullmatch(name):
                    _report(plek, bezig, name, int(match[1]), match[2])
                elif _GECLAIMD.fullmatch(name):
                    # A process that was killed left this file; a locked one is still being worked on.
                    self._take(plek, bezig, bezig, name, telling)
            _erase_kept(plek)
            names = _files(plek.fd)
            if names and not is_open(Recht.AANLEVEREN, plek.gemeente):
                raise Onbruikbaar("deze gemeente is niet toegelaten; de bestanden blijven staan")
            for name in names:
                self._take(plek, plek.fd, bezig, name, telling)

    def _take(self, plek: _Plek, where: int, bezig: int, name: str, telling: Rondetelling) -> None:
        """Takes in one file, if it is complete and no other process has it."""
        if self.stop.is_set():
            return
        try:
            with _locked(name, where) as fd:
                if fd is not None:
                    self._take_locked(plek, where, bezig, name, fd, telling)
        except Onbruikbaar as problem:
            self._tell(plek.naam, problem.melding)

    def _take_locked(
        self, plek: _Plek, where: int, bezig: int, name: str, fd: int, telling: Rondetelling
    ) -> None:
        key = (plek.naam, name)
        self._seen_now.add(key)
        if not self._is_complete(key, fd):
            telling.onrijp += 1
            return
        claimed = name
        if where != bezig:
            claimed = f"neem-{uuid.uuid4().hex}-{_short(safe_name(name))}"
            os.rename(name, claimed, src_dir_fd=where, dst_dir_fd=bezig)
            if os.stat(claimed, dir_fd=bezig, follow_symlinks=False).st_ino != os.fstat(fd).st_ino:
                return  # Another file of the same name arrived just now: it is for the next round.
        match = _GECLAIMD.fullmatch(claimed)
        assert match is not None
        self._take_claimed(plek, bezig, fd, claimed, match[1], match[2], telling)

    def _take_claimed(
        self, plek: _Plek, bezig: int, fd: int, claimed: str, merk: str, name: str, telling: Rondetelling
    ) -> None:
        before = _print_of(fd)
        inhoud = _read(fd)
        if _print_of(fd) != before:
            telling.onrijp += 1
            return
        try:
            levering_id = _take_in(plek, f"map-{merk}", inhoud, name)
        except Onleesbaar as problem:
            _refuse(plek, bezig, claimed, name, problem.melding)
            telling.afgewezen += 1
            log.info("map %s: een bestand is afgewezen", plek.naam)
            return
        _write(bezig, f"levering-{levering_id}-{name}", "")
        os.unlink(claimed, dir_fd=bezig)
        telling.ingenomen += 1
        log.info("map %s: levering %s ontvangen", plek.naam, levering_id)

    def _is_complete(self, key: tuple[str, str], fd: int) -> bool:
        now, looks = time.monotonic(), _print_of(fd)
        known = self._seen.get(key)
        if known is None or known[0] != looks:
            self._seen[key] = (looks, now)
            return self.rust <= 0
        return now - known[1] >= self.rust

    def _tell(self, naam: str, wat: str) -> None:
        """Logs a message once, for as long as it stays true."""
        self._wrong_now.add(naam)
        if self._told.get(naam) != wat:
            self._told[naam] = wat
            log.warning("map %s: %s", naam, wat)


def _municipality_of(oin: str) -> Gemeente:
    if not is_oin(oin):
        raise Onbruikbaar("deze map heeft geen OIN van 20 cijfers als naam")
    gemeente: Gemeente | None = Gemeente.objects.filter(oin=oin).first()
    if gemeente is None:
        raise Onbruikbaar("er is geen gemeente met dit OIN")
    return gemeente


def choice_of(gemeente: Gemeente, naam: str) -> Mapkeuze:
    """Reads the name of a folder: a kind, a preset, or a koppeling by its name or as a slug.

    Raises Onbruikbaar.
    """
    wijze = Wijze.AANVULLEND if naam.endswith(AANVULLEND) else Wijze.VOLLEDIG
    naam = naam.removesuffix(AANVULLEND)
    if naam in {soort.value for soort in Soort}:
        return Mapkeuze(Soort(naam), "", wijze)
    if naam in {preset.naam for preset in KOPPELINGEN}:
        return Mapkeuze(None, naam, wijze)
    with voor_gemeente(gemeente):
        saved = list(Koppeling.objects.filter(gearchiveerd_op=None))
    found = [one for one in saved if one.naam == naam] or [one for one in saved if slugify(one.naam) == naam]
    if len(found) != 1:
        raise Onbruikbaar("dit is geen soort, en geen koppeling van deze gemeente")
    return Mapkeuze(Soort(found[0].soort), found[0].naam, wijze)


# --- One file --------------------------------------------------------------------------------------------


def _take_in(plek: _Plek, kenmerk: str, inhoud: bytes, name: str) -> int:
    """Makes a levering of the file, or finds the one that was made before a process was killed.

    Returns its id. Raises Onleesbaar.
    """
    gemeente, keuze = plek.gemeente, plek.keuze
    with voor_gemeente(gemeente):
        known = Levering.objects.filter(kenmerk=kenmerk).values_list("pk", flat=True).first()
    if known is not None:
        return int(known)
    if len(inhoud) > max_bytes():
        raise Onleesbaar(too_large_message())
    levering = receive(
        gemeente,
        inhoud=inhoud,
        bestandsnaam=os.fsencode(name).decode(errors="replace"),
        soort=keuze.soort,
        koppeling=keuze.koppeling,
        wijze=keuze.wijze,
        publiceer_vanzelf=True,
        kenmerk=kenmerk,
    )
    enqueue(levering.pk, gemeente.pk)
    return levering.pk


def _refuse(plek: _Plek, bezig: int, claimed: str, name: str, melding: str) -> None:
    """Writes why the file is refused and erases it.

    With UM_AANLEVER_AFGEWEZEN_BEWAREN it is kept as long as a file may be.
    """
    now = timezone.now()
    with _opened(AFGEWEZEN, plek.fd, make=True) as afgewezen:
        kept = _free(afgewezen, f"{_stamp(now)}-", name)
        _write(afgewezen, f"{kept}.txt", f"Afgewezen op {_moment(now)}.\n\n{melding}\n")
        if settings.UM_AANLEVER_AFGEWEZEN_BEWAREN:
            os.rename(claimed, kept, src_dir_fd=bezig, dst_dir_fd=afgewezen)
        else:
            os.unlink(claimed, dir_fd=bezig)


def _report(plek: _Plek, bezig: int, marker: str, levering_id: int, name: str) -> None:
    """Writes what became of a levering once that is known, and removes its marker."""
    with voor_gemeente(plek.gemeente):
        levering = Levering.objects.filter(pk=levering_id).first()
    if levering is not None:
        if levering.is_bezig or levering.gaat_vanzelf_verder:
            return
        failed = levering.status in {Leveringstatus.MISLUKT, Leveringstatus.VERVALLEN}
        with _opened(AFGEWEZEN if failed else VERWERKT, plek.fd, make=True) as where:
            _write(where, f"{_stamp(levering.aangemaakt_op)}-{levering.pk}-{name}.txt", outcome(levering))
    # Two processes may both come here; they write the same text.
    with _unless_gone():
        os.unlink(marker, dir_fd=bezig)


def outcome(levering: Levering) -> str:
    """Describes what became of a levering, as text without anything of what was in the file."""
    lines = [
        f"Levering {levering.pk}, ontvangen op {_moment(levering.aangemaakt_op)}.",
        f"Stand: {levering.get_status_display().lower()}.",
    ]
    if levering.melding:
        lines += ["", levering.melding]
    lines += [
        "",
        f"Gelezen {levering.gelezen}, omgezet {levering.omgezet}, overgeslagen {levering.overgeslagen}, "
        f"afgekeurd {levering.afgekeurd}.",
    ]
    if levering.status == Leveringstatus.GEPUBLICEERD:
        lines.append(
            f"Nieuw {levering.nieuw}, gewijzigd {levering.gewijzigd}, gelijk {levering.gelijk}, "
            f"verdwenen {levering.weg}."
        )
    for reden in levering.redenen:
        kolom = f", kolom {reden['kolom']}" if reden["kolom"] else ""
        lines.append(f"- {reden['aantal']} keer {reden['ernst']}{kolom}: {reden['melding']}")
    return "\n".join(lines) + "\n"


def _erase_kept(plek: _Plek) -> None:
    """Erases refused files that were kept as long as a file may be, and texts after UM_AANLEVER_BERICHT_DAGEN.

    Their names begin with the moment that they tell of.
    """
    now = timezone.now()
    file_limit = _stamp(now - timedelta(hours=settings.UM_BRONBESTAND_UREN))
    text_limit = _stamp(now - timedelta(days=settings.UM_AANLEVER_BERICHT_DAGEN))
    for folder in (AFGEWEZEN, VERWERKT):
        with _unless_gone(), _opened(folder, plek.fd) as where:
            names = set(_files(where))
            for name in names:
                # A file that was kept may be called .txt itself; the text about it is then .txt.txt.
                is_text = name.endswith(".txt") and f"{name}.txt" not in names
                limit = text_limit if is_text else file_limit
                if _GESTEMPELD.match(name) and name[: len(limit)] < limit:
                    os.unlink(name, dir_fd=where)


# --- The file system -------------------------------------------------------------------------------------


def _directories(where: int) -> list[str]:
    """Lists the directories in a directory that the portal has to look at, sorted."""
    with os.scandir(where) as entries:
        return sorted(
            entry.name
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
        )


def _files(where: int) -> list[str]:
    """Lists what is no directory and has no name that marks it as incomplete, sorted."""
    with os.scandir(where) as entries:
        return sorted(
            entry.name
            for entry in entries
            if not entry.is_dir(follow_symlinks=False)
            and not entry.name.startswith((".", "~$"))
            and not entry.name.lower().endswith(_NOG_NIET)
        )


@contextmanager
def _opened(path: str, where: int | None = None, *, make: bool = False) -> Iterator[int]:
    """Opens a directory for as long as this lasts; never follows a link."""
    if make:
        try:
            os.mkdir(path, 0o770, dir_fd=where)
        except FileExistsError:
            pass
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=where)
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def _locked(name: str, where: int) -> Iterator[int | None]:
    """Opens a plain file and locks it for as long as this lasts.

    Gives None when it is gone or another process has it. Raises Onbruikbaar.
    """
    try:
        # The call does not block: a named pipe that somebody puts here must not hold this process up.
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=where)
    except FileNotFoundError:
        yield None
        return
    except OSError:
        raise Onbruikbaar("hierin staat een bestand dat niet te lezen is, of een link") from None
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise Onbruikbaar("hierin staat iets dat geen bestand is")
        yield fd if _is_ours(fd) else None
    finally:
        os.close(fd)


def _is_ours(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    # The process that held it before may have finished with it between opening and locking.
    return os.fstat(fd).st_nlink > 0


def _print_of(fd: int) -> _Print:
    found = os.fstat(fd)
    return found.st_ino, found.st_size, found.st_mtime_ns


def _read(fd: int) -> bytes:
    """Reads the whole file, or one byte more than is allowed."""
    with os.fdopen(os.dup(fd), "rb") as file:
        file.seek(0)
        return file.read(max_bytes() + 1)


def _write(where: int, name: str, text: str) -> None:
    """Writes a small file, whole or not at all."""
    temporary = f".{uuid.uuid4().hex}"
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640, dir_fd=where)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(temporary, name, src_dir_fd=where, dst_dir_fd=where)


@contextmanager
def _unless_gone() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        pass


def _shown(name: str) -> str:
    """Gives the name of a folder as the log shows it."""
    return name if name.isprintable() else ascii(name)


def _short(name: str) -> str:
    """Shortens a name to leave room for what is added; keeps its end, with the extension."""
    return name.encode(errors="replace")[-_NAME_BYTES:].decode(errors="ignore")


def _free(where: int, begin: str, name: str) -> str:
    """Gives a name that no text here has yet: masked names of different files may be equal."""
    taken = set(os.listdir(where))
    number = 1
    while f"{(full := f'{begin}{number}-{name}' if number > 1 else f'{begin}{name}')}.txt" in taken:
        number += 1
    return full


def _stamp(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y%m%d-%H%M%S}"


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d-%m-%Y om %H:%M}"
