"""Goal: each fault fires the alerts of its row, and no other.

Method: alert_matrix.py has the rows, faults.py the system and what is done to it. A row begins when nothing fires, and
ends QUIET_SECONDS after its alerts have fired. It takes minutes and a machine that is not busy: tools/alert_matrix runs
it, and no other test command.
"""

import threading
import time
import unittest

import processes
import small_disk
from alert_matrix import MATRIX, WITHOUT_ROW
from faults import Faults
from observability import alerts

# For how long nothing more may fire.
QUIET_SECONDS = 20
# Longer than the longest window and duration of a rule together, divided by faults.FACTOR.
FIRES_WITHIN_SECONDS = 100


def setUpModule():
    small_disk.get_the_right_to_mount()


def fired(system, expected):
    """What has fired, with labels, up to some time after the last that is expected."""
    seen = {}
    until = time.monotonic() + FIRES_WITHIN_SECONDS
    while time.monotonic() < until:
        system.produce("a record")
        new = {name: labels for name, labels in system.firing().items() if name not in seen}
        seen.update(new)
        if new and expected <= seen.keys():
            until = time.monotonic() + QUIET_SECONDS
        threading.Event().wait(0.5)
    return seen


class AlertMatrix(unittest.TestCase):
    def test_has_a_row_for_each_alert_or_says_why_not(self):
        fire = {alert for row in MATRIX.values() for alert in row.alerts}
        self.assertEqual({alert.name for alert in alerts.ALERTS}, fire | set(WITHOUT_ROW))
        self.assertEqual(set(), fire & set(WITHOUT_ROW))

    def check(self, fault):
        row = MATRIX[fault]
        system = Faults(self, row.agent_flags)
        system.produce("a record")
        processes.wait_for(lambda: not system.firing(), "nothing fires")
        began = time.monotonic()
        getattr(system, fault)()
        seen = fired(system, row.alerts)
        self.assertEqual(row.alerts, seen.keys(), seen)
        print(f"{time.monotonic() - began:.0f} s", end=" ", flush=True)


for name in MATRIX:
    setattr(AlertMatrix, f"test_{name}", lambda self, fault=name: self.check(fault))
