// RecordHeaders: what travels with a record beside key and value, such as the trace that it belongs
// to.
//
// When to use something else: the value, for what every reader of the topic needs.
// Guarantees: names may repeat, and the order is kept; HeadersView borrows, RecordHeaders owns.
// Thread safety: as for a std::string.
// Cost: a header is 8 bytes and its own; finding one looks at every header before it. A record
// without any pays nothing.
//
//   RecordHeaders headers;
//   headers.Add("traceparent", incoming);
//   producer->Send("orders", {.value = payload, .headers = headers});
//   … record.headers.Find("traceparent") …
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proto/record_headers.h"

namespace streamhouse::client {

class HeadersView {
 public:
  HeadersView() = default;
  // As proto/record_headers.h lays them out.
  explicit HeadersView(std::string_view laid_out) : laid_out_(laid_out) {}

  bool empty() const { return laid_out_.empty(); }
  std::size_t bytes() const { return laid_out_.size(); }
  std::string_view laid_out() const { return laid_out_; }

  // The value of the first one of that name.
  std::optional<std::string_view> Find(std::string_view name) const { return v1::FindHeader(laid_out_, name); }

  // Calls `visit` with the name and the value of each.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    std::string_view rest = laid_out_;
    while (const auto header = v1::TakeHeader(rest)) visit(header->name, header->value);
  }

  friend bool operator==(const HeadersView&, const HeadersView&) = default;

 private:
  std::string_view laid_out_;
};

class RecordHeaders {
 public:
  RecordHeaders& Add(std::string_view name, std::string_view value) {
    v1::AppendHeader({.name = name, .value = value}, laid_out_);
    return *this;
  }
  void Clear() { laid_out_.clear(); }

  // Valid until the next Add() or Clear().
  operator HeadersView() const { return HeadersView(laid_out_); }  // NOLINT(google-explicit-constructor)

 private:
  std::string laid_out_;
};

}  // namespace streamhouse::client
