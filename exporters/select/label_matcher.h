// LabelMatcher: a condition on one label, as PromQL has it: topic="orders", partition=~"1.*".
//
// When to use something else: ParseSelector (selector_parser.h) makes them of a selector's text.
// Guarantees:
// 1. A label that a series lacks has the empty value.
// 2. A regular expression matches whole values, and its dot matches a newline too, as in
//    Prometheus 3.
// 3. != and !~ are the exact complement of = and =~.
// Thread safety: const methods from any thread.
// Cost: of = and !=, a comparison. Of =~ and !~, time that is linear in the value: RE2 does not
// backtrack. The memory of an expression is bounded by kExpressionMemoryBase and
// kExpressionMemoryPerByte. Make() takes time for each class of an expression, such as \PL, before
// RE2 looks at the memory.
// Errors: Make, InvalidArgument, for a regular expression that RE2 does not take or that is too
// large. The message quotes nothing of the expression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "metrics_core/status.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace streamhouse::exporters {

// What RE2 may take for an expression: its program, and the states that it keeps.
inline constexpr std::size_t kExpressionMemoryBase = std::size_t{128} * 1024;
inline constexpr std::size_t kExpressionMemoryPerByte = 512;

// The label that stands for the name of a sample.
inline constexpr std::string_view kNameLabel = "__name__";

enum class MatchOperator : std::uint8_t { kEqual, kNotEqual, kMatch, kNoMatch };

class LabelMatcher {
 public:
  static metrics::Result<LabelMatcher> Make(std::string label, MatchOperator op, std::string value);
  LabelMatcher(LabelMatcher&&) noexcept;
  LabelMatcher& operator=(LabelMatcher&&) noexcept;
  ~LabelMatcher();

  const std::string& label() const { return label_; }
  MatchOperator op() const { return op_; }
  const std::string& value() const { return value_; }
  bool has_expression() const { return expression_ != nullptr; }

  bool Matches(std::string_view value) const { return IsMet(value) != is_negated(); }
  // Of a value with two spellings: either may be meant.
  bool Matches(std::string_view value, std::string_view other_spelling) const {
    return (IsMet(value) || (value != other_spelling && IsMet(other_spelling))) != is_negated();
  }

 private:
  LabelMatcher(std::string label, MatchOperator op, std::string value);

  bool is_negated() const { return op_ == MatchOperator::kNotEqual || op_ == MatchOperator::kNoMatch; }
  // Without the negation.
  bool IsMet(std::string_view value) const;

  std::string label_;
  MatchOperator op_;
  std::string value_;
  std::unique_ptr<const re2::RE2> expression_;  // null for = and !=
};

}  // namespace streamhouse::exporters
