// RequestEncoder: a batch of remote write as requests, one a chunk; what versions 1.0 and 2.0
// share.
//
// When to use something else: RemoteWrite2Encoder and RemoteWrite1Encoder, which are this with a
// format.
// Guarantees:
// 1. Each chunk is a whole request, uncompressed. All samples of one series of the snapshot stand
//    in one request.
// 2. Stale markers come first: a request with a sample of the snapshot follows all of them, or
//    holds the last.
// 3. A request has at most the capacity of its chunk, or one series of the snapshot where that
//    alone is larger.
// 4. An empty chunk is no request: there is nothing to send.
// Thread safety: one thread at a time.
// Cost: that of the format; no memory that grows with the number of series.
#pragma once

#include <cstddef>

#include "exporters/encoding/page_chunk.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class RequestEncoder : public PageSource {
 public:
  Progress Fill(PageChunk& chunk) final {
    samples_ = 0;
    BeginRequest();
    const bool is_end = FillAllEnded(chunk) && FillFamilies(chunk);
    if (!chunk.empty()) EndRequest(chunk);
    return is_end ? Progress::kEnd : Progress::kMore;
  }

  // Samples and native histograms of the last chunk, stale markers included.
  std::size_t samples() const { return samples_; }
  // Whether all stale markers are in chunks up to the last one.
  bool ended_is_written() const { return NextEnded() == nullptr; }

 protected:
  explicit RequestEncoder(const RemoteWriteBatch& batch) : batch_(batch) {}

  const RemoteWriteBatch& batch() const { return batch_; }
  void CountSamples(std::size_t samples) { samples_ += samples; }

  virtual void BeginRequest() = 0;
  // Of a chunk with series.
  virtual void EndRequest(PageChunk& chunk) = 0;
  // Each returns false when the chunk is full.
  virtual bool FillEnded(const EndedSeries& ended, PageChunk& chunk) = 0;
  // From `series` on, which it counts up.
  virtual bool FillFamily(const metrics::FamilySnapshot& family, std::size_t& series, PageChunk& chunk) = 0;

 private:
  const EndedSeries* NextEnded() const { return batch_.ended == nullptr ? nullptr : batch_.ended->Next(); }

  bool FillAllEnded(PageChunk& chunk) {
    for (const EndedSeries* ended = NextEnded(); ended != nullptr; ended = NextEnded()) {
      if (!FillEnded(*ended, chunk)) return false;
      batch_.ended->Pop();
    }
    return true;
  }

  bool FillFamilies(PageChunk& chunk) {
    for (; family_ < batch_.families.size(); ++family_) {
      if (!FillFamily(batch_.families[family_], series_, chunk)) return false;
      series_ = 0;
    }
    return true;
  }

  const RemoteWriteBatch batch_;

  // Where the batch stands.
  std::size_t family_ = 0;
  std::size_t series_ = 0;
  std::size_t samples_ = 0;
};

}  // namespace streamhouse::exporters
