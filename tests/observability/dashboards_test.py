"""The dashboards have the shape that Grafana reads; check_schema.py compares them with its types."""

import json
import pathlib
import re
import unittest

from observability import dashboards, grafana

# Units of Grafana's list.
UNITS = {"short", "s", "bytes", "Bps", "cps", "reqps", "percentunit"}
MACROS = {"$__rate_interval"}


def overlap(one, other):
    return all(
        one[at] < other[at] + other[size] and other[at] < one[at] + one[size] for at, size in (("x", "w"), ("y", "h"))
    )


class Dashboards(unittest.TestCase):
    def setUp(self):
        self.all = [json.loads(pathlib.Path(each.path).read_text(encoding="utf-8")) for each in dashboards.ALL]

    def panels(self):
        for dashboard in self.all:
            for panel in dashboard["panels"]:
                if panel["type"] != "row":
                    yield dashboard, panel

    def test_have_names_of_their_own(self):
        for key in ("uid", "title"):
            self.assertEqual(len(self.all), len({dashboard[key] for dashboard in self.all}))
        for dashboard in self.all:
            ids = [panel["id"] for panel in dashboard["panels"]]
            self.assertEqual(len(ids), len(set(ids)))
            self.assertLessEqual(len(dashboard["uid"]), 40)

    def test_lay_out_panels_side_by_side(self):
        for dashboard in self.all:
            places = [panel["gridPos"] for panel in dashboard["panels"]]
            for number, place in enumerate(places):
                self.assertLessEqual(place["x"] + place["w"], grafana.COLUMNS)
                self.assertFalse([other for other in places[:number] if overlap(place, other)], dashboard["title"])

    def test_say_of_each_panel_what_it_shows_in_which_unit(self):
        for _, panel in self.panels():
            with self.subTest(panel["title"]):
                self.assertTrue(panel["description"].endswith("."))
                defaults = panel["fieldConfig"]["defaults"]
                self.assertIn(defaults["unit"], UNITS)
                values = [step["value"] for step in defaults["thresholds"]["steps"]]
                self.assertEqual([None, *sorted(values[1:])], values)

    def test_ask_the_chosen_data_source_and_know_their_variables(self):
        for dashboard, panel in self.panels():
            known = {f"${variable['name']}" for variable in dashboard["templating"]["list"]} | MACROS
            for target in panel["targets"]:
                with self.subTest(panel["title"]):
                    self.assertEqual("${datasource}", target["datasource"]["uid"])
                    self.assertLessEqual(set(re.findall(r"\$\w+", target["expr"])), known)
            letters = [target["refId"] for target in panel["targets"]]
            self.assertEqual(len(letters), len(set(letters)))

    def test_ask_for_labels_of_legends_by_name(self):
        for _, panel in self.panels():
            for target in panel["targets"]:
                by = re.search(r"by \(([^)]*)\)", target["expr"])
                if by and panel["type"] == "timeseries":
                    named = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
                    self.assertLessEqual(named, set(re.split(r",\s*", by[1])), panel["title"])
