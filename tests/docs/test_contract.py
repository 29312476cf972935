"""The table of what the portal can of the contract is that of the code."""

import re

from exchange.standard import Soort
from exchange.vum3.zoekvelden import ZOEKVELDEN
from tests.places import ROOT


def test_the_documented_conditions_are_those_that_can_be_asked() -> None:
    text = (ROOT / "docs" / "beheer" / "contract.md").read_text()
    for soort in Soort:
        section = text.split(f"\n## {soort.label.capitalize()}\n")[1].split("\n## ")[0]
        rows = re.findall(r"^\| `(.+?)` \| (.+?) \| (ja|nee) \|$", section, re.MULTILINE)
        told = {
            name: (set(re.findall(r"`(.+?)`", operators)), shown == "ja") for name, operators, shown in rows
        }
        assert told == {
            veld.sleutel if len(veld.condities) == 1 else f"{veld.sleutel} › {conditie.sleutel}": (
                set(conditie.operatoren),
                conditie.invoer is not None,
            )
            for veld in ZOEKVELDEN[soort]
            for conditie in veld.condities
        }
