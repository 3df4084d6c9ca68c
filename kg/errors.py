"""Every error that Sitrep raises on purpose.

    SitrepError
    ├── InputError        an input cannot be read: names the input and the reason
    ├── DataError         a lexicon, gazetteer or ontology file is wrong: names file and line
    ├── ModelError        the language model is not installed or lacks a part that reading needs
    ├── LanguageError     a text is in a language that the model does not read
    ├── StoreError        the store cannot be opened, is locked, or belongs to another base IRI
    ├── QueryError        a query or update cannot be parsed or evaluated
    ├── ExportError       a graph cannot be written in the format asked for
    ├── ServiceError      an online service cannot be reached or used: names its address
    ├── ServerError       the server cannot start
    └── RequestError      the server refuses a request: has its HTTP status

A message is one line that says what is wrong, where, and how to mend it.
"""


class SitrepError(Exception):
    """Base of all; the command line prints its message and exits with status 1."""


class InputError(SitrepError):
    """An input cannot be read; the other inputs of the run go on."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class DataError(SitrepError):
    """A data file of the ontology folder is wrong."""

    def __init__(self, path: object, line: int | None, reason: str) -> None:
        where = f"{path}:{line}" if line is not None else str(path)
        super().__init__(f"{where}: {reason}")


class ModelError(SitrepError):
    """The language model cannot be used."""


class LanguageError(SitrepError):
    """A text is in another language than the model's."""


class StoreError(SitrepError):
    """The store cannot be used as asked."""


class QueryError(SitrepError):
    """A query or update is malformed or failed."""


class ExportError(SitrepError):
    """A graph cannot be exported as asked."""


class ServiceError(SitrepError):
    """An online service cannot be reached, or answers what cannot be used."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"{address}: {reason}")
        self.address = address
        self.reason = reason


class ServerError(SitrepError):
    """The server cannot start."""


class RequestError(SitrepError):
    """The server refuses a request; `status` is the HTTP status of the answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
