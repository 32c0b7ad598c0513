#!/bin/bash
# Packages: Go's github.com/prometheus/prometheus 0.316.0, which is Prometheus 3.16, and the
#           client_golang/exp that it needs (api/remote, the reader of its remote-write requests).
#
# Guess:    "application/x-protobuf; proto=io.prometheus.write.v2.Request" is remote write 2.0, with
#           the blank behind the semicolon as without it. Such a blank is usual in HTTP.
# Instead:  with the blank the request is taken for 1.0. Its body has no series as 1.0, so nothing
#           is stored, and the response is 204. A parameter that the server does not know is 415.
# Why:      the header is split at the semicolon, and " proto" with its blank is another name.
# Matters:  HTTP libraries write this blank when they build a content type. The sender sees success
#           for each request while no sample arrives. Only the headers with the written counts,
#           which the response lacks, tell; a sender of 1.0 knows no such headers.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath -p=1'
printf '%s\n' 'module finding' 'go 1.26' 'require github.com/prometheus/prometheus v0.316.0' >go.mod
cat >main.go <<'END_GO'
package main

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/client_golang/exp/api/remote"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
)

// Reads each message as the type that the library says, as Prometheus does.
type storage struct{ stored int }

func (s *storage) Store(request *http.Request, kind remote.WriteMessageType) (*remote.WriteResponse, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	response := remote.NewWriteResponse()
	if kind == remote.WriteV2MessageType {
		var message writev2.Request
		err = message.Unmarshal(body)
		s.stored = len(message.Timeseries)
		response.Samples = s.stored
		response.SetStatusCode(http.StatusNoContent)
		return response, err
	}
	var message prompb.WriteRequest
	err = message.Unmarshal(body)
	s.stored = len(message.Timeseries)
	response.SetStatusCode(http.StatusNoContent)
	return response, err
}

func main() {
	message := writev2.Request{
		Symbols:    []string{"", "__name__", "up"},
		Timeseries: []writev2.TimeSeries{{LabelsRefs: []uint32{1, 2}, Samples: []writev2.Sample{{Value: 1, Timestamp: 1790000000000}}}},
	}
	body, err := message.Marshal()
	if err != nil {
		panic(err)
	}
	const proto = "io.prometheus.write.v2.Request"
	types := []string{
		"application/x-protobuf;proto=" + proto,
		"application/x-protobuf; proto=" + proto,
		mime.FormatMediaType("application/x-protobuf", map[string]string{"proto": proto}), // Go's standard library
		"application/x-protobuf;proto=io.prometheus.write.v9.Request",
	}
	for _, contentType := range types {
		store := &storage{}
		handler := remote.NewWriteHandler(store, remote.MessageTypes{remote.WriteV1MessageType, remote.WriteV2MessageType})
		request := httptest.NewRequest(http.MethodPost, "/api/v1/write", bytes.NewReader(snappy.Encode(nil, body)))
		request.Header.Set("Content-Encoding", "snappy")
		request.Header.Set("Content-Type", contentType)
		request.Header.Set("X-Prometheus-Remote-Write-Version", "2.0.0")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		fmt.Printf("%s: answer %d, series stored: %d\n", contentType, answer.Code, store.stored)
	}
}
END_GO
go run . >out 2>log || { cat log; exit 1; }
cat out
cat >expected <<'END_EXPECTED'
application/x-protobuf;proto=io.prometheus.write.v2.Request: answer 204, series stored: 1
application/x-protobuf; proto=io.prometheus.write.v2.Request: answer 204, series stored: 0
application/x-protobuf; proto=io.prometheus.write.v2.Request: answer 204, series stored: 0
application/x-protobuf;proto=io.prometheus.write.v9.Request: answer 415, series stored: 0
END_EXPECTED
if ! cmp -s out expected; then
  echo "CHANGED: a blank in the content type of remote write is treated in another way"
  exit 1
fi
echo "SEEN: with a blank before proto= the request is answered 204 and stores nothing"
