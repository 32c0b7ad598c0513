// streamhouse_status, STREAMHOUSE_NOEXCEPT: what a function of the C API says of its outcome, with
// the message in it; and that it lets no C++ exception out.
//
// When to use something else: a recording cannot fail and returns nothing.
// Guarantees:
// 1. A status owns nothing and points nowhere: it is copied as any value, and never freed.
// 2. The message ends with a zero byte. One that is too long is cut at a character and ends with an
//    ellipsis.
// 3. Codes keep their numbers. They are those of the C++ StatusCode, and of gRPC by name.
// Thread safety: a value.
// Cost: 1 KiB on the caller's stack, at set-up only.
//
// The message is for people and may change. A program looks at the code, and at the field: the
// setting that the error is about, as a path such as "tls.key"; empty where it is about none.
//
//   streamhouse_status added = streamhouse_add_counter(registry, &options, &sent);
//   if (added.code != STREAMHOUSE_OK) fprintf(stderr, "%s\n", added.message);
#pragma once

// Every function of the C API has it. Where C++ code would let an exception out, such as
// std::bad_alloc, the program ends.
#ifdef __cplusplus
#define STREAMHOUSE_NOEXCEPT noexcept
#else
#define STREAMHOUSE_NOEXCEPT
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef enum streamhouse_status_code {
  STREAMHOUSE_OK = 0,
  STREAMHOUSE_INVALID_ARGUMENT = 1,     // the request can never succeed unchanged
  STREAMHOUSE_NOT_FOUND = 2,            // the thing named does not exist
  STREAMHOUSE_ALREADY_EXISTS = 3,       // the name is taken
  STREAMHOUSE_FAILED_PRECONDITION = 4,  // refused in the present state, such as started already
  STREAMHOUSE_OUT_OF_RANGE = 5,         // beyond what exists
  STREAMHOUSE_RESOURCE_EXHAUSTED = 6,   // a stated limit is reached
  STREAMHOUSE_DEADLINE_EXCEEDED = 7,    // not done in time; it may still happen
  STREAMHOUSE_UNAVAILABLE = 8,          // a peer or a port cannot be had now; a retry may succeed
  STREAMHOUSE_ABORTED = 9,              // another holder has taken over
  STREAMHOUSE_DATA_LOSS = 10,           // stored bytes are damaged
  STREAMHOUSE_INTERNAL = 11             // an invariant or the system failed
} streamhouse_status_code;

enum { STREAMHOUSE_FIELD_BYTES = 124, STREAMHOUSE_MESSAGE_BYTES = 896 };

typedef struct streamhouse_status {
  streamhouse_status_code code;
  char field[STREAMHOUSE_FIELD_BYTES];
  char message[STREAMHOUSE_MESSAGE_BYTES];  // empty where the code is STREAMHOUSE_OK
} streamhouse_status;

// For example "invalid_argument"; "unknown" for a number that is no code. The text is never freed.
const char* streamhouse_status_code_name(int code) STREAMHOUSE_NOEXCEPT;

#ifdef __cplusplus
}
#endif
