// Memory of pushes, counted by allocation. Goal: a push of 100,000 series takes at most
// kExtraBytesMax beside its snapshot, and pushes to a receiver that stays unreachable take no more
// than the first of them. Method: malloc() that counts (counted_memory.h). The receiver is another
// process, so that its memory is not counted.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "exporters/builtin_exporters.h"
#include "exporters/exporter_registry.h"
#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/counted_memory.h"

namespace streamhouse::exporters {
namespace {

constexpr int kSeries = 100'000;
constexpr std::int64_t kExtraBytesMax = std::int64_t{1} << 20;
constexpr std::int64_t kChunkBytes = std::int64_t{64} * 1024;  // that every push has

// A socket of this machine with a port of the kernel's choice.
class Port {
 public:
  Port() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    metrics::Check(bind(descriptor_, generic, size) == 0 && getsockname(descriptor_, generic, &size) == 0, "no port");
    host_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~Port() { close(descriptor_); }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  int descriptor() const { return descriptor_; }
  const std::string& host() const { return host_; }

 private:
  const int descriptor_;
  std::string host_;
};

// Reads requests, throws them away, and says that it has stored them.
void Serve(int connection) {
  constexpr std::string_view kResponse =
      "HTTP/1.1 200 OK\r\nX-Prometheus-Remote-Write-Samples-Written: 1000000\r\nContent-Length: 0\r\n\r\n";
  const auto is_whole = [](const std::string& request) {
    const std::size_t head = request.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const std::size_t length = request.find("Content-Length: ");
    if (length > head) return request.ends_with("\r\n0\r\n\r\n");
    return request.size() >= head + 4 + std::strtoull(request.c_str() + length + 16, nullptr, 10);
  };
  std::string request;
  std::string part(std::size_t{1} << 20, '\0');
  for (ssize_t n = 0; (n = read(connection, part.data(), part.size())) > 0;) {
    request.append(part, 0, static_cast<std::size_t>(n));
    if (!is_whole(request)) continue;
    if (write(connection, kResponse.data(), kResponse.size()) < 0) break;
    request.clear();
  }
  close(connection);
}

class ReceiverProcess {
 public:
  ReceiverProcess() : process_(Start()) {}
  ~ReceiverProcess() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  ReceiverProcess(const ReceiverProcess&) = delete;
  ReceiverProcess& operator=(const ReceiverProcess&) = delete;

  const std::string& host() const { return port_.host(); }

  // It takes connections and reads nothing, until it goes on.
  void Pause() const { kill(process_, SIGSTOP); }
  void GoOn() const { kill(process_, SIGCONT); }

 private:
  pid_t Start() {
    metrics::Check(listen(port_.descriptor(), 16) == 0, "cannot listen");
    const pid_t child = fork();
    if (child != 0) return child;
    while (true) Serve(accept(port_.descriptor(), nullptr, nullptr));
  }

  const Port port_;
  const pid_t process_;
};

class PushMemoryTest : public testing::Test {
 protected:
  PushMemoryTest() {
    const auto family =
        registry_
            .AddCounter(
                {.name = "records_sent_total", .help = "Sent", .labels = {"topic", "partition"}, .series_max = kSeries})
            .value();
    for (int i = 0; i < kSeries; ++i) family.Lookup(std::to_string(i / 100), std::to_string(i % 100))->Increment();
    registry_.TakeSnapshot();  // its memory stays with the registry
  }

  std::unique_ptr<metrics::Exporter> Make(const std::string& line) {
    const ExporterContext context = {.registry = own_, .health = health_, .more_registries = {&registry_}};
    return BuiltinExporters().MakeExporter(line, context).value();
  }
  // By two exporters, so that what the process makes once is not counted. Stop() pushes.
  std::int64_t BytesOfTheSecondPush(const std::string& line) {
    const std::string spec = WithHost(line, receiver_.host());
    const double before = Pushes("ok");
    std::int64_t bytes = 0;
    for (int i = 0; i < 2; ++i) {
      bytes = CountedMemory::MostBytesOf([&] {
        const auto exporter = Make(spec);
        EXPECT_TRUE(exporter->Start().ok()) << line;
        exporter->Stop();
      });
    }
    EXPECT_EQ(Pushes("ok"), before + 2) << line;
    RecordProperty(line, std::to_string(bytes));
    return bytes;
  }
  static std::string WithHost(std::string line, const std::string& host) {
    return line.replace(line.find("HOST"), 4, host);
  }
  void WaitFor(const std::string& outcome, double pushes) {
    while (Pushes(outcome) < pushes) std::this_thread::yield();
  }
  double Pushes(const std::string& outcome) {
    const metrics::testing::MetricReader reader(own_);
    double pushes = 0;
    for (const char* scheme : {"otlp+http", "prw+http", "pushgateway"}) {
      pushes +=
          reader.Value("streamhouse_exporter_pushes_total", {{"exporter", scheme}, {"outcome", outcome}}).value_or(0);
    }
    return pushes;
  }

  const ReceiverProcess receiver_;  // before there are threads
  const Port away_;                 // on which no program listens
  metrics::Registry registry_;
  metrics::Registry own_;  // of the metrics of exporters; few, so that reading them takes little
  metrics::Health health_;
};

TEST_F(PushMemoryTest, APushTakesLittleBesideItsSnapshot) {
  for (const std::string line : {"otlp+http://HOST/v1/metrics", "otlp+http://HOST/v1/metrics?encoding=json",
                                 "otlp+http://HOST/v1/metrics?compression=gzip", "pushgateway+http://HOST/job/j",
                                 "prw+http://HOST?version=1", "prw+http://HOST?version=2"}) {
    const std::int64_t bytes = BytesOfTheSecondPush(line);
    EXPECT_GE(bytes, kChunkBytes) << line << ": the counter counts";
    EXPECT_LE(bytes, kExtraBytesMax) << line;
  }
}

// The pushes of hours, one after the other.
TEST_F(PushMemoryTest, StaysTheSameWhileTheReceiverIsUnreachable) {
  for (const char* line : {"otlp+http://HOST/v1/metrics", "prw+http://HOST", "pushgateway+http://HOST/job/j"}) {
    const auto exporter = Make(WithHost(line, away_.host()) + "?interval=1ms&push_time=50ms");
    const double before = Pushes("failed");
    ASSERT_TRUE(exporter->Start().ok());
    WaitFor("failed", before + 3);
    const std::int64_t more = CountedMemory::MostBytesOf([&] { WaitFor("failed", before + 20); });
    RecordProperty(line, std::to_string(more));
    EXPECT_LE(more, kExtraBytesMax) << line;
    exporter->Stop();
  }
}

// Of exporters that remember what the receiver has.
TEST_F(PushMemoryTest, StaysTheSameWhileAReceiverHangs) {
  for (const std::string path : {"prw+http://HOST?", "otlp+http://HOST/v1/metrics?temporality=delta&"}) {
    const auto exporter = Make(WithHost(path + "interval=1ms&push_time=3s", receiver_.host()));
    const double taken = Pushes("ok");
    const double failed = Pushes("failed");
    ASSERT_TRUE(exporter->Start().ok());
    WaitFor("ok", taken + 2);
    receiver_.Pause();
    WaitFor("failed", failed + 2);
    const std::int64_t more = CountedMemory::MostBytesOf([&] { WaitFor("failed", failed + 5); });
    RecordProperty(path, std::to_string(more));
    EXPECT_LE(more, kExtraBytesMax) << path;
    receiver_.GoOn();
    WaitFor("ok", taken + 4);
    exporter->Stop();
  }
}

}  // namespace
}  // namespace streamhouse::exporters
