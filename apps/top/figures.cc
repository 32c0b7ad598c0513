#include "apps/top/figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "apps/top/rates.h"

namespace streamhouse::apps {
namespace {

using NumberSeries = std::map<Labels, double>;

const NumberSeries kNoSeries;

const NumberSeries& SeriesOf(const Page& page, std::string_view name) {
  const auto found = page.numbers.find(name);
  return found == page.numbers.end() ? kNoSeries : found->second;
}

Figure Known(double value) {
  return std::isnan(value) ? Figure() : Figure(value);
}

void Add(Figure& sum, const Figure& part) {
  if (part) sum = sum.value_or(0) + *part;
}

void TakeLargest(Figure& largest, const Figure& other) {
  if (other && (!largest || *other > *largest)) largest = other;
}

void TakeSmallest(Figure& smallest, const Figure& other) {
  if (other && (!smallest || *other < *smallest)) smallest = other;
}

// A program that answers, and its reading before.
class Comparison {
 public:
  explicit Comparison(const Program& program) : program_(program) {
    if (!program.before) return;
    const std::chrono::duration<double> between = program.now->taken_at - program.before->taken_at;
    seconds_ = between.count();
  }

  const Page& page() const { return program_.now->page; }
  Figure seconds() const { return program_.before ? Figure(seconds_) : Figure(); }

  Figure RateOf(std::string_view name, const Labels& labels, double now) const {
    if (!program_.before) return std::nullopt;
    const NumberSeries& series = SeriesOf(program_.before->page, name);
    const auto before = series.find(labels);
    return before == series.end() ? Figure() : Rate(before->second, now, seconds_);
  }

  // Calls `add(labels, rate)` for each series of a counter.
  template <typename AddRate>
  void EachRate(std::string_view name, const AddRate& add) const {
    for (const auto& [labels, now] : SeriesOf(page(), name)) add(labels, RateOf(name, labels, now));
  }

  Figure SumOfRates(std::string_view name) const {
    Figure sum;
    EachRate(name, [&](const Labels&, const Figure& rate) { Add(sum, rate); });
    return sum;
  }

  // The value of a gauge without labels.
  Figure Gauge(std::string_view name) const {
    const NumberSeries& series = SeriesOf(page(), name);
    const auto found = series.find(Labels());
    return found == series.end() ? Figure() : Known(found->second);
  }

  std::optional<std::vector<double>> Observations(std::string_view family, const Labels& labels,
                                                  const CumulativeBuckets& now) const {
    if (!program_.before) return std::nullopt;
    const auto histograms = program_.before->page.histograms.find(family);
    if (histograms == program_.before->page.histograms.end()) return std::nullopt;
    const auto before = histograms->second.find(labels);
    return before == histograms->second.end() ? std::nullopt : BucketsBetween(before->second, now);
  }

