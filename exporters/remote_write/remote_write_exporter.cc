#include "exporters/remote_write/remote_write_exporter.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include "exporters/remote_write/ended_cursor.h"
#include "exporters/view/escaped_view.h"
#include "metrics_core/clock.h"
#include "metrics_core/naming/name_escaping.h"

namespace streamhouse::exporters {
namespace {

using metrics::Snapshot;
using metrics::Status;

std::int64_t UnixMilliseconds(const Snapshot& snapshot) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(snapshot.taken_at().time_since_epoch()).count();
}

}  // namespace

RemoteWriteExporter::RemoteWriteExporter(metrics::Registry& registry, const PushMetrics& metrics,
                                         RemoteWriteOptions options)
    : options_(std::move(options)),
      scheme_("prw+" + options_.receiver.address.Scheme()),
      name_(options_.receiver.address.Url("prw", options_.path)),
      source_(registry, options_.more_registries, scheme_, metrics.left_out()),
      view_(options_.labels),
      choice_(options_.version),
      sender_(scheme_, options_.path, options_.receiver, metrics),
      loop_(
          scheme_, name_, [this](PushDeadline deadline) { return Push(deadline); }, options_.push, metrics) {}

Status RemoteWriteExporter::Start() {
  Status checked = loop_.Check();
  if (checked.ok()) checked = source_.Check();
  if (checked.ok()) checked = view_.Check(source_.Take());
  if (checked.ok()) checked = sender_.CheckFiles();
  if (checked.ok()) checked = loop_.Start();
  return checked;
}

Status RemoteWriteExporter::Push(PushDeadline deadline) {
  const bool is_last = loop_.stop_signal().is_given();
  const Snapshot snapshot = view_.Of(source_.Take());
  Status pushed = SendInVersion([&] { return PushSnapshot(snapshot, deadline); });
  if (!is_last) return pushed;
  // The receiver has series of earlier pushes where this one has failed.
  Status ended = SendInVersion([&] { return PushEnd(UnixMilliseconds(snapshot), deadline); });
  return pushed.ok() ? ended : pushed;
}

template <typename Send>
Status RemoteWriteExporter::SendInVersion(const Send& send) {
  BatchOutcome outcome = send();
  if (outcome.falls_back) {
    LogVersion();
    outcome = send();
  }
  return outcome.status;
}

BatchOutcome RemoteWriteExporter::PushSnapshot(const Snapshot& snapshot, PushDeadline deadline) {
  Snapshot escaped;
  std::span<const metrics::FamilySnapshot> families = snapshot.families();
  if (choice_.version() == RemoteWriteVersion::k1) {
    escaped = EscapedView(families, metrics::NameEscaping::kUnderscores);
    families = escaped.families();
  }
  EndedCursor ended = keeper_.Ended(families, exponential());
  const RemoteWriteBatch batch = {.ended = &ended,
                                  .families = families,
                                  .unix_milliseconds = UnixMilliseconds(snapshot),
                                  .exemplars_after = pushed_unix_milliseconds_,
                                  .exponential = exponential()};
  const BatchOutcome outcome = sender_.Send(batch, choice_, deadline, loop_.stop_signal());
  if (outcome.is_begun) {
    keeper_.Keep(families, batch.exponential);
    pushed_unix_milliseconds_ = batch.unix_milliseconds;
  }
  return outcome;
}

// The markers are later than the samples: a receiver refuses two samples of one time.
BatchOutcome RemoteWriteExporter::PushEnd(std::int64_t last_unix_milliseconds, PushDeadline deadline) {
  const std::int64_t sent_unix_milliseconds = std::max(pushed_unix_milliseconds_, last_unix_milliseconds);
  EndedCursor ended = keeper_.All(exponential());
  const RemoteWriteBatch batch = {
      .ended = &ended, .unix_milliseconds = std::max(metrics::Clock::UnixMilliseconds(), sent_unix_milliseconds + 1)};
  BatchOutcome outcome = sender_.Send(batch, choice_, deadline, loop_.stop_signal());
  if (outcome.is_begun) keeper_.Keep({}, exponential());
  return outcome;
}

ExponentialUse RemoteWriteExporter::exponential() const {
  const bool is_old = choice_.version() == RemoteWriteVersion::k1;
  return options_.exponential.value_or(is_old ? ExponentialUse::kClassic : ExponentialUse::kNative);
}

void RemoteWriteExporter::LogVersion() {
  if (is_version_logged_ || !options_.push.log) return;
  is_version_logged_ = true;
  options_.push.log(name_ + ": the receiver does not know remote write 2.0, and gets 1.0");
}

}  // namespace streamhouse::exporters
