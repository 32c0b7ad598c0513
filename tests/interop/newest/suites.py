"""The suites by name: the programs that each needs, and what yields its cells with their outcomes."""

import agent_origins
import collector
import parsers
import prometheus_pushes
import prometheus_scrapes
import prometheus_sockets
import pushgateway
import statsd_daemon
import victoria_metrics

SUITES = {
    "prometheus": (
        ("prometheus",),
        (
            prometheus_scrapes.negotiated,
            prometheus_scrapes.zstd,
            prometheus_scrapes.native,
            prometheus_scrapes.starts,
            prometheus_scrapes.types_and_units,
            prometheus_sockets.sockets,
            prometheus_pushes.remote_write,
            prometheus_pushes.otlp,
            prometheus_pushes.otlp_deltas,
        ),
    ),
    "victoria_metrics": (
        ("victoria_metrics",),
        (victoria_metrics.scrapes, victoria_metrics.remote_write, victoria_metrics.otlp),
    ),
    "pushgateway": (("pushgateway",), (pushgateway.pushes, pushgateway.pushes_by_tls)),
    "collector": (
        ("collector",),
        (
            collector.scrapes,
            collector.otlp,
            collector.otlp_by_tls,
            collector.statsd,
            collector.statsd_sockets,
            collector.statsd_times,
            collector.statsd_origin,
        ),
    ),
    "statsd": (("statsd",), (statsd_daemon.pushes,)),
    "datadog": (("origins",), (agent_origins.origins,)),
    "go": (("textparse",), (parsers.textparse,)),
    "python": (("python",), (parsers.python, parsers.python_otlp)),
    "java": (("client_java",), (parsers.java,)),
}
