// Server-sent events read by fetch, because EventSource cannot send an Authorization header.

const LONGEST_WAIT = 30_000;
const MOST_TEXT = 4 * 1024 * 1024;

/** Splits the text of a stream into events. Gives what is left over. */
export function split(text, onEvent) {
  let rest = text.replace(/\r\n?/g, '\n');
  for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
    const event = { event: 'message', data: [], id: undefined };
    for (const line of rest.slice(0, end).split('\n')) {
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (name === 'data') event.data.push(value);
      else if (name === 'event' || name === 'id') event[name] = value;
    }
    if (event.data.length > 0 || event.id) onEvent({ ...event, data: event.data.join('\n') });
    rest = rest.slice(end + 2);
  }
  return rest;
}

const pause = (ms, signal) =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });

/** `connect` opens one connection. States are `live`, `waiting` and `refused`. */
export async function events(connect, { onEvent, onState, signal, refused }) {
  let last;
  let failures = 0;
  const told = (event) => {
    if (event.id) last = event.id;
    if (event.data) onEvent(event);
  };
  while (!signal.aborted) {
    try {
      const answer = await connect(last ? { 'Last-Event-ID': last } : {});
      if (!answer.ok) {
        const problem = await refused(answer);
        onState('refused', problem);
        if (answer.status < 500 && answer.status !== 429) return;
        throw problem;
      }
      failures = 0;
      onState('live');
      await readAll(answer, told);
      if (!signal.aborted) onState('waiting');
    } catch (e) {
      if (signal.aborted) return;
      failures += 1;
      onState('waiting', e);
    }
    await pause(Math.min(LONGEST_WAIT, 1000 * 2 ** Math.max(0, failures - 1)), signal);
  }
}

async function readAll(answer, onEvent) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest = split(rest + value, onEvent);
    if (rest.length > MOST_TEXT) {
      await reader.cancel();
      throw new Error('An event of the stream is longer than 4 MiB.');
    }
  }
}
