// What outcomes, stages and reasons mean, in sentences. Pure.
import { duration, plural } from './format.js';

export const OUTCOMES = ['answered', 'failed', 'unknown', 'cancelled'];

export const STAGES = {
  queued: 'nothing was sent: no attempt began',
  resolving: 'nothing was sent: the host name was being resolved',
  'egress-denied': 'nothing was sent: the address may not be called',
  connecting: 'nothing was sent: the connection was being made',
  tls: 'nothing was sent: TLS was being agreed',
  sent: 'the request may have left; no answer had begun',
  headers: 'the answer had begun',
  body: 'a part of the body had come',
  complete: 'the whole answer came',
};

const REASONS = {
  'unresolvable-host': 'the host name does not resolve',
  'egress-denied': 'the node may not call that address',
  'secret-not-allowed': 'its secret is not for that host',
  'secret-unavailable': 'its secret could not be read',
  'host-not-allowed': 'its tenant may not call that host',
  'pool-not-allowed': 'its tenant may not use that pool',
  'connection-refused': 'the target refused the connection',
  'connect-failed': 'no connection could be made',
  'connect-timeout': 'no connection was made in time',
  'connection-closed': 'the connection was closed',
  'tls-failed': 'TLS could not be agreed',
  'tls-timeout': 'TLS was not agreed in time',
  'certificate-refused': "the target's certificate is not trusted",
  'malformed-response': 'the answer was not well-formed HTTP',
  'response-too-large': 'the answer was larger than the node takes',
  'deadline-passed': 'its deadline passed',
  'waited-too-long': 'it waited in its queue for longer than it may',
  'executor-lost': 'the node that made the attempt was lost',
  'timed-out': 'the time limit of the attempt passed',
  timeout: 'the time limit of the attempt passed',
  'target-busy': 'the target had all the attempts that it may have',
  'not-sent': 'it was provably not sent',
  'maybe-sent': 'it may have been sent before',
  'endpoint-disabled': 'its endpoint is disabled',
  'no-such-endpoint': 'its endpoint was removed',
  'signing-key-invalid': 'the signing key of its endpoint is no key',
};

export const because = (reason) => REASONS[reason] || (reason ? reason.replaceAll('-', ' ') : '');

const LIMITS = {
  database: 'the database is away',
  paused: 'its queue is paused',
  held: 'its queue is held',
  breaker: 'the breaker of its queue is open',
  concurrency: 'all slots of its queue are taken',
  rate: 'as many have begun as may (rate)',
  key: 'its key is at its limit',
  'not-ready': 'its time has not come',
  'no-room': 'the executors have no room',
  origin: 'grants are on their way',
  idle: 'nothing limits it',
};

export const limitWords = (limit) => LIMITS[limit] || limit || '';

/** What happened to a fetch, as one sentence. */
export function story(fetch, now) {
  const { outcome, attempts = [] } = fetch;
  if (fetch.state === 'scheduled') return 'It waits for its time. Nothing has been sent.';
  if (fetch.state === 'pending') return pendingStory(fetch, now);
  if (!outcome) return `It settled after ${took(fetch)}. Your key may not see its outcome.`;
  const how = `${took(fetch)} and ${plural(attempts.length, 'attempt', 'attempts')}`;
  const lost = lostWords(attempts);
  const why = outcome.reason ? `: ${because(outcome.reason)}` : '';
  switch (outcome.type) {
    case 'answered':
      return `The target answered ${outcome.status} after ${how}.${lost}`;
    case 'failed':
      return `It failed after ${how}${why}. Nothing was sent.${lost}`;
    case 'unknown':
      return `It is unknown whether the target acted, after ${how}${why}.${lost}`;
    default:
      return `It was cancelled after ${how}${why}.${lost}`;
  }
}

function pendingStory(fetch, now) {
  const { waiting, attempts = [] } = fetch;
  if (waiting) {
    const ahead = waiting.ahead ? `, behind ${plural(waiting.ahead, 'older fetch', 'older fetches')}` : '';
    const why = waiting.because ? `: ${limitWords(waiting.because)}` : '';
    const since = duration(now - Date.parse(waiting.since));
    return `It has waited in the queue ${waiting.queue} for ${since}${ahead}${why}.`;
  }
  const open = attempts.find((it) => !it.endedAt);
  if (open) {
    const since = duration(now - Date.parse(open.startedAt));
    return `Attempt ${open.number} has been under way for ${since}.`;
  }
  if (attempts.length) {
    return `${plural(attempts.length, 'attempt', 'attempts')} made; the next one has not begun.`;
  }
  return 'It is accepted. Its first attempt has not begun.';
}

const took = (fetch) =>
  duration(Date.parse(fetch.settledAt) - Date.parse(fetch.notBefore || fetch.acceptedAt));

function lostWords(attempts) {
  const lost = attempts.filter((it) => it.reason === 'executor-lost').map((it) => it.number);
  if (lost.length === 0) return '';
  return lost.length === 1
    ? ` Attempt ${lost[0]} was lost with its node.`
    : ` Attempts ${lost.join(', ')} were lost with their nodes.`;
}

/** For an unknown outcome: what may have happened, and what can be done. */
export function unknownAdvice(fetch) {
  const { outcome, attempts = [] } = fetch;
  const began = outcome.stage === 'headers' || outcome.stage === 'body';
  const may = began
    ? `The target began to answer with ${outcome.status || 'a status'}, so it most likely acted. The rest of its answer did not come.`
    : 'The request may have left, and no answer came. Either it never arrived, or the target acted and its answer was lost.';
  const more = attempts.filter((it) => it.stage && STAGES[it.stage].startsWith('nothing')).length;
  const proof = more ? `${plural(more, 'attempt', 'attempts')} of ${attempts.length} provably sent nothing.` : '';
  return {
    happened: [may, proof].filter(Boolean),
    steps: [
      'Ask the target for its state first: by its idempotency key, its log or a status page.',
      'If it did not act, redrive the fetch: a new fetch sends the same request again.',
      'If it acted, there is nothing to do. A late answer, if one comes, is shown on this page.',
    ],
  };
}
