#include "exporters/process_context/process_context_exporter.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

TEST(ProcessContextExporterTest, LeavesTheContextOfAnotherOneAlone) {
  metrics::Registry registry;
  ProcessContextExporter first(registry);
  ASSERT_EQ(first.Start(), Status::Ok());
  {
    ProcessContextExporter second(registry);
    EXPECT_EQ(second.Start().code(), StatusCode::kFailedPrecondition);
  }
  EXPECT_EQ(first.Start().code(), StatusCode::kFailedPrecondition) << "it is there still";
}

TEST(ProcessContextExporterTest, LeavesTheContextOfAnotherOneAloneOnceItHasStopped) {
  metrics::Registry registry;
  ProcessContextExporter first(registry);
  ProcessContextExporter second(registry);
  ASSERT_EQ(first.Start(), Status::Ok());
  first.Stop();
  ASSERT_EQ(second.Start(), Status::Ok());
  first.Stop();
  EXPECT_EQ(first.Start().code(), StatusCode::kFailedPrecondition) << "that of the second is there still";
}

TEST(ProcessContextExporterTest, ShowsTheResourceOfTheOperator) {
  metrics::Registry registry;
  ProcessContextExporter exporter(registry, {.resource = {{"service.name", std::string(5000, 'x')}}});
  EXPECT_NE(exporter.Start().message().find("service.name"), std::string::npos) << "it is too long to be shown";
}

TEST(ProcessContextExporterTest, LogsNotesAtItsStart) {
  metrics::Registry registry;
  std::vector<std::string> lines;
  ProcessContextExporter exporter(
      registry, {.notes = {"A is ignored"}, .log = [&](std::string_view line) { lines.emplace_back(line); }});
  ASSERT_EQ(exporter.Start(), Status::Ok());
  EXPECT_EQ(lines, std::vector<std::string>{"process-context://: A is ignored"});
}

TEST(ProcessContextExporterTest, NamesAnAttributeThatIsTooLong) {
  metrics::Registry registry({.target = {{"service.name", std::string(5000, 'x')}}});
  ProcessContextExporter exporter(registry);
  EXPECT_NE(exporter.Start().message().find("service.name"), std::string::npos);
}

}  // namespace
}  // namespace streamhouse::exporters
