"""The pages of a PDF as text, in a process of its own: `python -P pdf_pages.py SECONDS BYTES < PDF > JSON`.

A PDF is a program of sorts: some make pypdf go on for ever or take all memory. What this process does to
itself costs one report. Imports nothing of ours, so that it starts fast. Exit status 3 for a file that asks
for a password; whatever else goes wrong ends it by its exception.
"""

from __future__ import annotations

import io
import json
import sys

import pypdf

ENCRYPTED = 3  # exit status


def main() -> None:
    """Write the document's title, and the text of its pages until there is more than `most` of it."""
    seconds, most = int(sys.argv[1]), int(sys.argv[2])
    _limit(seconds)
    reader = pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read()))
    if reader.is_encrypted and not _opens_without_password(reader):
        sys.exit(ENCRYPTED)
    pages: list[str] = []
    size = 0
    for page in reader.pages:
        pages.append(page.extract_text())
        size += len(pages[-1])
        if size > most:
            break
    title = reader.metadata.title if reader.metadata is not None else None
    json.dump({"title": title, "pages": pages}, sys.stdout)


def _opens_without_password(reader: pypdf.PdfReader) -> bool:
    try:
        return reader.decrypt("") is not pypdf.PasswordType.NOT_DECRYPTED
    except pypdf.errors.DependencyError:  # a cipher that needs a package more
        return False


def _limit(seconds: int) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


_MEMORY = 3 << 30  # bytes; address space, of which Python itself takes some hundred million

if __name__ == "__main__":
    main()
