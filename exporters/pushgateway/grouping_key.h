// GroupingKey: the labels that name a group of a Pushgateway, as a path.
//
// The Pushgateway gives them to all series of the group. It takes a path apart after it has decoded
// it, so that an escaped slash would begin another label: such a value has to be in base64.
// When to use something else: ExtraLabels (labelled_view.h), for labels that series have
// themselves.
// Guarantees:
// 1. A key that is parsed has a job, legal label names that are distinct, and values of UTF-8.
// 2. Path() of it is a path that the Pushgateway reads as the same labels.
// Thread safety: a value.
// Cost: linear in the path.
// Errors: of ParseGroupingKey(): InvalidArgument, about the field "path".
//
//   ParseGroupingKey("/job/backup/instance/a")->Path();                  // "/metrics/job/backup/instance/a"
//   ParseGroupingKey("/job/backup/path@base64/L3Zhcg")->labels()[1];       // {"path", "/var"}
//   ParseGroupingKey("/job/backup/instance@base64/=")->labels()[1];        // {"instance", ""}
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "exporters/view/labelled_view.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

class GroupingKey {
 public:
  // The job first.
  const ExtraLabels& labels() const { return labels_; }

  std::string Path() const;

  bool HasLabel(std::string_view name) const;

 private:
  friend metrics::Result<GroupingKey> ParseGroupingKey(std::string_view path);

  explicit GroupingKey(ExtraLabels labels) : labels_(std::move(labels)) {}

  ExtraLabels labels_;
};

// "/job/NAME", and "/LABEL/VALUE" as often as wanted; "/LABEL@base64/VALUE" with the alphabet for
// URLs.
metrics::Result<GroupingKey> ParseGroupingKey(std::string_view path);

}  // namespace streamhouse::exporters
