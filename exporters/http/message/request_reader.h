// RequestReader: takes HTTP requests from the bytes that a client sends.
//
// Knows no sockets: the receiver puts the bytes into Prepare()'s space, and calls Commit() and
// Next().
// Guarantees:
// 1. Holds at most twice limits.head_bytes of a client's bytes.
// 2. A request with a body is never waited for: it is refused, or its connection is to be closed
//    after the response.
// 3. After a refusal nothing more is read from this client.
// Thread safety: one thread at a time.
// Cost: linear in the bytes; what is not a whole line yet is looked at again with each piece.
// Errors: as the status of the response to give.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "exporters/http/message/request.h"

namespace streamhouse::exporters {

// What a request may be as large as; limits.h has the defaults of a server.
struct RequestLimits {
  std::size_t head_bytes;    // all of it, with its headers
  std::size_t target_bytes;  // its target
};

class RequestReader {
 public:
  enum class Outcome : std::uint8_t {
    kNeedsMore,  // the request is not complete
    kRequest,    // request() and its companions are valid until the next call of Next()
    kRefused,    // refusal() says how
  };

  explicit RequestReader(const RequestLimits& limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Room for what comes next; never empty while Next() needs more.
  std::span<char> Prepare();
  void Commit(std::size_t n);

  // The next request, which may have come with the one before it.
  Outcome Next();

  // Whether part of a request is there.
  bool has_begun() const;

  Request request() const;
  bool keeps_connection() const;            // whether another request may follow
  bool wants_head_only() const;             // HEAD; also of a request that is refused, where it was read so far
  bool understands_chunks() const;          // HTTP/1.1
  int refusal() const { return refusal_; }  // 400, 414, 431 or 505

 private:
  struct Parsing;

  bool SkipEmptyLine();
  int TakeRequestLine();
  Outcome Refuse(int status);

  const RequestLimits limits_;
  std::unique_ptr<Parsing> parsing_;
  int refusal_ = 0;
};

}  // namespace streamhouse::exporters
