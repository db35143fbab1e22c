"""Keep every prediction and every label that comes later; `database.sql` holds the statements."""

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from itertools import batched
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import URL, Connection, DateTime, Engine, bindparam, create_engine, make_url, text
from sqlalchemy.event import listen, listens_for
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, SQLAlchemyError

# A writer waits for the others this long before it gives up.
PATIENCE_SECONDS = 10
# Far below the ten seconds after which Prometheus takes a service without metrics for a dead one.
CONNECT_SECONDS = 3
# Any number, but always the same: whoever migrates PostgreSQL holds this lock.
MIGRATION_LOCK = 20_130_101
# SQLite takes about 32,000 values in one statement.
MOST_VALUES = 10_000
ALL_ROWS = 2**62

BLOCK = re.compile(r"^-- (migration|query): (.+)$", re.MULTILINE)


class DatabaseError(RuntimeError):
    """The database cannot be reached or refuses; one line, without the password."""


class UnknownPredictionsError(LookupError):
    """Labels were sent for predictions that were never made."""

    def __init__(self, ids: Sequence[str]) -> None:
        """Keep the ids for whoever has to name them."""
        super().__init__(f"unknown predictions: {', '.join(ids)}")
        self.ids = tuple(ids)


class Entry(NamedTuple):
    """A prediction as it is stored."""

    id: str
    made_at: datetime
    event_time: datetime
    model: str
    score: float
    decision: bool
    inputs: Mapping[str, Any]


class Window(NamedTuple):
    """The predictions that are looked at: all, unless a field narrows them."""

    start: datetime | None = None
    end: datetime | None = None
    as_of: datetime | None = None
    model: str | None = None
    newest: int | None = None


class Performance(NamedTuple):
    """How the scores of a window compare with the labels known so far."""

    predictions: int
    labelled: int
    mean_score: float | None
    labelled_mean_score: float | None
    observed_rate: float | None
    brier: float | None


def read_blocks(kind: str) -> dict[str, str]:
    """Return the migrations or the queries of `database.sql` by name, in their order."""
    content = files(__package__).joinpath("database.sql").read_text(encoding="utf-8")
    blocks = batched(BLOCK.split(content)[1:], 3)
    return {name: sql.strip() for found, name, sql in blocks if found == kind}


QUERIES = {name: text(sql) for name, sql in read_blocks("query").items()}
QUERIES["known_predictions"] = QUERIES["known_predictions"].bindparams(
    bindparam("ids", expanding=True)
)


