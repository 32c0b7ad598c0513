#include "exporters/encoding/compressed_page.h"

#include <zlib.h>
#include <zstd.h>

#include <optional>
#include <utility>

#include "exporters/encoding/ascii_case.h"
#include "exporters/encoding/weighted_list.h"

namespace streamhouse::exporters {
namespace {

class GzipCompressor : public Compressor {
 public:
  GzipCompressor() {
    constexpr int kWindowBits = 15;
    constexpr int kGzipFormat = 16;
    constexpr int kMemoryLevel = 8;
    ready_ = deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kWindowBits + kGzipFormat, kMemoryLevel,
                          Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~GzipCompressor() override { deflateEnd(&stream_); }
  GzipCompressor(const GzipCompressor&) = delete;
  GzipCompressor& operator=(const GzipCompressor&) = delete;

  bool IsReady() const override { return ready_; }

  Result Compress(std::string_view& input, Input kind, PageChunk& chunk) override {
    if (!IsReady()) return Result::kFailed;
    const std::size_t room = chunk.room();
    char* const out = chunk.Reserve(room);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));  // zlib does not write there
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(room);
    const int result = deflate(&stream_, kind == Input::kLast ? Z_FINISH : Z_NO_FLUSH);
    input.remove_prefix(input.size() - stream_.avail_in);
    chunk.Commit(out + room - stream_.avail_out);
    if (result == Z_STREAM_END) return Result::kFinished;
    if (result != Z_OK && result != Z_BUF_ERROR) return Result::kFailed;
    return stream_.avail_out == 0 ? Result::kNeedsSpace : Result::kNeedsInput;
  }

 private:
  z_stream stream_ = {};
  bool ready_ = false;
};

class ZstdCompressor : public Compressor {
 public:
  ZstdCompressor() : context_(ZSTD_createCCtx()) {
    // Pages repeat themselves within a few lines: more window or a larger table costs memory and
    // gains nothing.
    constexpr int kWindowLog = 16;
    constexpr int kHashLog = 14;
    if (context_ == nullptr) return;
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(context_, ZSTD_c_windowLog, kWindowLog);
    ZSTD_CCtx_setParameter(context_, ZSTD_c_hashLog, kHashLog);
  }
  ~ZstdCompressor() override { ZSTD_freeCCtx(context_); }
  ZstdCompressor(const ZstdCompressor&) = delete;
  ZstdCompressor& operator=(const ZstdCompressor&) = delete;

  bool IsReady() const override { return context_ != nullptr; }

  Result Compress(std::string_view& input, Input kind, PageChunk& chunk) override {
    if (!IsReady()) return Result::kFailed;
    ZSTD_inBuffer in = {input.data(), input.size(), 0};
    ZSTD_outBuffer out = {chunk.Reserve(chunk.room()), chunk.room(), 0};
    const bool is_last = kind == Input::kLast;
    const std::size_t left = ZSTD_compressStream2(context_, &out, &in, is_last ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left) != 0U) return Result::kFailed;
    input.remove_prefix(in.pos);
    const bool full = out.pos == out.size;
    chunk.Commit(static_cast<char*>(out.dst) + out.pos);
    if (is_last && left == 0) return Result::kFinished;
    return full ? Result::kNeedsSpace : Result::kNeedsInput;
  }

 private:
  ZSTD_CCtx* const context_;
};

std::unique_ptr<Compressor> MakeCompressor(ContentCoding coding) {
  if (coding == ContentCoding::kZstd) return std::make_unique<ZstdCompressor>();
  return std::make_unique<GzipCompressor>();
}

}  // namespace

ContentCoding NegotiateCoding(std::string_view accept_encoding) {
  double zstd = 0;
  std::optional<double> named_gzip;
  double identity = 0;
  double others = 0;
  for (const WeightedElement& coding : ParseWeightedList(accept_encoding)) {
    if (EqualsIgnoringCase(coding.name, "zstd")) zstd = coding.weight;
    if (EqualsIgnoringCase(coding.name, "gzip")) named_gzip = coding.weight;
    if (EqualsIgnoringCase(coding.name, "identity")) identity = coding.weight;
    if (coding.name == "*") others = coding.weight;
  }
  // "*" stands for codings that are not named. Of those it gets gzip, which every reader knows;
  // zstd has to be asked for.
  const double gzip = named_gzip.value_or(others);
  // Identity is what a reader gets that wants something else less; among equals, the cheaper coding
  // wins.
  if (zstd > 0 && zstd >= gzip && zstd >= identity) return ContentCoding::kZstd;
  return gzip > 0 && gzip >= identity ? ContentCoding::kGzip : ContentCoding::kIdentity;
}

std::string_view ContentCodingName(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::kIdentity:
      return "identity";
    case ContentCoding::kGzip:
      return "gzip";
    case ContentCoding::kZstd:
      return "zstd";
  }
  return "identity";
}

CompressedPage::CompressedPage(std::unique_ptr<PageSource> page, ContentCoding coding)
    : page_(std::move(page)), compressor_(MakeCompressor(coding)) {}

PageSource::Progress CompressedPage::Fill(PageChunk& chunk) {
  // One chunk of the plain page at a time, lest a page that compresses well keeps its thread busy
  // for long.
  do {
    if (rest_.empty() && page_ != nullptr) {
      plain_.Clear();
      const Progress progress = page_->Fill(plain_);
      if (progress == Progress::kFailed) return Progress::kFailed;
      if (progress == Progress::kEnd) page_.reset();
      rest_ = plain_.view();
    }
    const auto kind = page_ == nullptr ? Compressor::Input::kLast : Compressor::Input::kMore;
    switch (compressor_->Compress(rest_, kind, chunk)) {
      case Compressor::Result::kFinished:
        return Progress::kEnd;
      case Compressor::Result::kFailed:
        return Progress::kFailed;
      case Compressor::Result::kNeedsInput:
      case Compressor::Result::kNeedsSpace:
        break;
    }
  } while (chunk.empty());
  return Progress::kMore;
}

}  // namespace streamhouse::exporters
