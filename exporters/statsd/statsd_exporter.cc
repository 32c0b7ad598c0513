#include "exporters/statsd/statsd_exporter.h"

#include <utility>

#include "exporters/encoding/page_chunk.h"
#include "exporters/statsd/taken_statsd_names.h"
#include "metrics_core/dcheck.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {
namespace {

using metrics::Snapshot;
using metrics::Status;
using metrics::StatusCode;

std::string_view ReasonOf(const Status& failed) {
  return failed.code() == StatusCode::kDeadlineExceeded ? drop_reason::kUnavailable : drop_reason::kUnreachable;
}

}  // namespace

Status CheckDogStatsdOptions(const StatsdExporterOptions& options) {
  const bool has_times = options.timestamps == StatsdTimestamps::kOn;
  constexpr std::string_view kNeedsDialect = "needs the dialect dogstatsd";
  if (options.dialect != StatsdDialect::kDogStatsd) {
    if (has_times) return metrics::InvalidField("timestamps", kNeedsDialect);
    if (options.origin) return metrics::InvalidField("origin", kNeedsDialect);
  }
  if (has_times && options.push.interval < kTimestampIntervalMin) {
    return metrics::InvalidField("timestamps", "needs an interval of 1s or more");
  }
  return Status::Ok();
}

StatsdExporter::StatsdExporter(metrics::Registry& registry, const PushMetrics& metrics, StatsdExporterOptions options)
    : metrics_(metrics),
      options_(std::move(options)),
      scheme_(is_unix() ? "statsd+unix" : "statsd"),
      name_((is_unix() ? "statsd+" : "statsd://") + metrics::ToString(options_.address)),
      source_(registry, options_.more_registries, scheme_, metrics.left_out()),
      view_(options_.labels),
      deltas_(DoubleDeltas::kWhole),
      loop_(
          scheme_, name_, [this](PushDeadline deadline) { return Push(deadline); }, options_.push, metrics) {}

Status StatsdExporter::Start() {
  Status checked = loop_.Check();
  if (checked.ok()) checked = CheckDogStatsdOptions(options_);
  if (checked.ok() && is_unix()) checked = metrics::CheckUnixSocket(std::get<metrics::UnixSocket>(options_.address));
  if (checked.ok()) checked = source_.Check();
  if (checked.ok()) checked = CheckFamilies();
  if (!checked.ok()) return checked;
  FindOrigin();
  return loop_.Start();
}

void StatsdExporter::FindOrigin() {
  if (!options_.origin) return;
  fields_ = FindDogStatsdOrigin(*options_.origin);
  if (!fields_.tags.empty() || !fields_.origin.empty() || !options_.push.log) return;
  options_.push.log(name_ + ": lines tell no origin: this process is in no container that it can see");
}

std::int64_t StatsdExporter::NextSecond(std::chrono::system_clock::time_point taken_at) {
  const auto now = std::chrono::floor<std::chrono::seconds>(taken_at.time_since_epoch()).count();
  const std::int64_t before = fields_.unix_seconds;
  const bool is_taken = now <= before && before - now <= kClockSetBack.count();
  return is_taken ? before + 1 : now;
}

Status StatsdExporter::CheckFamilies() const {
  Snapshot all = source_.Take();
  if (Status checked = view_.Check(all); !checked.ok()) return checked;
  const Snapshot labelled = view_.Of(std::move(all));
  return CheckStatsdNames(labelled.families(), options_.dialect);
}

Status StatsdExporter::Push(PushDeadline deadline) {
  // Invariant 1.
  metrics::DCheck([this] { return !unproven_ || (socket_ && !is_unix()); }, "a refusal has the socket of its datagram");
  const Status before = Settle();
  LookUpAgain();
  // Invariant 2.
  metrics::DCheck([this] { return rest_.empty() || !socket_; }, "a push that was refused connects again");
  Status sent = SendAll(deadline);
  if (sent.ok() && unproven_ && loop_.stop_signal().is_given()) sent = Settle();
  if (!sent.ok()) return sent;
  if (!unproven_) deltas_.Commit();
  // While the receiver stays unreachable, each push learns of its refusal from the next one.
  return before.ok() ? sent : before;
}

void StatsdExporter::LookUpAgain() {
  if (is_unix() || !socket_ || ++pushes_since_look_up_ < kPushesPerLookUp) return;
  pushes_since_look_up_ = 0;
  metrics::Result<DatagramSocket> connected = DatagramSocket::Connect(options_.address, choice_);
  if (connected.ok()) socket_.emplace(*std::move(connected));
}

