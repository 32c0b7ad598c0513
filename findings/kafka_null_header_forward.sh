#!/bin/bash
# Packages: npm's kafkajs 2.2.4, PyPI's kafka-python 3.0.12; Go's franz-go 1.22.3 writes; the
#           cluster is its kfake 0.0.0-20260918054303-01f206a7e32c.
#
# Guess:    a client can write each record that it can read.
# Instead:  kafkajs and kafka-python read a header whose value is null, and hand out null and None.
#           Given back to their own producers, the same header raises a TypeError before anything is
#           sent.
# Matters:  the format allows null, and other clients write it. One such record stops a mirror or a
#           dead-letter writer for good: the error is no network error, so a retry meets it again.
#           Replace or drop null headers.
set -euo pipefail
dir=$(mktemp -d)
broker=
trap '[ -z "$broker" ] || kill "$broker"; rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund kafkajs@2.2.4 >/dev/null
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install kafka-python==3.0.12
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' \
  'require github.com/twmb/franz-go v1.22.3' \
  'require github.com/twmb/franz-go/pkg/kfake v0.0.0-20260918054303-01f206a7e32c' >go.mod
cat >main.go <<'END'
package main

import (
	"context"
	"os"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "t", "copy"))
	if err != nil {
		panic(err)
	}
	client, _ := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...))
	record := &kgo.Record{Topic: "t", Value: []byte("v"), Headers: []kgo.RecordHeader{{Key: "trace"}}}
	client.ProduceSync(context.Background(), record)
	os.WriteFile("address", []byte(cluster.ListenAddrs()[0]), 0o600)
	select {}
}
END
go build -o broker . 2>log || { cat log; exit 1; }
./broker 2>log &
broker=$!
for _ in $(seq 100); do [ ! -s address ] || break; sleep 0.1; done
[ -s address ] || { cat log; echo "the cluster did not start in 10 s"; exit 1; }
cat >mirror.js <<'END'
const { Kafka, logLevel } = require('kafkajs');
const kafka = new Kafka({ brokers: [process.argv[2]], logLevel: logLevel.NOTHING });
(async () => {
  const consumer = kafka.consumer({ groupId: 'g' });
  const producer = kafka.producer();
  await Promise.all([consumer.connect(), producer.connect()]);
  await consumer.subscribe({ topics: ['t'], fromBeginning: true });
  const message = await new Promise((resolve, reject) => {
    setTimeout(reject, 60000, new Error('no record')).unref();
    consumer.run({ eachMessage: async read => resolve(read.message) });
  });
  console.log('kafkajs reads', JSON.stringify(message.headers));
  const messages = [{ value: message.value, headers: message.headers }];
  const outcome = await producer.send({ topic: 'copy', messages }).then(() => 'sent', error => error.name);
  console.log('kafkajs writes:', outcome);
  process.exit(0);
})();
END
venv/bin/python - 2>log >out <<'END' || { cat log; exit 1; }
import subprocess
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

address = open("address").read()
consumer = KafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest", consumer_timeout_ms=30000)
consumer.assign([TopicPartition("t", 0)])
consumer.seek_to_beginning()
message = next(consumer)
print("kafka-python reads", message.headers)
try:
    KafkaProducer(bootstrap_servers=address).send("copy", message.value, headers=message.headers)
    print("kafka-python writes: sent")
except TypeError as error:
    print("kafka-python writes:", type(error).__name__)
print(subprocess.run(["node", "mirror.js", address], stdout=subprocess.PIPE, text=True, check=True).stdout, end="")
END
cat out
printf '%s\n' "kafka-python reads [('trace', None)]" 'kafka-python writes: TypeError' \
  'kafkajs reads {"trace":null}' 'kafkajs writes: TypeError' >expected
if ! cmp -s out expected; then
  echo "CHANGED: a null header can be written back, or is read as something else"
  exit 1
fi
echo "SEEN: kafkajs and kafka-python read a null header and refuse to write it"
