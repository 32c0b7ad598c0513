#!/bin/bash
# Packages: Go, segmentio/kafka-go 0.4.51 and franz-go 1.22.3; the cluster is franz-go's
#           kfake 0.0.0-20260918054303-01f206a7e32c.
#
# Guess:    a reader keeps an empty value ("") apart from no value (null), as the record format
#           does.
# Instead:  kafka-go's Reader gives nil for both. Empty keys and empty header values become nil,
#           too. Its own Writer does keep them apart, and so does franz-go.
# Matters:  on a compacted topic null deletes the key. A program that reads a record with kafka-go
#           and writes it on turns "present and empty" into "deleted". A record with an empty key
#           loses its fixed partition as well.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
cat >go.mod <<'END'
module finding
go 1.26
require (
	github.com/segmentio/kafka-go v0.4.51
	github.com/twmb/franz-go v1.22.3
	github.com/twmb/franz-go/pkg/kfake v0.0.0-20260918054303-01f206a7e32c
)
END
cat >main.go <<'END'
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func show(client string, key, value, header []byte) {
	word := map[bool]string{true: "null", false: "empty"}
	fmt.Println(client, "key", word[key == nil], "value", word[value == nil], "header", word[header == nil])
}

func main() {
	cluster := must(kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "t")))
	defer cluster.Close()
	brokers := cluster.ListenAddrs()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()

	writer := &kafkago.Writer{Addr: kafkago.TCP(brokers...), Topic: "t", BatchTimeout: time.Millisecond}
	must(0, writer.WriteMessages(ctx, kafkago.Message{Key: []byte{}, Value: []byte{},
		Headers: []kafkago.Header{{Key: "h", Value: []byte{}}}}))

	franz := must(kgo.NewClient(kgo.SeedBrokers(brokers...),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{"t": {0: kgo.NewOffset().AtStart()}})))
	record := franz.PollFetches(ctx).Records()[0]
	show("franz-go:", record.Key, record.Value, record.Headers[0].Value)

	reader := kafkago.NewReader(kafkago.ReaderConfig{Brokers: brokers, Topic: "t", MaxWait: time.Second})
	message := must(reader.ReadMessage(ctx))
	show("kafka-go:", message.Key, message.Value, message.Headers[0].Value)
}
END
go run . >out 2>log || { cat log; exit 1; }
echo "Written by kafka-go: empty key, empty value, empty header value. Read by:"
cat out
if ! printf '%s\n' 'franz-go: key empty value empty header empty' 'kafka-go: key null value null header null' |
  cmp -s - out; then
  echo "CHANGED: kafka-go's Reader keeps empty apart from null now, or the writer does not"
  exit 1
fi
echo "SEEN: kafka-go's Reader turns empty into null"
