// Figures: what `streamhouse top` shows of several programs at one moment.
//
// Guarantees:
// 1. What is not known is nullopt, never 0.
// 2. Values of a program that did not respond in the last reading are not shown, and in no sum.
// 3. Sums over programs are sums of what is known.
// Thread safety: values and a pure function.
// Cost: linear in the samples of the pages.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/top/page_parser.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

enum class Readiness : std::uint8_t { kUnknown, kReady, kNotReady };

// One reading of a program.
struct Reading {
  std::chrono::steady_clock::time_point taken_at;  // when its page began to arrive
  std::chrono::duration<double> scrape_time{};     // from the call to the end of the page
  std::size_t page_bytes = 0;
  Page page;
  Readiness readiness = Readiness::kUnknown;
  std::string not_ready_because;
};

struct Program {
  std::string url;
  std::optional<Reading> before;  // the last reading but one that went well
  std::optional<Reading> now;     // the last one that went well
  metrics::Status last_outcome;   // of the last attempt
  bool was_asked = false;         // an attempt has ended
};

using Figure = std::optional<double>;

struct ProgramFigures {
  std::string url;
  bool has_answered = false;
  bool was_asked = false;
  Readiness readiness = Readiness::kUnknown;
  std::string note;                // why it has not answered or is not ready, or what its page lacks
  Figure seconds;                  // between the two readings
  Figure written, sent, consumed;  // records per second
  Figure leases, connections;
  Figure cpu;  // seconds per second
  Figure memory_bytes, uptime_seconds;
  Figure samples, page_bytes, scrape_seconds;
};

// By the second.
struct TopicFigures {
  std::string topic;
  Figure written;                   // records, by agents
  Figure sent, sent_bytes;          // by producers
  Figure consumed, consumed_bytes;  // by consumers
};

// As agents tell it, or where no agent does, consumers.
struct LagFigures {
  std::string group;
  std::string topic;
  std::size_t partitions = 0;
  Figure records, bytes;     // sums over the partitions; unknown where one of them is
  Figure seconds;            // the largest
  Figure retention_seconds;  // the smallest time until retention may remove unread records
  Figure members;
};

// Of observations between the two readings; of a summary, what it tells.
struct LatencyFigures {
  std::string family;
  Labels labels;
  Figure rate;  // observations per second
  Figure p50, p90, p99;
};

struct ErrorFigures {
  std::string counter;
  Labels labels;
  Figure rate;
  double total = 0;
};

struct Figures {
  std::vector<ProgramFigures> programs;  // in the order given
  std::vector<TopicFigures> topics;      // by name, as the groups
  std::vector<LagFigures> groups;
  std::vector<LatencyFigures> latencies;
  std::vector<ErrorFigures> errors;  // counters that are not 0
  Figure seconds;                    // the longest time between two readings of a program
};

// `unix_seconds` is the time of day, for how long programs have been running.
Figures FiguresOf(std::span<const Program> programs, double unix_seconds);

}  // namespace streamhouse::apps
