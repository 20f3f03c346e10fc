"""A fetch in a network of its own, in which a public address is a server on this machine.

Run as ``python -m tests.integration.own_network CONFIG``; it writes the config, fetches, and prints
as JSON what was asked and what was said of each source. Ends with `NO_NETWORK_OF_ITS_OWN` where the
system does not let us.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import socket
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NO_NETWORK_OF_ITS_OWN = 77  # what automake's tests say for "skipped"

PUBLIC = "93.184.215.14"
PORT = 8080
# Where the public server sends us, by the path that does.
REDIRECTS = {
    "/loopback": f"http://127.0.0.1:{PORT}/secret",
    "/name": f"http://localhost:{PORT}/secret",
    "/decimal": f"http://2130706433:{PORT}/secret",
    "/octal": f"http://0177.0.0.1:{PORT}/secret",
    "/zero": f"http://0:{PORT}/secret",
    "/ipv6": f"http://[::1]:{PORT}/secret",
    "/mapped": f"http://[::ffff:127.0.0.1]:{PORT}/secret",
    "/metadata": "http://169.254.169.254/secret",
    "/router": "http://10.0.0.1/secret",
    "/carrier": "http://100.64.0.1/secret",
}
_FEED = (
    b'<rss version="2.0"><channel><title>T</title><item><title>A post</title>'
    b"<link>https://neighbour.example.org/1</link></item></channel></rss>"
)

# linux/sched.h, linux/sockios.h, linux/if.h
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _SIOCSIFADDR, _SIOCSIFNETMASK = 0x8913, 0x8914, 0x8916, 0x891C
_IFF_UP = 1


def main() -> int:
    """Fetch once; returns an exit code."""
    if not _enter():
        return NO_NETWORK_OF_ITS_OWN
    from papertrack.cli import main as papertrack  # noqa: PLC0415  # nothing of it before we moved

    asked: list[str] = []
    config = Path(sys.argv[1])
    with _serve(asked) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        config.write_text(_config(), encoding="utf-8")
        said, sys.stdout = sys.stdout, open(config.with_name("report.json"), "w", encoding="utf-8")  # noqa: PTH123, SIM115  # closed below
        papertrack(["--config", str(config), "fetch", "--json"])
        sys.stdout.close()
        sys.stdout = said
        server.shutdown()
    report = json.loads(config.with_name("report.json").read_text(encoding="utf-8"))
    failed = {one["source"]: one["error"] for one in report["sources"] if one["error"]}
    json.dump({"asked": sorted(asked), "failed": failed}, sys.stdout)
    return 0


def _enter() -> bool:
    """Leave the network of this machine; tell whether it worked."""
    if sys.platform != "linux":
        return False
    unshare = ctypes.CDLL(None).unshare
    if unshare(_CLONE_NEWNET) and unshare(_CLONE_NEWUSER | _CLONE_NEWNET):
        return False
    try:
        with socket.socket() as any_socket:
            _set_up(any_socket, b"lo", "127.0.0.1", "255.0.0.0")
            _set_up(any_socket, b"lo:1", PUBLIC, "255.255.255.255")
    except OSError:
        return False
    return True


def _set_up(any_socket: socket.socket, name: bytes, address: str, mask: str) -> None:
    for what, value in ((_SIOCSIFADDR, address), (_SIOCSIFNETMASK, mask)):
        wish = struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(value))
        fcntl.ioctl(any_socket, what, wish)
    flags = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, struct.pack("16sH14x", name, 0))
    up = struct.unpack_from("16sH", flags)[1] | _IFF_UP
    fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", name, up))


def _serve(asked: list[str]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            location = REDIRECTS.get(self.path)
            self.send_response(302 if location else 200)
            self.send_header("Location" if location else "X-Served", location or "here")
            self.send_header("Content-Length", "0" if location else str(len(_FEED)))
            self.end_headers()
            if not location:
                self.wfile.write(_FEED)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    return ThreadingHTTPServer(("0.0.0.0", PORT), Handler)  # noqa: S104  # of our own network


def _config() -> str:
    sources = {path[1:]: path for path in REDIRECTS} | {"neighbour": "/feed"}
    return 'database = "papertrack.db"\n' + "".join(
        f'[[sources]]\nslug = "{slug}"\nkind = "feed"\nurl = "http://{PUBLIC}:{PORT}{path}"\n'
        for slug, path in sources.items()
    )


if __name__ == "__main__":
    sys.exit(main())
