"""The dashboard of every process with a page: the page, the metrics themselves, and the process."""

from observability.alerts import SCRAPE_SECONDS_MAX
from observability.grafana import BAD, OK, WARN, WINDOW, Dashboard, Panel, Query, Row
from observability.panels import gauge, quantile_by, rates, stat

_PAGE = "streamhouse_exporter_"
_PUSHED = "an exporter has pushed over HTTP"
_AWAY = "a receiver was unreachable"
_CORE = "streamhouse_metrics_"
_BY = "{{instance}}"


def _each(title, meaning, metric, unit="short", **options):
    return gauge(title, meaning, f"{metric}{{@}}", _BY, unit, **options)


_LOSSES = ("overflowed_lookups", "cut_label_values", "refused_lookups", "failed_callbacks")

_NOW = Row(
    "Now",
    (
        stat(
            "Targets that answer",
            "Share of the chosen targets that Prometheus could scrape.",
            "sum(up{@}) / count(up{@})",
            "percentunit",
            thresholds=((1, OK),),
            base=BAD,
        ),
        stat("Series", "On all pages.", f"sum({_CORE}series{{@}})"),
        stat(
            "Starts in an hour",
            "Of the chosen processes.",
            "sum(changes(process_start_time_seconds{@}[1h]))",
            thresholds=((1, WARN),),
        ),
        stat(
            "Incomplete pages",
            "Pages on which a family has reached its limit, or a recording was lost.",
            f"count(sum by (job, instance) ({_CORE}overflowed_lookups_total{{@}}) > 0"
            f" or sum by (job, instance) ({_CORE}lost_recordings_total{{@}}) > 0) or vector(0)",
            thresholds=((1, BAD),),
        ),
        Panel(
            "Builds",
            "Processes by version and compiler.",
            "short",
            (Query("count by (version, compiler) (streamhouse_build_info{@})", "{{version}} {{compiler}}"),),
            kind="stat",
        ),
    ),
)

_SCRAPES = Row(
    "The page",
    (
        rates("Requests", "By path and status.", f"{_PAGE}requests_total", "", "path, code", "reqps"),
        rates("Pages", "By format and status.", f"{_PAGE}scrapes_total", "", "format, code", "reqps"),
        gauge(
            "Scrape, as Prometheus sees it",
            "StreamhouseScrapeSlow fires above the line. At the scrape timeout the target is down.",
            "scrape_duration_seconds{@}",
            _BY,
            "s",
            thresholds=((SCRAPE_SECONDS_MAX, BAD),),
        ),
        quantile_by(
            "Page: p99 by format",
            "From the request to the last byte handed to the system.",
            0.99,
            f"{_PAGE}scrape_duration_seconds",
            "",
            "format",
        ),
        rates("Bytes of pages", "As sent.", f"{_PAGE}scrape_bytes_total", "", "format", "Bps"),
        _each("Samples of a page", "As Prometheus has stored them.", "scrape_samples_scraped"),
        _each("HTTP connections", "That are open.", f"{_PAGE}connections"),
        rates(
            "Limits reached", "Requests that a limit has ended or refused.", f"{_PAGE}limits_reached_total", "", "limit"
        ),
        rates(
            "Pages that broke off",
            "Begun, and not sent to the end.",
            f"{_PAGE}scrapes_failed_total",
            "",
            "format",
            fault="a page has broken off",
        ),
        gauge(
            "Certificates read again",
            "Failed: the old files stay in use.",
            f"sum by (instance, outcome) ({_PAGE}certificate_reloads_total{{@}})",
            "{{instance}} {{outcome}}",
        ),
        rates("Pushes", "And text files written.", f"{_PAGE}pushes_total", "", "exporter, outcome"),
        rates(
            "Samples sent",
            "That a receiver has taken.",
            f"{_PAGE}samples_sent_total",
            "",
            "exporter",
            fault=_PUSHED,
        ),
        rates(
            "Samples dropped",
            "The next push is newer.",
            f"{_PAGE}samples_dropped_total",
            "",
            "exporter, reason",
            fault=_AWAY,
        ),
        rates("Bytes pushed", "As they were sent.", f"{_PAGE}sent_bytes_total", "", "exporter", "Bps", fault=_PUSHED),
        rates("Pushes retried", "Within a push.", f"{_PAGE}retries_total", "", "exporter", fault=_AWAY),
        gauge(
            "Time since the last push",
            "That has succeeded.",
            f"time() - max by (exporter) ({_PAGE}last_success_timestamp_seconds{{@}})",
            "{{exporter}}",
            unit="s",
        ),
        gauge(
            "Families left out",
            "Of text files: names that their reader has of itself.",
            f"sum by (family, reason) ({_PAGE}families_left_out_total{{@}})",
            "{{family}} {{reason}}",
        ),
    ),
)

