// Publishes a process context whose service.name is the argument, and does what its input says, for
// process_context_test.py:
//
//   start, stop     the exporter
//   fork            a child; its pid is printed by both, and it lives until this process ends its input
//   exec NAME       becomes a new program, with another service.name
//   exec-plain      becomes a program that publishes nothing
//
// Each is answered by a line.
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "exporters/builtin_exporters.h"
#include "exporters/exporter_registry.h"
#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace metrics = streamhouse::metrics;

namespace {

void Say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

// The child ends with the pipe of its parent.
void Fork() {
  int ends[2] = {-1, -1};
  if (pipe(ends) != 0) return Say("no pipe");
  if (fork() != 0) {
    close(ends[0]);
    return;
  }
  close(ends[1]);
  Say("child " + std::to_string(getpid()));
  char byte = 0;
  while (read(ends[0], &byte, 1) > 0) {
  }
  _exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  metrics::Registry registry({.target = {{"service.name", argc > 1 ? argv[1] : ""}, {"broker.id", "7"}}});
  const metrics::Health health;
  const auto exporter = streamhouse::exporters::BuiltinExporters()
                            .MakeExporter("process-context://", {.registry = registry, .health = health})
                            .value();
  Say("started " + exporter->Start().ToString());
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "start") Say("started again " + exporter->Start().ToString());
    if (line == "stop") {
      exporter->Stop();
      Say("stopped");
    }
    if (line == "fork") Fork();
    if (line.starts_with("exec ")) execl("/proc/self/exe", argv[0], line.c_str() + 5, static_cast<char*>(nullptr));
    if (line == "exec-plain") execl("/bin/cat", "cat", static_cast<char*>(nullptr));
  }
}
