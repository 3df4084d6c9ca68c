"""What `kg publish` costs by each protocol, to an Oxigraph server on this machine: clock, processors, memory.

    .venv/bin/python tests/benchmarks/publishing.py --reports 5000

The store is that of the benchmark of builds (20 events a report), made anew or, with `--store`, kept for the
next time. A busy machine makes the clock slow and leaves the processor times about as they are.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

sys.path.append(str(Path(__file__).parent / "build"))

import grow

BIN = Path(sys.executable).parent
EVENTS = 20  # a report
PATHS = {"graph-store": "store", "update": "update"}


@contextmanager
def oxigraph(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A server over an empty folder: its address and process."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    command = [str(BIN / "oxigraph"), "serve", "-l", str(folder), "-b", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(300):
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}", psutil.Process(server.pid)
        finally:
            server.kill()


def measure(store: Path, url: str, protocol: str, server: psutil.Process) -> str:
    """The figures of one run of the command."""
    command = [str(BIN / "kg"), "publish", url, "--protocol", protocol, "--store", str(store)]
    before, began = server.cpu_times(), time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(said)
    clock, after = time.perf_counter() - began, server.cpu_times()
    triples = int(re.findall(r"\((\d+) triples", said)[0])
    return (
        f"{protocol:11} {triples:8} triples in {clock:5.0f} s ({triples / clock:6.0f}/s): processor "
        f"{used.ru_utime + used.ru_stime:5.1f} s of ours, "
        f"{after.user + after.system - before.user - before.system:5.1f} s of the server's; "
        f"{used.ru_maxrss / 1024:4.0f} MB"
    )


def main() -> None:
    """Publish by each protocol to an empty server, and once more where nothing has changed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--store", type=Path, help="taken if it is there, else made and kept")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = arguments.store or Path(folder) / "store"
        if not store.exists():
            grow.grow(store, reports=arguments.reports, events=EVENTS)
        for protocol, path in PATHS.items():
            with oxigraph(Path(folder) / protocol) as (address, server):
                for _ in range(2):
                    sys.stdout.write(measure(store, f"{address}/{path}", protocol, server) + "\n")
                    sys.stdout.flush()
        shutil.rmtree(store / "published")  # the servers are gone


if __name__ == "__main__":
    main()
