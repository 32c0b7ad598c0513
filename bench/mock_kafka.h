// MockKafka: librdkafka's mock cluster in a process of its own, which takes records and keeps next
// to nothing of them.
//
// When to use something else: nothing here measures Kafka; the cluster is what librdkafka's own
// producer is measured against, as a broker that costs as little as one can.
// Guarantees: one broker on a port that it has picked itself; it ends with this process, however
// that ends.
// Thread safety: Start before the program has threads, for it forks; the rest from any thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace streamhouse::bench {

class MockKafka {
 public:
  // A failure ends the program.
  MockKafka();
  ~MockKafka();
  MockKafka(const MockKafka&) = delete;
  MockKafka& operator=(const MockKafka&) = delete;

  // host:port
  const std::string& address() const { return address_; }

 private:
  pid_t process_ = -1;
  std::string address_;
};

// Of every topic that the cluster makes.
inline constexpr std::uint32_t kMockKafkaPartitions = 16;

}  // namespace streamhouse::bench
