"""Buckets of native histograms: spans with deltas or counts, as (index, count) without the empty ones."""

import itertools


def from_counts(spans, counts):
    """`spans` are (offset, length): the first offset is an index, each further one a gap."""
    indexes, at = [], 0
    for offset, length in spans:
        at += offset
        indexes += range(at, at + length)
        at += length
    if len(indexes) != len(counts):
        raise ValueError(f"{len(indexes)} buckets with {len(counts)} counts")
    return tuple((index, count) for index, count in zip(indexes, counts) if count)


def from_deltas(spans, deltas):
    return from_counts(spans, list(itertools.accumulate(deltas)))
