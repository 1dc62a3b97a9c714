// The search line: words such as `outcome:unknown host:api.example.com settled:<1h` as filters. Pure.
import { millis } from './format.js';

const PLAIN = ['state', 'outcome', 'stage', 'reason', 'status', 'host', 'method', 'queue', 'origin'];
const ALIASES = { target: 'host', is: 'state' };
export const NAMES = [...PLAIN, 'label.', 'settled', 'accepted'];

export const VALUES = {
  state: ['settled', 'pending', 'scheduled'],
  outcome: ['answered', 'failed', 'unknown', 'cancelled'],
  method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  stage: ['queued', 'resolving', 'egress-denied', 'connecting', 'tls', 'sent', 'headers', 'body', 'complete'],
  settled: ['<15m', '<1h', '<24h'],
  accepted: ['<15m', '<1h', '<24h', '>1h'],
};

/** The words of a line. A value with blanks stands in quotes. */
export function words(line) {
  const found = line.match(/(?:[^\s"]+:)?"[^"]*"|\S+/g) || [];
  return found.map((word) => {
    const colon = word.indexOf(':');
    if (colon < 1) return { name: 'origin', value: word.replaceAll('"', ''), bare: true };
    const name = word.slice(0, colon);
    return { name: ALIASES[name] || name, value: word.slice(colon + 1).replaceAll('"', '') };
  });
}

export const line = (chips) =>
  chips.map(({ name, value }) => `${name}:${/\s/.test(value) ? `"${value}"` : value}`).join(' ');

/** `{filters, faults}`: what the API is asked, and the words that cannot be asked. */
export function filters(chips, now) {
  const asked = {};
  const faults = [];
  for (const { name, value } of chips) {
    const time = name === 'settled' || name === 'accepted';
    if (!value) faults.push(`${name} has no value.`);
    else if (time) addTime(asked, faults, name, value, now);
    else if (PLAIN.includes(name) || /^label\..+/.test(name)) asked[name] = value;
    else faults.push(`There is no filter ${name}. Filters are ${NAMES.join(', ')}.`);
  }
  return { filters: asked, faults };
}

/** `<1h` is less than an hour ago, `>1h` more; a time of RFC 3339 with `>` or `<` stands for itself. */
function addTime(asked, faults, name, value, now) {
  const match = /^([<>])(.+)$/.exec(value);
  const length = match ? millis(match[2]) : NaN;
  if (match && !Number.isNaN(length)) {
    const at = new Date(now - length).toISOString();
    asked[name + (match[1] === '<' ? 'After' : 'Before')] = at;
  } else if (match && !Number.isNaN(Date.parse(match[2]))) {
    asked[name + (match[1] === '>' ? 'After' : 'Before')] = new Date(match[2]).toISOString();
  } else {
    faults.push(`${name} is given as ${name}:<1h (less than an hour ago) or ${name}:>2026-01-15T10:00:00Z.`);
  }
}

export function withChip(chips, name, value) {
  const rest = chips.filter((it) => it.name !== name);
  return value ? [...rest, { name, value }] : rest;
}

/** What could follow in the line, for the word under the cursor. */
export function suggestions(text) {
  const word = text.split(/\s/).pop();
  const before = text.slice(0, text.length - word.length);
  const colon = word.indexOf(':');
  if (colon < 0) {
    return NAMES.filter((it) => it.startsWith(word) && word).map((it) => `${before}${it}${it.endsWith('.') ? '' : ':'}`);
  }
  const name = ALIASES[word.slice(0, colon)] || word.slice(0, colon);
  const value = word.slice(colon + 1);
  return (VALUES[name] || []).filter((it) => it.startsWith(value)).map((it) => `${before}${name}:${it}`);
}