Status StatsdExporter::SendAll(PushDeadline deadline) {
  const Snapshot deltas = deltas_.Of(view_.Of(source_.Take()));
  if (options_.timestamps == StatsdTimestamps::kOn) fields_.unix_seconds = NextSecond(deltas.taken_at());
  StatsdEncoder encoder(deltas.families(), options_.dialect, fields_, std::exchange(rest_, {}));
  PageChunk chunk(is_unix() ? kStatsdUnixBytes : kStatsdUdpBytes);
  Status failed;
  PageSource::Progress progress;
  do {
    chunk.Clear();
    progress = encoder.Fill(chunk);
    if (!failed.ok()) {
      metrics_.CountDropped(scheme_, ReasonOf(failed), encoder.samples());
    } else if (!chunk.empty()) {
      failed = Deliver(chunk.view(),
                       {.position = encoder.position(),
                        .rest = std::string(encoder.rest()),
                        .samples = encoder.samples(),
                        .bytes = chunk.view().size()},
                       deadline);
    }
  } while (progress == PageSource::Progress::kMore);
  CountLeftOut(encoder.left_out());
  return failed;
}

Status StatsdExporter::Deliver(std::string_view text, Datagram datagram, PushDeadline deadline) {
  if (unproven_) {
    // Any error is about the datagram before; Send() would take some for errors of this one.
    if (Status refused = socket_->TakeRefusal(); !refused.ok()) {
      metrics_.CountDropped(scheme_, ReasonOf(refused), datagram.samples);
      GoBackTo(*std::exchange(unproven_, std::nullopt), refused);
      return refused;
    }
  }
  Status sent = Send(text, deadline);
  std::optional<Datagram> before = std::exchange(unproven_, std::nullopt);
  if (before && sent.code() == StatusCode::kNotFound) {
    metrics_.CountDropped(scheme_, ReasonOf(sent), datagram.samples);
    GoBackTo(*std::move(before), sent);
    return sent;
  }
  if (before) CountArrived(*before);
  if (sent.ok() && !is_unix()) {
    sent = socket_->TakeRefusal();
    if (sent.ok()) {
      unproven_ = std::move(datagram);
      return sent;
    }
  }
  if (sent.ok()) {
    CountArrived(datagram);
  } else {
    GoBackTo(std::move(datagram), sent);
  }
  return sent;
}

Status StatsdExporter::Send(std::string_view text, PushDeadline deadline) {
  const bool was_connected = socket_.has_value();
  if (Status connected = was_connected ? Status::Ok() : Connect(); !connected.ok()) return connected;
  Status sent = socket_->Send(text, deadline);
  const bool may_be_replaced = was_connected && is_unix();
  if (sent.ok() || !may_be_replaced || sent.code() == StatusCode::kDeadlineExceeded) return sent;
  if (Status connected = Connect(); !connected.ok()) return connected;
  metrics_.CountRetry(scheme_);
  return socket_->Send(text, deadline);
}

Status StatsdExporter::Connect() {
  socket_.reset();
  pushes_since_look_up_ = 0;
  metrics::Result<DatagramSocket> connected = DatagramSocket::Connect(options_.address, choice_);
  if (!connected.ok()) return connected.status();
  socket_.emplace(*std::move(connected));
  return Status::Ok();
}

void StatsdExporter::CountArrived(const Datagram& datagram) const {
  metrics_.CountSent(scheme_, datagram.samples);
  metrics_.CountSentBytes(scheme_, datagram.bytes);
}

void StatsdExporter::GoBackTo(Datagram datagram, const Status& why) {
  metrics_.CountDropped(scheme_, ReasonOf(why), datagram.samples);
  deltas_.CommitUntil(datagram.position.family, datagram.position.series);
  rest_ = std::move(datagram.rest);
  socket_.reset();
  ++choice_;
}

Status StatsdExporter::Settle() {
  if (!unproven_) return Status::Ok();
  Status late = socket_->TakeRefusal();
  Datagram last = *std::exchange(unproven_, std::nullopt);
  if (late.ok()) {
    CountArrived(last);
    deltas_.Commit();
  } else {
    GoBackTo(std::move(last), late);
  }
  return late;
}

void StatsdExporter::CountLeftOut(const StatsdEncoder::LeftOut& left_out) {
  for (const auto& [family, why] : left_out.families) {
    metrics_.left_out().Count(scheme_, family, left_out_reason::kNameIsTaken);
    LogOnce(family, why);
  }
  for (const std::string& family : left_out.families_of_series) {
    LogOnce(family, "two of its series have one StatsD name, and the second is left out");
  }
  metrics_.CountDropped(scheme_, drop_reason::kNameIsTaken, left_out.series);
  metrics_.CountDropped(scheme_, drop_reason::kTooLarge, left_out.long_lines);
}

void StatsdExporter::LogOnce(const std::string& family, std::string_view what) {
  if (options_.push.log && logged_.insert(family).second) {
    options_.push.log(name_ + ": " + family + ": " + std::string(what));
  }
}

}  // namespace streamhouse::exporters
