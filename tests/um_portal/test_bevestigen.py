"""A broker that does not hear that a job was done."""

from pathlib import Path
from typing import Any

import pytest
import redis

from tests.processes import a_redis
from um_portal.celery import app

pytestmark = pytest.mark.slow

_HANGS_MS = 1_000
_IMPATIENT = {"socket_timeout": 0.3, "socket_connect_timeout": 0.3}


@pytest.mark.parametrize("ends", ["ack", "reject", "requeue"])
def test_a_worker_takes_the_next_job_after_redis_did_not_hear_of_the_one_before(
    tmp_path: Path, ends: str
) -> None:
    with (
        a_redis(tmp_path) as url,
        app.connection_for_read(url, transport_options=_IMPATIENT) as connection,
    ):
        channel: Any = connection.channel()
        channel.basic_qos(0, 1, False)
        queue = connection.SimpleQueue("werk")
        for number in range(2):
            queue.put(number)
        queue.close()

        taken = channel.basic_get("werk")
        channel.qos.append(taken, taken.delivery_tag)
        assert not channel.qos.can_consume()
        with redis.Redis.from_url(url) as other:
            other.execute_command("CLIENT", "PAUSE", _HANGS_MS, "ALL")
        with pytest.raises(redis.exceptions.TimeoutError):
            getattr(taken, ends)()
        assert channel.qos.can_consume()
