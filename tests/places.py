"""Finds the project, and the reference material beside it (absent for those who only have the project)."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("UM_SHARED") or ROOT.parent / "shared")
SONAR = SHARED / "reference" / "sonar" / "SonarDashboardExample.xlsx"
AXE = ROOT / "tests" / "vendor" / "axe.min.js"
