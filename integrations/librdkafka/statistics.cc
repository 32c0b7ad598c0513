#include "integrations/librdkafka/statistics.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <boost/json/string_view.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace streamhouse::librdkafka {
namespace {

using boost::json::error_code;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

template <typename Owner>
struct NumberField {
  std::string_view key;
  std::int64_t Owner::*member;
};

template <typename Owner>
struct TextField {
  std::string_view key;
  std::string Owner::*member;
};

constexpr NumberField<Statistics> kTopNumbers[] = {
    {"ts", &Statistics::ts},           {"time", &Statistics::time},         {"replyq", &Statistics::replyq},
    {"msg_cnt", &Statistics::msg_cnt}, {"msg_size", &Statistics::msg_size},
};
constexpr TextField<Statistics> kTopTexts[] = {
    {"name", &Statistics::name},
    {"client_id", &Statistics::client_id},
    {"type", &Statistics::type},
};

constexpr NumberField<BrokerStatistics> kBrokerNumbers[] = {
    {"nodeid", &BrokerStatistics::nodeid},     {"txbytes", &BrokerStatistics::txbytes},
    {"rxbytes", &BrokerStatistics::rxbytes},   {"txerrs", &BrokerStatistics::txerrs},
    {"rxerrs", &BrokerStatistics::rxerrs},     {"req_timeouts", &BrokerStatistics::req_timeouts},
    {"connects", &BrokerStatistics::connects}, {"disconnects", &BrokerStatistics::disconnects},
    {"rxidle", &BrokerStatistics::rxidle},
};
constexpr TextField<BrokerStatistics> kBrokerTexts[] = {
    {"name", &BrokerStatistics::name},
    {"nodename", &BrokerStatistics::nodename},
    {"source", &BrokerStatistics::source},
    {"state", &BrokerStatistics::state},
};

struct BrokerWindow {
  std::string_view key;
  WindowStatistics BrokerStatistics::*member;
};
constexpr BrokerWindow kBrokerWindows[] = {
    {"int_latency", &BrokerStatistics::int_latency},
    {"outbuf_latency", &BrokerStatistics::outbuf_latency},
    {"rtt", &BrokerStatistics::rtt},
    {"throttle", &BrokerStatistics::throttle},
};

constexpr NumberField<WindowStatistics> kWindowNumbers[] = {
    {"sum", &WindowStatistics::sum},
    {"cnt", &WindowStatistics::cnt},
};

constexpr NumberField<PartitionStatistics> kPartitionNumbers[] = {
    {"partition", &PartitionStatistics::partition},
    {"broker", &PartitionStatistics::broker},
    {"next_offset", &PartitionStatistics::next_offset},
    {"app_offset", &PartitionStatistics::app_offset},
    {"committed_offset", &PartitionStatistics::committed_offset},
    {"lo_offset", &PartitionStatistics::lo_offset},
    {"hi_offset", &PartitionStatistics::hi_offset},
    {"ls_offset", &PartitionStatistics::ls_offset},
    {"txmsgs", &PartitionStatistics::txmsgs},
    {"txbytes", &PartitionStatistics::txbytes},
    {"rxmsgs", &PartitionStatistics::rxmsgs},
    {"rxbytes", &PartitionStatistics::rxbytes},
    {"rx_ver_drops", &PartitionStatistics::rx_ver_drops},
    {"fetchq_cnt", &PartitionStatistics::fetchq_cnt},
    {"fetchq_size", &PartitionStatistics::fetchq_size},
};

constexpr NumberField<GroupStatistics> kGroupNumbers[] = {
    {"rebalance_cnt", &GroupStatistics::rebalance_cnt},
    {"assignment_size", &GroupStatistics::assignment_size},
};
constexpr TextField<GroupStatistics> kGroupTexts[] = {{"join_state", &GroupStatistics::join_state}};

// Most keys of a document are in no table: a comparison of lengths tells.
template <typename Fields, typename Owner, typename Value>
void Assign(const Fields& fields, Owner& owner, std::string_view key, Value value) {
  for (const auto& field : fields) {
    if (field.key == key) owner.*field.member = value;
  }
}

// Takes the events of the parser, and fills a Statistics. Each object that is open has a place.
class Handler {
 public:
  // NOLINTBEGIN(readability-identifier-naming): Boost.JSON reads these names.
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  // NOLINTEND(readability-identifier-naming)

