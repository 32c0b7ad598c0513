#include "apps/output.h"

#include <errno.h>

#include <cstdio>
#include <string>
#include <system_error>

namespace streamhouse::apps {

void WriteLine(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

metrics::Status FlushOutput() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return metrics::Status::Ok();
  return {metrics::StatusCode::kUnavailable,
          "cannot write to standard output: " + std::generic_category().message(errno)};
}

metrics::Status PrintLine(std::string_view line) {
  WriteLine(line);
  return FlushOutput();
}

}  // namespace streamhouse::apps
