// CompressedPage: another page, compressed while it is produced.
//
// When to use something else: the page itself, for readers that do not ask for compression
// (NegotiateCoding).
// Guarantees:
// 1. The bytes are one stream of the coding, as all readers understand it.
// 2. A page that fails makes its compressed page fail.
// Thread safety: one thread at a time.
// Cost: see the codings; a second chunk while it lives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "exporters/encoding/page_chunk.h"

namespace streamhouse::exporters {

enum class ContentCoding : std::uint8_t {
  kIdentity,
  // README's table has the times of both.
  kGzip,  // zlib's fastest level, with a quarter of a megabyte of memory
  kZstd,  // its fastest level and a small window, with half a megabyte of memory; faster than kGzip, and smaller
};

// What a reader gets, from its Accept-Encoding header: identity unless it asks for another. "*"
// asks for gzip, where gzip is not named.
ContentCoding NegotiateCoding(std::string_view accept_encoding);

// As the Content-Encoding header has it.
std::string_view ContentCodingName(ContentCoding coding);

// Compresses a stream, one input after another.
class Compressor {
 public:
  enum class Input : std::uint8_t { kMore, kLast };
  enum class Result : std::uint8_t { kNeedsInput, kNeedsSpace, kFinished, kFailed };

  virtual ~Compressor() = default;

  // Whether the system has given memory to begin with. Otherwise Compress() fails.
  virtual bool IsReady() const = 0;

  // Takes from `input` and appends to `chunk` until either is used up. No input comes behind
  // the last.
  virtual Result Compress(std::string_view& input, Input kind, PageChunk& chunk) = 0;
};

class CompressedPage : public PageSource {
 public:
  // `coding` is not identity.
  CompressedPage(std::unique_ptr<PageSource> page, ContentCoding coding);

  // False: the system has no memory for it, and the first Fill() fails. Zstandard takes most of its
  // memory with the first Fill(), which may fail also after true.
  bool IsReady() const { return compressor_->IsReady(); }
  Progress Fill(PageChunk& chunk) override;

 private:
  std::unique_ptr<PageSource> page_;  // null once it has ended
  std::unique_ptr<Compressor> compressor_;
  PageChunk plain_;
  std::string_view rest_;  // of plain_, not yet compressed
};

}  // namespace streamhouse::exporters
