"""What repetitions of two revisions say about a bench's rows: ratios, their intervals, and which rows got worse.

Runs are paired by row and by repetition, because the runs of a pair are neighbours in time: what the machine
does to one it does to the other. A ratio is new / base of a pair, and less than 1 is better.
The interval of a row is that between two order statistics of its ratios. It holds the median with at least
95 %, for every distribution: of 9 ratios, from the 2nd smallest to the 2nd largest (96.1 %).
Standard library only.
"""

import dataclasses
import math
import re
import statistics

CONFIDENCE = 0.95

# Figures besides its time that a bench reports and that should be small. Rates and shares repeat
# the time.
_SMALL_IS_GOOD = re.compile(r"_ms$|_bytes$|^bytes_per_|^ns_per_|_bytes_per_|^time_ratio$|_mib$")


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    ratio: float  # the median
    low: float
    high: float
    base: float  # medians of what was measured
    new: float
    unit: str


def figures_of(run):
    """Name of a figure -> (value, unit) of one run of a bench. The bench's own name stands for its time."""
    name = run["name"]
    clock = "real_time" if re.search(r"/(real|manual)_time\b", name) else "cpu_time"
    figures = {name: (run[clock], run["time_unit"])}
    for counter, value in run.items():
        if isinstance(value, (float, int)) and _SMALL_IS_GOOD.search(counter):
            figures[f"{name} {counter}"] = (value, "")
    return figures


def interval_of_median(ratios):
    """The narrowest pair of order statistics, as far from both ends, that holds the median with CONFIDENCE."""
    ordered = sorted(ratios)
    count = len(ordered)
    below = 0  # how many orders of 2^count have at most `left_out` ratios on one side of the median
    interval = None
    for left_out in range(count // 2):
        below += math.comb(count, left_out)
        if 1 - 2 * below / 2**count < CONFIDENCE:
            break
        interval = ordered[left_out], ordered[count - 1 - left_out]
    if interval is None:
        raise ValueError(f"{count} ratios are too few for an interval of {CONFIDENCE:.0%}")
    return interval


def _ratio(new, base):
    if base == 0:
        return 1.0 if new == 0 else math.inf
    return new / base


def compare(pairs):
    """[(a new run, a base run)] of one bench -> its rows. A figure that either of them lacks has none."""
    figures = [(figures_of(new), figures_of(base)) for new, base in pairs]
    rows = []
    for name in figures[0][0]:
        if not all(name in new and name in base for new, base in figures):
            continue
        ratios = [_ratio(new[name][0], base[name][0]) for new, base in figures]
        low, high = interval_of_median(ratios)
        rows.append(
            Row(
                name=name,
                ratio=statistics.median(ratios),
                low=low,
                high=high,
                base=statistics.median(base[name][0] for _, base in figures),
                new=statistics.median(new[name][0] for new, _ in figures),
                unit=figures[0][0][name][1],
            )
        )
    return rows


def verdict(row, limit):
    """In a word or two; empty where there is nothing to say."""
    if row.low > limit:
        return "WORSE"
    if row.ratio > limit:
        return "over the limit, unproven"
    if row.low > 1:
        return "worse within the limit"
    return "better" if row.high < 1 else ""
