"""The source API against its contracts: whatever is sent, the answer is one that the contract describes.

Schemathesis makes the calls from the contracts themselves, good ones and bad ones, and judges the answers. It
needs the contracts in ../shared, and runs with the slow tests only.
"""

import random
from collections import Counter
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from exchange.fictief import generate
from exchange.standard import Soort
from tests.examples import examples
from tests.factories import een_gemeente, publish_set, vum_headers
from tests.places import SHARED
from um_portal.tenants.models import Gemeente

CONTRACTS = {
    Soort.WERKZOEKENDEN: "VUM-Bron-WerkzoekendeProfielen.yaml",
    Soort.VACATURES: "VUM-Bron-Vacatures.yaml",
    Soort.WERKGEVERSCONTACTMOMENTEN: "VUM-Bron-Werkgeverscontactmomenten.yaml",
}
_RNG = random.Random(1)
RECORDS: dict[Soort, list[dict[str, Any]]] = {
    Soort.WERKZOEKENDEN: [generate.werkzoekende(_RNG, "3511AB", f"W{n}") for n in range(30)],
    Soort.VACATURES: [generate.vacature(_RNG, "3511AB", f"V{n}") for n in range(30)],
    Soort.WERKGEVERSCONTACTMOMENTEN: [generate.werkgeverscontactmoment(_RNG, "3511AB") for _ in range(30)],
}
OPERATIONS = [
    (soort, method)
    for soort in CONTRACTS
    for method in ("post", "get")
    if method == "post" or soort.id_pad is not None
]

pytestmark = [
    # Every call is a request of its own, with a connection and a transaction of its own.
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.skipif(
        not (SHARED / "reference" / "vum-3").is_dir(), reason="../shared is er niet: de contracten ontbreken"
    ),
]


@pytest.fixture(autouse=True)
def _loopback_is_trusted(settings) -> None:
    settings.UM_DEMO = True
    settings.ALLOWED_HOSTS = ["localhost"]


def _schemathesis() -> Any:
    """Imports the library for a test that runs: whoever only looks for tests would wait seconds for it."""
    return pytest.importorskip("schemathesis", reason="schemathesis is er niet")


def _operation(soort: Soort, method: str) -> Any:
    schema = _schemathesis().openapi.from_path(SHARED / "reference" / "vum-3" / CONTRACTS[soort])
    schema.app = _from_loopback(get_wsgi_application())
    schema.config.update(base_url="http://localhost/vum/bron/v3")
    found = [result.ok() for result in schema.get_all_operations()]
    return next(operation for operation in found if operation.method == method)


def _from_loopback(application: Any) -> Any:
    """Schemathesis calls the application itself, without an address to call from."""
    return lambda environ, start: application({**environ, "REMOTE_ADDR": "127.0.0.1"}, start)


def _checks() -> list[Any]:
    checks = _schemathesis().checks
    return [
        checks.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]


def _source(soort: Soort) -> Gemeente:
    gemeente = een_gemeente()
    publish_set(gemeente, soort, RECORDS[soort])
    return gemeente


def _fuzz(soort: Soort, method: str, mode: Any, *, our_headers: bool) -> Counter[int]:
    """Many calls, each answer judged; how often which status was given. Half of the detail requests exist."""
    gemeente, checks = _source(soort), _checks()
    seen: Counter[int] = Counter()

    @hypothesis_settings(
        max_examples=examples(150), deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(
        case=_operation(soort, method).as_strategy(generation_mode=mode),
        record=st.none() | st.sampled_from(RECORDS[soort]),
    )
    def check(case: Any, record: dict[str, Any] | None) -> None:
        if our_headers:
            case.headers = vum_headers(gemeente)
        if record is not None and method == "get":
            case.path_parameters = dict.fromkeys(case.path_parameters, record[str(soort.id_pad)])
        elif record is not None and isinstance(case.body, dict) and our_headers:
            _ask_for(soort, case.body, record)
        response = case.call()
        seen[response.status_code] += 1
        case.validate_response(response, checks=checks)

    check()
    assert set(seen) <= {200, 400, 401, 503}
    return seen


def _ask_for(soort: Soort, body: dict[str, Any], record: dict[str, Any]) -> None:
    """Point the question at a record that is there, so that what else it asks makes a difference."""
    asked = body.get("vraagObject")
    if not isinstance(asked, dict):
        return
    if soort is Soort.WERKGEVERSCONTACTMOMENTEN:
        asked["werkgever.nummerKvk"] = {"$eq": record["werkgever"]["nummerKvk"]}
    else:
        asked["selectiegebied"] = {"postcode": "3511AB", "afstand": 50}


@pytest.mark.parametrize(("soort", "method"), OPERATIONS)
def test_every_call_of_the_contract_gets_an_answer_of_the_contract(soort: Soort, method: str) -> None:
    seen = _fuzz(soort, method, _schemathesis().GenerationMode.POSITIVE, our_headers=True)
    assert seen[200] > 20, "hardly any question was answered, so that little was tried"


@pytest.mark.parametrize(("soort", "method"), OPERATIONS)
def test_every_call_with_other_headers_gets_an_answer_of_the_contract(soort: Soort, method: str) -> None:
    _fuzz(soort, method, _schemathesis().GenerationMode.POSITIVE, our_headers=False)


@pytest.mark.parametrize("soort", CONTRACTS)
def test_every_call_against_the_contract_gets_an_answer_of_the_contract(soort: Soort) -> None:
    seen = _fuzz(soort, "post", _schemathesis().GenerationMode.NEGATIVE, our_headers=True)
    assert seen[400] > 20, "hardly any question was refused, so that little was tried"
