// Runs the benches of this binary; tools/bench passes the flags.
#include <benchmark/benchmark.h>

BENCHMARK_MAIN();
