// What the tests of both encoders ask of requests.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/text_encoder.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/request_encoder.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/fuzz/text_samples.h"
#include "tests/exporters/support/decoded_request.h"

namespace streamhouse::exporters {

inline std::vector<std::string> RequestsOf(RequestEncoder& encoder, std::size_t request_bytes) {
  std::vector<std::string> requests;
  PageSource::Progress progress;
  do {
    PageChunk chunk(request_bytes);
    progress = encoder.Fill(chunk);
    requests.emplace_back(chunk.view());
  } while (progress == PageSource::Progress::kMore);
  return requests;
}

inline std::vector<std::size_t> SamplesOfRequests(RequestEncoder& encoder, std::size_t request_bytes) {
  std::vector<std::size_t> samples;
  PageSource::Progress progress;
  do {
    PageChunk chunk(request_bytes);
    progress = encoder.Fill(chunk);
    samples.push_back(encoder.samples());
  } while (progress == PageSource::Progress::kMore);
  return samples;
}

// A source of given series, for one encoder.
class EndedList final : public EndedSeriesSource {
 public:
  explicit EndedList(std::vector<EndedSeries> series) : series_(std::move(series)) {}

  const EndedSeries* Next() override { return next_ < series_.size() ? &series_[next_] : nullptr; }
  void Pop() override { ++next_; }

 private:
  const std::vector<EndedSeries> series_;
  std::size_t next_ = 0;
};

inline std::vector<EndedSeries> AllSeries(std::span<const metrics::FamilySnapshot> families) {
  std::vector<EndedSeries> all;
  for (const metrics::FamilySnapshot& family : families) {
    for (std::size_t i = 0; i < family.size(); ++i) {
      all.push_back({.info = &family.info(), .label_text = family.label_text(i)});
    }
  }
  return all;
}
inline std::vector<EndedSeries> AllSeries(const metrics::Snapshot& snapshot) {
  return AllSeries(snapshot.families());
}

// The lines of a decoded request as they are when its series have ended.
inline std::string WithStaleValues(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    if (line.find(" exemplar ") != std::string::npos) continue;
    const bool is_native = line.find(" histogram ") != std::string::npos;
    const std::string value =
        is_native ? " histogram count=0 sum=stale schema=0 zero=0:0 spans=[] deltas=[] " : " stale ";
    text += line.substr(0, line.find("} ") + 1) + value + line.substr(line.find('@'), 14) + "\n";
  }
  return text;
}

// Sorted, without times and exemplars.
inline std::string WithoutTimes(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) {
    if (line.find(" exemplar ") == std::string::npos) text += line.substr(0, line.rfind(" @")) + "\n";
  }
  return text;
}

// The samples of a text page as lines of a decoded request, sorted.
inline std::string LinesOfTextPage(const metrics::Snapshot& snapshot) {
  TextEncoder encoder(snapshot.families());
  std::vector<std::string> lines;
  for (TextSample& sample : ReadTextPage(ReadPage(encoder).value()).samples) {
    std::erase_if(sample.labels, [](const auto& label) { return label.second.empty(); });
    std::sort(sample.labels.begin(), sample.labels.end());
    lines.push_back(SampleLine(sample.name, sample.labels, std::strtod(sample.value.c_str(), nullptr)));
  }
  std::sort(lines.begin(), lines.end());
  return Joined(lines);
}

// The fields of a message by their numbers, each run of one number once.
inline std::vector<int> FieldsOf(std::string_view message) {
  std::vector<int> fields;
  while (!message.empty()) {
    const int field = static_cast<unsigned char>(message[0]) >> 3U;
    if (fields.empty() || fields.back() != field) fields.push_back(field);
    std::size_t bytes = 0;
    std::size_t at = 1;
    for (unsigned shift = 0;; shift += 7, ++at) {
      bytes |= std::size_t{static_cast<unsigned char>(message[at]) & 0x7FU} << shift;
      if ((static_cast<unsigned char>(message[at]) & 0x80U) == 0) break;
    }
    message.remove_prefix(std::min(at + 1 + bytes, message.size()));
  }
  return fields;
}

inline void AddCounters(metrics::Registry& registry, std::uint32_t series) {
  const auto family =
      registry.AddCounter({.name = "n_total", .help = "N", .labels = {"topic", "partition"}, .series_max = series})
          .value();
  for (std::uint32_t i = 0; i < series; ++i) {
    family.With("orders-" + std::to_string(i / 100), std::to_string(i % 100)).Increment(i);
  }
}

}  // namespace streamhouse::exporters
