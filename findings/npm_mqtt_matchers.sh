#!/bin/bash
# Packages: npm's mqtt-match 3.0.0, mqtt-pattern 2.1.1, mqtt-wildcard 3.0.9, mqtt-regex 1.1.0;
#           PyPI's paho-mqtt 2.2.0 as a check.
#
# Guess:    libraries whose one task is to match MQTT topics with filters agree with the standard,
#           and with one another.
# Instead:  all four match "#" and "+/a" with topics of $SYS, which a broker must not do (4.7.2 of
#           the standard). For mqtt-pattern and mqtt-regex "+" is no empty level. For mqtt-regex
#           "a/#" matches "ab", and "a/b" matches "a/b/". paho's own matcher has all of them right.
# Matters:  a program that subscribes to "#" and to "$SYS/#", and hands out messages by such a
#           library, calls the handler of "#" with the broker's statistics, too. With mqtt-regex the
#           handler of "room/#" gets the messages of "rooms".
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install paho-mqtt==2.2.0
npm install --silent --no-audit --no-fund mqtt-match@3.0.0 mqtt-pattern@2.1.1 mqtt-wildcard@3.0.9 mqtt-regex@1.1.0 \
  >/dev/null
cat >pairs <<'END'
# $SYS/a
+/a $SYS/a
a/+ a/
+/+ /a
a/# a
a/# ab
a/b a/b/
END
node >out - <<'END'
const matchers = {
  'mqtt-match': require('mqtt-match'),
  'mqtt-pattern': require('mqtt-pattern').matches,
  'mqtt-wildcard': (filter, topic) => require('mqtt-wildcard')(topic, filter) !== null,
  'mqtt-regex': (filter, topic) => require('mqtt-regex')(filter).regex.test(topic),
};
for (const line of require('fs').readFileSync('pairs', 'utf8').trim().split('\n')) {
  const yes = Object.keys(matchers).filter(name => matchers[name](...line.split(' ')));
  console.log('npm:', line, 'matched by', yes.join(' ') || 'none');
}
END
venv/bin/python >>out - <<'END'
from paho.mqtt.client import topic_matches_sub
print("paho:", *(f"[{line}]" for line in open("pairs").read().splitlines() if topic_matches_sub(*line.split())))
END
cat out
cat >expected <<'END'
npm: # $SYS/a matched by mqtt-match mqtt-pattern mqtt-wildcard mqtt-regex
npm: +/a $SYS/a matched by mqtt-match mqtt-pattern mqtt-wildcard mqtt-regex
npm: a/+ a/ matched by mqtt-match mqtt-wildcard
npm: +/+ /a matched by mqtt-match mqtt-wildcard
npm: a/# a matched by mqtt-match mqtt-pattern mqtt-wildcard mqtt-regex
npm: a/# ab matched by mqtt-regex
npm: a/b a/b/ matched by mqtt-regex
paho: [a/+ a/] [+/+ /a] [a/# a]
END
if ! cmp -s out expected; then
  echo "CHANGED: one of the libraries matches in another way"
  exit 1
fi
echo "SEEN: four libraries match # with topics of \$SYS; two of them differ on empty levels"
