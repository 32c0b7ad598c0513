// FamilyAccess: families by label values whose number is known at run time, for the C API.
//
// Guarantees: as those of Family and BasicCallbackFamily.
// Thread safety: as those of the family.
// Cost: that of the family's own functions.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "metrics_core/callback_family.h"
#include "metrics_core/family.h"
#include "metrics_core/internal/callback_core.h"
#include "metrics_core/internal/family_core.h"

namespace streamhouse::metrics::internal {

struct FamilyAccess {
  template <typename Handle>
  static std::shared_ptr<FamilyCore> CoreOf(const Family<Handle>& family) {
    return family.core_;
  }

  // `values`: an array or a span of string_view.
  template <typename Handle, typename LabelValues>
  static LookedUp<Handle> Lookup(FamilyCore& family, const LabelValues& values) {
    return LookedUp<Handle>(&family, values);
  }

  template <typename Value>
  static const FamilyInfo& InfoOf(const BasicCallbackFamily<Value>& family) {
    return family.core_->info();
  }

  // Nullopt with another number of values than there are labels.
  template <typename Value>
  static std::optional<typename BasicCallbackFamily<Value>::Token> Add(const BasicCallbackFamily<Value>& family,
                                                                       typename BasicCallbackFamily<Value>::Read read,
                                                                       std::int64_t began_unix_milliseconds,
                                                                       std::span<const std::string_view> values) {
    auto series = family.core_->Add(std::move(read), began_unix_milliseconds, values);
    if (series == nullptr) return std::nullopt;
    return typename BasicCallbackFamily<Value>::Token(std::move(series));
  }

  template <typename Value>
  static typename BasicCallbackFamily<Value>::Token AddMany(const BasicCallbackFamily<Value>& family, ReadMany read,
                                                            std::int64_t began_unix_milliseconds) {
    return typename BasicCallbackFamily<Value>::Token(family.core_->AddMany(std::move(read), began_unix_milliseconds));
  }
};

}  // namespace streamhouse::metrics::internal
