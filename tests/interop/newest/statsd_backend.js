// A backend of npm's statsd: writes what each flush holds to standard output, a line each.
exports.init = function (startup, config, events) {
  events.on('flush', function (time, metrics) {
    console.log(JSON.stringify({ counters: metrics.counters, gauges: metrics.gauges }));
  });
  return true;
};
