// LineLoop: the lines of a file, or of all files below a folder, over and over.
//
// When to use something else: LineReader for lines that come once.
// Guarantees:
// 1. Files come in the order of their paths; symbolic links below a folder are passed over, so that
//    nothing is read twice a round.
// 2. Lines as in LineReader.
// Thread safety: none.
// Cost: that of LineReader; one open file.
// Errors: NotFound or InvalidArgument when the path has no readable line, naming it; so Next()
// always makes progress.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/line_reader.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

class LineLoop {
 public:
  static metrics::Result<std::unique_ptr<LineLoop>> Open(const std::string& path, std::size_t line_bytes_max);
  ~LineLoop();
  LineLoop(const LineLoop&) = delete;
  LineLoop& operator=(const LineLoop&) = delete;

  // Valid until the next call.
  metrics::Result<std::string_view> Next();

 private:
  LineLoop(std::string path, std::vector<std::string> files, std::size_t line_bytes_max);

  metrics::Status OpenNext();
  void CloseCurrent();

  // Immutable after construction.
  const std::string path_;
  const std::vector<std::string> files_;
  const std::size_t line_bytes_max_;

  std::size_t next_file_ = 0;
  bool round_had_lines_ = false;
  int fd_ = -1;
  std::optional<LineReader> reader_;  // of fd_
};

}  // namespace streamhouse::apps
