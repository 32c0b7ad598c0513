// RemoteWrite2Encoder: a batch as requests of Prometheus remote write 2.0 (2.0-rc.4,
// io.prometheus.write.v2.Request).
//
// When to use something else: RemoteWrite1Encoder, for receivers that know 1.0 only.
// Invariants:
// 1. While is_resolved_, each name, added value, label and slot of the family has its entry in
//    name_refs_, added_refs_, labels_ and parts_. The references are numbers of symbols_.
// 2. Behind its series, a chunk has room for the symbols: no request is given up at its end.
// 3. A start time that is sent is not later than the batch.
// Guarantees: those of RequestEncoder, and:
// 1. The symbols stand before the series. Each is there once, the first is empty.
// 2. Labels stand in the order of their names; a label with an empty value is left out. Names are
//    any UTF-8.
// 3. Each series has its type, help and unit, and the start time that its family keeps.
// 4. A series has samples or native histograms, never both.
// Thread safety: one thread at a time.
// Cost: names are looked up once a family and request, a label value only where it differs from
// that of the series before. The series are moved once, behind the symbols.
//
//   SymbolTable symbols;  // kept: its memory serves the next batch too
//   RemoteWrite2Encoder encoder({.families = snapshot.families(), .unix_milliseconds = now}, symbols);
//   PageChunk request(kRemoteWriteRequestBytes);
//   encoder.Fill(request);
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/label_changes.h"
#include "exporters/encoding/label_reader.h"
#include "exporters/encoding/native_buckets.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/remote_write/fresh_exemplars.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/request_encoder.h"
#include "exporters/remote_write/sample_layout.h"
#include "exporters/remote_write/series_points.h"
#include "exporters/remote_write/symbol_table.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class RemoteWrite2Encoder final : public RequestEncoder {
 public:
  // `symbols` and what the batch points at must outlive the encoder.
  RemoteWrite2Encoder(const RemoteWriteBatch& batch, SymbolTable& symbols);

 private:
  // Some encoded bytes, short enough to be copied as a whole, so that the copy needs no loop.
  template <std::size_t kBytesMax>
  struct ShortBytes {
    char bytes[kBytesMax] = {};
    std::uint8_t size = 0;

    // There is room for sizeof(*this) bytes.
    char* CopyTo(char* out) const;
  };
  // The references of a label: its name's and its value's. Empty where the value is.
  using LabelRefs = ShortBytes<15>;
  // The field `metadata`, and the field `samples` with a value of 0 before it.
  using MetadataBytes = ShortBytes<23>;
  using SampleBytes = ShortBytes<63>;

  struct SeriesLabel {
    LabelRefs refs;
    std::uint8_t name_bytes = 0;  // of refs: the reference of its name, which stays
  };

  void BeginRequest() override;
  void EndRequest(PageChunk& chunk) override;
  bool FillEnded(const EndedSeries& ended, PageChunk& chunk) override;
  bool FillFamily(const metrics::FamilySnapshot& family, std::size_t& series, PageChunk& chunk) override;
  template <typename Values>
  bool FillSeries(const metrics::FamilySnapshot& family, const Values& values, std::size_t& series, PageChunk& chunk);

  // Room for a series with these labels, and `bytes` besides its samples; null when it has to wait.
  char* Reserve(const metrics::FamilyInfo& info, std::string_view label_text, std::size_t bytes, PageChunk& chunk);
  void Enter(const metrics::FamilyInfo& info, ExponentialUse exponential);
  void ResolveNames();
  bool HasEntryOfEach() const;
  void ReadLabels(std::string_view label_text);
  void SetLabel(std::size_t label, const EscapedText& value);
  // Until the next call.
  std::string_view Unescaped(const EscapedText& value);
  void StartAt(std::int64_t start_unix_milliseconds);
  // Makes the samples of the present start time.
  void MakeSamples();
  SampleBytes EncodedSample(std::int64_t start_unix_milliseconds) const;

  // Each writes one TimeSeries and returns its end.
  template <typename Values>
  char* PutSeries(char* out, const Values& values, std::size_t series);
  char* PutNumber(char* out, const SeriesPoint& point);
  // One that is longer than 127 bytes or has an exemplar. Its references are in `refs`.
  char* PutLongNumber(char* out, const SeriesPoint& point, std::string_view refs, const SampleBytes& sample);
  char* PutNative(char* out, const metrics::ExponentialHistogramValues& histograms, std::size_t series);
  char* PutParts(char* out, std::string_view refs, std::string_view data);
  char* PutRefs(char* out, std::size_t name, std::size_t added);
  void AddExemplar(const metrics::Exemplar& exemplar);

  SymbolTable& symbols_;

  // Of the present family.
  const metrics::FamilyInfo* info_ = nullptr;
  SampleLayout layout_;
  std::size_t family_bytes_max_ = 0;  // that its names may add to a request
  std::size_t series_bytes_max_ = 0;  // that a series may take, besides the text of its labels

  // Of the present family in this request.
  bool is_resolved_ = false;
  std::vector<LabelRefs> name_refs_;   // by sample name: __name__ and it
  std::vector<LabelRefs> added_refs_;  // by added value: the added label and it
  std::vector<SeriesLabel> labels_;    // in the order of the label text, as they are at the present series
  LabelChanges changes_;
  // In the order of the labels' names: where their references are. Those of the sample's name and
  // of the added label are set for each sample.
  std::vector<const LabelRefs*> parts_;
  std::size_t name_part_ = 0;
  std::size_t added_part_ = 0;  // behind the end where there is no such label
  const LabelRefs no_refs_;
  MetadataBytes metadata_;

  // Of the present series.
  std::int64_t created_unix_milliseconds_ = 0;  // as the snapshot has it
  std::int64_t start_unix_milliseconds_ = 0;    // as it is sent: 0 where there is none
  SampleBytes plain_sample_;
  SampleBytes started_sample_;

  // Memory that is reused.
  NativeBuckets buckets_;
  FreshExemplars fresh_exemplars_;
  std::vector<char> refs_;
  std::string data_;
  std::string exemplars_;
  std::string unescaped_;
};

}  // namespace streamhouse::exporters
