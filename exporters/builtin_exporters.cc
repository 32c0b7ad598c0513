#include "exporters/builtin_exporters.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "exporters/encoding/text_page.h"
#include "exporters/http/limits.h"
#include "exporters/http/metrics_server.h"
#include "exporters/live_page/live_page.h"
#include "exporters/otlp/otlp_environment.h"
#include "exporters/otlp/otlp_exporter.h"
#include "exporters/otlp_spec.h"
#include "exporters/process_context/process_context_exporter.h"
#include "exporters/push/push_metrics.h"
#include "exporters/pushgateway/grouping_key.h"
#include "exporters/pushgateway/pushgateway_exporter.h"
#include "exporters/receiver_spec.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/remote_write_exporter.h"
#include "exporters/remote_write/version_choice.h"
#include "exporters/statsd/dogstatsd_fields.h"
#include "exporters/statsd/statsd_exporter.h"
#include "exporters/statsd/statsd_names.h"
#include "exporters/textfile/textfile_exporter.h"
#include "exporters/view/labelled_view.h"
#include "metrics_core/host_port.h"
#include "metrics_core/naming/metric_name.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"
#include "metrics_core/text/percent_encoding.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using MadeExporter = ExporterRegistry::MadeExporter;

Status CheckOptions(const ExporterSpec& spec, const SpecOptions& given, const ExtraLabels& labels) {
  if (Status checked = given.Check(); !checked.ok()) return checked;
  const Status legal = CheckLabels(labels);
  return legal.ok() ? legal : BadSpec(spec, "options.label", "option label: " + legal.message());
}

// Who may connect to the socket.
Status ReadPermissions(const ExporterSpec& spec, SpecOptions& given, metrics::UnixSocket& socket) {
  Status read;
  for (const char* const name : {"mode", "owner", "group"}) {
    const std::string value = given.Text(name, "");
    if (!value.empty() && read.ok()) read = metrics::SetUnixPermission(socket, name, value);
  }
  if (read.ok()) read = metrics::CheckUnixSocket(socket);
  return read.ok() ? read : BadSpec(spec, read.field(), "option " + read.message()).Within("options");
}

// An exporter that pushes, with its metrics.
template <typename Exporter, typename Options>
MadeExporter MakePush(const ExporterContext& context, Options options) {
  options.more_registries = context.more_registries;
  const auto push_metrics = PushMetrics::Register(context.registry);
  if (!push_metrics.ok()) return push_metrics.status();
  return MadeExporter(std::make_unique<Exporter>(context.registry, *push_metrics, std::move(options)));
}

MadeExporter MakeMetricsServer(const ExporterSpec& spec, const ExporterContext& context) {
  if (!spec.path.empty()) return BadSpec(spec, "path", "a server takes no path");
  MetricsServerOptions options;
  if (!spec.host.empty()) options.host = spec.host;
  options.port = spec.port.value_or(kMetricsPortDefault);
  options.unix_socket = spec.unix_socket;
  SpecOptions given(spec);
  Limits& limits = options.limits;
  limits.connections = given.Number("connections", limits.connections);
  limits.scrapes = given.Number("scrapes", limits.scrapes);
  limits.head_time = given.Duration("head_time", limits.head_time);
  limits.idle_time = given.Duration("idle_time", limits.idle_time);
  limits.write_time = given.Duration("write_time", limits.write_time);
  limits.page_time = given.Duration("page_time", limits.page_time);
  options.web_config_file = given.Text("web_config", "");
  options.aggregate = given.List("aggregate");
  options.created =
      given.Choice("created", {{"shown", CreatedUse::kShown}, {"left-out", CreatedUse::kLeftOut}}, options.created);
  options.live_page =
      given.Choice("page", {{"on", LivePageUse::kShown}, {"off", LivePageUse::kLeftOut}}, options.live_page);
  options.labels = given.Pairs("label");
  options.more_registries = context.more_registries;
  options.log = context.log;
  options.scrape_log = given.Choice("log", {{"scrapes", ScrapeLog::kOn}}, options.scrape_log);
  const Status permitted = options.unix_socket ? ReadPermissions(spec, given, *options.unix_socket) : Status::Ok();
  if (Status checked = CheckOptions(spec, given, options.labels); !checked.ok()) return checked;
  if (!permitted.ok()) return permitted;
  for (const std::string& label : options.aggregate) {
    if (!metrics::IsLegalLabelName(label))
      return BadSpec(spec, "options.aggregate", "'" + label + "' in aggregate is not a label");
  }
  return MadeExporter(std::make_unique<MetricsServer>(context.registry, context.health, std::move(options)));
}

