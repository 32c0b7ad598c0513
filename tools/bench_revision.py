"""Bench binaries of a revision: its worktree, its build, and what differs from it.

A worktree lies in ${XDG_CACHE_HOME:-~/.cache}/streamhouse/against/COMMIT while it is used. Bazel keys its
output by that path. So a later comparison with the same revision builds little, and the output of this tree
is left alone.
"""

import contextlib
import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import sys

# Where a loop lies in its cache line can double the time of a short one, and any change moves all
# that follows it: both revisions are aligned alike. An output folder of their own, so that other
# configurations stay built.
_ALIGNED = ("--copt=-falign-functions=64", "--copt=-falign-loops=64", "--platform_suffix=-aligned")
_OPTIMISED = ("-c", "opt", *_ALIGNED)


class Failure(Exception):
    """In words for the caller."""


def _git(tree, *words):
    done = subprocess.run(["git", "-C", str(tree), *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def resolve(tree, revision):
    """The full name of the commit."""
    try:
        return _git(tree, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    except Failure:
        raise Failure(f'this clone has no revision "{revision}"; in a shallow one: git fetch --unshallow') from None


def describe(tree):
    """As bench/results names it."""
    changed = _git(tree, "status", "--porcelain", "--untracked-files=no", "--", ".", ":!README.md", ":!bench/results")
    return _git(tree, "rev-parse", "--short", "HEAD") + ("-changed" if changed else "")


def changed_benches(tree, commit):
    """Sources of benches that both have and that differ."""
    return _git(tree, "diff", "--name-only", "--diff-filter=M", commit, "--", "bench/*.cc", "bench/*.h").splitlines()


@contextlib.contextmanager
def worktree(tree, commit):
    """A worktree of the commit, which is gone afterwards."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "streamhouse" / "against"
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / commit
    with open(cache / f"{commit}.lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"another comparison with {commit[:7]} is running") from None
        _remove(tree, path)  # what a run that was killed has left
        try:
            _git(tree, "worktree", "add", "--detach", str(path), commit)
            yield path
        finally:
            _remove(tree, path)


def _remove(tree, path):
    shutil.rmtree(path, ignore_errors=True)
    _git(tree, "worktree", "prune")


def shut_down_bazel(tree):
    """The server of this tree, which holds memory that a measurement may need."""
    subprocess.run(["bazel", "shutdown"], cwd=tree, capture_output=True, check=False)


def has_suite(tree, suite):
    text = (pathlib.Path(tree) / "bench" / "BUILD.bazel").read_text(encoding="utf-8")
    return bool(re.search(rf'name = "{re.escape(suite)}"', text))


def lend_benches(tree, other):
    """Puts the bench sources of `tree` into a worktree that lacks a suite, to be built with its libraries."""
    shutil.rmtree(pathlib.Path(other) / "bench")
    shutil.copytree(
        pathlib.Path(tree) / "bench", pathlib.Path(other) / "bench", ignore=shutil.ignore_patterns("results")
    )


def build(tree, suite, scratch, name):
    """A copy of the suite's binary, which another build cannot touch."""
    tree = pathlib.Path(tree)
    print(f"Building //bench:{suite} ({name}), optimised; minutes the first time", file=sys.stderr, flush=True)
    flags = [*_OPTIMISED, "--noshow_progress", "--ui_event_filters=-info"]
    done = subprocess.run(
        ["bazel", "build", *flags, f"//bench:{suite}"],
        cwd=tree,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode != 0:
        raise Failure(f"//bench:{suite} ({name}) does not build")
    info = subprocess.run(
        ["bazel", "info", *_OPTIMISED, "bazel-bin"],
        cwd=tree,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    copy = pathlib.Path(scratch) / f"{suite}-{name}"
    shutil.copy(pathlib.Path(info.stdout.strip()) / "bench" / suite, copy)
    return copy
