#!/bin/bash
# Packages: Go's segmentio/kafka-go 0.4.51, IBM/sarama 1.61.1, franz-go 1.22.3; Maven's kafka_2.13
#           4.4.0 as the broker.
#
# Guess:    on a topic with message.timestamp.type=LogAppendTime, each client hands out the broker's
#           append time.
# Instead:  kafka-go hands out the time that the producer wrote. sarama and franz-go hand out the
#           broker's time.
# Why:      the broker changes only the batch's header, and leaves each record as it is. Only the
#           client can apply it.
# Matters:  a lag in seconds, taken from the age of a record, is wrong by the error of the
#           producer's clock. Operators choose LogAppendTime to be free from these clocks. The same
#           record has two ages in two services.
set -euo pipefail
dir=$(mktemp -d)
broker=
trap '[ -z "$broker" ] || { kill "$broker"; wait "$broker" || true; }; rm -rf "$dir"' EXIT
cd "$dir"
cat >pom.xml <<'END'
<project><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.4.0</version></dependency>
</dependencies></project>
END
mvn -q -B -Dmaven.repo.local="$dir/m2" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=libs >log 2>&1
read -r port control < <(python3 -c 'import socket
a, b = [socket.create_server(("127.0.0.1", 0)) for _ in "ab"]
print(a.getsockname()[1], b.getsockname()[1])')
cat >server.properties <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$control
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$control
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$dir/data
log.message.timestamp.type=LogAppendTime
END
java=(java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp 'libs/*')
"${java[@]}" kafka.tools.StorageTool format -t dGVzdHRlc3R0ZXN0dGVzdA -c server.properties >>log 2>&1
"${java[@]}" kafka.Kafka server.properties >>log 2>&1 &
broker=$!

export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
cat >go.mod <<'END'
module finding
go 1.26
require (
	github.com/IBM/sarama v1.61.1
	github.com/segmentio/kafka-go v0.4.51
	github.com/twmb/franz-go v1.22.3
)
END
cat >main.go <<'END'
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/IBM/sarama"
	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	brokers := os.Args[1:]
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	written := time.Date(2001, 9, 9, 1, 46, 40, 0, time.UTC)
	fromBroker := func(t time.Time) bool { return t.UTC().Year() > written.Year() }

	franz := must(kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.AllowAutoTopicCreation(), kgo.UnknownTopicRetries(-1),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{"t": {0: kgo.NewOffset().AtStart()}})))
	must(0, franz.ProduceSync(ctx, &kgo.Record{Topic: "t", Value: []byte("v"), Timestamp: written}).FirstErr())
	fetched := franz.PollFetches(ctx)
	for fetched.NumRecords() == 0 && ctx.Err() == nil {
		fetched = franz.PollFetches(ctx)
	}
	fmt.Println("franz-go", fromBroker(fetched.Records()[0].Timestamp))

	consumer := must(sarama.NewConsumer(brokers, sarama.NewConfig()))
	partition := must(consumer.ConsumePartition("t", 0, sarama.OffsetOldest))
	fmt.Println("sarama", fromBroker((<-partition.Messages()).Timestamp))

	reader := kafkago.NewReader(kafkago.ReaderConfig{Brokers: brokers, Topic: "t", MaxWait: time.Second})
	fmt.Println("kafka-go", fromBroker(must(reader.ReadMessage(ctx)).Time))
}
END
go run . "127.0.0.1:$port" >out 2>>log || { tail -30 log; exit 1; }
echo "The record was written with a time of 2001. Does the client hand out the broker's time?"
cat out
if ! printf '%s\n' 'franz-go true' 'sarama true' 'kafka-go false' | cmp -s - out; then
  echo "CHANGED: kafka-go no longer differs from the others"
  exit 1
fi
echo "SEEN: kafka-go hands out the producer's time on a LogAppendTime topic"
