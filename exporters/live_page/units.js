// Numbers for people, by the unit that a family's name ends with.

const kSi = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"], [1e-9, "n"]];
const kBinary = [[2 ** 60, "EiB"], [2 ** 50, "PiB"], [2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]];
const kLong = [[86400, "d"], [3600, "h"], [60, "min"]];

// Three digits that count.
function short(value) {
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function scaled(value, steps) {
  const size = Math.abs(value);
  const [step, name] = steps.find(([least]) => size >= least * 0.9995) ?? steps[steps.length - 1];
  return [short(value / step), name];
}

export function unitOf(name) {
  const base = name.replace(/_total$/, "");
  if (/_(time|timestamp)_seconds$/.test(base)) return "date";
  if (base.endsWith("_seconds")) return "seconds";
  if (/_bytes(_|$)/.test(base)) return "bytes";
  return base.endsWith("_ratio") ? "ratio" : "";
}

export function formatValue(value, unit) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (unit === "date") return formatValue(Math.max(0, Date.now() / 1000 - value), "seconds") + " ago";
  if (unit === "ratio") return short(value * 100) + " %";
  if (value === 0) return unit === "bytes" ? "0 B" : unit === "seconds" ? "0 s" : "0";
  if (unit === "bytes") return scaled(value, kBinary).join(" ");
  if (unit === "seconds") {
    const long = kLong.find(([least]) => Math.abs(value) >= least * 2);
    if (long !== undefined) return short(value / long[0]) + " " + long[1];
    const [number, prefix] = scaled(value, kSi.slice(4));
    return number + " " + prefix + "s";
  }
  if (Number.isInteger(value) && Math.abs(value) < 1e5) return String(value);
  if (Math.abs(value) >= 0.001 && Math.abs(value) < 1) return short(value);
  const [number, prefix] = scaled(value, kSi);
  return number + (prefix === "" ? "" : " " + prefix);
}

// What a counter with this unit tells by the second.
export function formatRate(value, unit) {
  if (unit === "seconds") return Number.isFinite(value) ? short(value * 100) + " %" : "–"; // of one second
  return formatValue(value, unit) + "/s";
}
