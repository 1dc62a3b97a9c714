// What operators do with a queue. Each asks first, and says what it does.
import { html, useState } from '../vendor/preact-htm.js';
import { read, send, part } from '../api.js';
import { go } from '../router.js';
import { clock, number } from './format.js';
import { useLoad } from './live.js';
import { Action, Loading, Problem } from './basics.js';
import { Choice, Confirm, Field, say } from './dialog.js';

const FOR = [['10m', '10 minutes'], ['1h', '1 hour'], ['8h', '8 hours'], ['24h', '1 day'], ['', 'until it is resumed']];
const LENGTHS = { '10m': 600_000, '1h': 3_600_000, '8h': 28_800_000, '24h': 86_400_000 };

const untilOf = (length) => (length ? new Date(Date.now() + LENGTHS[length]).toISOString() : undefined);

const ASKS = {
  pause: { title: 'Pause the queue', verb: 'Pause it', text: 'Nothing begins until then. What runs goes on, and submissions are taken.', reason: true, until: true },
  hold: { title: 'Hold the queue', verb: 'Hold it', text: 'Nothing begins until then, as if the target had asked for it.', reason: true, until: true, must: true },
  drain: { title: 'Drain the queue', verb: 'Drain it', text: 'New submissions are answered 409 queue-draining. What waits goes on until the queue is empty.' },
  purge: { title: 'Purge the queue', verb: 'Cancel what waits', kind: 'danger', text: 'What waits and is provably unsent is cancelled. What runs, or may have been sent before, is spared.', word: true, key: true },
  remove: { title: 'Remove the queue', verb: 'Remove it', kind: 'danger', text: 'It must be empty: nothing waits and no slot is taken. Submissions that name it are refused then.', word: true },
  open: { title: 'Open the breaker', verb: 'Open it', text: 'The queue stops, until you set the breaker to auto again.' },
  close: { title: 'Keep the breaker closed', verb: 'Close it', text: 'The queue goes on although its target fails, until you set the breaker to auto again.' },
};

export function QueueActions({ queue, done }) {
  const [asking, setAsking] = useState(null);
  const at = `/admin/queues/${part(queue.name)}`;
  const template = queue.name.endsWith('*') ? 'This is a template: operate its queues one by one.' : '';
  const tell = async (what, body) => {
    const next = await send('POST', `${at}/${what}`, body);
    done(next);
    say(next.effective ? 'The change is effective.' : 'It is accepted, and not effective on all nodes yet.');
  };
  const direct = (what, body) => () => tell(what, body).catch((e) => say(e.message));
  const button = (what, title, off) =>
    html`<${Action} role="operate" defaultTenant kind=${ASKS[what].kind || ''} off=${template || off} onClick=${() => setAsking(what)}>${title}<//>`;
  const stopped = queue.state === 'paused' || queue.state === 'draining';
  return html`
    ${stopped ? html`<${Action} role="operate" defaultTenant kind="primary" onClick=${direct('resume', {})}>Resume<//>` : button('pause', 'Pause…')}
    ${queue.state === 'held' ? html`<${Action} role="operate" defaultTenant onClick=${direct('release', {})}>Release<//>` : button('hold', 'Hold…')}
    ${button('drain', 'Drain…', queue.state === 'draining' ? 'It drains already.' : '')}
    ${button('open', 'Open breaker…')}${button('close', 'Close breaker…')}
    <${Action} role="operate" defaultTenant off=${template} onClick=${direct('breaker', { mode: 'auto' })}>Breaker to auto<//>
    ${button('purge', 'Purge…', queue.waiting.fetches ? '' : 'Nothing waits.')}
    <${Action} role="operate" defaultTenant kind="danger" onClick=${() => setAsking('remove')}>Remove…<//>
    ${asking && html`<${Ask} what=${asking} queue=${queue} at=${at} tell=${tell} onClose=${() => setAsking(null)} />`}`;
}

function Ask({ what, queue, at, tell, onClose }) {
  const ask = ASKS[what];
  const [reason, setReason] = useState('');
  const [length, setLength] = useState('1h');
  const [key, setKey] = useState('');
  const shown = useLoad((signal) => (what === 'purge' ? read(at, {}, signal) : null), [what, at]);
  const run = async () => {
    if (what === 'remove') {
      await send('DELETE', at, undefined, { headers: { 'If-Match': `"${queue.version}"` } });
      say(`The queue ${queue.name} is removed.`);
      go(['queues']);
    } else if (what === 'open' || what === 'close') await tell('breaker', { mode: what });
    else if (what === 'purge') await tell('purge', { before: shown.data.at, ...(key ? { key } : {}) });
    else if (ask.until) await tell(what, { reason, until: untilOf(length) });
    else await tell(what, {});
  };
  const lengths = FOR.filter(([value]) => value || !ask.must);
  return html`<${Confirm} title=${ask.title} verb=${ask.verb} kind=${ask.kind || 'primary'} word=${ask.word ? queue.name : undefined} ready=${(!ask.reason || reason.trim() !== '') && (what !== 'purge' || Boolean(shown.data))} run=${run} onClose=${onClose}>
    <p>${ask.text}</p>
    ${what === 'purge' && html`<${Waiting} from=${shown} />`}
    ${ask.reason && html`<${Field} label="Reason" hint="Others see it here, and callers as because."><input type="text" maxlength="200" required value=${reason} onInput=${(e) => setReason(e.target.value)} /><//>`}
    ${ask.until && html`<${Field} label="For"><${Choice} value=${length} of=${lengths} onChange=${(e) => setLength(e.target.value)} /><//>`}
    ${ask.key && html`<${Field} label="Only under this key" hint="Empty: all keys."><input type="text" value=${key} onInput=${(e) => setKey(e.target.value)} /><//>`}
  <//>`;
}

/** What a purge is of. What is accepted after these figures is spared. */
function Waiting({ from }) {
  if (!from.data) return from.error ? html`<${Problem} error=${from.error} retry=${from.reload} />` : html`<${Loading} lines=${1} />`;
  const { waiting, at } = from.data;
  return html`<p><strong>${number(waiting.fetches)}</strong> fetches of ${number(waiting.origins)} origins waited at ${clock(at, Date.parse(at))}. What is accepted later is spared.</p>`;
}
