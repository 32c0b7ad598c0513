// A program may include every public header of the metrics and of the exporters under stricter warnings than their own.
//
// How it is compiled: .bazelrc. That it compiles is the test.
#include "exporters/builtin_exporters.h"
#include "exporters/encoding/compressed_page.h"
#include "exporters/encoding/content_negotiation.h"
#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/protobuf_encoder.h"
#include "exporters/encoding/text_encoder.h"
#include "exporters/exporter_registry.h"
#include "exporters/exporter_spec.h"
#include "exporters/http/access/web_config.h"
#include "exporters/http/limits.h"
#include "exporters/http/message/request.h"
#include "exporters/http/message/response.h"
#include "exporters/http/metrics_server.h"
#include "exporters/http/routes.h"
#include "exporters/http/server_metrics.h"
#include "exporters/push/push_loop.h"
#include "exporters/push/push_metrics.h"
#include "exporters/textfile/textfile_exporter.h"
#include "exporters/view/aggregated_view.h"
#include "exporters/view/combined_view.h"
#include "exporters/view/escaped_view.h"
#include "exporters/view/labelled_view.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/clock.h"
#include "metrics_core/counter.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/exponential_histogram.h"
#include "metrics_core/exporter.h"
#include "metrics_core/family.h"
#include "metrics_core/family_registration.h"
#include "metrics_core/gauge.h"
#include "metrics_core/health.h"
#include "metrics_core/histogram.h"
#include "metrics_core/latency_bounds.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/naming/metric_name.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/exponential_scale.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/reading/snapshot_builder.h"
#include "metrics_core/registry.h"
#include "metrics_core/self_metrics/build_info.h"
#include "metrics_core/self_metrics/core_metrics.h"
#include "metrics_core/self_metrics/process_metrics.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_lint.h"
#include "metrics_core/testing/metric_reader.h"
#include "metrics_core/testing/page_comparison.h"
#include "metrics_core/timer.h"
#include "metrics_core/traceparent.h"
#include "metrics_core/up_down_counter.h"

#include <gtest/gtest.h>

namespace streamhouse {
namespace {

TEST(PublicHeadersTest, CompileTogetherUnderStrictWarnings) {}

}  // namespace
}  // namespace streamhouse
