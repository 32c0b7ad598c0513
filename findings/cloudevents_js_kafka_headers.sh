#!/bin/bash
# Packages: npm's cloudevents 10.0.0 with kafkajs 2.2.4; Go's franz-go kfake
# 0.0.0-20260918054303-01f206a7e32c with franz-go 1.22.3 is the cluster.
#
# Guess:    what Kafka.binary() and Kafka.structured() make goes through kafkajs, and
#           Kafka.toEvent() reads what kafkajs hands out.
# Instead:  neither way works. binary() leaves the data of an event an object, and kafkajs refuses
#           it with a TypeError. structured() is sent, but toEvent() of the record fails with a
#           TypeError, since header values of kafkajs are Buffers and it asks them for startsWith().
# Matters:  a service in Node can neither send events in the binary form nor read those of services
#           in other languages with it. Turn the data to JSON and the headers to text yourself,
#           before and behind kafkajs.
set -euo pipefail
dir=$(mktemp -d)
broker=
trap '[ -z "$broker" ] || kill "$broker"; rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund cloudevents@10.0.0 kafkajs@2.2.4 >/dev/null
export GOPATH=$dir/gopath GOFLAGS='-mod=mod -modcacherw -trimpath'
printf '%s\n' 'module finding' 'go 1.26' \
  'require github.com/twmb/franz-go v1.22.3' \
  'require github.com/twmb/franz-go/pkg/kfake v0.0.0-20260918054303-01f206a7e32c' >go.mod
cat >main.go <<'END'
package main

import (
	"os"

	"github.com/twmb/franz-go/pkg/kfake"
)

func main() {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "t"))
	if err != nil {
		panic(err)
	}
	os.WriteFile("address", []byte(cluster.ListenAddrs()[0]), 0o600)
	select {}
}
END
go build -o broker . 2>log || { cat log; exit 1; }
./broker 2>log &
broker=$!
for _ in $(seq 100); do [ ! -s address ] || break; sleep 0.1; done
[ -s address ] || { cat log; echo "the cluster did not start in 10 s"; exit 1; }
node >out - <<'END'
const { CloudEvent, Kafka: binding } = require('cloudevents');
const { Kafka, logLevel } = require('kafkajs');
const address = require('fs').readFileSync('address', 'utf8');
const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 2 } });
const event = new CloudEvent({ type: 'sale', source: '/shop', id: '1', datacontenttype: 'application/json',
  partitionkey: 'k', data: { amount: 3 } });
const write = (producer, form) => producer.send({ topic: 't', messages: [binding[form](event)] })
  .then(() => 'sent', error => error.name);
const read = record => {
  try {
    return `event ${binding.toEvent(record).id}`;
  } catch (error) {
    return error.name;
  }
};
(async () => {
  const producer = kafka.producer();
  const consumer = kafka.consumer({ groupId: 'g' });
  await Promise.all([producer.connect(), consumer.connect()]);
  for (const form of ['binary', 'structured']) console.log(`${form}: kafkajs ${await write(producer, form)}`);
  await consumer.subscribe({ topics: ['t'], fromBeginning: true });
  const record = await new Promise((resolve, reject) => {
    setTimeout(reject, 60000, new Error('no record')).unref();
    consumer.run({ eachMessage: async each => resolve(each.message) });
  });
  console.log('toEvent of the record:', read(record));
  const headers = Object.fromEntries(Object.entries(record.headers).map(([name, value]) => [name, String(value)]));
  console.log('the same with headers as text:', read({ ...record, headers, value: String(record.value) }));
  process.exit(0);
})();
END
cat out
cat >expected <<'END'
binary: kafkajs TypeError
structured: kafkajs sent
toEvent of the record: TypeError
the same with headers as text: event 1
END
if ! cmp -s out expected; then
  echo "CHANGED: kafkajs takes the binary form, or toEvent() reads its record"
  exit 1
fi
echo "SEEN: the Kafka binding writes what kafkajs refuses, and cannot read what kafkajs hands out"
