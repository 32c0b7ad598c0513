"""What is made from the metric families is found when it is missing, edited, or older than they are."""

import json
import pathlib

from observability import families, generate
from rule_test_case import RuleTestCase
from tidy_rules import generated, source_tree

RULE = generated.generated_files_are_those_of_the_families


DECLARED = pathlib.Path("tools/observability/families.json").read_text(encoding="utf-8")


class GeneratedFiles(RuleTestCase):
    def files(self, **changes):
        made = generate.generated(families.parse(DECLARED))
        return {families.PATH: DECLARED, **made, **changes}

    def test_are_accepted_as_they_are_written(self):
        self.assertClean(RULE, self.files())
        self.assertClean(RULE, {})

    def test_are_found_when_they_are_edited_or_missing(self):
        files = self.files()
        files["docs/metrics.md"] = "# Metrics\nby hand\n"
        self.assertFinds(RULE, files, "docs/metrics.md:2")
        del files["docs/metrics.md"]
        self.assertFinds(RULE, files, "docs/metrics.md:1")

    def test_are_found_when_a_family_has_no_row_or_a_row_no_family(self):
        declared = json.loads(DECLARED)
        new = {**declared[-1], "name": "streamhouse_new_total"}
        for changed in (declared + [new], declared[:-1]):
            self.assertFinds(RULE, {families.PATH: json.dumps(changed)}, f"{families.PATH}:1")

    def test_are_found_when_an_alert_asks_for_what_no_program_has(self):
        name = "streamhouse_agent_active_partitions"
        declared = [entry for entry in json.loads(DECLARED) if entry["name"] != name]
        found = list(RULE(source_tree.SourceTree(self.checkout({families.PATH: json.dumps(declared)}))))
        self.assertIn(f"StreamhouseLeaseLost asks for {name}, which no program has", [each.message for each in found])
