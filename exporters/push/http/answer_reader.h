// AnswerReader: reads one answer from the bytes of a connection.
//
// Invariants:
// 1. At most kAnswerHeadBytesMax of headers and kAnswerBytesMax of a body are kept, however many
//    there are.
// 2. Only a whole answer is taken.
// Guarantees: answers with a status below 200 are passed over: the final one follows them.
// Thread safety: one thread at a time.
// Cost: a copy of the body.
// Errors: DataLoss: the bytes are not an HTTP answer. ResourceExhausted: the answer is too large.
// Unavailable: they ended before the answer.
//
//   AnswerReader reader;
//   while (reader.is_done() == false) if (Status read = reader.Put(bytes); !read.ok()) return read;
//   HttpAnswer answer = reader.Take();
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "exporters/push/http/http_answer.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

inline constexpr std::size_t kAnswerBytesMax = std::size_t{4} << 20;
inline constexpr std::size_t kAnswerHeadBytesMax = std::size_t{64} << 10;

class AnswerReader {
 public:
  AnswerReader();
  ~AnswerReader();
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  // The next bytes.
  metrics::Status Put(std::string_view bytes);
  // The connection has ended.
  metrics::Status PutEnd();

  bool is_done() const { return is_done_; }
  // Whether any byte has come.
  bool has_begun() const { return has_begun_; }
  // Of a done one: whether the connection may be used for another request.
  bool keeps_alive() const;

  // Of a done one, once. The fields `retry_after` and `excerpt` are the caller's to fill.
  HttpAnswer Take();

 private:
  struct Parser;

  metrics::Status Parse();
  bool IsBounded() const;

  std::unique_ptr<Parser> parser_;
  std::string pending_;  // that the parser has not taken
  bool is_done_ = false;
  bool has_begun_ = false;
  std::size_t head_bytes_ = 0;  // that the parser has taken of a head
  std::size_t informed_ = 0;    // answers with a status below 200
};

}  // namespace streamhouse::exporters
