#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/openmetrics2_encoder.h"
#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/protobuf_encoder.h"
#include "exporters/encoding/text_encoder.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/exporters/fuzz/fuzz_targets.h"
#include "tests/exporters/fuzz/protobuf_labels.h"
#include "tests/exporters/fuzz/text_samples.h"
#include "tests/exporters/support/openmetrics2_parser.h"
#include "tests/exporters/support/openmetrics2_rules.h"

namespace streamhouse::exporters {
namespace {

using metrics::Check;
using Labels = std::vector<std::pair<std::string, std::string>>;

constexpr char kSeparator = '\x1F';
constexpr std::size_t kChunkSizes[] = {1, 16, 100, kPageChunkBytes};

// A page whose chunks have so many bytes, or one item each.
template <typename Encoder>
std::string PageInChunks(std::span<const metrics::FamilySnapshot> families, std::size_t chunk_bytes) {
  Encoder encoder(families);
  std::string page;
  PageSource::Progress progress;
  do {
    PageChunk chunk(chunk_bytes);
    progress = encoder.Fill(chunk);
    Check(progress != PageSource::Progress::kFailed, "an encoder gives up");
    Check(progress == PageSource::Progress::kEnd || !chunk.empty(), "an encoder makes no progress");
    page += chunk.view();
  } while (progress == PageSource::Progress::kMore);
  return page;
}

template <typename Encoder>
std::string Page(std::span<const metrics::FamilySnapshot> families) {
  const std::string page = PageInChunks<Encoder>(families, kChunkSizes[0]);
  for (const std::size_t chunk_bytes : kChunkSizes) {
    Check(PageInChunks<Encoder>(families, chunk_bytes) == page, "a page depends on the size of its chunks");
  }
  return page;
}

std::vector<std::string> Split(std::string_view texts) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = texts.find(kSeparator);
    parts.emplace_back(texts.substr(0, end));
    if (end == std::string_view::npos) return parts;
    texts.remove_prefix(end + 1);
  }
}

// Of all samples of this name, in their order.
std::vector<Labels> LabelsOf(const std::vector<TextSample>& samples, std::string_view name) {
  std::vector<Labels> labels;
  for (const TextSample& sample : samples) {
    if (sample.name == name) labels.push_back(sample.labels);
  }
  return labels;
}

void CheckValues(const std::vector<std::string>& values, const std::vector<Labels>& labels) {
  std::vector<std::string> expected;
  for (const std::string& value : values) {
    if (std::find(expected.begin(), expected.end(), value) == expected.end()) expected.push_back(value);
  }
  Check(labels.size() <= expected.size(), "more series than there were values");
  const bool all_utf8 = std::all_of(expected.begin(), expected.end(), IsUtf8);
  if (all_utf8) Check(labels.size() == expected.size(), "series are missing");
  for (std::size_t i = 0; i < labels.size(); ++i) {
    Check(labels[i].size() == 2 && labels[i][0].first == "a" &&
              labels[i][1] == std::pair<std::string, std::string>("z", "end"),
          "a label value has become more than one label");
    Check(!all_utf8 || labels[i][0].second == expected[i], "a label value came back as another");
  }
}

// The labels of histograms are the same texts on other lines.
void CheckHistogram(const std::vector<TextSample>& samples, const std::vector<Labels>& labels) {
  Check(LabelsOf(samples, "h_count") == labels, "a histogram has other labels than a counter");
  for (Labels bucket : LabelsOf(samples, "h_bucket")) {
    Check(!bucket.empty() && bucket.back().first == "le", "a bucket without a bound");
    bucket.pop_back();
    Check(std::find(labels.begin(), labels.end(), bucket) != labels.end(), "a bucket of no series");
  }
}

// Both families have the labels of all values, by their names here.
void CheckOpenMetrics2Page(std::string_view page, const std::vector<Labels>& labels, std::string_view help) {
  const auto read = ReadOpenMetrics2(page);
  Check(read.ok(), "an OpenMetrics 2.0 page that breaks a rule");
  std::vector<OpenMetrics2Labels> expected;
  for (const Labels& of_series : labels) expected.emplace_back(of_series.begin(), of_series.end());
  for (const OpenMetrics2Family& family : read.value()) {
    std::vector<OpenMetrics2Labels> found;
    for (const OpenMetrics2Sample& sample : family.samples) found.push_back(sample.labels);
    Check(found == expected, "OpenMetrics 2.0 has other labels than text");
  }
  Check(read.value().empty() || read.value().front().help == help, "a help of OpenMetrics 2.0 came back as another");
}

}  // namespace

void FuzzLabelEscaping(std::string_view texts) {
  std::vector<std::string> values = Split(texts);
  const std::string help = "Help: " + values.front();
  values.erase(values.begin());
  metrics::Registry registry;
  // Above the size of any input: values that are cut have tests of their own.
  constexpr std::uint32_t kValueBytesMax = 1 << 20;
  const auto counter = registry.AddCounter(
      {.name = "c_total", .help = help, .labels = {"a", "z"}, .label_value_bytes_max = kValueBytesMax});
  Check(counter.ok() == IsUtf8(help), "a help is taken that is not UTF-8, or refused though it is");
  if (!counter.ok()) return;
  const auto bounds = metrics::BucketBounds::From({0.5, 1}).value();
  const auto histogram = registry.AddHistogram(
      {.name = "h", .help = "H", .labels = {"a", "z"}, .label_value_bytes_max = kValueBytesMax}, bounds);
  for (const std::string& value : values) {
    counter.value().With(value, "end").Increment();
    histogram.value().With(value, "end").Observe(1);
  }
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  const TextPageContent text = ReadTextPage(Page<TextEncoder>(snapshot.families()));
  const TextPageContent open_metrics = ReadTextPage(Page<OpenMetricsEncoder>(snapshot.families()));
  const ProtobufPageContent protobuf = ReadProtobufPage(Page<ProtobufEncoder>(snapshot.families()));

  const std::vector<Labels> labels = LabelsOf(text.samples, "c_total");
  CheckValues(values, labels);
  CheckHistogram(text.samples, labels);
  CheckHistogram(open_metrics.samples, labels);
  Check(LabelsOf(open_metrics.samples, "c_total") == labels, "OpenMetrics has other labels than text");
  std::vector<Labels> of_both = labels;
  of_both.insert(of_both.end(), labels.begin(), labels.end());
  CheckOpenMetrics2Page(Page<OpenMetrics2Encoder>(snapshot.families()), labels, help);
  Check(protobuf.labels == of_both, "protobuf has other labels than text");
  Check(text.helps == protobuf.helps && open_metrics.helps == protobuf.helps, "a help differs between formats");
  Check(values.empty() || text.helps.front() == help, "a help came back as another");
}

}  // namespace streamhouse::exporters
