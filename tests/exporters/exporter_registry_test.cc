#include "exporters/exporter_registry.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

class Nothing : public metrics::Exporter {
 public:
  explicit Nothing(std::string name) : name_(std::move(name)) {}
  std::string_view Name() const override { return name_; }
  Status Start() override { return Status::Ok(); }
  void Stop() override {}

 private:
  const std::string name_;
};

class ExporterRegistryTest : public testing::Test {
 protected:
  ExporterRegistryTest() {
    EXPECT_TRUE(exporters_.Register("nothing", MakeNothing).ok());
    EXPECT_TRUE(exporters_.Register("void", MakeNothing).ok());
  }
  static ExporterRegistry::MadeExporter MakeNothing(const ExporterSpec& spec, const ExporterContext&) {
    if (spec.host.empty()) return BadSpec(spec, "host", "it names no host");
    return ExporterRegistry::MadeExporter(std::make_unique<Nothing>(spec.scheme + " to " + spec.host));
  }
  std::string Made(std::string_view spec) {
    auto made = exporters_.MakeExporter(spec, context_);
    return made.ok() ? std::string((*made)->Name()) : made.status().message();
  }

  metrics::Registry registry_;
  metrics::Health health_;
  const ExporterContext context_{registry_, health_};
  ExporterRegistry exporters_;
};

TEST_F(ExporterRegistryTest, CallsTheFactoryOfTheScheme) {
  EXPECT_EQ(Made("nothing://here"), "nothing to here");
  EXPECT_EQ(Made("void://there"), "void to there");
}

TEST_F(ExporterRegistryTest, NamesTheSchemesThereAre) {
  EXPECT_EQ(Made("noting://here"), "exporter noting://here: there is no scheme noting; there are nothing, void");
}

TEST_F(ExporterRegistryTest, NamesTheSpecAndItsMistake) {
  EXPECT_EQ(Made("nothing://"), "exporter nothing://: it names no host");
  EXPECT_EQ(Made("nothing"), "exporter nothing: it does not start with scheme://");
}

TEST_F(ExporterRegistryTest, KeepsASchemeForTheFirst) {
  const Status again = exporters_.Register("nothing", MakeNothing);
  EXPECT_EQ(again.code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(again.message(), "the exporter scheme nothing is taken");
}

}  // namespace
}  // namespace streamhouse::exporters