MadeExporter MakeProcessContextExporter(const ExporterSpec& spec, const ExporterContext& context) {
  if (!spec.host.empty() || spec.port || !spec.path.empty()) {
    return BadSpec(spec, "host", "a process context has no address: write process-context://");
  }
  if (Status checked = SpecOptions(spec).Check(); !checked.ok()) return checked;
  ResourceEnvironment environment = ReadResourceEnvironment(LookUpEnvironment);
  ProcessContextOptions options = {
      .resource = std::move(environment.resource), .notes = std::move(environment.notes), .log = context.log};
  return MadeExporter(std::make_unique<ProcessContextExporter>(context.registry, std::move(options)));
}

MadeExporter MakeTextfileExporter(const ExporterSpec& spec, const ExporterContext& context) {
  if (!spec.host.empty() || spec.port) return BadSpec(spec, "host", "a file has no host: write textfile:///path");
  if (!spec.path.ends_with(".prom"))
    return BadSpec(spec, "path", "the path must end with .prom, or no collector reads it");
  SpecOptions given(spec);
  TextfileOptions options = {.path = spec.path};
  options.interval = given.Duration("interval", options.interval);
  options.log = context.log;
  options.labels = given.Pairs("label");
  if (Status checked = CheckOptions(spec, given, options.labels); !checked.ok()) return checked;
  return MakePush<TextfileExporter>(context, std::move(options));
}

MadeExporter MakePushgatewayExporter(const ExporterSpec& spec, const ExporterContext& context) {
  const metrics::Result<GroupingKey> group = ParseGroupingKey(spec.path);
  if (!group.ok()) return BadSpec(spec, "path", group.status().message());
  SpecOptions given(spec);
  ReceiverSpec read = ReadReceiver(spec, given);
  PushgatewayOptions options = {.receiver = std::move(read.receiver), .group = *group, .push = read.push};
  options.push.log = context.log;
  options.method = given.Choice("method", {{"put", PushMethod::kPut}, {"post", PushMethod::kPost}}, options.method);
  options.at_end = given.Choice("delete", {{"never", AtEnd::kPush}, {"at_end", AtEnd::kDelete}}, options.at_end);
  options.labels = given.Pairs("label");
  if (Status checked = CheckOptions(spec, given, options.labels); !checked.ok()) return checked;
  if (Status checked = CheckReceiver(spec, {options.receiver, options.push}); !checked.ok()) return checked;
  for (const auto& [name, value] : options.labels) {
    if (options.group.HasLabel(name)) return BadOption(spec, "label", "has " + name + ", which the path has too");
  }
  return MakePush<PushgatewayExporter>(context, std::move(options));
}

MadeExporter MakeRemoteWriteExporter(const ExporterSpec& spec, const ExporterContext& context) {
  SpecOptions given(spec);
  ReceiverSpec read = ReadReceiver(spec, given);
  RemoteWriteOptions options = {.receiver = std::move(read.receiver), .push = read.push};
  if (!spec.path.empty()) options.path = metrics::PercentEncodePath(spec.path);
  options.push.log = context.log;
  options.version = given.Choice(
      "version", {{"1", RemoteWriteVersion::k1}, {"2", RemoteWriteVersion::k2}, {"auto", RemoteWriteVersion::kAuto}},
      options.version);
  options.exponential =
      given.Choice("exponential",
                   {{"native", ExponentialUse::kNative}, {"classic", ExponentialUse::kClassic}, {"auto", std::nullopt}},
                   options.exponential);
  options.labels = given.Pairs("label");
  if (Status checked = CheckOptions(spec, given, options.labels); !checked.ok()) return checked;
  if (Status checked = CheckReceiver(spec, {options.receiver, options.push}); !checked.ok()) return checked;
  return MakePush<RemoteWriteExporter>(context, std::move(options));
}

