"""Checks that docstrings open plainly: those of functions with their verb, none with a question word."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tests.places import ROOT

# A sentence that opens with one of these must be read to its end before it tells what the code does.
_OPENS_BADLY = re.compile(r"(What|Who|Whose|Whether|How|Where|Which|As|So|That)\b")
_OPENS_WITH_VERB = re.compile(r"[A-Z][a-z]+s\b")


class Docstring(NamedTuple):
    """A docstring and its place (`file:line`); `of_function` also holds for a method or property."""

    place: str
    text: str
    of_function: bool


@cache
def docstrings() -> tuple[Docstring, ...]:
    """Reads every docstring of the code, without the migrations."""
    return tuple(_read())


def _read() -> Iterator[Docstring]:
    for top in ("um_portal", "exchange", "uploads"):
        for path in sorted((ROOT / top).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" in name:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                text = ast.get_docstring(node)
                if text is not None:
                    line = 1 if isinstance(node, ast.Module) else node.lineno
                    of_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                    yield Docstring(f"{name}:{line}", text, of_function)


def _told(found: list[Docstring]) -> list[str]:
    return [f"{docstring.place} {docstring.text.splitlines()[0]}" for docstring in found]


def test_no_docstring_opens_with_a_question_word():
    assert len(docstrings()) > 500
    assert _told([found for found in docstrings() if _OPENS_BADLY.match(found.text)]) == []


def test_the_docstring_of_a_function_opens_with_a_verb_in_the_third_person():
    of_functions = [found for found in docstrings() if found.of_function]
    assert len(of_functions) > 300
    assert _told([found for found in of_functions if not _OPENS_WITH_VERB.match(found.text)]) == []
