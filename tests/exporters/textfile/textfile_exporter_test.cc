#include "exporters/textfile/textfile_exporter.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "exporters/push/push_metrics.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/command.h"
#include "tests/exporters/support/utf8_registry.h"
#include "tests/support/eventually.h"
#include "tests/support/few_threads.h"

namespace streamhouse::exporters {
namespace {

class TextfileExporterTest : public testing::Test {
 protected:
  std::string Page() {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::string PageWith(int sent) {
    return "# HELP sent_total Sent\n# TYPE sent_total counter\nsent_total " + std::to_string(sent) + "\n";
  }

  const std::string path_ = TemporaryPath("textfile_exporter.prom");
  metrics::Registry registry_;
  const metrics::Counter sent_ = registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With();
  TextfileExporter exporter_{registry_, PushMetrics(), {.path = path_, .interval = std::chrono::hours(1)}};
};

TEST_F(TextfileExporterTest, WritesAtTheStartAndAtTheEnd) {
  ASSERT_TRUE(exporter_.Start().ok());
  EXPECT_EQ(Page(), PageWith(0));
  sent_.Increment(7);
  exporter_.Stop();
  EXPECT_EQ(Page(), PageWith(7));
}

TEST_F(TextfileExporterTest, WritesAgainAfterItsInterval) {
  TextfileExporter quick(registry_, PushMetrics(), {.path = path_, .interval = std::chrono::milliseconds(1)});
  ASSERT_TRUE(quick.Start().ok());
  sent_.Increment(3);
  EXPECT_TRUE(Eventually([this] { return Page() == PageWith(3); })) << Page();
}

TEST_F(TextfileExporterTest, RefusesAnEmptyPathAndAnIntervalOfZero) {
  EXPECT_EQ(TextfileExporter(registry_, PushMetrics(), {.path = ""}).Start().code(),
            metrics::StatusCode::kInvalidArgument);
  TextfileExporter busy(registry_, PushMetrics(), {.path = path_, .interval = std::chrono::milliseconds(0)});
  EXPECT_EQ(busy.Start(), metrics::InvalidField("interval", "must be more than 0"));
}

TEST_F(TextfileExporterTest, DoesNotStartWhereItCannotWrite) {
  TextfileExporter exporter(registry_, PushMetrics(), {.path = "/no such folder/a.prom"});
  const metrics::Status status = exporter.Start();
  EXPECT_EQ(status.code(), metrics::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(), "cannot create /no such folder/a.prom.tmp: No such file or directory");
  exporter.Stop();
}

TEST_F(TextfileExporterTest, DoesNotStartWithoutAThread) {
  const FewThreads none(0);
  EXPECT_EQ(exporter_.Start(), metrics::Status(metrics::StatusCode::kUnavailable,
                                               "cannot start a thread: Resource temporarily unavailable"));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(TextfileExporterTest, ItsNameIsTheSchemeAndThePath) {
  EXPECT_EQ(exporter_.Name(), "textfile://" + path_);
}

TEST_F(TextfileExporterTest, LeavesOutWhatTheCollectorHasOfItself) {
  for (const char* name : {"process_threads", "go_info", "promhttp_x", "node_scrape_x", "node_textfile_x",
                           "node_exporter_x", "node_load9", "processes"}) {
    registry_.AddGauge({.name = name, .help = "H"}).value().With().Set(1);
  }
  ASSERT_TRUE(exporter_.Start().ok());
  EXPECT_EQ(Page(), PageWith(0) +
                        "# HELP node_load9 H\n# TYPE node_load9 gauge\nnode_load9 1\n"
                        "# HELP processes H\n# TYPE processes gauge\nprocesses 1\n");
}

// Goal: a program whose own family has a name of the collector's finds out that no reader gets it.
TEST_F(TextfileExporterTest, CountsEachFamilyThatItLeavesOut) {
  const auto orders = registry_.AddCounter({.name = "process_orders_total", .help = "H"}).value().With();
  TextfileExporter exporter(registry_, PushMetrics::Register(registry_).value(),
                            {.path = path_, .interval = std::chrono::hours(1)});
  ASSERT_TRUE(exporter.Start().ok());
  exporter.Stop();
  const std::string name = "streamhouse_exporter_families_left_out_total";
  const metrics::testing::MetricReader reader(registry_);
  const auto left_out = [&](const char* family) {
    return reader.Value(name, {{"exporter", "textfile"}, {"family", family}, {"reason", "reader_has_it"}});
  };
  EXPECT_EQ(left_out("process_orders_total"), 2) << "two pages";
  EXPECT_EQ(left_out("sent_total"), std::nullopt);
  EXPECT_NE(Page().find("\n" + name + "{exporter=\"textfile\",family=\"process_orders_total\","), std::string::npos)
      << Page();
}

TEST_F(TextfileExporterTest, GivesEverySeriesItsLabels) {
  TextfileExporter exporter(registry_, PushMetrics(), {.path = path_, .labels = {{"agent", "a"}}});
  ASSERT_TRUE(exporter.Start().ok());
  EXPECT_NE(Page().find("\nsent_total{agent=\"a\"} 0\n"), std::string::npos) << Page();
}

TEST_F(TextfileExporterTest, WritesLegacyNamesOnly) {
  const auto registry = Utf8Registry();
  TextfileExporter exporter(*registry, PushMetrics(), {.path = path_, .interval = std::chrono::hours(1)});
  ASSERT_TRUE(exporter.Start().ok());
  EXPECT_NE(Page().find("\nhttp_requests_total{url_path="), std::string::npos) << Page();
}

}  // namespace
}  // namespace streamhouse::exporters
