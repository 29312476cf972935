"""Configures Gunicorn for every web part, in `make demo` and in a real installation.

It uses threads, because a search or a detail request mostly waits for the exchange. It keeps no access log:
the path of a request to the source API holds the id of a record. A reverse proxy that ends TLS stands in
front.
"""

import os
import shutil
import sys
from pathlib import Path

from manage import connect_to_demonstration
from um_portal import logs, meetpunt, uitloop
from um_portal.onderdelen import ONDERDELEN, Web

_deel = ONDERDELEN.get(os.environ.get("UM_COMPONENT", ""))
# Without a part it serves the whole.
_web = _deel if isinstance(_deel, Web) else Web("geheel", ("/",), processen=2, threads=8, seconden=120)

# The exchange can be played beside the portal: UM_COMPONENT=simulator, on a port of its own.
simulator = _web.naam == "simulator"
port = os.environ.get("UM_SIMULATOR_PORT") or 8001 if simulator else os.environ.get("UM_PORT") or 8000
bind: str | list[str] = os.environ.get("UM_BIND") or f"127.0.0.1:{port}"
if _figures := meetpunt.place():
    bind = [bind, str(_figures)]
if simulator:
    # It uses the servers and secrets of the demonstration that runs here, unless it was given its own.
    connect_to_demonstration()
    # The login of the owner of the tables is for commands only.
    os.environ.pop("DATABASE_EIGENAAR_URL", None)
worker_class = "gthread"
workers = int(os.environ.get("UM_WEB_PROCESSEN") or _web.processen)
threads = int(os.environ.get("UM_WEB_THREADS") or _web.threads)
proc_name = _web.naam
# Loaded once and then forked: a quicker start and shared memory. Loading opens no connections.
preload_app = True
# Seconds; longer than the 12 that a detail request may take, and than reading a large upload takes.
timeout = _web.seconden
# Time for calls under way when it is asked to stop; systemd and the container platform wait a little longer.
graceful_timeout = 25
# Seconds that a connection may be idle. A program that runs a list of questions against the simulator pauses.
keepalive = 75 if simulator else 5
# The heartbeat of the workers must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# A socket in the file system is for its user and group: the proxy is in that group.
umask = 0o007
accesslog = None
errorlog = "-"
# The same log as everything else, which leaves out what an exception says.
_log = logs.configuration(os.environ.get("UM_LOG_NIVEAU") or "INFO", logs.vorm(os.environ))
logconfig_dict = {
    **_log,
    "loggers": {**_log["loggers"], "gunicorn.error": {"handlers": ["stderr"], "propagate": False}},
}
loglevel = os.environ.get("UM_GUNICORN_LOGNIVEAU") or "info"
# A header with an underscore looks like the one with dashes that names the certificate; it is dropped.
header_map = "drop"
# Not even a proxy says where the portal stands (SCRIPT_NAME), or over what it was called: UM_ACHTER_PROXY does.
forwarder_headers = ""
forwarded_allow_ips = ""
os.environ.pop("SCRIPT_NAME", None)
control_socket_disable = True


# Threads of one process compute in turns, of 5 ms when nothing is said. Beside one that computes for long, a page would
# lose that much at each of its queries.
sys.setswitchinterval(0.001)
# Seconds between "stop" and stopping, in which it answers and is not ready; for where somebody asks that.
_uitloop = float(os.environ.get("UM_UITLOOP_SECONDEN") or 0)


def when_ready(server: object) -> None:
    """Lets this part say first that it goes, where the installation wants that."""
    if _uitloop:
        uitloop.leave_after(_uitloop, server)


def on_exit(server: object) -> None:
    """Removes the figures of this part."""
    if place := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(place, ignore_errors=True)
