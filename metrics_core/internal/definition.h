// Definition: the text of a family's registration. Two registrations are compared and shown by it.
//
// Guarantees: texts are equal if and only if all added parts are equal.
// Thread safety: a value.
// Cost: set-up.
#pragma once

#include <string>
#include <string_view>

#include "metrics_core/reading/family_info.h"

namespace streamhouse::metrics::internal {

class Definition {
 public:
  // `kind` is the word for what it is, such as "counter".
  Definition(std::string_view kind, const FamilyInfo& info);

  // Adds a number where it is not the default.
  void Add(std::string_view name, double value, double default_value);
  // Adds the name of a choice that was made.
  void Add(std::string_view name);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace streamhouse::metrics::internal
