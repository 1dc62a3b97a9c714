// Numbers, times and durations as people read them. Pure: the present comes as an argument.

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** Milliseconds as `0.4 ms`, `120 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms) {
  if (ms === undefined || ms === null || Number.isNaN(ms)) return '–';
  if (ms < 0) return `−${duration(-ms)}`;
  if (ms < 10) return `${round(ms, 1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${round(ms / 1_000, ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return pair(ms, 60_000, 'min', 1_000, 's');
  if (ms < 86_400_000) return pair(ms, 3_600_000, 'h', 60_000, 'min');
  return pair(ms, 86_400_000, 'd', 3_600_000, 'h');
}

function pair(ms, big, bigName, small, smallName) {
  const bigs = Math.floor(ms / big);
  const smalls = Math.floor((ms - bigs * big) / small);
  return smalls ? `${bigs} ${bigName} ${smalls} ${smallName}` : `${bigs} ${bigName}`;
}

const round = (value, digits) => Number(value.toFixed(digits)).toString();

export const number = (value) =>
  value === undefined || value === null ? '–' : Number(value).toLocaleString('en');

/** `3.4`, `120`, `1,240`: a rate needs no more than two figures that count. */
export function rate(value) {
  if (value === undefined || value === null) return '–';
  return value < 10 ? round(value, 1) : number(Math.round(value));
}

export const percent = (share) => `${round(share * 100, share < 0.1 ? 1 : 0)} %`;

export function bytes(count) {
  if (count === undefined || count === null) return '–';
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${round(count / 1024, 1)} KiB`;
  if (count < 1024 ** 3) return `${round(count / 1024 / 1024, 1)} MiB`;
  return `${round(count / 1024 ** 3, 1)} GiB`;
}

const two = (n, width = 2) => String(n).padStart(width, '0');

/** Local time, `14:03:09`, with the date if it is another day than `now`. */
export function clock(at, now, millis) {
  if (!at) return '–';
  const t = new Date(at);
  const time = `${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`;
  const full = millis ? `${time}.${two(t.getMilliseconds(), 3)}` : time;
  const today = new Date(now).toDateString() === t.toDateString();
  return today ? full : `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())} ${full}`;
}

/** `12 s ago`, `in 4 min`, in one unit, for columns. */
export function relative(at, now) {
  if (!at) return '–';
  const ms = now - Date.parse(at);
  const size = Math.abs(ms);
  if (size < 1_000) return 'now';
  const [name, unit] = UNITS.find(([, it]) => size >= it);
  const text = `${Math.floor(size / unit)} ${name === 'm' ? 'min' : name}`;
  return ms >= 0 ? `${text} ago` : `in ${text}`;
}

/** `0:09`, `4:10`, `2:05:00`, `3 d 04:00:00`: what is left until then. */
export function countdown(at, now) {
  const left = Math.max(0, Math.ceil((Date.parse(at) - now) / 1_000));
  const days = Math.floor(left / 86_400);
  const hours = Math.floor((left % 86_400) / 3_600);
  const minutes = Math.floor((left % 3_600) / 60);
  const seconds = two(left % 60);
  if (days) return `${days} d ${two(hours)}:${two(minutes)}:${seconds}`;
  return hours ? `${hours}:${two(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}

/** The API's `90s`, `5m`, `PT1M30S` in milliseconds, or NaN. */
export function millis(text) {
  const simple = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text || '');
  if (simple) {
    const unit = simple[2] === 'ms' ? 1 : UNITS.find(([name]) => name === simple[2])[1];
    return Number(simple[1]) * unit;
  }
  const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text || '');
  if (!iso) return NaN;
  const [, d = 0, h = 0, m = 0, s = 0] = iso;
  return ((Number(d) * 24 + Number(h)) * 60 + Number(m)) * 60_000 + Number(s) * 1_000;
}

export const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;
