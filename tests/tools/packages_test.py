"""Set-up, against a dpkg and an apt-get that only write down what they are asked.

Goal: nothing happens when nothing is missing, only what is missing is installed, and a refusal says what to run.
Method: PATH begins with a folder of stand-ins; each appends its arguments to a log.
"""

import os
import pathlib
import subprocess
import unittest

from rule_test_case import RuleTestCase

STAND_INS = {
    "dpkg-query": 'for p; do case " $MISSING " in *" $p "*) ;; *) echo "$p installed" ;; esac; done; exit 1',
    "apt-get": 'echo "apt-get $*" >>"$LOG"; echo noise; case " $* " in *" $BROKEN "*) exit 100 ;; esac',
    "id": 'echo "$USER_ID"',
    "sudo": 'echo "sudo $*" >>"$LOG"; [ "$SUDO" = yes ] && shift && exec "$@"',
}


class EnsurePackages(RuleTestCase):
    def ensure(self, job="run", missing="", user_id="0", sudo="no", broken="-"):
        folder = pathlib.Path(self.checkout({name: f"#!/bin/bash\n{body}\n" for name, body in STAND_INS.items()}))
        for name in STAND_INS:
            (folder / name).chmod(0o755)
        log = folder / "log"
        log.touch()
        environment = {"PATH": f"{folder}:{os.environ['PATH']}", "LOG": str(log), "MISSING": missing}
        environment |= {"USER_ID": user_id, "SUDO": sudo, "BROKEN": broken}
        command = ["bash", "-c", "set -euo pipefail; source tools/lib/packages.sh; ensure_packages " + job]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return result, log.read_text().splitlines()

    def test_is_silent_when_nothing_is_missing(self):
        result, asked = self.ensure()
        self.assertEqual((0, "", "", []), (result.returncode, result.stdout, result.stderr, asked))

    def test_installs_only_what_is_missing_and_says_so_in_one_line(self):
        result, asked = self.ensure(missing="libfmt-dev zlib1g-dev")
        self.assertEqual((0, 1), (result.returncode, len(result.stderr.splitlines())))
        self.assertTrue(asked[0].endswith(" update"))
        self.assertTrue(asked[1].endswith("--yes --no-install-recommends install libfmt-dev zlib1g-dev"))

    def test_uses_a_sudo_that_asks_for_no_password(self):
        result, asked = self.ensure(missing="g++", user_id="1000", sudo="yes")
        self.assertEqual(0, result.returncode)
        self.assertIn("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get", "\n".join(asked))

    def test_says_what_to_run_when_it_may_not_install(self):
        result, asked = self.ensure(missing="g++ curl", user_id="1000", job="test")
        self.assertEqual(1, result.returncode)
        self.assertIn("sudo apt-get install --no-install-recommends g++ curl", result.stderr)
        self.assertFalse([line for line in asked if line.startswith("apt-get")])

    def test_shows_what_apt_said_when_it_fails(self):
        result, _ = self.ensure(missing="g++", broken="install")
        self.assertEqual(1, result.returncode)
        self.assertIn("noise", result.stderr)

    def test_asks_of_each_job_what_it_needs(self):
        self.assertEqual([], self.ensure(job="run", missing="valgrind libbenchmark-dev")[1])
        self.assertTrue(
            self.ensure(job="bench", missing="valgrind libbenchmark-dev")[1][1].endswith(" libbenchmark-dev")
        )
        self.assertTrue(self.ensure(job="test", missing="valgrind")[1][1].endswith(" valgrind"))
        self.assertTrue(self.ensure(job="arm", missing="valgrind qemu-user")[1][1].endswith(" install qemu-user"))

    def test_takes_several_jobs_and_refuses_one_that_is_not_there(self):
        _, asked = self.ensure(job="client exporters", missing="cmake libssl-dev")
        self.assertTrue(asked[1].endswith(" install cmake libssl-dev"))
        result, asked = self.ensure(job="core nothing")
        self.assertEqual((2, []), (result.returncode, asked))


if __name__ == "__main__":
    unittest.main()
