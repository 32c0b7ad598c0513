#include "agent/rpc/request_counter.h"

#include <grpcpp/support/interceptor.h>
#include <grpcpp/support/status_code_enum.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/rpc/request_trace.h"
#include "metrics_core/clock.h"
#include "metrics_core/exemplar.h"

namespace streamhouse::agent {
namespace {

std::optional<std::size_t> MethodIndex(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  for (std::size_t i = 0; i < kGrpcMethodCount; ++i) {
    if (GrpcMethodName(static_cast<GrpcMethod>(i)) == name) return i;
  }
  return std::nullopt;
}

class CountedCall final : public grpc::experimental::Interceptor {
 public:
  CountedCall(const RpcMetrics& metrics, std::size_t method)
      : metrics_(metrics), method_(method), start_(metrics::Clock::NowNanoseconds()) {}
  ~CountedCall() override { CountOnce(grpc::StatusCode::CANCELLED); }

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(grpc::experimental::InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      const auto* const metadata = methods->GetRecvInitialMetadata();
      if (metadata != nullptr) trace_ = TraceOf(*metadata);
    }
    if (methods->QueryInterceptionHookPoint(grpc::experimental::InterceptionHookPoints::PRE_SEND_STATUS)) {
      CountOnce(methods->GetSendStatus().error_code());
    }
    methods->Proceed();
  }

 private:
  void CountOnce(grpc::StatusCode code) {
    if (counted_) return;
    counted_ = true;
    metrics_.request_duration[method_].Observe(metrics::Clock::NowNanoseconds() - start_, trace_);
    const auto index = static_cast<std::size_t>(code);
    constexpr auto kUnknown = static_cast<std::size_t>(grpc::StatusCode::UNKNOWN);
    metrics_.requests[method_][index < kGrpcCodeCount ? index : kUnknown].Increment();
  }

  const RpcMetrics& metrics_;
  const std::size_t method_;
  const std::uint64_t start_;
  metrics::TraceContext trace_;
  bool counted_ = false;  // the hooks of one call run one after the other
};

}  // namespace

grpc::experimental::Interceptor* RequestCounter::CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) {
  const std::optional<std::size_t> method = MethodIndex(info->method());
  return method ? new CountedCall(metrics_, *method) : nullptr;
}

}  // namespace streamhouse::agent
