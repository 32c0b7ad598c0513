#include "metrics_core/bucket_bounds.h"

#include <cmath>
#include <optional>
#include <string>

#include "metrics_core/internal/decimal.h"
#include "metrics_core/internal/number_text.h"

namespace streamhouse::metrics {

using internal::Decimal;

namespace {

Status Refuse(const std::string& why) {
  return Status(StatusCode::kInvalidArgument, "bucket bounds: " + why);
}

Status RefuseSize(std::size_t size) {
  return Refuse("at most " + std::to_string(BucketBounds::kMaxBounds) + ", not " + std::to_string(size));
}

}  // namespace

Result<BucketBounds> BucketBounds::From(std::vector<double> bounds) {
  if (bounds.size() > kMaxBounds) return RefuseSize(bounds.size());
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const std::string which = "bound " + std::to_string(i) + " (" + internal::NumberText(bounds[i]) + ") ";
    if (!std::isfinite(bounds[i])) return Refuse(which + "is not finite; the bucket up to +Inf is implied");
    if (i > 0 && !(bounds[i - 1] < bounds[i])) return Refuse(which + "is not above the one before it");
  }
  return BucketBounds(std::move(bounds));
}

Result<BucketBounds> BucketBounds::Exponential(double start, double factor, int count) {
  if (!(start > 0) || !(factor > 1) || count < 1) return Refuse("exponential needs start > 0, factor > 1, count >= 1");
  const auto size = static_cast<std::size_t>(count);
  // Before they are made: a count may be a slip of many digits.
  if (size > kMaxBounds) return RefuseSize(size);
  std::vector<double> bounds;
  const std::optional<Decimal> by = Decimal::Of(factor);
  std::optional<Decimal> exact = Decimal::Of(start);
  for (double bound = start; bounds.size() < size; bound *= factor) {
    // In decimal as long as its digits suffice.
    if (exact) bound = exact->AsDouble();
    bounds.push_back(bound);
    exact = exact && by ? *exact * *by : std::nullopt;
  }
  return From(std::move(bounds));
}

Result<BucketBounds> BucketBounds::Linear(double start, double width, int count) {
  if (!(width > 0) || count < 1) return Refuse("linear needs width > 0, count >= 1");
  const auto size = static_cast<std::size_t>(count);
  if (size > kMaxBounds) return RefuseSize(size);
  std::vector<double> bounds;
  bounds.reserve(size);
  const std::optional<Decimal> first = Decimal::Of(start);
  const std::optional<Decimal> step = Decimal::Of(width);
  for (int i = 0; i < count; ++i) {
    const std::optional<Decimal> above = step ? *step * Decimal::OfInteger(i) : std::nullopt;
    const std::optional<Decimal> exact = first && above ? *first + *above : std::nullopt;
    bounds.push_back(exact ? exact->AsDouble() : start + width * i);
  }
  return From(std::move(bounds));
}

}  // namespace streamhouse::metrics
