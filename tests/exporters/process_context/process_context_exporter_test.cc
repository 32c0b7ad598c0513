#include "exporters/process_context/process_context_exporter.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

// The message that a reader of this process finds; empty where there is none.
std::string MessageOfThisProcess() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("OTEL_CTX") == std::string::npos) continue;
    // As the specification lays it out: signature, version, size of the message, time,
    // address of the message.
    const auto* const header = reinterpret_cast<const char*>(std::stoull(line, nullptr, 16));
    std::uint32_t size = 0;
    const char* message = nullptr;
    std::memcpy(&size, header + 12, sizeof(size));
    std::memcpy(&message, header + 24, sizeof(message));
    return {message, size};
  }
  return "";
}

bool Has(std::string_view message, std::string_view attribute) {
  return message.find(attribute) != std::string_view::npos;
}

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
  ProcessContextExporter exporter(registry, {.resource = {{"service.name", "relay"}, {"zone", "b"}}});
  ASSERT_EQ(exporter.Start(), Status::Ok());
  const std::string message = MessageOfThisProcess();
  EXPECT_TRUE(Has(message,
                  "\x0A\x0C"
                  "service.name"
                  "\x12\x07\x0A\x05"
                  "relay"));
  EXPECT_TRUE(Has(message,
                  "\x0A\x04"
                  "zone"
                  "\x12\x03\x0A\x01"
                  "b"));
  EXPECT_FALSE(Has(message, "unknown_service")) << "which it would be without the operator";
  exporter.Stop();
  EXPECT_EQ(MessageOfThisProcess(), "");
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
