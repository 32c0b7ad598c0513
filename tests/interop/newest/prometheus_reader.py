"""Reads back what a Prometheus server holds of a job, by its HTTP API."""

import reading
from decoders import page_model

# Which a server makes of each scrape.
_OF_SCRAPES = ("up", "scrape_")
_ALL_TIMES = {"start": "0", "end": "99999999999"}


def _samples(server, matcher, page):
    for found in server.api("query", query=matcher)["result"]:
        name = found["metric"]["__name__"]
        if name.startswith(_OF_SCRAPES):
            continue
        labels = reading.labels_of(found["metric"])
        if "histogram" in found:
            page.natives[name, labels] = reading.api_ranges(found["histogram"][1])
        else:
            page.series[name, labels] = float(found["value"][1])


def _registered(name, sent):
    """The name with the suffix that OpenMetrics 1.0 leaves out of names of families."""
    for kind, suffix in (("counter", "_total"), ("info", "_info")):
        if name not in sent.types and sent.types.get(name + suffix) == kind:
            return name + suffix
    return name


def _metadata(server, job, sent, page):
    for said in server.api("targets/metadata", match_target=f'{{job="{job}"}}'):
        page.describe(_registered(said["metric"], sent), said["type"], said["help"], said["unit"])


def _exemplars(server, matcher, sent, page):
    for found in server.api("query_exemplars", query=matcher, **_ALL_TIMES):
        labels = reading.labels_of(found["seriesLabels"])
        base = sent.base_of(found["seriesLabels"]["__name__"], labels)
        for one in found["exemplars"]:
            exemplar = page_model.Exemplar(
                page_model.labels_of(one["labels"].items()), float(one["value"]), round(one["timestamp"] * 1000)
            )
            page.exemplars.setdefault(base, set()).add(exemplar)


def add_starts(server, job, sent, page):
    """By name, as the function drops it. The start times of the samples of a series are one."""
    for name in {name for name, _ in [*page.series, *page.natives]}:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        query = f'start_timestamp({{__name__="{quoted}",job="{job}"}}) > 0'
        for found in server.api("query", query=query)["result"]:
            base = sent.base_of(name, reading.labels_of(found["metric"]))
            page.starts[base] = round(float(found["value"][1]) * 1000)


def read(server, job, sent):
    """The page of a job. `sent` tells of which family a series is."""
    page = page_model.Page()
    matcher = f'{{job="{job}"}}'
    _samples(server, matcher, page)
    _metadata(server, job, sent, page)
    _exemplars(server, matcher, sent, page)
    return page


def read_starts(server, job, sent):
    page = read(server, job, sent)
    add_starts(server, job, sent, page)
    return page


def read_labels(server, job, sent):
    """The page, with types and units from the labels that type-and-unit-labels gives each series."""
    page, whole = read(server, job, sent), page_model.Page()
    said = {}
    for field in ("series", "natives"):
        for (name, labels), value in getattr(page, field).items():
            others = dict(labels)
            base = sent.base_of(name, labels)[0]
            said.setdefault(base, set()).add((others.pop("__type__", ""), others.pop("__unit__", "")))
            getattr(whole, field)[name, page_model.labels_of(others.items())] = value
    for family, pairs in said.items():
        whole.describe(family, ", ".join(sorted({kind for kind, _ in pairs})), page.helps.get(family))
        whole.describe(family, unit=", ".join(sorted({unit for _, unit in pairs})))
    whole.exemplars = {(name, _without_said(labels)): found for (name, labels), found in page.exemplars.items()}
    return whole


def _without_said(labels):
    return tuple(pair for pair in labels if pair[0] not in ("__type__", "__unit__"))
