"""Keeps a worker at work when Redis did not hear that a job was done.

A worker takes a job only when it has a place free, and kombu frees the place of a finished job after Redis confirmed
it. When Redis does not answer at that moment, Celery logs so and goes on, and the place stays taken: a worker with one
place then waits for ever beside a full queue. Here the place is free whatever Redis says. A job of which Redis does not
know that it was done comes again in time, and does nothing then: every job is idempotent.
"""

from typing import Any

from kombu.transport import redis, virtual


class VrijePlek(redis.QoS):
    """Counts the jobs that a worker has, as kombu does, without those whose end Redis did not hear of."""

    def ack(self, delivery_tag: str) -> None:
        """Tells Redis that a job is done, and frees its place."""
        try:
            super().ack(delivery_tag)
        except Exception:
            self._free(delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Gives a job back, or drops it, and frees its place."""
        try:
            super().reject(delivery_tag, requeue=requeue)
        except Exception:
            self._free(delivery_tag)
            raise

    def _free(self, delivery_tag: str) -> None:
        virtual.QoS.ack(self, delivery_tag)


def use() -> None:
    """Lets every connection to a broker in Redis of this process count so."""
    channel: Any = redis.Channel
    channel.QoS = VrijePlek