  explicit Handler(std::string_view document) : document_(document) {}

  Statistics& statistics() { return statistics_; }

  bool on_document_begin(error_code& /*error*/) { return true; }
  bool on_document_end(error_code& /*error*/) { return true; }

  bool on_object_begin(error_code& /*error*/) {
    places_.push_back(PlaceOfObject());
    return true;
  }
  bool on_object_end(std::size_t /*size*/, error_code& /*error*/) {
    if (places_.back() == Place::kPartition) EndPartition();
    places_.pop_back();
    return true;
  }

  // The format has no arrays; what a newer release may put into one is skipped.
  bool on_array_begin(error_code& /*error*/) {
    places_.push_back(Place::kSkipped);
    return true;
  }
  bool on_array_end(std::size_t /*size*/, error_code& /*error*/) {
    places_.pop_back();
    return true;
  }

  bool on_key_part(boost::json::string_view part, std::size_t /*size*/, error_code& /*error*/) {
    key_parts_.append(part.data(), part.size());
    return true;
  }
  bool on_key(boost::json::string_view part, std::size_t /*size*/, error_code& /*error*/) {
    key_ = Whole(key_parts_, part, key_storage_);
    return true;
  }
  bool on_string_part(boost::json::string_view part, std::size_t /*size*/, error_code& /*error*/) {
    text_parts_.append(part.data(), part.size());
    return true;
  }
  bool on_string(boost::json::string_view part, std::size_t /*size*/, error_code& /*error*/) {
    Text(Whole(text_parts_, part, text_storage_));
    return true;
  }

