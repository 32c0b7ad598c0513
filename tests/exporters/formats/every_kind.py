"""What the snapshot of every_format.cc holds, written by hand: what each format is compared with."""

from decoders import page_model

START = 1_700_000_000_007
TAKEN = 1_700_000_060_000
INFINITY = float("inf")
NAN = float("nan")
_TRACE = (("span_id", "0000000000000003"), ("trace_id", "00000000000000010000000000000002"))
# Kind of each family, in words for people.
KINDS = {
    "relay_frames_total": "counters",
    "relay_open": "up-down counters",
    "relay_load": "integer gauges",
    "relay_ratio": "gauges",
    "relay_build_info": "infos",
    "relay_mode": "state sets",
    "relay_hold_seconds": "histograms",
    "relay_wait_seconds": "exponential histograms",
    "relay_rpc_seconds": "summaries",
    "relay.level": "names beyond legacy characters",
}
# The labels of families in the order of their registration, which plain StatsD names keep.
LABEL_ORDER = {"relay_frames_total": ("port", "Zone")}


def _exemplar(value, before):
    return page_model.Exemplar(_TRACE, value, TAKEN - before)


def _labels(**labels):
    return page_model.labels_of(labels.items())


def _describe(page):
    for name, family_type, help_text, unit in (
        ("relay_frames_total", "counter", 'Frames "taken".', ""),
        ("relay_open", "up-down counter", "", ""),
        ("relay_load", "gauge", "Load", ""),
        ("relay_ratio", "gauge", "Ratio", "ratio"),
        ("relay_build_info", "info", "Build", ""),
        ("relay_mode", "stateset", "Mode", ""),
        ("relay_hold_seconds", "histogram", "Hold", "seconds"),
        ("relay_wait_seconds", "histogram", "Wait", "seconds"),
        ("relay_rpc_seconds", "summary", "Calls", "seconds"),
        ("relay.level", "gauge", 'Level \\ \n of "water"', ""),
    ):
        page.describe(name, family_type, help_text, unit)


def _add_numbers(page):
    first, second = _labels(port="a\\b\n", Zone="z"), _labels(Zone="z")
    page.add("relay_frames_total", first, 4711.0)
    page.add_exemplar("relay_frames_total", first, _exemplar(1.0, 1000))
    page.add("relay_frames_total", second, 1.0)
    page.starts |= {("relay_frames_total", first): START, ("relay_frames_total", second): START + 1}
    page.add("relay_open", (), -7.0)
    page.add("relay_load", (), 12.0)
    for name, value in (("half", 0.5), ("infinite", -INFINITY), ("quiet", NAN), ("signalling", NAN)):
        page.add("relay_ratio", _labels(**{"is": name}), value)
    page.add("relay_build_info", _labels(version="1.0"), 1.0)
    page.add("relay_mode", _labels(node="n", relay_mode="idle"), 0.0)
    page.add("relay_mode", _labels(node="n", relay_mode='a"b'), 1.0)
    page.add("relay.level", _labels(**{"of.what": 'ä\\b"c\n'}), 0.25)


def _add_distributions(page):
    hold, wait, rpc = "relay_hold_seconds", "relay_wait_seconds", "relay_rpc_seconds"
    port = _labels(port="a")
    page.add_histogram(hold, port, [(0.5, 2), (1, 2), (INFINITY, 3)], (3.25, 3))
    page.add_exemplar(hold, port, _exemplar(0.25, 3000))
    page.add_exemplar(hold, port, _exemplar(3.0, 2000))
    page.add_histogram(wait, (), [(1, 4), (INFINITY, 5)], (5.5, 5))
    # Bucket counts by the upper bound 2 ** (index / 8).
    page.natives[wait, ()] = page_model.Native(
        schema=3, zero_threshold=2.0**-128, zero_count=1, count=5, sum=5.5, positive=((-2, 2), (0, 1), (5, 1))
    )
    page.add_exemplar(wait, (), _exemplar(0.75, 1000))
    page.add_exemplar(wait, (), _exemplar(1.5, 2000))
    page.add_summary(rpc, (), [(0.5, 1.25), (1, NAN)], (3.0, 2))
    page.starts |= {(hold, port): START, (wait, ()): START, (rpc, ()): START}


def truth():
    page = page_model.Page()
    _describe(page)
    _add_numbers(page)
    _add_distributions(page)
    for name, labels in page.series:
        page.times[page.base_of(name, labels)] = TAKEN
    return page
