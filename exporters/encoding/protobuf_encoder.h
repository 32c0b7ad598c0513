// ProtobufEncoder: a snapshot in Prometheus' protobuf format: MetricFamily messages, each after its
// length.
//
// When to use something else: text formats, which people can read; only this one shows exponential
// histograms at their own resolution. Those have their classic buckets in the same message, for
// readers that do not know native ones.
// Guarantees:
// 1. The same snapshot gives the same bytes.
// 2. Labels stand in the order of their names. A family without series is left out.
// 3. Values are what their double shows, as the format has no other numbers; bucket counts have all
//    their digits.
// Thread safety: one thread at a time.
// Cost: each series is written once, straight to the chunk; a family's length stands before it, so
// that its series are counted through before the first is written. A label with the value of the
// series before is copied, and not encoded again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/encoded_timestamp.h"
#include "exporters/encoding/native_buckets.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/protobuf_labels.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

// What is made of a metric before its bytes are counted and written.
struct MetricParts {
  NativeBuckets native;      // of an exponential histogram
  EncodedTimestamp created;  // empty where start times are not kept
};

// The message of a metric that is one number.
struct NumberMessage {
  // Behind the tag and the length of the message and the tag of the number.
  static constexpr std::size_t kNumberOffset = 3;

  char bytes[48] = {};  // a start time included
  std::size_t size = 0;
  std::int64_t created_unix_milliseconds = 0;
};

class ProtobufEncoder : public PageSource {
 public:
  // `families` must outlive the encoder.
  explicit ProtobufEncoder(std::span<const metrics::FamilySnapshot> families) : families_(families) {}

  Progress Fill(PageChunk& chunk) override;

 private:
  // These are made for each kind of values.
  template <typename Values>
  void BeginFamily(const metrics::FamilySnapshot& family, const Values& values);
  // False when the chunk is full.
  template <typename Values>
  bool FillFamily(const metrics::FamilySnapshot& family, const Values& values, PageChunk& chunk);
  template <typename Values>
  bool FillMetrics(const metrics::FamilySnapshot& family, const Values& values, PageChunk& chunk);
  // Of metrics that are one number.
  template <typename Values>
  bool FillNumbers(const metrics::FamilySnapshot& family, const Values& values, PageChunk& chunk);
  template <typename Values>
  [[gnu::always_inline]] void PrepareNumber(const metrics::FamilySnapshot& family, const Values& values,
                                            std::size_t metric);
  template <typename Values>
  [[gnu::noinline]] void MakeNumber(const Values& values, std::size_t metric, std::int64_t created_unix_milliseconds);
  // Of all Metric messages, with their tags and lengths.
  template <typename Values>
  std::size_t AllMetricBytes(const metrics::FamilySnapshot& family, const Values& values);
  template <typename Values>
  bool FillMetric(const metrics::FamilySnapshot& family, const Values& values, std::size_t metric, PageChunk& chunk);
  // Of a Metric message, without tag and length.
  template <typename Values>
  std::size_t MetricBytes(const metrics::FamilySnapshot& family, const Values& values, std::size_t metric);
  // Of all of it but the labels. Fills in parts_.
  template <typename Values>
  std::size_t ValueBytes(const metrics::FamilySnapshot& family, const Values& values, std::size_t metric);
  // Of the series' labels.
  std::size_t LabelBytes(std::string_view label_text);
  // Brings labels_ to those of a metric: those of its series, and the one that a state set adds.
  template <typename Values>
  void ReadLabels(const metrics::FamilySnapshot& family, const Values& values, std::size_t metric);
  void OrderLabels(const metrics::FamilyInfo& info);

  const std::span<const metrics::FamilySnapshot> families_;

  // Where the page stands.
  std::size_t family_ = 0;
  std::size_t metric_ = 0;
  bool begun_ = false;  // whether head_ and label_order_ are of this family

  std::string head_;                      // of the family: its length, and all but its series
  std::vector<std::string> label_names_;  // of the family, and that of a state
  std::size_t name_labels_ = 0;           // of the family: labels of its label text
  std::size_t quotes_ = 0;                // of the family: those around names in its label text
  bool has_created_ = false;              // of the family
  std::size_t states_ = 1;                // of the family: metrics of each series
  ProtobufLabels labels_{EmptyValues::kWritten};
  MetricParts parts_;     // of the metric
  NumberMessage number_;  // of the metric, but for the number; empty where it is none
};

}  // namespace streamhouse::exporters
