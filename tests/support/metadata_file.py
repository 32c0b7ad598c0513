"""The metadata of an agent, read and changed behind its back: with the checksums that its rows must have."""

import contextlib
import sqlite3
import zlib

_TYPES = {int: 1, str: 3}  # SQLite's numbers


def row_checksum(*values):
    """What SQL calls row_checksum(table, value, ...): see agent/metadata/sqlite_database.h."""
    content = b""
    for value in values:
        text = str(value).encode()
        content += b"\0%c%d:%b" % (_TYPES[type(value)], len(text), text)
    return zlib.crc32(content)


@contextlib.contextmanager
def opened(path):
    """A connection; what it changes is committed at the end."""
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as database:
        with database:
            database.create_function("row_checksum", -1, row_checksum, deterministic=True)
            yield database


def change_leases(path, **columns):
    """Sets columns of every lease to SQL expressions."""
    with opened(path) as database:
        changes = ", ".join(f"{name} = {value}" for name, value in columns.items())
        database.execute(f"UPDATE partition_leases SET renewals = renewals + 1, {changes}")
        database.execute(
            "UPDATE partition_leases SET checksum = row_checksum('partition_leases',"
            " topic, partition, holder, epoch, renewals, duration_ms, renewed_at_ms)"
        )
