// Writes the page of each shape in each format, in two sizes, for a tool that counts instructions:
//
//   valgrind --tool=callgrind --toggle-collect=CountedWork --dump-after=CountedWork write_pages
//
// A line of output tells what a call of CountedWork() does: FORMAT SHAPE SERIES BYTES. The tool
// writes a file for each call, in this order.
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <iostream>
#include <string_view>
#include <utility>

#include "exporters/encoding/openmetrics2_encoder.h"
#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/protobuf_encoder.h"
#include "exporters/encoding/text_encoder.h"
#include "exporters/otlp/otlp_json_encoder.h"
#include "exporters/otlp/otlp_protobuf_encoder.h"
#include "exporters/otlp/otlp_resource.h"
#include "exporters/remote_write/remote_write_1_encoder.h"
#include "exporters/remote_write/remote_write_2_encoder.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/symbol_table.h"
#include "exporters/statsd/statsd_encoder.h"
#include "exporters/statsd/statsd_names.h"
#include "exporters/view/aggregated_view.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/instructions/page_shapes.h"

// The tool finds it by this name. `work` returns how many bytes it has written.
extern "C" [[gnu::noinline]] std::size_t CountedWork(const std::function<std::size_t()>& work) {
  return work();
}

// In front of the C library's: all series of a page have one start time, however long a loaded
// machine takes to make them. A page that writes a new start time costs more.
extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  if (clock != CLOCK_REALTIME) return static_cast<int>(syscall(SYS_clock_gettime, clock, now));
  *now = {.tv_sec = 1'700'000'000, .tv_nsec = 0};
  return 0;
}

namespace streamhouse::exporters {
namespace {

using metrics::Registry;
using metrics::Snapshot;

// Both are far above one, so that what is done once a page cancels out between them.
constexpr int kFewSeries = 100;
constexpr int kManySeries = 300;

// A page fits in a chunk. So does each request, and datagrams have the size of a local network.
constexpr std::size_t kChunkBytes = std::size_t{2} * 1024 * 1024;
constexpr std::size_t kDatagramBytes = 1432;

std::size_t Write(PageSource&& page, PageChunk& chunk) {
  std::size_t bytes = 0;
  PageSource::Progress progress;
  do {
    chunk.Clear();
    progress = page.Fill(chunk);
    bytes += chunk.view().size();
  } while (progress == PageSource::Progress::kMore);
  return bytes;
}

class Pages {
 public:
  Pages(const PageShape& shape, int series) : shape_(shape), series_(series) {
    shape.add(registry_, series);
    snapshot_ = registry_.TakeSnapshot();
  }

  void Count() {
    const auto families = snapshot_.families();
    Count("text", [&] { return Write(TextEncoder(families), chunk_); });
    Count("openmetrics_1", [&] { return Write(OpenMetricsEncoder(families), chunk_); });
    Count("openmetrics_2", [&] { return Write(OpenMetrics2Encoder(families), chunk_); });
    Count("protobuf", [&] { return Write(ProtobufEncoder(families), chunk_); });
    Count("otlp_protobuf", [&] { return Write(OtlpProtobufEncoder(snapshot_, resource_), chunk_); });
    Count("otlp_json", [&] { return Write(OtlpJsonEncoder(snapshot_, resource_), chunk_); });
    const RemoteWriteBatch batch{.families = families, .unix_milliseconds = kNow};
    Count("remote_write_1", [&] { return Write(RemoteWrite1Encoder(batch), chunk_); });
    Count("remote_write_2", [&] { return Write(RemoteWrite2Encoder(batch, symbols_), chunk_); });
    Count("statsd", [&] { return Write(StatsdEncoder(families, StatsdDialect::kPlain), datagram_); });
    Count("dogstatsd", [&] { return Write(StatsdEncoder(families, StatsdDialect::kDogStatsd), datagram_); });
    Count("aggregated_text", [&] {
      const Snapshot aggregated = view_.Of(std::exchange(snapshot_, Snapshot()));
      return Write(TextEncoder(aggregated.families()), chunk_);
    });
    Count("snapshot", [&] { return static_cast<void>(registry_.TakeSnapshot()), std::size_t{0}; });
  }

 private:
  // A time after all start times and exemplars.
  static constexpr std::int64_t kNow = 4'000'000'000'000;

  void Count(std::string_view format, const std::function<std::size_t()>& work) {
    const std::size_t bytes = CountedWork(work);
    std::cout << format << " " << shape_.name << " " << series_ << " " << bytes << std::endl;
  }

  const PageShape& shape_;
  const int series_;
  Registry registry_;
  Snapshot snapshot_;
  const metrics::TargetAttributes resource_ = OtlpResource({});
  const AggregatedView view_{{"partition"}};
  SymbolTable symbols_;
  PageChunk chunk_{kChunkBytes};
  PageChunk datagram_{kDatagramBytes};
};

void CountAll() {
  for (const PageShape& shape : PageShapes()) {
    for (const int series : {kFewSeries, kManySeries}) Pages(shape, series).Count();
  }
}

}  // namespace
}  // namespace streamhouse::exporters

int main() {
  streamhouse::exporters::CountAll();
}
