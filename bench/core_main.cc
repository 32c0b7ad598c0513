// Runs the benches of the core; tools/bench passes the flags.
#include <benchmark/benchmark.h>

#include "bench/core_memory.h"

int main(int argc, char** argv) {
  if (streamhouse::metrics::WeighIfAsked(argc, argv)) return 0;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
