// PageParser: reads a page of metrics in Prometheus' text format 0.0.4 or in OpenMetrics 1.0, piece
// by piece, from a program that is not trusted.
//
// When to use something else: a program reads its own metrics through a Snapshot.
// Guarantees:
// 1. A page is refused at its first line that is wrong.
// 2. A page beyond a limit of PageLimits is truncated, and says so.
// 3. Names are made of [a-zA-Z0-9_:]. Values of labels are arbitrary bytes: show them through
//    Printable() (cell_text.h).
// Limit: a page that ends early at the end of a line is not noticed here, also where "# EOF" is
// missing. A reader of HTTP notices it by the length or the last chunk.
// Thread safety: a value.
// Cost: memory for one line, and for the page. A label takes 64 bytes, a sample at most 220, and
// texts at most twice their bytes.
// Errors: InvalidArgument, with the number of the line and what is wrong with it; no byte of the
// page is in the message.
//
//   PageParser parser(kPageLimits);  // read_program.h
//   while (more) parser.Push(piece);
//   const Result<Page> page = std::move(parser).Take();
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::apps {

// Sorted by name; no name twice.
using Labels = std::vector<std::pair<std::string, std::string>>;

// The value of a label; empty where there is none.
std::string_view LabelValue(const Labels& labels, std::string_view name);

// A histogram: how many observations are at most `bounds[i]`. The bounds rise.
struct CumulativeBuckets {
  std::vector<double> bounds;
  std::vector<double> counts;
};

enum class DistributionType : std::uint8_t { kHistogram, kSummary };

struct Page {
  template <typename Value>
  using ByName = std::map<std::string, Value, std::less<>>;

  ByName<DistributionType> distributions;                  // by the name of the family; of no other type
  ByName<std::map<Labels, double>> numbers;                // by the name of the sample; buckets are not among them
  ByName<std::map<Labels, CumulativeBuckets>> histograms;  // by the name of the family; labels without `le`
  std::size_t samples = 0;
  // A limit was reached. The family there, with all names of its samples, and those behind it are
  // left out.
  bool is_cut = false;
};

// The caller chooses each.
struct PageLimits {
  std::size_t bytes_max = 0;
  std::size_t samples_max = 0;     // with the histograms and summaries
  std::size_t labels_max = 0;      // that are kept
  std::size_t line_bytes_max = 0;  // a longer line is an error
};

class PageParser {
 public:
  enum class Progress : std::uint8_t { kWantsMore, kWantsNoMore };

  explicit PageParser(const PageLimits& limits) : limits_(limits) {}

  // After kWantsNoMore the rest of the page is not needed.
  Progress Push(std::string_view piece);

  // At the end of the page, once.
  metrics::Result<Page> Take() &&;

  std::size_t bytes() const { return bytes_; }

 private:
  bool ReadLine(std::string_view line);
  bool ReadComment(std::string_view line);
  bool ReadSample(std::string_view line);
  bool AddSample(std::string_view name, Labels labels, double value);
  bool AddBucket(const std::string& family, Labels labels, double value);
  bool KeepLabels(std::size_t count);
  bool Refuse(std::string_view why);
  bool IsFull() const;
  void Cut();

  const PageLimits limits_;
  Page page_;
  std::string rest_;  // a line that has not ended yet
  std::size_t bytes_ = 0;
  std::size_t lines_ = 0;
  std::size_t labels_ = 0;  // that are kept
  bool is_ended_ = false;   // by "# EOF"
  std::string family_;      // of the last "# TYPE"
  std::string last_;        // the name of the last sample behind that; of a bucket, that of its family
  metrics::Status refused_;
};

}  // namespace streamhouse::apps
