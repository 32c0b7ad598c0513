// BuiltinExporters: the exporters of this project, by scheme.
//
//   scheme and address                                 exporter
//   prometheus://HOST:PORT                             MetricsServer
//   prometheus+unix:///PATH                            MetricsServer
//   textfile:///PATH.prom                              TextfileExporter
//   pushgateway+http://HOST:PORT/job/NAME/LABEL/VALUE… PushgatewayExporter
//   prw+http://HOST:PORT/PATH                          RemoteWriteExporter
//   otlp+http://HOST:PORT/PATH                         OtlpExporter
//   statsd://HOST:PORT                                 StatsdExporter
//   statsd+unix:///PATH                                StatsdExporter
//   process-context://                                 ProcessContextExporter
//
//   left out    scheme            stands for
//   HOST        prometheus        127.0.0.1
//   HOST        statsd, otlp      127.0.0.1 (of otlp: see otlp_spec.h)
//   PORT        prometheus        kMetricsPortDefault (metrics_server.h)
//   PORT        statsd            kStatsdPortDefault (statsd_exporter.h)
//   PORT        otlp              kOtlpPortDefault (otlp_exporter.h)
//   PORT        pushgateway, prw  80; with TLS, 443
//   PATH        prw               /api/v1/write
//   PATH        otlp              /v1/metrics
//
// pushgateway, prw and otlp have three more schemes each: with TLS, on a Unix socket, and both.
// Example: prw+https://HOST:PORT/PATH, prw+http+unix:///SOCKET:/PATH,
// prw+https+unix:///SOCKET:/PATH. @NAME in the place of ///PATH or ///SOCKET is a name in the
// abstract namespace. D is a duration such as 15s.
//
//   option               scheme       values                         default
//   ?label=NAME:VALUE    all but process-context; may be repeated    no label (labelled_view.h)
//   ?connections=N       prometheus   more than 0                    Limits::connections (limits.h)
//   ?scrapes=N           prometheus   more than 0                    Limits::scrapes
//   ?head_time=D         prometheus   more than 0                    Limits::head_time
//   ?idle_time=D         prometheus   more than 0                    Limits::idle_time
//   ?write_time=D        prometheus   more than 0                    Limits::write_time
//   ?page_time=D         prometheus   more than 0                    Limits::page_time
//   ?web_config=FILE     prometheus   a file (web_config.h)          no TLS, no passwords
//   ?aggregate=LABELS    prometheus   labels, separated by commas    no label
//   ?created=TEXT        prometheus   shown, left-out                left-out
//   ?page=TEXT           prometheus   on, off                        on
//   ?log=scrapes         prometheus   scrapes                        no line for a scrape
//   ?mode=MODE           prometheus+unix    octal, such as 0660      0600
//   ?owner=NAME          prometheus+unix    a user                   the user of the process
//   ?group=NAME          prometheus+unix    a group                  the group of the process
//   ?interval=D          all that push, textfile                     kPushIntervalDefault (push_loop.h)
//   ?push_time=D         all that push                               PushLoopOptions::push_time
//   ?method=TEXT         pushgateway  put, post                      put
//   ?delete=TEXT         pushgateway  never, at_end                  never
//   ?version=TEXT        prw          1, 2, auto                     auto
//   ?exponential=TEXT    prw          native, classic, auto          auto
//   ?encoding=TEXT       otlp         protobuf, json                 protobuf
//   ?compression=TEXT    otlp         none, gzip, zstd               none
//   ?temporality=TEXT    otlp         cumulative, delta, lowmemory   cumulative
//   ?dialect=TEXT        statsd       plain, dogstatsd               plain
//   ?timestamps=TEXT     statsd       on, off; on needs dogstatsd    off
//   ?origin=TEXT         statsd       on, off; on needs dogstatsd    off
//
// - pushgateway, prw and otlp also take the options of receiver_spec.h: ca, cert, key, user,
//   password_file, bearer_file, header_file and, on a Unix socket, host.
// - aggregate: /metrics sums these labels away, and /metrics/detailed shows them.
// - created: OpenMetrics 1.0 pages have a sample ending with _created for each counter and
//   histogram whose creation time the registry keeps.
// - page=off: browsers get a list of links at `/` in place of the live page (live_page.h).
// - log: the log of the program gets a line for each scrape.
// - version=auto: 2, until a receiver shows that it knows only 1.
// - exponential=auto: exponential histograms are native in version 2 and classic in version 1.
// - encoding, compression, temporality, interval, push_time: variables OTEL_… replace the defaults
//   of otlp (otlp_spec.h).
// - timestamps=on: each line has the time of the push, and `interval` must be 1s or more.
// - origin=on: each line names the container (dogstatsd_fields.h).
// When to use something else: a program with one fixed exporter makes that class itself. For a
// scheme of one's own, ExporterRegistry::Register().
// Guarantees:
// 1. Each call returns a new registry with these schemes and no other.
// 2. An option that is not listed here is refused.
// Thread safety: a pure function.
// Cost: at set-up only.
#pragma once

#include "exporters/exporter_registry.h"

namespace streamhouse::exporters {

ExporterRegistry BuiltinExporters();

}  // namespace streamhouse::exporters
