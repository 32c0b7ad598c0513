// RemoteWrite1Encoder: a batch as requests of Prometheus remote write 1.0
// (prometheus.WriteRequest), with the extensions that Prometheus has: exemplars, native histograms,
// metadata.
//
// When to use something else: RemoteWrite2Encoder, which is half the size and has start times.
// Guarantees: those of RequestEncoder, and:
// 1. Labels stand in the order of their names; a label with an empty value is left out.
// 2. Each request has the type, help and unit of the families in it, under their registered names.
// 3. A series has samples or native histograms, never both. There are no histograms with custom
//    bounds: receivers of 1.0 misread them.
// The names must be legacy names (EscapedView): receivers skip other series silently.
// Thread safety: one thread at a time.
// Cost: the labels are copied for each sample.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/native_buckets.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/protobuf_labels.h"
#include "exporters/remote_write/fresh_exemplars.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/request_encoder.h"
#include "exporters/remote_write/sample_layout.h"
#include "exporters/remote_write/series_points.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class RemoteWrite1Encoder final : public RequestEncoder {
 public:
  // What the batch points at must outlive the encoder.
  explicit RemoteWrite1Encoder(const RemoteWriteBatch& batch);

 private:
  // A field `labels`, and some bytes behind it that may be copied too.
  struct LabelField {
    std::string padded;
    std::size_t size = 0;

    std::string_view bytes() const { return std::string_view(padded).substr(0, size); }
  };

  void BeginRequest() override { is_begun_ = false; }
  void EndRequest(PageChunk& /*chunk*/) override {}
  bool FillEnded(const EndedSeries& ended, PageChunk& chunk) override;
  bool FillFamily(const metrics::FamilySnapshot& family, std::size_t& series, PageChunk& chunk) override;
  template <typename Values>
  bool FillSeries(const metrics::FamilySnapshot& family, const Values& values, std::size_t& series, PageChunk& chunk);

  // Room for a series with these labels, and `bytes` besides its samples; null when it has to wait.
  // The family's metadata has been written where the series is the first of a request.
  char* Reserve(const metrics::FamilyInfo& info, std::string_view label_text, std::size_t bytes, PageChunk& chunk);
  void Enter(const metrics::FamilyInfo& info, ExponentialUse exponential);
  static std::size_t BytesMax(const std::vector<LabelField>& labels);

  // Each writes one TimeSeries and returns its end.
  template <typename Values>
  char* PutSeries(char* out, const Values& values, std::size_t series);
  char* PutNumber(char* out, const SeriesPoint& point);
  char* PutNative(char* out, const metrics::ExponentialHistogramValues& histograms, std::size_t series);
  char* PutEndedNative(char* out);
  // `put_rest(out)` puts what stands behind the labels, which are in labels_.
  template <typename PutRest>
  char* PutLabelled(char* out, const PutRest& put_rest) const;
  // Brings labels_ to those of a sample of the present series.
  void SetSample(std::size_t name, std::size_t added);

  // Of the present family.
  const metrics::FamilyInfo* info_ = nullptr;
  SampleLayout layout_;
  std::string metadata_;                  // the field `metadata`
  std::vector<LabelField> name_labels_;   // by sample name: the field `labels` of __name__
  std::vector<LabelField> added_labels_;  // by added value
  ProtobufLabels labels_{EmptyValues::kLeftOut};
  std::size_t series_bytes_max_ = 0;  // that a series may take, but for the text of its labels
  bool is_begun_ = false;             // whether the metadata is in this request

  const std::string sample_;   // the field `samples` with a value of 0
  char sample_copy_[32] = {};  // the same, of known size

  // Memory that is reused.
  NativeBuckets buckets_;
  FreshExemplars fresh_exemplars_;
};

}  // namespace streamhouse::exporters
