"""What exists in the simulated accounts of one session: `accounts.sqlite`, shared by all provider processes.

Every object has a creator (the URN that the engine gave) and a mark `known`: the engine has it in its state. An object
becomes known when the engine names its id in a later call, or when the engine closes the provider in order. One that is
not known is an orphan: the engine died between the creation and the moment it wrote its state. A real service
recognises the repeated request of such a client by an idempotency token, or it refuses the duplicate name, or (for
objects without a name) it makes a second one. The simulation takes the first: the same URN asking with the same inputs
for an object that the engine never learned of is handed that object. A session with `strict_retries` takes the second
way: duplicates are refused and Pulumi asks for an import. A replacement is no retry: its old object is known.

Secrets never reach the file: they are stored redacted.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .config import Scope
from .wire import Properties, Value, redact

FILE = "accounts.sqlite"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  provider TEXT NOT NULL, type TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  urn TEXT NOT NULL, key TEXT, inputs TEXT NOT NULL, outputs TEXT NOT NULL,
  known INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS live_id ON objects (type, account, region, id) WHERE NOT deleted;
CREATE UNIQUE INDEX IF NOT EXISTS live_key ON objects (provider, key) WHERE NOT deleted AND key IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_urn ON objects (urn);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS lookups (token TEXT NOT NULL, path TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (token, path, value));
"""


@dataclass(frozen=True, slots=True)
class Record:
    """One object of a simulated account."""

    type: str
    scope: Scope
    id: str
    urn: str
    key: str | None
    inputs: Properties
    outputs: Properties
    known: bool
    deleted: bool


class Accounts:
    """The objects of a session; every method is one transaction, safe between processes and threads."""

    def __init__(self, directory: Path, provider: str) -> None:
        self.provider = provider
        self._path = directory / FILE
        self._local = threading.local()
        with self._transaction() as database:
            database.execute("SELECT 1")

    def count(self, name: str) -> int:
        """The next number of a counter that all processes of the session share; the first is 1."""
        with self._transaction() as database:
            row = database.execute(
                "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value", (name,)
            ).fetchone()
            return int(row[0])

    def add(self, record: Record) -> None:
        """Raises sqlite3.IntegrityError when an object of that id or key is alive: callers ask first."""
        with self._transaction() as database:
            self._insert(database, record)

    def find(self, type_: str, scope: Scope, id_: str) -> Record | None:
        """The object of that id, alive or else the last that was deleted."""
        return self._one(
            "type = ? AND account = ? AND region = ? AND id = ? ORDER BY deleted, serial DESC", type_, scope.account, scope.region, id_
        )

    def find_anywhere(self, type_: str, id_: str) -> Record | None:
        """The live object of that id in any account and region, for ids that are unique by themselves."""
        return self._one("type = ? AND id = ? AND NOT deleted", type_, id_)

    def holder(self, key: str) -> Record | None:
        """The live object that holds an identity key."""
        return self._one("provider = ? AND key = ? AND NOT deleted", self.provider, key)

    def orphan(self, type_: str, urn: str, inputs: Properties) -> Record | None:
        """An object that this URN made with these inputs and that the engine never learned of."""
        return self._one("type = ? AND urn = ? AND inputs = ? AND NOT known AND NOT deleted ORDER BY serial", type_, urn, _text(inputs))

    def alive(self, type_: str) -> list[Record]:
        """Every live object of a type, oldest first."""
        return self._all("type = ? AND NOT deleted ORDER BY serial", type_)

    def referring(self, types: tuple[str, ...], property_: str, value: str) -> Record | None:
        """A live object of one of the types whose input `property_` is `value`."""
        marks = ", ".join("?" * len(types))
        return self._one(f"type IN ({marks}) AND NOT deleted AND json_extract(inputs, ?) = ?", *types, f"$.{property_}", value)

    def acknowledge(self, type_: str, scope: Scope, id_: str) -> None:
        """The engine has named this object: it is in its state."""
        with self._transaction() as database:
            database.execute(
                "UPDATE objects SET known = 1 WHERE type = ? AND account = ? AND region = ? AND id = ? AND NOT known",
                (type_, scope.account, scope.region, id_),
            )

    def replace(self, record: Record) -> None:
        """New inputs, outputs and key of a live object; one that the accounts never saw is added."""
        with self._transaction() as database:
            changed = database.execute(
                "UPDATE objects SET key = ?, inputs = ?, outputs = ?, known = 1 WHERE type = ? AND account = ? AND region = ? AND id = ? AND NOT deleted",
                (
                    record.key,
                    _text(record.inputs),
                    _text(record.outputs),
                    record.type,
                    record.scope.account,
                    record.scope.region,
                    record.id,
                ),
            )
            if not changed.rowcount:
                self._insert(database, record)

    def delete(self, type_: str, scope: Scope, id_: str) -> None:
        with self._transaction() as database:
            database.execute(
                "UPDATE objects SET deleted = 1, known = 1 WHERE type = ? AND account = ? AND region = ? AND id = ?",
                (type_, scope.account, scope.region, id_),
            )

    def note_lookup(self, token: str, values: Mapping[str, str]) -> None:
        """Remembers values (by path) that a look-up invented."""
        with self._transaction() as database:
            database.executemany("INSERT OR IGNORE INTO lookups VALUES (?, ?, ?)", [(token, path, value) for path, value in values.items()])

    def _insert(self, database: sqlite3.Connection, record: Record) -> None:
        database.execute(
            "INSERT INTO objects (provider, type, account, region, id, urn, key, inputs, outputs, known, deleted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            (
                self.provider,
                record.type,
                record.scope.account,
                record.scope.region,
                record.id,
                record.urn,
                record.key,
                _text(record.inputs),
                _text(record.outputs),
                record.known,
            ),
        )

    def _one(self, where: str, *values: str) -> Record | None:
        return next(iter(self._all(where + " LIMIT 1", *values)), None)

    def _all(self, where: str, *values: str) -> list[Record]:
        columns = "type, account, region, id, urn, key, inputs, outputs, known, deleted"
        with self._transaction() as database:
            rows = database.execute(f"SELECT {columns} FROM objects WHERE {where}", values).fetchall()  # noqa: S608  where is ours, values are bound
        return [
            Record(
                row[0], Scope(row[1], row[2]), row[3], row[4], row[5], json.loads(row[6]), json.loads(row[7]), bool(row[8]), bool(row[9])
            )
            for row in rows
        ]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        database: sqlite3.Connection | None = getattr(self._local, "database", None)
        if database is None:
            database = connect(self._path)
            self._local.database = database
        with database:
            database.execute("BEGIN IMMEDIATE")
            yield database


def connect(path: Path) -> sqlite3.Connection:
    """Opens the file, created at need. A killed process leaves it whole; only a machine that stops may lose the end."""
    database = sqlite3.connect(path, timeout=60, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    database.executescript(_SCHEMA)
    return database


def simulated_values(session: Path) -> frozenset[str]:
    """Every value that a look-up of this session invented: what a rule must treat as unknown.

    Values that follow from the program or the session (region, partition, policy documents) are not among them, nor
    are values of objects that exist in the simulated accounts.
    """
    path = session / FILE
    if not path.exists():
        return frozenset()
    database = connect(path)
    try:
        return frozenset(row[0] for row in database.execute("SELECT DISTINCT value FROM lookups"))
    finally:
        database.close()


def _text(value: Value) -> str:
    return json.dumps(redact(value), sort_keys=True)