class Ledger:
    """The record of what was predicted and how it turned out."""

    def __init__(self, url: str) -> None:
        """Prepare for the database at the address; it is first reached when it is used."""
        with _one_line():
            self._engine = _create_engine(_read_address(url))
        self._turn = Lock()

    @property
    def _is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def migrate(self) -> None:
        """Bring the tables up to date; whoever comes second finds them so."""
        self._make_folder()
        with self._transaction() as connection:
            if not self._is_sqlite:
                connection.execute(text(f"select pg_advisory_xact_lock({MIGRATION_LOCK})"))
            connection.execute(QUERIES["create_migrations"])
            rows = connection.execute(QUERIES["applied_migrations"])
            applied = {row.name: row.digest for row in rows}
            for name, sql in read_blocks("migration").items():
                _apply(connection, name, sql, applied.get(name))

    def record_predictions(self, entries: Sequence[Entry]) -> None:
        """Store all the predictions, or none."""
        if entries:
            with self._transaction() as connection:
                connection.execute(QUERIES["record_predictions"], [*map(_plain_entry, entries)])

    def record_labels(self, outcomes: Mapping[str, int], arrived_at: datetime) -> None:
        """Store all the labels, or none if one belongs to no prediction."""
        stamp = _stamp(arrived_at)
        # In one order for all writers: two who share ids never wait for each other in a circle.
        labels = [
            {"prediction_id": name, "outcome": outcome, "arrived_at": stamp}
            for name, outcome in sorted(outcomes.items())
        ]
        if labels:
            with self._transaction() as connection:
                _refuse_unknown(connection, sorted(outcomes))
                connection.execute(QUERIES["record_labels"], labels)

    def performance(self, window: Window) -> Performance:
        """Return how well the window's scores foretold the labels."""
        return Performance(**self._read("performance", _limits(window))[0])

    def rows(self, window: Window) -> pd.DataFrame:
        """Return what was asked, with the score that was answered, newest first."""
        return _open_inputs(self._read("rows", _limits(window)), "score")

    def labelled_rows(self, start: datetime, end: datetime) -> pd.DataFrame:
        """Return what was asked about events of a time, with the outcome, in time order."""
        limits = {"start": _stamp(start), "end": _stamp(end)}
        return _open_inputs(self._read("labelled_rows", limits), "outcome")

    def newest_label(self) -> datetime | None:
        """Return when the newest label arrived, if any did."""
        query = QUERIES["newest_label"].columns(arrived_at=DateTime())
        with _one_line(), self._engine.connect() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return found and found.replace(tzinfo=UTC)

    def _make_folder(self) -> None:
        if self._is_sqlite:
            with _one_line():
                Path(str(self._engine.url.database)).parent.mkdir(parents=True, exist_ok=True)

    def _read(self, name: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        with _one_line(), self._engine.connect() as connection:
            found = connection.execute(QUERIES[name], values)
            return [dict(row) for row in found.mappings()]

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        turn = self._wait_turn() if self._is_sqlite else nullcontext()
        with _one_line(), turn, self._engine.begin() as connection:
            if self._is_sqlite:
                # Who locks before reading never finds, on writing, that another was faster.
                connection.exec_driver_sql("begin immediate")
            yield connection

    @contextmanager
    def _wait_turn(self) -> Iterator[None]:
        # SQLite lets whoever finds it locked sleep ever longer, while others overtake: the writers
        # of one process queue here instead.
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            message = "it is locked"
            raise TimeoutError(message)
        try:
            yield
        finally:
            self._turn.release()


def _read_address(address: str) -> URL:
    # With an @ in the password its end would be taken for the host, and quoted as such.
    try:
        return make_url(address if address.count("@") < 2 else "")  # noqa: PLR2004 - see above
    except (ArgumentError, ValueError):
        # The reason could quote a part of the password.
        message = "the database's address cannot be read; an @ in the password is written %40"
        raise DatabaseError(message) from None


def _create_engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        arguments = {"connect_timeout": CONNECT_SECONDS}
        # A connection that broke while nobody looked is replaced, unnoticed.
        return create_engine(url, connect_args=arguments, pool_pre_ping=True)
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        message = "the database must be a file of SQLite or a PostgreSQL server"
        raise DatabaseError(message)
    # Without an isolation level the driver leaves it to us when a transaction begins.
    options = {"isolation_level": None, "timeout": PATIENCE_SECONDS}
    engine = create_engine(url, connect_args=options)
    listen(engine, "connect", _prepare_sqlite)
    _watch_file(engine, Path(url.database))
    return engine


def _watch_file(engine: Engine, path: Path) -> None:
    @listens_for(engine, "connect")
    def note(_connection: Any, record: Any) -> None:
        record.info["file"] = path.stat().st_ino

    @listens_for(engine, "checkout")
    def refuse_lost(_connection: Any, record: Any, _proxy: Any) -> None:
        # A deleted or replaced file stays open, but nobody will find what is written into it.
        if not path.exists() or path.stat().st_ino != record.info["file"]:
            raise DisconnectionError


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # A label needs its prediction.
    connection.execute("pragma foreign_keys = on")
    # Readers and a writer do not wait for each other. The file remembers it: should somebody
    # be at it in this moment, that is refused at once, and need not be done twice.
    with suppress(sqlite3.DatabaseError):
        connection.execute("pragma journal_mode = wal")


def _apply(connection: Connection, name: str, sql: str, applied: str | None) -> None:
    digest = sha256(sql.encode()).hexdigest()
    if applied is None:
        for statement in sql.split(";\n"):
            connection.execute(text(statement.removesuffix(";")))
        connection.execute(QUERIES["record_migration"], {"name": name, "digest": digest})
    elif applied != digest:
        message = f"migration {name} was changed after it had run: undo that and add a new one"
        raise DatabaseError(message)


def _refuse_unknown(connection: Connection, ids: Sequence[str]) -> None:
    known: set[str] = set()
    for some in batched(ids, MOST_VALUES):
        known.update(connection.execute(QUERIES["known_predictions"], {"ids": some}).scalars())
    unknown = [each for each in ids if each not in known]
    if unknown:
        raise UnknownPredictionsError(unknown)


def _limits(window: Window) -> dict[str, Any]:
    limits = window._asdict() | {"newest": window.newest or ALL_ROWS}
    return {
        name: _stamp(limit) if isinstance(limit, datetime) else limit
        for name, limit in limits.items()
    }


def _stamp(moment: datetime) -> str:
    # Always as long: as text, too, an earlier moment comes first.
    naive = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return naive.isoformat(sep=" ", timespec="microseconds")


def _plain_entry(entry: Entry) -> dict[str, Any]:
    inputs = {name: _plain_value(value) for name, value in entry.inputs.items()}
    return entry._asdict() | {
        "made_at": _stamp(entry.made_at),
        "event_time": _stamp(entry.event_time),
        "inputs": json.dumps(inputs, allow_nan=False),
    }


def _plain_value(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.isoformat() if isinstance(value, datetime) else value


def _open_inputs(found: Sequence[Mapping[str, Any]], column: str) -> pd.DataFrame:
    return pd.DataFrame([json.loads(row["inputs"]) | {column: row[column]} for row in found])


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except (ImportError, OSError, SQLAlchemyError) as error:
        origin = error.orig if isinstance(error, DBAPIError) else error
        # Later lines, and the error itself, can quote what was stored: inputs can be personal.
        reason = str(origin).partition("\n")[0]
        message = f"the database cannot be used: {reason}"
        raise DatabaseError(message) from None
