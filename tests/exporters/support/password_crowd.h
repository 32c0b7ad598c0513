// PasswordCrowd: clients with wrong passwords, more than a server checks at a time.
//
// Guarantees: when it is made, one password is being checked, and others wait for their checks, of
// which each takes tens of milliseconds.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "exporters/http/access/password_queue.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/http_client.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {

// A line of basic_auth_users. The password is "fakepassword"; its check is slow, as that of a real
// one.
inline constexpr const char* kSlowUser = "  bob: $2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi\n";

class PasswordCrowd {
 public:
  // Of a server that knows kSlowUser and writes its metrics into `registry`.
  PasswordCrowd(std::uint16_t port, metrics::Registry& registry) {
    for (std::size_t i = 0; i < 2 * kPasswordChecksMax; ++i) {
      clients_.push_back(std::make_unique<HttpClient>(port));
      clients_.back()->Send("GET /health HTTP/1.1\r\nHost: a\r\nAuthorization: Basic Ym9iOnNlY3JldA==\r\n\r\n");
    }
    // One is turned away where no more can wait.
    EXPECT_TRUE(Eventually([&registry] {
      const metrics::testing::MetricReader reader(registry);
      return reader.Value("streamhouse_exporter_limits_reached_total", {{"limit", "password_checks"}}).value_or(0) > 0;
    }));
  }

  void ExpectThatAllHaveEndedAndSomeWithoutAResponse() {
    std::size_t unanswered = 0;
    for (const auto& client : clients_) {
      if (client->ReceiveAll().empty()) ++unanswered;
      EXPECT_TRUE(client->has_ended());
    }
    EXPECT_GT(unanswered, 0U);
  }

 private:
  std::vector<std::unique_ptr<HttpClient>> clients_;
};

}  // namespace streamhouse::exporters
