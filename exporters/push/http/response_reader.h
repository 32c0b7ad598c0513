// ResponseReader: reads one response from the bytes of a connection.
//
// Invariants:
// 1. At most kResponseHeadBytesMax of headers and kResponseBytesMax of a body are kept, however
//    many there are.
// 2. Only a whole response is taken.
// Guarantees: responses with a status below 200 are passed over: the final one follows them.
// Thread safety: one thread at a time.
// Cost: a copy of the body.
// Errors:
// - DataLoss: the bytes are not an HTTP response.
// - ResourceExhausted: the response is too large.
// - Unavailable: the connection ended before the response.
//
//   ResponseReader reader;
//   while (!reader.is_done()) {
//     const std::string_view bytes = ReadSome(socket, buffer);  // empty: the connection has ended
//     if (Status read = bytes.empty() ? reader.PutEnd() : reader.Put(bytes); !read.ok()) return read;
//   }
//   HttpResponse response = reader.Take();
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "exporters/push/http/http_response.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

inline constexpr std::size_t kResponseBytesMax = std::size_t{4} << 20;
inline constexpr std::size_t kResponseHeadBytesMax = std::size_t{64} << 10;

class ResponseReader {
 public:
  ResponseReader();
  ~ResponseReader();
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;

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
  HttpResponse Take();

 private:
  struct Parser;

  metrics::Status Parse();
  bool IsBounded() const;

  std::unique_ptr<Parser> parser_;
  std::string pending_;  // that the parser has not taken
  bool is_done_ = false;
  bool has_begun_ = false;
  std::size_t head_bytes_ = 0;  // that the parser has taken of a head
  std::size_t informed_ = 0;    // responses with a status below 200
};

}  // namespace streamhouse::exporters
