// Asks the node's own HTTP API. The key of the caller is in the session of this tab only.
import { events } from './stream.js';

const KEY = 'retriever.key';
const listeners = new Set();

export const credential = {
  get: () => sessionStorage.getItem(KEY),
  set(key) {
    if (key) sessionStorage.setItem(KEY, key);
    else sessionStorage.removeItem(KEY);
  },
};

/** Calls `listener` when the node refuses the credential, or asks for one. */
export function onRefused(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** An answer that is no success. `problem` has the members of RFC 9457. */
export class Refused extends Error {
  constructor(problem, retryAfter) {
    super(problem.detail || problem.title);
    this.problem = problem;
    this.status = problem.status;
    this.type = String(problem.type || '').split('/').pop();
    this.retryAfter = retryAfter;
  }
}

export function url(path, query) {
  const at = new URL(path.replace(/^\//, ''), document.baseURI);
  at.hash = '';
  for (const [name, value] of Object.entries(query || {})) {
    if (value !== undefined && value !== null && value !== '') at.searchParams.set(name, value);
  }
  return at;
}

/** One part of a path, escaped. A colon and a tilde stay readable. */
export const part = (text) => encodeURIComponent(text).replace(/%3A/gi, ':');

function headers(more) {
  const all = { Accept: 'application/json', ...more };
  const key = credential.get();
  if (key) all.Authorization = `Bearer ${key}`;
  return all;
}

async function problemOf(answer) {
  const text = await answer.text();
  try {
    const problem = JSON.parse(text);
    if (problem && typeof problem === 'object' && problem.status) return problem;
  } catch {
    // An answer of a proxy, perhaps.
  }
  return {
    type: 'about:blank',
    status: answer.status,
    title: `The node answered ${answer.status}`,
    detail: text.slice(0, 300) || 'The answer has no text.',
  };
}

/** Gives `{data, etag, status}`, or throws `Refused`. */
export async function ask(method, path, options = {}) {
  const more = { ...options.headers };
  if (method !== 'GET') more['Content-Type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(url(path, options.query), {
      method,
      headers: headers(more),
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
      cache: 'no-store',
      credentials: 'omit',
    });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new Refused({
      type: '/problems/no-answer',
      status: 0,
      title: 'The node does not answer',
      detail: 'No connection to the node. It may be starting, stopping or unreachable.',
    });
  }
  if (!answer.ok) {
    const refused = new Refused(await problemOf(answer), answer.headers.get('Retry-After'));
    if (answer.status === 401) listeners.forEach((each) => each(refused));
    throw refused;
  }
  const text = answer.status === 204 ? '' : await answer.text();
  return {
    data: text ? JSON.parse(text) : null,
    etag: answer.headers.get('ETag'),
    status: answer.status,
  };
}

export const read = async (path, query, signal) => (await ask('GET', path, { query, signal })).data;
export const send = async (method, path, body, more) =>
  (await ask(method, path, { body, ...more })).data;

/** Reads server-sent events until the signal aborts. Resumes by itself, and tells its state. */
export function follow(path, onEvent, onState, signal) {
  return events(
    (more) =>
      fetch(url(path), {
        headers: headers({ ...more, Accept: 'text/event-stream' }),
        signal,
        cache: 'no-store',
        credentials: 'omit',
      }),
    { onEvent, onState, signal, refused: async (answer) => new Refused(await problemOf(answer)) },
  );
}

const STEPS = {
  'no-answer': 'Check that the node runs, then try again.',
  unauthenticated: 'Log in with a key that has not expired or been revoked.',
  forbidden: 'Ask an administrator for a key with that role.',
  'origin-not-allowed': 'Use a key that is for this origin.',
  'storage-unavailable': 'The database is away. The node tries again by itself; look at its log.',
  overloaded: 'Wait a moment, then try again.',
  'not-ready': 'The node is starting or stopping. Try again, or ask another node.',
  'not-found': 'Check the ids. Settled fetches are shown until their retention is over.',
  'too-broad': 'Add a filter, or ask for less time.',
  'precondition-failed': 'Somebody changed it meanwhile. Load it again, then repeat your change.',
  'fetch-not-settled': 'Wait until it settles, or cancel it first.',
  'queue-not-empty': 'Drain or purge the queue first.',
  'callbacks-pending': 'Wait for them, or remove the endpoint and drop them.',
  'request-gone': 'Its request is no longer in the journal. Submit it anew from where it came.',
  'cross-site': 'Open the dashboard by an address that the node knows.',
  'host-not-allowed': 'Open the dashboard by an address that the node knows (retriever.node.hosts).',
};

/** What the reader can do about it, as a sentence, or nothing. */
export function nextStep(refused) {
  if (refused.retryAfter) return `Try again in ${refused.retryAfter} s.`;
  return STEPS[refused.type] || '';
}
