// PageDifference: compares what a registry would show with an expected page, for tests.
//
// The expectation is written in the Prometheus text format.
// When to use something else: MetricReader for single values. An encoder's own test compares bytes.
// Guarantees:
// 1. The result is empty if and only if both have the same samples.
// 2. Comments, blank lines and the order of lines do not matter. Values and the bounds of buckets
//    are compared as numbers.
// Thread safety: any thread.
// Cost: a snapshot and a map of its samples.
// Errors: lines that are no samples are part of the difference.
//
//   EXPECT_EQ(PageDifference(registry, R"(
//     requests_total{method="Produce"} 3
//     latency_seconds_count 3
//   )", {"requests_total", "latency_seconds"}), "");
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "metrics_core/registry.h"

namespace streamhouse::metrics::testing {

// Empty when all samples are as expected; otherwise a line for each that is not: "- " what was
// expected, "+ " what is there. Only the families named are looked at; none means all.
std::string PageDifference(Registry& registry, std::string_view expected_page,
                           std::initializer_list<std::string_view> families = {});

}  // namespace streamhouse::metrics::testing
