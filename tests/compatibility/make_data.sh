#!/usr/bin/env bash
# Writes a data folder with the agent of another revision, as the fixture of old_data_test.
#
#   tests/compatibility/make_data.sh REV     makes tests/compatibility/data_REV.tar.gz
#
# REV is built in a worktree below ${XDG_CACHE_HOME:-~/.cache}/streamhouse, which is removed; this
# folder's sources are put into it. The records are those of old_records.h; their places in the log
# may differ from run to run.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
revision=$(git -C "$root" rev-parse --short "${1:?make_data.sh: which revision?}^{commit}")
cache="${XDG_CACHE_HOME:-$HOME/.cache}/streamhouse"
mkdir -p "$cache"
scratch=$(mktemp -d "$cache/old_data.XXXXXX")
clean_up() {
  (cd "$scratch/tree" && bazel shutdown) >/dev/null 2>&1 || true
  rm -rf "$scratch"
  git -C "$root" worktree prune
}
trap clean_up EXIT

git -C "$root" worktree add --quiet --detach "$scratch/tree" "$revision"
mkdir -p "$scratch/tree/tests/compatibility"
cp "$root/tests/compatibility/old_records.h" "$scratch/tree/tests/compatibility/"
# A revision that has the program starts an agent in its own way.
cp --no-clobber "$root/tests/compatibility/write_old_data.cc" "$scratch/tree/tests/compatibility/"
# Only what that revision can build: the test needs the fixture, which may be missing yet.
sed '/^# The test/,$d' "$root/tests/compatibility/BUILD.bazel" >"$scratch/tree/tests/compatibility/BUILD.bazel"
(
  cd "$scratch/tree"
  bazel build --noshow_progress --ui_event_filters=-info //tests/compatibility:write_old_data </dev/null >&2
  mkdir "$scratch/data"
  "$(bazel info bazel-bin 2>/dev/null)/tests/compatibility/write_old_data" "$scratch/data"
)
tar --create --sort=name --owner=0 --group=0 --numeric-owner --directory="$scratch/data" . |
  gzip -9 --no-name >"$root/tests/compatibility/data_$revision.tar.gz"
ls -l "$root/tests/compatibility/data_$revision.tar.gz"