_METRICS = Row(
    "The metrics themselves",
    (
        gauge("Series by type", "On the pages.", f"sum by (type) ({_CORE}series{{@}})", "{{type}}"),
        Panel(
            "Memory",
            "Of labels and indexes, and of values.",
            "bytes",
            (
                Query(f"{_CORE}series_bytes{{@}}", "labels {{instance}}"),
                Query(f"{_CORE}cell_bytes{{@}}", "values {{instance}}"),
            ),
        ),
        gauge(
            "Cells in use, of the limit",
            "At 100 % new series record nothing.",
            f"{_CORE}cells{{@}} / {_CORE}cells_max{{@}}",
            _BY,
            "percentunit",
            thresholds=((0.8, WARN), (1, BAD)),
        ),
        Panel(
            "Removed series",
            "Whose memory is still held, and runs of cells that wait for new series.",
            "short",
            (
                Query(f"{_CORE}removed_series{{@}}", "held {{instance}}"),
                Query(f"{_CORE}free_runs{{@}}", "free runs {{instance}}"),
            ),
        ),
        _each("Recording threads", "At the same time at most.", f"{_CORE}shards"),
        Panel(
            "Label sets that lost something",
            "A page with one of these is not complete, or has a family that is used wrongly.",
            "short",
            tuple(Query(f"sum by (family) ({_CORE}{loss}_total{{@}})", f"{loss} {{{{family}}}}") for loss in _LOSSES),
            fault="a family has lost something",
        ),
        Panel(
            "Recordings that were lost",
            "Observations that are no numbers, and recordings without memory.",
            "short",
            (
                Query(f"sum by (reason) ({_CORE}dropped_observations_total{{@}})", "{{reason}}"),
                Query(f"sum by (instance) ({_CORE}lost_recordings_total{{@}})", "no memory {{instance}}"),
            ),
            thresholds=((1, BAD),),
        ),
    ),
)

_PROCESS = Row(
    "Process",
    (
        gauge("Processor", "1 is one core.", f"rate(process_cpu_seconds_total{{@}}[{WINDOW}])", _BY),
        _each("Memory in use", "Resident.", "process_resident_memory_bytes", "bytes"),
        _each("Address space", "In use.", "process_virtual_memory_bytes", "bytes"),
        gauge(
            "File descriptors, of the limit",
            "A partition takes two.",
            "process_open_fds{@} / process_max_fds{@}",
            _BY,
            "percentunit",
            thresholds=((0.8, WARN), (1, BAD)),
        ),
        _each("Threads", "Of the system.", "process_threads"),
        gauge("Running for", "Since the process started.", "time() - process_start_time_seconds{@}", _BY, "s"),
    ),
)

PROCESS = Dashboard(
    "streamhouse-process",
    "Streamhouse: exporter and process",
    "Every process with a page: what scraping costs, what the metrics cost and lose, and the process itself.",
    "streamhouse_build_info",
    (),
    (_NOW, _SCRAPES, _METRICS, _PROCESS),
)
