"""Messages in one write."""

from __future__ import annotations

import threading
from multiprocessing import Pipe

import pytest

from server.messages import Chunk
from server.pipe import send


@pytest.mark.parametrize("size", [0, 1, 16_384, 16_385, 300_000, 5_000_000])
def test_the_other_end_gets_what_was_sent(size: int) -> None:
    ours, theirs = Pipe()
    chunk = Chunk("text/csv", b"x" * size, last=True)
    thread = threading.Thread(target=send, args=(theirs, chunk))
    thread.start()
    assert ours.recv() == chunk
    thread.join()
    send(ours, "back")
    assert theirs.recv() == "back"
    ours.close()
    with pytest.raises(OSError, match="Broken pipe"):
        send(theirs, chunk)
    theirs.close()
