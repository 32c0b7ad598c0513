#!/usr/bin/env bash
# Packages: apsw 3.50.4.0 (Python), which has SQLite 3.50.4 in it.
#
# Guess:    SQLite's manual says that SQLITE_BUSY of sqlite3_backup_step() is not permanent and does
#           not affect what sqlite3_backup_finish() returns. So finish() returns OK behind a step
#           that found the source locked.
# Instead:  finish() returns SQLITE_BUSY, as the step did.
# Matters:  who looks at finish() alone, as the manual lets one, sees the busy source as a failure
#           for good; who ignores it after a busy step, as the manual lets one too, takes an empty
#           copy for a backup.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check apsw==3.50.4.0
cat >busy.py <<'END'
import apsw

source = apsw.Connection("source.db")
source.execute("create table t(x); insert into t values (1)")
other = apsw.Connection("source.db")
other.execute("begin exclusive")
target = apsw.Connection("target.db")
backup = target.backup("main", source, "main")


def outcome(call):
    try:
        call()
        return "OK"
    except apsw.Error as error:
        return type(error).__name__


print("SQLite", apsw.sqlite_lib_version())
print("step:", outcome(backup.step), "done:", backup.done)
print("finish:", outcome(backup.finish))
END
venv/bin/python busy.py | tee seen
if ! grep -qx 'step: BusyError done: False' seen || ! grep -qx 'finish: BusyError' seen; then
  echo "CHANGED: sqlite3_backup_finish() no longer returns what the last step did"
  exit 1
fi
echo "SEEN: sqlite3_backup_finish() returns SQLITE_BUSY after a step that was busy"
