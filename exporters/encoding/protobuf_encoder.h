// ProtobufEncoder: a snapshot in Prometheus' protobuf format: MetricFamily messages, each after its
// length.
//
// When to use something else: text formats, which people can read; only this one shows exponential
// histograms at their own resolution. Those have their classic buckets in the same message, for
// readers that do not know native ones.
// Guarantees: the same snapshot gives the same bytes. Labels stand in the order of their names. A
// family without series is left out. Values are what their double shows, as the format has no other
// numbers; bucket counts have all their digits.
// Thread safety: one thread at a time.
// Cost: each series is written once, straight to the chunk; a family's length stands before it, so
// that its series are counted through before the first is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/encoded_timestamp.h"
#include "exporters/encoding/label_reader.h"
#include "exporters/encoding/native_buckets.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/protobuf_writer.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

// What is made of a metric before its bytes are counted and written.
struct MetricParts {
  NativeBuckets native;      // of an exponential histogram
  EncodedTimestamp created;  // empty where start times are not kept
};

class ProtobufEncoder : public PageSource {
 public:
  // `families` must outlive the encoder.
  explicit ProtobufEncoder(std::span<const metrics::FamilySnapshot> families) : families_(families) {}

  Progress Fill(PageChunk& chunk) override;

 private:
  struct Label {
    EscapedText name;
    EscapedText value;
  };

  // These are made for each kind of values.
  template <typename Values>
  void BeginFamily(const metrics::FamilySnapshot& family, const Values& values);
  // False when the chunk is full.
  template <typename Values>
  bool FillFamily(const metrics::FamilySnapshot& family, const Values& values, PageChunk& chunk);
  template <typename Values>
  bool FillMetric(const metrics::FamilySnapshot& family, const Values& values, std::size_t metric, PageChunk& chunk);
  // Of a Metric message, without tag and length.
  template <typename Values>
  std::size_t MetricBytes(const metrics::FamilySnapshot& family, const Values& values, std::size_t metric);
  std::size_t LabelBytes(std::string_view label_text);

  // Appends to labels_, the labels of a metric: those of its series, and the one that a state set
  // adds.
  void ReadLabels(std::string_view label_text);
  void ReadStateLabels(const metrics::FamilySnapshot& family, std::size_t metric);
  std::size_t ReadLabelBytes() const;
  void PutLabels(ProtobufWriter& out);
  void OrderLabels(const metrics::FamilyInfo& info);

  const std::span<const metrics::FamilySnapshot> families_;

  // Where the page stands.
  std::size_t family_ = 0;
  std::size_t metric_ = 0;
  bool begun_ = false;  // whether head_ and label_order_ are of this family

  std::string head_;                      // of the family: its length, and all but its series
  std::vector<std::size_t> label_order_;  // of the family: the places of its labels, by name
  std::size_t quotes_ = 0;                // of the family: those around names in its label text
  std::vector<std::string> states_;       // of a state set: the label that each state adds, as on a text page
  std::vector<Label> labels_;             // of the metric
  MetricParts parts_;                     // of the metric
};

}  // namespace streamhouse::exporters
