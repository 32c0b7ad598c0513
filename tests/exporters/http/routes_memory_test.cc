// What a server answers where the system has no memory to compress a page. This program answers for
// the libraries that ask for it.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <string_view>

#include "exporters/encoding/page_chunk.h"
#include "exporters/http/routes.h"
#include "exporters/http/server_metrics.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace {

bool g_has_memory = true;

template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" int deflateInit2_(z_streamp stream, int level, int method, int window, int memory, int strategy,
                             const char* version, int size) {
  if (!g_has_memory) return Z_MEM_ERROR;
  return Next<decltype(deflateInit2_)>("deflateInit2_")(stream, level, method, window, memory, strategy, version, size);
}
extern "C" ZSTD_CCtx* ZSTD_createCCtx() {
  return g_has_memory ? Next<decltype(ZSTD_createCCtx)>("ZSTD_createCCtx")() : nullptr;
}

namespace streamhouse::exporters {
namespace {

class RoutesMemoryTest : public testing::TestWithParam<const char*> {
 protected:
  ~RoutesMemoryTest() override { g_has_memory = true; }

  Response Ask() { return routes_.Handle({.method = "GET", .target = "/metrics", .accept_encoding = GetParam()}); }
  double Requests(std::string_view code) {
    const metrics::testing::MetricReader reader(registry_);
    return reader.Value("streamhouse_exporter_requests_total", {{"path", "/metrics"}, {"code", code}}).value_or(0);
  }

  metrics::Registry registry_;
  metrics::Health health_;
  Routes routes_{registry_, health_, {.metrics = ServerMetrics::Register(registry_).value()}};
};

// Goal: the status that is counted is the one that is sent.
TEST_P(RoutesMemoryTest, CountsTheStatusOfAPageThatCannotBegin) {
  g_has_memory = false;
  const Response response = Ask();
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.page, nullptr);
  EXPECT_EQ(Requests("500"), 1);
  EXPECT_EQ(Requests("200"), 0);
  const metrics::testing::MetricReader reader(registry_);
  EXPECT_EQ(reader.Value("streamhouse_exporter_scrapes_total", {{"format", "text"}, {"code", "500"}}), 1);
}

TEST_P(RoutesMemoryTest, AnswersAgainWhereThereIsMemory) {
  g_has_memory = false;
  Ask();
  g_has_memory = true;
  const Response response = Ask();
  EXPECT_EQ(response.status, 200);
  EXPECT_FALSE(ReadPage(*response.page).value().empty());
}

INSTANTIATE_TEST_SUITE_P(Codings, RoutesMemoryTest, testing::Values("gzip", "zstd"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace streamhouse::exporters
