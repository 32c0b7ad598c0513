"""Reads values off a /metrics page, with the parser of python3-prometheus-client."""

from prometheus_client import parser

import processes


def samples(url, name):
    """{labels as a sorted tuple of pairs: value} of one sample name; empty while there are none."""
    _, _, body = processes.fetch(f"{url}/metrics")
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in parser.text_string_to_metric_families(body)
        for sample in family.samples
        if sample.name == name
    }


def count(url):
    """How many samples a page has."""
    _, _, body = processes.fetch(f"{url}/metrics")
    return sum(len(family.samples) for family in parser.text_string_to_metric_families(body))


def value(url, name, **labels):
    """The sum over the series that have these labels; 0 while there are none."""
    return sum(number for pairs, number in samples(url, name).items() if labels.items() <= dict(pairs).items())
