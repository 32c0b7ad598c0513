// LineReader, LineLoop and DeliveryTally: text as records, from the lines of files to what became
// of them.
//
//   LineReader     the lines of a file descriptor, once
//   LineLoop       the lines of files, over and over
//   DeliveryTally  sends lines as records, and counts their outcomes
//
// Thread safety: none, but for DeliveryTally.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/producer.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

// LineReader: the lines of a file descriptor, until another descriptor interrupts it.
//
// Guarantees: a line is what stands before a '\n', byte by byte, without it; a last line needs
// none. A line longer than the limit is cut there, and its rest skipped. Next() returns within
// moments when `interrupt` becomes readable, also in the middle of waiting for input.
// Cost: a read of 64 KiB at a time; memory for the longest line, up to the limit.
// Errors: Unavailable, with the system's reason, when the input cannot be read.
class LineReader {
 public:
  // Owns neither descriptor. `interrupt` may be -1.
  LineReader(int input, int interrupt, std::size_t line_bytes_max)
      : input_(input), interrupt_(interrupt), line_bytes_max_(line_bytes_max) {}

  // Valid until the next call. Nothing at the end of the input, or when interrupted.
  metrics::Result<std::optional<std::string_view>> Next();

 private:
  enum class Filled : unsigned char { kSome, kNothingMore };

  metrics::Result<Filled> Fill();

  const int input_;
  const int interrupt_;
  const std::size_t line_bytes_max_;

  std::string buffer_;
  std::size_t consumed_ = 0;  // of buffer_: lines already returned
  std::size_t searched_ = 0;  // of buffer_: known to hold no '\n' from consumed_ on
  bool skipping_ = false;     // the rest of a line that was cut
};

// LineLoop: the lines of a file, or of all files below a folder, over and over.
//
// Guarantees: files come in the order of their paths; symbolic links below a folder are passed
// over, so that nothing is read twice a round. Lines as in LineReader.
// Errors: NotFound or InvalidArgument when the path has no readable line, naming it; so Next()
// always makes progress.
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

// DeliveryTally: what became of the records of a run, counted without the help of the metrics that
// it may be compared with.
//
// Guarantees: every record given to Send() is sent, and then acked or failed, once its producer is
// closed.
// Thread safety: Send() from one thread at a time; counts() from any. Outlives the producer.
// Cost: one short lock a record, twice.
class DeliveryTally {
 public:
  struct Counts {
    std::uint64_t sent = 0;  // given to the producer, whether it took them or not
    std::uint64_t acked = 0;
    std::uint64_t failed = 0;
    metrics::Status first_failure;

    // "sent=5 acked=4 failed=1"
    std::string ToString() const;
  };

  // Sends a record with this value.
  void Send(client::Producer& producer, std::string_view topic, std::string_view value);

  Counts counts() const;

 private:
  void CountFailure(const metrics::Status& failure);

  mutable metrics::Mutex mutex_;
  Counts counts_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::apps
