// PutText(), CopyBlock(): copies of short texts without a call.
//
// When to use something else: std::memcpy, for texts of hundreds of bytes.
// Guarantees: nothing is written beyond the text; the caller has reserved its bytes.
// Thread safety: pure functions.
// Cost: a few moves of whole blocks.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace streamhouse::exporters {

template <std::size_t kSize>
void CopyBlock(char* out, const char* from) {
  std::memcpy(out, from, kSize);
}

// memcpy for texts of some tens of bytes, without a call: whole blocks, and a last one that
// overlaps its predecessor. Returns the end.
inline char* PutText(char* out, std::string_view text) {
  const std::size_t n = text.size();
  const char* const from = text.data();
  if (n >= 16) {
    std::size_t at = 0;
    for (; at + 16 <= n; at += 16) CopyBlock<16>(out + at, from + at);
    CopyBlock<16>(out + n - 16, from + n - 16);
  } else if (n >= 8) {
    CopyBlock<8>(out, from);
    CopyBlock<8>(out + n - 8, from + n - 8);
  } else if (n >= 4) {
    CopyBlock<4>(out, from);
    CopyBlock<4>(out + n - 4, from + n - 4);
  } else {
    for (std::size_t i = 0; i < n; ++i) out[i] = from[i];
  }
  return out + n;
}

}  // namespace streamhouse::exporters
