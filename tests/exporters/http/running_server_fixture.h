// RunningServerFixture: a program with one io_context for a timer of its own and a server.
//
// Guarantees: the context runs on the threads of RunContext(), and on no thread before. It ends
// with the fixture.
// Thread safety: as gtest.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exporters/http/metrics_server.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/http_client.h"
#include "tests/exporters/support/password_crowd.h"
#include "tests/exporters/support/patient_limits.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {

class RunningServerFixture : public testing::Test {
 protected:
  RunningServerFixture() { Tick(); }
  ~RunningServerFixture() override { EndContext(); }

  void StartServer() {
    const boost::asio::any_io_executor executor = context_->get_executor();
    server_ = std::make_unique<MetricsServer>(
        *registry_, health_, MetricsServerOptions{.port = 0, .limits = PatientLimits(), .executor = &executor});
    ASSERT_TRUE(server_->Start().ok());
  }
  void RunContext(int threads = 1) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { context_->run(); });
  }
  void EndContext() {
    if (context_ != nullptr) context_->stop();
    for (std::thread& thread : std::exchange(threads_, {})) thread.join();
  }
  // With all that waits in it.
  void DestroyContext() {
    EndContext();
    timer_.reset();
    context_.reset();
  }
  // A web configuration file.
  static std::string FileWithAUser() {
    std::string path = std::string(std::getenv("TEST_TMPDIR")) + "/users.yml";
    std::ofstream(path) << "basic_auth_users:\n" << kSlowUser;
    return path;
  }
  // Runs it in the context and waits for it.
  void InContext(std::function<void()> action) {
    std::promise<void> done;
    boost::asio::post(*context_, [&] {
      action();
      done.set_value();
    });
    EXPECT_TRUE(InTime(done.get_future()));
  }
  // A client to whom a page is being sent that it does not take.
  std::unique_ptr<HttpClient> LazyClient() {
    const auto family =
        registry_->AddCounter({.name = "large_total", .help = "L", .labels = {"i"}, .series_max = 20'000}).value();
    for (int i = 0; i < 19'999; ++i) family.With(std::to_string(i));
    auto client = std::make_unique<HttpClient>(server_->port());
    client->Send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(Get(server_->port(), "/health").body, "OK");
    return client;
  }
  static void ExpectCutOff(HttpClient& client) {
    EXPECT_FALSE(client.Receive().complete);
    EXPECT_TRUE(client.has_ended());
  }
  void WaitForATick() {
    // Relaxed: a count that is waited for.
    const int before = ticks_.load(std::memory_order_relaxed);
    // Relaxed: as above.
    EXPECT_TRUE(Eventually([&] { return ticks_.load(std::memory_order_relaxed) > before; }));
  }

  std::unique_ptr<metrics::Registry> registry_ = std::make_unique<metrics::Registry>();
  metrics::Health health_;
  std::unique_ptr<boost::asio::io_context> context_ = std::make_unique<boost::asio::io_context>();
  std::unique_ptr<MetricsServer> server_;

 private:
  void Tick() {
    timer_->expires_after(std::chrono::milliseconds(1));
    timer_->async_wait([this](boost::system::error_code error) {
      if (error) return;
      // Relaxed: as in WaitForATick().
      ticks_.fetch_add(1, std::memory_order_relaxed);
      Tick();
    });
  }

  std::optional<boost::asio::steady_timer> timer_{*context_};
  std::atomic<int> ticks_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace streamhouse::exporters