  bool on_number_part(boost::json::string_view /*part*/, error_code& /*error*/) { return true; }
  bool on_int64(std::int64_t value, boost::json::string_view /*text*/, error_code& /*error*/) {
    Number(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, boost::json::string_view /*text*/, error_code& /*error*/) {
    Number(static_cast<std::int64_t>(value));
    return true;
  }
  bool on_double(double /*value*/, boost::json::string_view /*text*/, error_code& /*error*/) { return true; }
  bool on_bool(bool value, error_code& /*error*/) {
    if (Here() == Place::kPartition && key_ == "desired") Partition().is_desired = value;
    return true;
  }
  bool on_null(error_code& /*error*/) { return true; }
  bool on_comment_part(boost::json::string_view /*part*/, error_code& /*error*/) { return true; }
  bool on_comment(boost::json::string_view /*part*/, error_code& /*error*/) { return true; }

 private:
  enum class Place : std::uint8_t {
    kTop,
    kBrokers,
    kBroker,
    kRequests,
    kWindow,
    kTopics,
    kTopic,
    kPartitions,
    kPartition,
    kGroup,
    kSkipped,
  };

  bool IsInDocument(const char* place) const {
    const std::less<> is_before;
    return !is_before(place, document_.data()) && is_before(place, document_.data() + document_.size());
  }

  // The parser cuts a text at escapes. Without any, the text stays where it is in the document.
  // What follows an escape is in a buffer of the parser, which is gone after the call.
  std::string_view Whole(std::string& parts, boost::json::string_view last, std::string& storage) const {
    if (parts.empty() && IsInDocument(last.data())) return {last.data(), last.size()};
    storage = std::exchange(parts, {});
    storage.append(last.data(), last.size());
    return storage;
  }

  Place Here() const { return places_.empty() ? Place::kSkipped : places_.back(); }
  BrokerStatistics& Broker() { return statistics_.brokers.back(); }
  TopicStatistics& Topic() { return statistics_.topics.back(); }
  PartitionStatistics& Partition() { return Topic().partitions.back(); }

  // The place of an object that begins under key_.
  Place PlaceOfObject() {
    if (places_.empty()) return Place::kTop;
    switch (Here()) {
      case Place::kTop:
        if (key_ == "brokers") return Place::kBrokers;
        if (key_ == "topics") return Place::kTopics;
        return key_ == "cgrp" ? Place::kGroup : Place::kSkipped;
      case Place::kBrokers:
        statistics_.brokers.emplace_back();
        return Place::kBroker;
      case Place::kBroker:
        if (key_ == "req") return Place::kRequests;
        for (const BrokerWindow& window : kBrokerWindows) {
          if (window.key == key_) return WindowOf(Broker().*window.member);
        }
        return Place::kSkipped;
      case Place::kTopics:
        statistics_.topics.emplace_back();
        return Place::kTopic;
      case Place::kTopic:
        if (key_ == "partitions") return Place::kPartitions;
        if (key_ == "batchsize") return WindowOf(Topic().batchsize);
        return key_ == "batchcnt" ? WindowOf(Topic().batchcnt) : Place::kSkipped;
      case Place::kPartitions:
        Topic().partitions.emplace_back();
        return Place::kPartition;
      default:
        return Place::kSkipped;
    }
  }

  Place WindowOf(WindowStatistics& window) {
    window_ = &window;
    return Place::kWindow;
  }

  void EndPartition() {
    if (Partition().partition < 0) Topic().partitions.pop_back();
  }

  void Number(std::int64_t value) {
    switch (Here()) {
      case Place::kTop:
        return Assign(kTopNumbers, statistics_, key_, value);
      case Place::kBroker:
        return Assign(kBrokerNumbers, Broker(), key_, value);
      case Place::kRequests:
        Broker().requests[RequestIndex()] += value;
        return;
      case Place::kWindow:
        return Assign(kWindowNumbers, *window_, key_, value);
      case Place::kPartition:
        return Assign(kPartitionNumbers, Partition(), key_, value);
      case Place::kGroup:
        return Assign(kGroupNumbers, statistics_.cgrp, key_, value);
      default:
        return;
    }
  }

  std::size_t RequestIndex() const {
    return static_cast<std::size_t>(std::find(kRequests.begin(), kRequests.end(), key_) - kRequests.begin());
  }

  void Text(std::string_view value) {
    switch (Here()) {
      case Place::kTop:
        return Assign(kTopTexts, statistics_, key_, value);
      case Place::kBroker:
        return Assign(kBrokerTexts, Broker(), key_, value);
      case Place::kTopic:
        if (key_ == "topic") Topic().topic = value;
        return;
      case Place::kPartition:
        if (key_ == "fetch_state") Partition().is_active = value == "active";
        return;
      case Place::kGroup:
        return Assign(kGroupTexts, statistics_.cgrp, key_, value);
      default:
        return;
    }
  }

  const std::string_view document_;
  Statistics statistics_;
  std::vector<Place> places_;
  WindowStatistics* window_ = nullptr;  // of the place kWindow; no broker or topic is added meanwhile
  std::string_view key_;                // into the document or key_storage_
  std::string key_storage_;
  std::string key_parts_;
  std::string text_storage_;
  std::string text_parts_;
};

}  // namespace

Result<Statistics> ParseStatistics(std::string_view json) {
  if (json.size() > kStatisticsBytesMax) {
    return Status(StatusCode::kResourceExhausted, "statistics of " + std::to_string(json.size()) + " bytes");
  }
  boost::json::basic_parser<Handler> parser{boost::json::parse_options(), json};
  error_code error;
  const std::size_t read = parser.write_some(false, json.data(), json.size(), error);
  if (!error && read != json.size()) error = boost::json::error::extra_data;
  if (error) return Status(StatusCode::kInvalidArgument, "statistics are no JSON: " + error.message());
  Statistics& statistics = parser.handler().statistics();
  if (statistics.name.empty()) return Status(StatusCode::kInvalidArgument, "statistics have no name of a client");
  return std::move(statistics);
}

}  // namespace streamhouse::librdkafka
