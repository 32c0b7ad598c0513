"""A disk that a test can fill up: a tmpfs of some MiB, so that the system itself says ENOSPC.

A limit on the size of files (RLIMIT_FSIZE) says EFBIG instead, and lets bytes below it be replaced; a file system in a
file needs a loop device, which containers rarely have. Mounting takes the rights of root. A test without is root of
a namespace of its own, where the kernel permits one.
"""

import contextlib
import os
import subprocess
import sys


def get_the_right_to_mount():
    """Starts this program again in a namespace where it may mount, unless root runs it. For setUpModule()."""
    if os.geteuid() != 0:
        os.execvp("unshare", ["unshare", "--map-root-user", "--mount", *sys.orig_argv])


def mount(test, folder, mebibytes):
    """Makes the folder, with so much room in it, until the test ends."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", folder], check=True)
    test.addCleanup(subprocess.run, ["umount", "--lazy", folder], check=True)


def fill(folder):
    """Leaves not a page of room: the file that has taken it, which gives the room back when it is removed."""
    filler = folder / "filler"
    with open(filler, "ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return filler
