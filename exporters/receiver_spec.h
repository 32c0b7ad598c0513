// ReceiverSpec: the part of a specification that all exporters over HTTP have in common.
//
//   ca=FILE            authorities of the receiver's certificate, PEM; without it, the system's
//   cert=FILE&key=FILE the certificate that this program shows, and its key
//   user=NAME&password_file=FILE, bearer_file=FILE, header_file=FILE    see credentials.h
//   host=NAME          for a Unix socket: the Host header, and the name of the certificate; without it, localhost
//   interval=D&push_time=D
//
// A scheme that ends with "https" or "https+unix" has TLS. A port that is not given is 80, or 443
// with TLS; a scheme may have a port of its own (otlp_spec.h).
// When to use something else: HttpReceiverOptions, for an exporter that is made without a line.
// Guarantees: an option that is not given is its default; no file is read.
// Thread safety: pure functions.
// Cost: at set-up only.
// Errors: InvalidArgument, as BadSpec() and BadOption() make them.
//
//   SpecOptions given(spec);
//   const ReceiverSpec read = ReadReceiver(spec, given);
//   if (Status checked = CheckReceiver(spec, read); !checked.ok()) return checked;
#pragma once

#include "exporters/exporter_spec.h"
#include "exporters/push/http/http_receiver.h"
#include "exporters/push/push_loop.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

struct ReceiverSpec {
  HttpReceiverOptions receiver;
  PushLoopOptions push = {};
};

// Whether the scheme has TLS.
bool IsSecure(const ExporterSpec& spec);

// The caller asks `given` for its own options too, and then for its Check().
ReceiverSpec ReadReceiver(const ExporterSpec& spec, SpecOptions& given);

// What does not depend on the files.
metrics::Status CheckReceiver(const ExporterSpec& spec, const ReceiverSpec& read);

}  // namespace streamhouse::exporters
