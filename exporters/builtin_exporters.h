// The exporters of this project, by scheme.
//
//   prometheus://HOST:PORT?connections=N&scrapes=N&head_time=D&idle_time=D&write_time=D&page_time=D    MetricsServer
//       &web_config=FILE&aggregate=LABEL,LABEL&created=shown&page=off&log=scrapes&label=NAME:VALUE
//   prometheus+unix:///PATH?mode=0660&owner=NAME&group=NAME and the same options, or prometheus+unix:@NAME
//   textfile:///PATH.prom?interval=D&label=NAME:VALUE                                                  TextfileExporter
//   pushgateway+http://HOST:PORT/job/NAME/LABEL/VALUE…?method=post&delete=at_end&label=NAME:VALUE    PushgatewayExporter
//       and the options of receiver_spec.h: ca, cert, key, user, password_file, bearer_file, header_file,
//       interval, push_time; pushgateway+https:// with TLS
//   pushgateway+http+unix:///SOCKET:/job/NAME/…, or pushgateway+http+unix:@NAME:/job/…; host=NAME as well
//   prw+http://HOST:PORT/PATH?version=1&exponential=classic&label=NAME:VALUE                     RemoteWriteExporter
//       and the same options; prw+https:// with TLS; prw+http+unix:///SOCKET:/PATH
//   otlp+http://HOST:PORT/PATH?encoding=json&compression=gzip&temporality=delta&label=NAME:VALUE                         OtlpExporter
//       and the options of receiver_spec.h; otlp+https:// with TLS; otlp+http+unix:///SOCKET:/PATH; the variables OTEL_…
//       for what the line leaves out (otlp_spec.h)
//   statsd://HOST:PORT?dialect=dogstatsd&interval=D&push_time=D&label=NAME:VALUE                      StatsdExporter
//       and of DogStatsD, timestamps=on&origin=on
//   statsd+unix:///PATH?… or statsd+unix:@NAME?…
//   process-context://                                                                           ProcessContextExporter
//
// HOST of prometheus:// may be left out, and is then 127.0.0.1; PORT too, and is then 8080. D is a
// duration such as 15s. With aggregate, /metrics sums these labels away and /metrics/detailed shows
// them. With created=shown, OpenMetrics 1.0 pages have a sample ending with _created for each
// counter and histogram whose creation time the registry keeps. With label, which may be given
// several times, every series has that label as well (labelled_view.h). With page=off, browsers get
// a list of links at `/` in place of the live page (live_page.h). With log=scrapes, the log of the
// program gets a line for each scrape.
// PATH of prw+http:// may be left out, and is then /api/v1/write. Its version is 1, 2 or auto,
// which is 2 until a receiver shows that it knows 1 only. With exponential, exponential histograms
// are native or classic in both versions; with auto they are native in 2 and classic in 1.
// The encoding of otlp+http:// is protobuf or json, its compression none, gzip or zstd.
// HOST of statsd:// may be left out, and is then 127.0.0.1; PORT too, and is then 8125. The dialect
// is plain or dogstatsd (statsd_names.h). With timestamps=on its lines have the time of the push,
// with origin=on the container (dogstatsd_fields.h).
// When to use something else: a program with one fixed exporter makes that class itself. For a
// scheme of one's own, ExporterRegistry::Register().
// Guarantees: each call returns a new registry with these schemes and no other. An option that is
// not listed here is refused.
// Thread safety: a pure function.
// Cost: at set-up only.
#pragma once

#include "exporters/exporter_registry.h"

namespace streamhouse::exporters {

ExporterRegistry BuiltinExporters();

}  // namespace streamhouse::exporters