MadeExporter MakeOtlpExporter(const ExporterSpec& spec, const ExporterContext& context) {
  metrics::Result<OtlpExporterOptions> read = ReadOtlpSpec(spec, LookUpEnvironment);
  if (!read.ok()) return read.status();
  OtlpExporterOptions options = *std::move(read);
  options.push.log = context.log;
  return MakePush<OtlpExporter>(context, std::move(options));
}

MadeExporter MakeStatsdExporter(const ExporterSpec& spec, const ExporterContext& context) {
  if (!spec.path.empty()) return BadSpec(spec, "path", "StatsD has no path");
  StatsdExporterOptions options = {.address = metrics::HostPort{.host = spec.host.empty() ? "127.0.0.1" : spec.host,
                                                                .port = spec.port.value_or(kStatsdPortDefault)}};
  if (spec.unix_socket) options.address = *spec.unix_socket;
  if (spec.port == 0) return BadSpec(spec, "port", "no receiver listens on port 0");
  SpecOptions given(spec);
  options.push.interval = given.Duration("interval", options.push.interval);
  options.push.push_time = given.Duration("push_time", options.push.push_time);
  options.push.log = context.log;
  options.dialect = given.Choice(
      "dialect", {{"plain", StatsdDialect::kPlain}, {"dogstatsd", StatsdDialect::kDogStatsd}}, options.dialect);
  options.timestamps =
      given.Choice("timestamps", {{"on", StatsdTimestamps::kOn}, {"off", StatsdTimestamps::kOff}}, options.timestamps);
  if (given.Choice("origin", {{"on", true}, {"off", false}}, false)) {
    options.origin = DogStatsdOrigin{.entity_id = LookUpEnvironment("DD_ENTITY_ID").value_or(""),
                                     .external_data = LookUpEnvironment("DD_EXTERNAL_ENV").value_or("")};
  }
  options.labels = given.Pairs("label");
  if (Status checked = CheckOptions(spec, given, options.labels); !checked.ok()) return checked;
  if (const Status fields = CheckDogStatsdOptions(options); !fields.ok()) {
    return BadSpec(spec, fields.field(), "option " + fields.message()).Within("options");
  }
  return MakePush<StatsdExporter>(context, std::move(options));
}

}  // namespace

ExporterRegistry BuiltinExporters() {
  ExporterRegistry exporters;
  for (const char* const scheme : {"prometheus", "prometheus+unix"}) {
    metrics::Check(exporters.Register(scheme, MakeMetricsServer).ok(), "a scheme of the server is taken");
  }
  metrics::Check(exporters.Register("textfile", MakeTextfileExporter).ok(), "the scheme textfile is taken");
  for (const char* const scheme :
       {"pushgateway+http", "pushgateway+https", "pushgateway+http+unix", "pushgateway+https+unix"}) {
    metrics::Check(exporters.Register(scheme, MakePushgatewayExporter).ok(), "a scheme of the Pushgateway is taken");
  }
  for (const char* const scheme : {"prw+http", "prw+https", "prw+http+unix", "prw+https+unix"}) {
    metrics::Check(exporters.Register(scheme, MakeRemoteWriteExporter).ok(), "a scheme of remote write is taken");
  }
  for (const char* const scheme : {"otlp+http", "otlp+https", "otlp+http+unix", "otlp+https+unix"}) {
    metrics::Check(exporters.Register(scheme, MakeOtlpExporter).ok(), "a scheme of OTLP is taken");
  }
  for (const char* const scheme : {"statsd", "statsd+unix"}) {
    metrics::Check(exporters.Register(scheme, MakeStatsdExporter).ok(), "a scheme of StatsD is taken");
  }
  metrics::Check(exporters.Register("process-context", MakeProcessContextExporter).ok(),
                 "the scheme process-context is taken");
  return exporters;
}

}  // namespace streamhouse::exporters