 private:
  const Program& program_;
  double seconds_ = 0;
};

std::string NoteOf(const Reading& reading, const Comparison& comparison) {
  std::string note = reading.not_ready_because;
  const auto append = [&](const std::string& text) { note += (note.empty() ? "" : "; ") + text; };
  if (reading.page.is_cut) append("page cut behind " + std::to_string(reading.page.samples) + " samples");
  const Figure left_out = comparison.Gauge("streamhouse_agent_lag_series_left_out");
  if (left_out.value_or(0) > 0) append("it leaves out partitions of groups");
  return note;
}

ProgramFigures FiguresOfProgram(const Program& program, double unix_seconds) {
  ProgramFigures figures;
  figures.url = program.url;
  figures.was_asked = program.was_asked;
  if (!program.last_outcome.ok() || !program.now) {
    figures.note = program.last_outcome.message();
    return figures;
  }
  const Reading& reading = *program.now;
  const Comparison comparison(program);
  figures.has_answered = true;
  figures.readiness = reading.readiness;
  figures.note = NoteOf(reading, comparison);
  figures.seconds = comparison.seconds();
  figures.written = comparison.SumOfRates("streamhouse_agent_records_written_total");
  figures.sent = comparison.SumOfRates("streamhouse_producer_records_sent_total");
  figures.consumed = comparison.SumOfRates("streamhouse_consumer_records_consumed_total");
  figures.leases = comparison.Gauge("streamhouse_agent_active_partitions");
  figures.connections = comparison.Gauge("streamhouse_agent_active_connections");
  figures.cpu = comparison.SumOfRates("process_cpu_seconds_total");
  figures.memory_bytes = comparison.Gauge("process_resident_memory_bytes");
  const Figure started = comparison.Gauge("process_start_time_seconds");
  if (started) figures.uptime_seconds = std::max(0.0, unix_seconds - *started);
  figures.samples = static_cast<double>(reading.page.samples);
  figures.page_bytes = static_cast<double>(reading.page_bytes);
  figures.scrape_seconds = reading.scrape_time.count();
  return figures;
}

void AddTopics(const Comparison& program, std::map<std::string, TopicFigures, std::less<>>& topics) {
  static constexpr std::pair<std::string_view, Figure TopicFigures::*> kColumns[] = {
      {"streamhouse_agent_records_written_total", &TopicFigures::written},
      {"streamhouse_producer_records_sent_total", &TopicFigures::sent},
      {"streamhouse_producer_bytes_sent_total", &TopicFigures::sent_bytes},
      {"streamhouse_consumer_records_consumed_total", &TopicFigures::consumed},
      {"streamhouse_consumer_bytes_consumed_total", &TopicFigures::consumed_bytes},
  };
  for (const auto& [name, column] : kColumns) {
    program.EachRate(name, [&topics, column = column](const Labels& labels, const Figure& rate) {
      TopicFigures& topic = topics[std::string(LabelValue(labels, "topic"))];
      Add(topic.*column, rate);
    });
  }
}

// What is told of a partition of a group.
struct PartitionLag {
  Figure records, bytes, seconds, retention_seconds;
};

using GroupAndTopic = std::pair<std::string, std::string>;
using LagOfPartitions = std::map<std::string, PartitionLag, std::less<>>;  // by partition
using LagByGroup = std::map<GroupAndTopic, LagOfPartitions>;

// Of a family that only tells which partitions there are.
constexpr Figure PartitionLag::*kPresence = nullptr;

void AddLag(const Page& page, std::string_view name, Figure PartitionLag::*column, LagByGroup& lags) {
  for (const auto& [labels, value] : SeriesOf(page, name)) {
    LagOfPartitions& partitions =
        lags[{std::string(LabelValue(labels, "group")), std::string(LabelValue(labels, "topic"))}];
    PartitionLag& lag = partitions[std::string(LabelValue(labels, "partition"))];
    if (column != kPresence) lag.*column = Known(value);
  }
}

void AddLagOfAgent(const Page& page, LagByGroup& lags) {
  AddLag(page, "streamhouse_agent_group_committed_offset", kPresence, lags);
  AddLag(page, "streamhouse_agent_group_lag_records", &PartitionLag::records, lags);
  AddLag(page, "streamhouse_agent_group_lag_bytes", &PartitionLag::bytes, lags);
  AddLag(page, "streamhouse_agent_group_lag_seconds", &PartitionLag::seconds, lags);
  AddLag(page, "streamhouse_agent_group_retention_margin_seconds", &PartitionLag::retention_seconds, lags);
}

void AddLagOfConsumer(const Page& page, LagByGroup& lags) {
  AddLag(page, "streamhouse_consumer_current_offset", kPresence, lags);
  AddLag(page, "streamhouse_consumer_lag_records", &PartitionLag::records, lags);
  AddLag(page, "streamhouse_consumer_lag_seconds", &PartitionLag::seconds, lags);
}

LagFigures SumOfLag(const GroupAndTopic& key, const LagOfPartitions& partitions) {
  LagFigures sum;
  sum.group = key.first;
  sum.topic = key.second;
  sum.partitions = partitions.size();
  bool are_records_known = true;
  bool are_bytes_known = true;
  for (const auto& [name, lag] : partitions) {
    Add(sum.records, lag.records);
    Add(sum.bytes, lag.bytes);
    TakeLargest(sum.seconds, lag.seconds);
    TakeSmallest(sum.retention_seconds, lag.retention_seconds);
    are_records_known = are_records_known && lag.records;
    are_bytes_known = are_bytes_known && lag.bytes;
  }
  if (!are_records_known) sum.records.reset();
  if (!are_bytes_known) sum.bytes.reset();
  return sum;
}

std::vector<LagFigures> LagsOf(std::span<const Comparison> programs) {
  LagByGroup of_agents;
  LagByGroup of_consumers;
  std::map<std::string, double, std::less<>> members;
  for (const Comparison& program : programs) {
    AddLagOfAgent(program.page(), of_agents);
    AddLagOfConsumer(program.page(), of_consumers);
    for (const auto& [labels, value] : SeriesOf(program.page(), "streamhouse_agent_group_members")) {
      double& most = members[std::string(LabelValue(labels, "group"))];
      most = std::max(most, value);
    }
  }
  of_agents.merge(of_consumers);  // an agent knows more, so its lag stays where both tell one
  std::vector<LagFigures> lags;
  for (const auto& [key, partitions] : of_agents) {
    lags.push_back(SumOfLag(key, partitions));
    const auto found = members.find(key.first);
    if (found != members.end()) lags.back().members = found->second;
  }
  return lags;
}

bool IsLatency(std::string_view family) {
  return family.ends_with("_seconds");
}

// The observations of one series, over all programs.
struct LatencySum {
  double total = 0;  // since the programs started
  Figure rate;
  std::vector<double> bounds;
  std::vector<double> counts;
  bool has_other_bounds = false;  // programs that differ in them cannot be added up
};

using LatencyKey = std::pair<std::string, Labels>;

void AddHistograms(const Comparison& program, std::map<LatencyKey, LatencySum>& sums) {
  for (const auto& [family, series] : program.page().histograms) {
    if (!IsLatency(family)) continue;
    for (const auto& [labels, now] : series) {
      LatencySum& sum = sums[{family, labels}];
      sum.total += now.counts.back();
      const auto counts = program.Observations(family, labels, now);
      if (!counts) continue;
      double count = 0;
      for (const double part : *counts) count += part;
      Add(sum.rate, Rate(0, count, program.seconds().value_or(0)));
      if (sum.bounds.empty()) {
        sum.bounds = now.bounds;
        sum.counts.resize(now.bounds.size());
      }
      sum.has_other_bounds = sum.has_other_bounds || sum.bounds != now.bounds;
      if (sum.has_other_bounds) continue;
      for (std::size_t i = 0; i < counts->size(); ++i) sum.counts[i] += (*counts)[i];
    }
  }
}

// Quantiles of several programs cannot be added up: of a summary that two have, the first is shown.
void AddSummaries(const Comparison& program, std::map<LatencyKey, LatencyFigures>& summaries) {
  for (const auto& [family, type] : program.page().distributions) {
    if (type != DistributionType::kSummary || !IsLatency(family)) continue;
    std::map<LatencyKey, LatencyFigures> own;
    for (const auto& [with_quantile, value] : SeriesOf(program.page(), family)) {
      Labels labels = with_quantile;
      std::erase_if(labels, [](const auto& label) { return label.first == "quantile"; });
      LatencyFigures& shown = own[{family, labels}];
      shown.family = family;
      shown.labels = labels;
      const std::string_view quantile = LabelValue(with_quantile, "quantile");
      if (quantile == "0.5") shown.p50 = Known(value);
      if (quantile == "0.9") shown.p90 = Known(value);
      if (quantile == "0.99") shown.p99 = Known(value);
    }
    program.EachRate(family + "_count", [&own, &family = family](const Labels& labels, const Figure& rate) {
      const auto found = own.find({family, labels});
      if (found != own.end()) found->second.rate = rate;
    });
    summaries.merge(own);
  }
}

std::vector<LatencyFigures> LatenciesOf(std::span<const Comparison> programs) {
  std::map<LatencyKey, LatencySum> sums;
  std::map<LatencyKey, LatencyFigures> all;
  for (const Comparison& program : programs) {
    AddHistograms(program, sums);
    AddSummaries(program, all);
  }
  for (const auto& [key, sum] : sums) {
    if (sum.total == 0) continue;
    LatencyFigures latency;
    latency.family = key.first;
    latency.labels = key.second;
    latency.rate = sum.rate;
    if (!sum.has_other_bounds) {
      latency.p50 = Quantile(0.5, sum.bounds, sum.counts);
      latency.p90 = Quantile(0.9, sum.bounds, sum.counts);
      latency.p99 = Quantile(0.99, sum.bounds, sum.counts);
    }
    all.insert_or_assign(key, std::move(latency));
  }
  std::vector<LatencyFigures> latencies;
  for (auto& [key, latency] : all) latencies.push_back(std::move(latency));
  return latencies;
}

// Of an HTTP status or a code of gRPC. A consumer that stops cancels its last Fetch.
bool IsErrorCode(const Labels& labels) {
  const std::string_view code = LabelValue(labels, "code");
  if (code.empty() || code == "OK") return false;
  if (code == "CANCELLED") return LabelValue(labels, "method") != "Fetch";
  return code.front() < '0' || code.front() > '3';
}

// Counters of errors are told by their names and labels, so that those of any program are found.
bool IsNameOfErrors(std::string_view counter) {
  static constexpr std::array<std::string_view, 12> kWords = {"error",   "fail",    "refused",        "rejected",
                                                              "damaged", "dropped", "skipped",        "lost",
                                                              "lowered", "timeout", "limits_reached", "overflowed"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return counter.find(word) != std::string_view::npos; });
}

bool AreLabelsOfErrors(const Labels& labels) {
  const std::string_view outcome = LabelValue(labels, "outcome");
  return outcome == "failed" || outcome == "refused" || IsErrorCode(labels);
}

std::vector<ErrorFigures> ErrorsOf(std::span<const Comparison> programs) {
  std::map<std::pair<std::string, Labels>, ErrorFigures> sums;
  for (const Comparison& program : programs) {
    for (const auto& [counter, series] : program.page().numbers) {
      if (!counter.ends_with("_total")) continue;
      const bool is_name_of_errors = IsNameOfErrors(counter);
      for (const auto& [labels, value] : series) {
        if (!(value > 0) || !(is_name_of_errors || AreLabelsOfErrors(labels))) continue;
        ErrorFigures& sum = sums[{counter, labels}];
        sum.total += value;
        Add(sum.rate, program.RateOf(counter, labels, value));
      }
    }
  }
  std::vector<ErrorFigures> errors;
  for (auto& [key, sum] : sums) {
    sum.counter = key.first;
    sum.labels = key.second;
    errors.push_back(std::move(sum));
  }
  return errors;
}

}  // namespace

Figures FiguresOf(std::span<const Program> programs, double unix_seconds) {
  Figures figures;
  std::vector<Comparison> answering;
  for (const Program& program : programs) {
    figures.programs.push_back(FiguresOfProgram(program, unix_seconds));
    TakeLargest(figures.seconds, figures.programs.back().seconds);
    if (figures.programs.back().has_answered) answering.emplace_back(program);
  }
  std::map<std::string, TopicFigures, std::less<>> topics;
  for (const Comparison& program : answering) AddTopics(program, topics);
  for (auto& [name, topic] : topics) {
    topic.topic = name;
    figures.topics.push_back(std::move(topic));
  }
  figures.groups = LagsOf(answering);
  figures.latencies = LatenciesOf(answering);
  figures.errors = ErrorsOf(answering);
  return figures;
}

}  // namespace streamhouse::apps
