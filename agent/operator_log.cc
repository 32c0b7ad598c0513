#include "agent/operator_log.h"

#include <spdlog/sinks/stdout_sinks.h>

#include <memory>

namespace streamhouse::agent {

spdlog::logger& OperatorLog() {
  // Never destroyed, so that whatever stops late can still say so.
  static auto* const log = new spdlog::logger("agent", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  return *log;
}

}  // namespace streamhouse::agent
