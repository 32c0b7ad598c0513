// Selection: which families and series of a registry a reader asks for, as its query says:
// name[]=orders_* and match[]={topic="orders"}.
//
// When to use something else: AggregatedView sums labels away; a Selection leaves series out.
// Guarantees:
// 1. A default-constructed selection chooses all.
// 2. Where there is a name[], a series is chosen only if one of them is a name of its family, or
//    ends with * and begins such a name. The names of a family are its own and those of its
//    samples, such as x_bucket.
// 3. Where there is a match[], a series is chosen only if one of them chooses one of its samples.
// 4. A series is chosen as a whole: a histogram has all of its buckets, even where a selector names
//    one of them. So the choice is the same in every format.
// Thread safety: const methods from any thread.
// Cost: memory for the regular expressions (label_matcher.h); kExpressionsMax of them.
// Errors: Parse, InvalidArgument, that says which match[] and which character is wrong.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/select/selector_parser.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

// When the choice of series is given up.
using SelectionDeadline = std::chrono::steady_clock::time_point;

inline constexpr std::size_t kSelectorsMax = 16;
inline constexpr std::size_t kSelectorBytesMax = 4096;
// Of all selectors together.
inline constexpr std::size_t kMatchersMax = 128;
inline constexpr std::size_t kExpressionsMax = 32;

// A name, or what a name begins with.
class NamePattern {
 public:
  // A star at the end means any rest.
  explicit NamePattern(std::string_view text);

  bool Matches(std::string_view name) const { return is_prefix_ ? name.starts_with(text_) : name == text_; }

 private:
  std::string text_;
  bool is_prefix_;
};

class Selection {
 public:
  Selection() = default;

  // The values of name[], and those of match[].
  static metrics::Result<Selection> Parse(const std::vector<std::string>& names,
                                          const std::vector<std::string>& selectors);

  bool chooses_all() const { return names_.empty() && selectors_.empty(); }
  // A family has to have one of the names; empty: any.
  const std::vector<NamePattern>& names() const { return names_; }
  // A series has to meet one of the selectors; empty: any.
  const std::vector<Selector>& selectors() const { return selectors_; }

 private:
  std::vector<NamePattern> names_;
  std::vector<Selector> selectors_;
};

}  // namespace streamhouse::exporters
