#include "integrations/librdkafka/message_metrics.h"

#include <array>
#include <string_view>
#include <utility>

#include "metrics_core/family_registration.h"
#include "metrics_core/mutex.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::Counter;
using metrics::FamilyRegistration;
using metrics::Result;

std::uint64_t NextId() {
  static metrics::Mutex mutex;
  static std::uint64_t last = 0;
  const metrics::MutexLock lock(mutex);
  return ++last;
}

// The handles of a topic, kept by one thread.
struct KeptTopic {
  std::uint64_t id = 0;  // of the families; 0: the place is free
  std::string topic = {};
  Counter records = {};
  Counter bytes = {};
};

// The place to look first, by the handle in librdkafka. Another topic may get the address of one
// that was destroyed, so the name is compared.
std::size_t PlaceOf(const rd_kafka_topic_t* topic) {
  return reinterpret_cast<std::uintptr_t>(topic) >> 6;
}

std::uint64_t BytesOf(const rd_kafka_message_t& message) {
  std::uint64_t bytes = message.key_len + message.len;
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return bytes;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    bytes += std::string_view(name).size() + size;
  }
  return bytes;
}

std::string_view PersistedName(rd_kafka_msg_status_t status) {
  switch (status) {
    case RD_KAFKA_MSG_STATUS_NOT_PERSISTED:
      return "no";
    case RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED:
      return "possibly";
    case RD_KAFKA_MSG_STATUS_PERSISTED:
      return "yes";
  }
  return "possibly";
}

}  // namespace

Result<MessageMetrics> MessageMetrics::Register(metrics::Registry& registry) {
  MessageMetrics made;
  FamilyRegistration families(registry);
  const auto by_topic = [&](const char* name, const char* help) {
    return families.AddCounter({.name = name, .help = help, .labels = {"topic"}});
  };
  // Name, help and labels of streamhouse_* are those of the client module.
  made.sent_ = {
      .records = by_topic("streamhouse_producer_records_sent_total", "Records acknowledged by the broker"),
      .bytes = by_topic("streamhouse_producer_bytes_sent_total",
                        "Bytes of keys, values and headers acknowledged by the broker"),
      .id = NextId(),
  };
  made.consumed_ = {
      .records = by_topic("streamhouse_consumer_records_consumed_total", "Records returned by Poll()"),
      .bytes =
          by_topic("streamhouse_consumer_bytes_consumed_total", "Bytes of keys, values and headers returned by Poll()"),
      .id = NextId(),
  };
  made.unconfirmed_ =
      by_topic("rdkafka_producer_records_unconfirmed_total", "Records sent without a request for an acknowledgement");
  made.failed_ = families.AddCounter({.name = "rdkafka_producer_records_failed_total",
                                      .help = "Records that failed for good; whether they are in the log",
                                      .labels = {"topic", "error", "persisted"}});
  if (!families.status().ok()) return families.status();
  return made;
}

void MessageMetrics::Count(const Counts& counts, const rd_kafka_message_t& message) {
  thread_local std::array<KeptTopic, kTopicsOfThread> kept_topics;
  const std::string_view topic = rd_kafka_topic_name(message.rkt);
  const std::size_t first = PlaceOf(message.rkt);
  KeptTopic* kept = &kept_topics[first % kTopicsOfThread];
  for (std::size_t i = 1; kept->id != counts.id || kept->topic != topic; ++i) {
    if (kept->id == 0 || i > kTopicsOfThread) {
      *kept = {.id = counts.id,
               .topic = std::string(topic),
               .records = counts.records.With(topic),
               .bytes = counts.bytes.With(topic)};
      break;
    }
    kept = &kept_topics[(first + i) % kTopicsOfThread];
  }
  kept->records.Increment();
  kept->bytes.Increment(BytesOf(message));
}

void MessageMetrics::OnDelivery(const rd_kafka_message_t& message) const {
  const rd_kafka_msg_status_t status = rd_kafka_message_status(&message);
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR && status == RD_KAFKA_MSG_STATUS_PERSISTED) [[likely]] {
    Count(sent_, message);
    return;
  }
  const char* const topic = rd_kafka_topic_name(message.rkt);
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    unconfirmed_.Lookup(topic)->Increment();
  } else {
    failed_.Lookup(topic, ErrorName(message.err), PersistedName(status))->Increment();
  }
}

void MessageMetrics::OnConsumed(const rd_kafka_message_t& message) const {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR && message.rkt != nullptr) Count(consumed_, message);
}

std::string_view ErrorName(rd_kafka_resp_err_t error) {
  const std::string_view name = rd_kafka_err2name(error);
  // What librdkafka calls an error that it does not know.
  constexpr std::string_view kNoName = "ERR_";
  return name.starts_with(kNoName) ? "other" : name;
}

}  // namespace streamhouse::librdkafka
