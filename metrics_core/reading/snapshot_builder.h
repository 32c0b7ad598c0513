// SnapshotBuilder: makes a Snapshot, family by family, of values that come from anywhere.
//
// When to use something else: Registry::TakeSnapshot for what was recorded. This is for views,
// which make one snapshot of another, and for programs whose numbers are kept elsewhere.
// Invariants:
// 1. values[i] of the buffers belongs to families[i]. There are at least as many values as
//    families; those behind are left of a larger snapshot.
// 2. After Finish() a family points into the values at its place only, or is borrowed: then it
//    points into the snapshot that it is of. A renamed one has its label texts at its place.
// Guarantees:
// 1. Families and series stand in the order in which they were added.
// 2. SnapshotBuffers grow to the largest snapshot that was made in them and keep that size. So the
//    next one of that size allocates nothing, except for the texts of KeepText().
// Thread safety: one thread a builder. One snapshot at a time is in the same buffers: the old one
// is destroyed before the next builder is made.
// Cost: a copy of each value.
// Errors: a family whose info is of another kind ends the program. Other mistakes in the order of
// calls are not checked.
//
//   struct Numbers { FamilyInfo info; SnapshotBuffers buffers; };
//   auto numbers = std::make_shared<Numbers>();  // and fill in numbers->info
//   SnapshotBuilder builder(numbers->buffers);
//   auto counters = builder.BeginFamily<CounterValues<std::uint64_t>>(numbers->info, 1);
//   counters.Add(builder.KeepText(label_text), 7);  // topic="orders", with the value escaped
//   Snapshot snapshot = builder.Finish(numbers);
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "metrics_core/reading/family_builder.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {

struct SnapshotBuffers {
  std::deque<std::string> texts;  // that no one else keeps; they do not move
  std::vector<FamilySnapshot> families;
  // Of the families, by their places; those behind are left from another snapshot. Each has memory
  // of its own, so that a family that has grown gives the old memory back before it takes the new,
  // and no other family is moved.
  std::vector<FamilyBuffers> values;
};

class SnapshotBuilder {
 public:
  // The buffers may hold what an earlier snapshot has left.
  explicit SnapshotBuilder(SnapshotBuffers& buffers) : buffers_(buffers) {
    buffers_.families.clear();
    buffers_.texts.clear();
  }

  // Begins a family of about `series` series. `info` is of kind Values::kKind.
  // It and the label texts outlive the snapshot: see KeepText().
  template <typename Values>
  FamilyBuilder<Values> BeginFamily(const FamilyInfo& info, std::size_t series) {
    Check(info.kind == Values::kKind, "a family is built as another kind than its own");
    Begin();
    buffers_.families.back().info_ = &info;
    buffers_.families.back().values_.emplace<Values>();
    return FamilyBuilder<Values>(*values_, info, series);
  }

  // Adds a whole family of another snapshot, which must outlive this one.
  void AddFamily(const FamilySnapshot& family) {
    Begin();
    buffers_.families.back() = family;
    values_->is_borrowed = true;
  }

  // The same values with another info and other label texts. `info` and what the texts point at
  // outlive the snapshot.
  void AddRenamedFamily(const FamilySnapshot& family, const FamilyInfo& info) {
    AddFamily(family);
    buffers_.families.back().info_ = &info;
    values_->is_renamed = true;
    FamilyBuffers::Reserve(values_->labels, family.size());
  }
  // Of the next series of a renamed family.
  void AddLabelText(std::string_view label_text) { values_->labels.push_back(label_text); }

  // The text, for as long as the snapshot lives.
  std::string_view KeepText(std::string text) { return buffers_.texts.emplace_back(std::move(text)); }

  // Says when the snapshot is taken, and of what. `target` may be null.
  void SetOrigin(std::chrono::system_clock::time_point taken_at, std::shared_ptr<const TargetAttributes> target) {
    taken_at_ = taken_at;
    target_ = std::move(target);
  }
  // The same, for a view of another snapshot.
  void SetOriginOf(const Snapshot& source) { SetOrigin(source.taken_at_, source.target_); }

  // `owner` holds the buffers and all else that the snapshot points at.
  Snapshot Finish(std::shared_ptr<void> owner) {
    // What families point at has stopped moving only now.
    for (std::size_t i = 0; i < buffers_.families.size(); ++i) {
      FamilyBuffers& buffers = buffers_.values[i];
      FamilySnapshot& family = buffers_.families[i];
      if (buffers.is_renamed) family.labels_ = buffers.labels;
      if (buffers.is_borrowed) continue;
      family.labels_ = buffers.labels;
      family.created_ = buffers.created;
      std::visit([&]<typename Values>(Values& values) { FamilyBuilder<Values>::Point(values, *family.info_, buffers); },
                 family.values_);
    }
    Snapshot snapshot;
    snapshot.families_ = buffers_.families;
    snapshot.taken_at_ = taken_at_;
    snapshot.target_ = std::move(target_);
    snapshot.buffers_ = std::move(owner);
    return snapshot;
  }

 private:
  void Begin() {
    const std::size_t place = buffers_.families.size();
    buffers_.families.emplace_back();
    if (buffers_.values.size() == place) buffers_.values.emplace_back();
    values_ = &buffers_.values[place];
    values_->Clear();
  }

  SnapshotBuffers& buffers_;
  FamilyBuffers* values_ = nullptr;  // of the present family
  std::chrono::system_clock::time_point taken_at_;
  std::shared_ptr<const TargetAttributes> target_;
};

}  // namespace streamhouse::metrics
