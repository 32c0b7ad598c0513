#include "exporters/select/label_matcher.h"

#include <re2/re2.h>

#include <utility>

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

std::unique_ptr<const re2::RE2> Compile(const std::string& expression) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_dot_nl(true);
  options.set_never_capture(true);
  options.set_max_mem(static_cast<std::int64_t>(kExpressionMemoryBase + kExpressionMemoryPerByte * expression.size()));
  return std::make_unique<const re2::RE2>(expression, options);
}

// RE2 ends its text with the part of the expression that it means.
std::string Reason(const re2::RE2& expression) {
  std::string_view reason = expression.error();
  if (!expression.error_arg().empty() && reason.ends_with(expression.error_arg())) {
    reason.remove_suffix(expression.error_arg().size());
    if (reason.ends_with(": ")) reason.remove_suffix(2);
  }
  return std::string(reason);
}

}  // namespace

LabelMatcher::LabelMatcher(std::string label, MatchOperator op, std::string value)
    : label_(std::move(label)), op_(op), value_(std::move(value)) {
  if (op_ == MatchOperator::kMatch || op_ == MatchOperator::kNoMatch) expression_ = Compile(value_);
}

LabelMatcher::LabelMatcher(LabelMatcher&&) noexcept = default;
LabelMatcher& LabelMatcher::operator=(LabelMatcher&&) noexcept = default;
LabelMatcher::~LabelMatcher() = default;

Result<LabelMatcher> LabelMatcher::Make(std::string label, MatchOperator op, std::string value) {
  LabelMatcher made(std::move(label), op, std::move(value));
  if (made.expression_ != nullptr && !made.expression_->ok()) {
    return Status(StatusCode::kInvalidArgument, "the regular expression is refused: " + Reason(*made.expression_));
  }
  return made;
}

bool LabelMatcher::IsMet(std::string_view value) const {
  if (expression_ == nullptr) return value == value_;
  return re2::RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *expression_);
}

}  // namespace streamhouse::exporters
