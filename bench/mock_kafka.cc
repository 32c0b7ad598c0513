#include "bench/mock_kafka.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::bench {
namespace {

// The life of the child: writes its address and waits for its end.
[[noreturn]] void RunCluster(int report) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::array<char, 256> error;
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "log_level", "4", error.data(), error.size());
  rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", error.data(), error.size());
  rd_kafka_t* const client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size());
  if (client == nullptr) ::_exit(EXIT_FAILURE);
  rd_kafka_mock_cluster_t* const cluster = rd_kafka_handle_mock_cluster(client);
  rd_kafka_mock_topic_create(cluster, "orders", kMockKafkaPartitions, 1);
  const std::string_view address = rd_kafka_mock_cluster_bootstraps(cluster);
  if (::write(report, address.data(), address.size()) < 0) ::_exit(EXIT_FAILURE);
  ::close(report);
  while (true) ::pause();
}

}  // namespace

MockKafka::MockKafka() {
  std::array<int, 2> pipe;
  metrics::Check(::pipe(pipe.data()) == 0, "no pipe");
  process_ = ::fork();
  metrics::Check(process_ >= 0, "no process");
  if (process_ == 0) RunCluster(pipe[1]);
  ::close(pipe[1]);
  std::array<char, 256> bytes;
  for (ssize_t size = 0; (size = ::read(pipe[0], bytes.data(), bytes.size())) > 0;) {
    address_.append(bytes.data(), static_cast<std::size_t>(size));
  }
  ::close(pipe[0]);
  metrics::Check(!address_.empty(), "the mock cluster has not started");
}

MockKafka::~MockKafka() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

}  // namespace streamhouse::bench
