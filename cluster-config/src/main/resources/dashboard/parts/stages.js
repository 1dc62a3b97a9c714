// The parts of an attempt on a line of time. Pure.

/** Names of parts, in their order: what the attempt did meanwhile. */
export const PARTS = {
  executor: 'In the executor',
  resolving: 'Resolving',
  connecting: 'Connecting',
  tls: 'TLS',
  sent: 'Sending, waiting for the answer',
  headers: 'Headers',
  body: 'Body',
  report: 'Reporting',
  open: 'Under way',
  lost: 'Lost with its node',
};

const ORDER = ['resolving', 'connecting', 'tls', 'sent', 'headers', 'body', 'complete'];

/** `[{part, from, to}]` in milliseconds since the attempt started. */
export function segments(attempt, now) {
  const start = Date.parse(attempt.startedAt);
  const end = attempt.endedAt ? Date.parse(attempt.endedAt) : now;
  const whole = Math.max(0, end - start);
  if (!attempt.endedAt) return [{ part: 'open', from: 0, to: whole }];
  if (attempt.reason === 'executor-lost') return [{ part: 'lost', from: 0, to: whole }];
  const stages = attempt.stages || {};
  const marks = ORDER.filter((it) => stages[it] !== undefined).map((it) => [it, stages[it]]);
  if (marks.length === 0) return [{ part: attempt.stage === 'queued' ? 'executor' : 'sent', from: 0, to: whole }];
  const found = [];
  if (marks[0][1] > 0.5) found.push({ part: 'executor', from: 0, to: marks[0][1] });
  marks.forEach(([part, from], n) => {
    const last = n === marks.length - 1;
    if (part === 'complete') return;
    const to = last ? Math.max(from, whole) : marks[n + 1][1];
    found.push({ part, from, to });
  });
  const ended = marks[marks.length - 1];
  if (ended[0] === 'complete' && whole > ended[1]) found.push({ part: 'report', from: ended[1], to: whole });
  return found;
}

/** Rows of the waterfall: waits and attempts in order, in milliseconds since the fetch was accepted. */
export function timeline(fetch, now) {
  const zero = Date.parse(fetch.acceptedAt);
  const attempts = fetch.attempts || [];
  const end = fetch.settledAt ? Date.parse(fetch.settledAt) : now;
  const rows = [];
  let free = zero;
  if (fetch.notBefore && Date.parse(fetch.notBefore) > zero) {
    const until = Math.min(Date.parse(fetch.notBefore), end);
    rows.push({ wait: 'Until its time', from: 0, to: until - zero });
    free = until;
  }
  for (const attempt of attempts) {
    const from = Date.parse(attempt.startedAt);
    if (from > free) rows.push({ wait: waitWord(rows, fetch), from: free - zero, to: from - zero });
    const parts = segments(attempt, now);
    const to = from + (parts.length ? parts[parts.length - 1].to : 0);
    rows.push({ attempt, parts, from: from - zero, to: to - zero });
    free = Math.max(free, attempt.endedAt ? Date.parse(attempt.endedAt) : to);
  }
  if (fetch.state === 'pending' && !attempts.some((it) => !it.endedAt) && now > free) {
    rows.push({ wait: waitWord(rows, fetch), from: free - zero, to: now - zero, open: true });
  }
  const length = Math.max(1, end - zero, ...rows.map((it) => it.to));
  return { rows, length };
}

function waitWord(rows, fetch) {
  const before = rows.some((it) => it.attempt);
  if (!before) return fetch.queue || fetch.waiting ? 'In its queue' : 'Until it began';
  return 'Before the next attempt';
}
