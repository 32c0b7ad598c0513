#include "exporters/remote_write/kept_texts.h"

#include <zstd.h>

#include "metrics_core/dcheck.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilySnapshot;

// No text has it, by invariant 1.
constexpr char kEndOfText = '\n';

constexpr int kLevel = 1;  // the quickest

class Compressor {
 public:
  Compressor() : context_(ZSTD_createCCtx()) { metrics::Check(context_ != nullptr, "no memory to compress with"); }
  ~Compressor() { ZSTD_freeCCtx(context_); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  std::string Compressed(std::string_view bytes) {
    room_.resize(ZSTD_compressBound(bytes.size()));
    const std::size_t size =
        ZSTD_compressCCtx(context_, room_.data(), room_.size(), bytes.data(), bytes.size(), kLevel);
    metrics::Check(ZSTD_isError(size) == 0U, "no memory to compress with");
    return room_.substr(0, size);
  }

 private:
  ZSTD_CCtx* const context_;
  std::string room_;
};

}  // namespace

void KeptTexts::Reader::FreeContext::operator()(ZSTD_DCtx_s* context) const {
  ZSTD_freeDCtx(context);
}

KeptTexts::Reader::Reader(const KeptTexts& texts) : texts_(texts) {
  if (texts_.blocks_.empty()) return;
  context_.reset(ZSTD_createDCtx());
  metrics::Check(context_ != nullptr, "no memory to decompress with");
}

bool KeptTexts::Reader::Next() {
  if (rest_.empty()) {
    if (block_ == texts_.blocks_.size()) return false;
    Decompress();
  }
  text_ = rest_.substr(0, rest_.find(kEndOfText));
  rest_.remove_prefix(text_.size() + 1);
  return true;
}

void KeptTexts::Reader::Decompress() {
  const Block& block = texts_.blocks_[block_++];
  bytes_.resize(block.size);
  const std::size_t size = ZSTD_decompressDCtx(context_.get(), bytes_.data(), bytes_.size(), block.compressed.data(),
                                               block.compressed.size());
  metrics::Check(size == block.size, "kept label texts are damaged");
  rest_ = bytes_;
}

void KeptTexts::Assign(const FamilySnapshot& family) {
  if (AreOf(family)) return;
  blocks_.clear();
  size_ = family.size();
  Compressor compressor;
  std::string bytes;
  const auto end_block = [&] {
    blocks_.push_back({.compressed = compressor.Compressed(bytes), .size = bytes.size()});
    bytes.clear();
  };
  for (std::size_t i = 0; i < size_; ++i) {
    const std::string_view text = family.label_text(i);
    // Invariant 1.
    metrics::DCheck([&] { return text.find(kEndOfText) == std::string_view::npos; }, "a kept text is one line");
    if (!bytes.empty() && bytes.size() + text.size() + 1 > kBlockBytes) end_block();
    bytes.append(text).push_back(kEndOfText);
  }
  if (!bytes.empty()) end_block();
}

bool KeptTexts::AreOf(const FamilySnapshot& family) const {
  if (size_ != family.size()) return false;
  Reader reader(*this);
  for (std::size_t i = 0; reader.Next(); ++i) {
    if (reader.text() != family.label_text(i)) return false;
  }
  return true;
}

std::size_t KeptTexts::memory_bytes() const {
  std::size_t bytes = blocks_.capacity() * sizeof(Block);
  for (const Block& block : blocks_) bytes += block.compressed.capacity();
  return bytes;
}

}  // namespace streamhouse::exporters
