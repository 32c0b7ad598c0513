"""What is made from the metric families is found when it is missing, edited, or older than they are."""

import json

from observability import catalogue, families, generate
from rule_test_case import RuleTestCase
from tidy_rules import generated

RULE = generated.generated_files_are_those_of_the_families


def declaration(names):
    labels = {"kind": "counter", "unit": "", "labels": ["topic"], "exemplars": False, "help": "Help"}
    return json.dumps([{"part": "agent", "name": name, **labels} for name in names])


DECLARED = declaration(catalogue.all_rows())


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
        for names in ([*catalogue.all_rows(), "streamhouse_new_total"], list(catalogue.all_rows())[1:]):
            self.assertFinds(RULE, {families.PATH: declaration(names)}, f"{families.PATH}:1")
