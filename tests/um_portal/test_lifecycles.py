"""Every thing with states has one module that writes its state."""

import ast
from collections.abc import Iterator

from tests.places import ROOT

# What has a life cycle of its own: its model and its enumeration of states.
_THINGS = {
    "uploads/leveringen/lifecycle.py": ("Levering", "Leveringstatus"),
    "exchange/bemiddelaar/lifecycle.py": ("Zoekvraag", "Zoekstatus"),
    "um_portal/gemeenten/lifecycle.py": ("Gemeente", "Gemeentestatus"),
}
# Its status is written by a function of the database, which only this module calls.
_BY_DATABASE = {"um_portal/gemeenten/lifecycle.py"}
# What writes the status of something else: a mapping for the whole country, a code of a list.
_OTHERS = {"uploads/waarden/national.py", "exchange/waardelijsten/models.py"}
_WRITERS = {
    *("update", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "save"),
    *("claim", "release", "end", "report", "setattr"),
}


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _writes_status(node: ast.AST, models: set[str]) -> bool:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets)
    if isinstance(node, ast.Dict):
        values = {
            key.value: value
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant)
        }
        # Fields on their way to an UPDATE; in the description of an API the status is a dictionary itself.
        beside = values.keys() & {"melding", "lease_tot", "gewijzigd_op", "pogingen"}
        return bool(beside) and not isinstance(values.get("status", node), ast.Dict)
    if not isinstance(node, ast.Call):
        return False
    name = _called(node)
    named = any(word.arg == "status" for word in node.keywords)
    texts = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
    listed = name in {"bulk_update", "save", "setattr"} and "status" in texts
    return (named and (name in _WRITERS or name in models)) or listed


def _writes(source: str, models: set[str]) -> Iterator[int]:
    for node in ast.walk(ast.parse(source)):
        if _writes_status(node, models):
            yield getattr(node, "lineno", 0)


def test_nobody_but_its_life_cycle_writes_the_status_of_a_thing() -> None:
    models = {model for model, _ in _THINGS.values()}
    found = {}
    for place in ("um_portal", "exchange", "uploads"):
        for file in (ROOT / place).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix()
            if "/migrations/" not in name and (lines := list(_writes(file.read_text(), models))):
                found[name] = lines
    assert set(_THINGS) - _BY_DATABASE <= set(found)
    assert {name: lines for name, lines in found.items() if name not in {*_THINGS, *_OTHERS}} == {}


def test_what_writes_the_status_of_something_else_knows_no_thing_with_a_life_cycle() -> None:
    for name in _OTHERS:
        words = {
            node.id for node in ast.walk(ast.parse((ROOT / name).read_text())) if isinstance(node, ast.Name)
        }
        assert not words & {state for _, state in _THINGS.values()}


def test_the_search_for_writers_sees_every_way_of_writing() -> None:
    for line in (
        "levering.status = x",
        "rows.filter(pk=1).update(status=x)",
        "Levering(status=x)",
        "Levering.objects.create(status=x)",
        "release(rows, status=x)",
        "lease.end(status=x, melding='')",
        "setattr(levering, 'status', x)",
        "levering.save(update_fields=['status'])",
        "Levering.objects.bulk_update(rows, ['status'])",
        "fields = {'status': x, 'melding': ''}",
    ):
        assert list(_writes(line, {"Levering"})), line
    for line in ("rows.filter(status=x)", "if levering.status == x: pass", "Answer(status=200)"):
        assert not list(_writes(line, {"Levering"})), line
