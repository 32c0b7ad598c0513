"""Goal: each alert fires in its fault and not on a normal day, and a Prometheus takes the rules.

Method: promtool of Debian's Prometheus, with the series of alert_cases.py. Its files are YAML; JSON is YAML.
"""

import json
import pathlib
import re
import tempfile
import unittest

import alert_cases
import prometheus
from observability import alerts, rules

RULES = [str(pathlib.Path(path).resolve()) for path in (rules.RECORDINGS_PATH, rules.ALERTS_PATH)]


def promtool_test(*tests):
    """What promtool prints when an alert fires; empty otherwise. A test: (alert, series, minutes)."""
    content = [
        {
            "interval": "1m",
            "input_series": [{"series": name, "values": samples} for name, samples in series.items()],
            "alert_rule_test": [{"eval_time": f"{minutes}m", "alertname": alert, "exp_alerts": []}],
        }
        for alert, series, minutes in tests
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        json.dump({"rule_files": RULES, "evaluation_interval": "1m", "tests": content}, file)
        file.flush()
        done = prometheus.promtool("test", "rules", file.name)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def annotations(alert, labels):
    """As Prometheus fills them in; `$value` is left out of what is compared."""
    texts = {"summary": alert.summary, "description": alert.meaning}
    filled = {
        name: re.sub(r"{{ \$labels\.(\w+) }}", lambda found: labels.get(found[1], ""), text)
        for name, text in texts.items()
    }
    return {**filled, "runbook": f"{rules.RUNBOOKS}#{rules.runbook_anchor(alert)}"}


class Rules(unittest.TestCase):
    def test_are_taken_by_promtool(self):
        done = prometheus.promtool("check", "rules", *RULES)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_have_cases_for_each_alert(self):
        self.assertEqual({alert.name for alert in alerts.ALERTS}, set(alert_cases.CASES))

    def test_fire_in_their_fault_with_the_labels_of_their_texts(self):
        for alert in alerts.ALERTS:
            for case in alert_cases.CASES[alert.name]:
                with self.subTest(alert.name, fires_with=case.fires_with):
                    said = promtool_test((alert.name, case.fault, case.at_minutes))
                    self.assertIn("got:[", said.replace("\n", ""), "does not fire")
                    got = re.sub(r"\s+", " ", said.split("got:")[-1])
                    for name, text in self.expected(alert, case.labels).items():
                        for part in re.split(r"{{.*?}}", text):
                            self.assertIn(json.dumps(part)[1:-1], got, name)

    def expected(self, alert, labels):
        return {**labels, "severity": alert.severity, **annotations(alert, labels)}

    def test_do_not_fire_on_a_normal_day(self):
        cases = [(name, case.normal, case.at_minutes) for name, cases in alert_cases.CASES.items() for case in cases]
        self.assertEqual("", promtool_test(*cases))
