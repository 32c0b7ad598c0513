#include "exporters/textfile/collector_names.h"

#include <gtest/gtest.h>

namespace streamhouse::exporters {
namespace {

TEST(CollectorNamesTest, AreThoseOfItsProcessAndServerAndCollectors) {
  for (const char* const name :
       {"process_open_fds", "process_threads", "go_goroutines", "promhttp_metric_handler_requests_total",
        "node_exporter_build_info", "node_scrape_collector_success", "node_textfile_mtime_seconds"}) {
    EXPECT_TRUE(IsCollectorsOwn(name)) << name;
  }
  for (const char* const name : {"processes", "node_load9", "streamhouse_build_info", "gopher_total", ""}) {
    EXPECT_FALSE(IsCollectorsOwn(name)) << name;
  }
}

}  // namespace
}  // namespace streamhouse::exporters
