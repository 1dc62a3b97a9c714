// One origin: what is pending, its alarms, what could not be handled, and its latest fetches.
import { html, useState } from '../vendor/preact-htm.js';
import { read, send, part } from '../api.js';
import { link } from '../router.js';
import { useLoad, useNow } from '../parts/live.js';
import { clock, countdown, number, relative } from '../parts/format.js';
import { Action, Card, Empty, FetchState, Loaded, Note, Page, State, Time } from '../parts/basics.js';
import { Table } from '../parts/table.js';
import { Confirm, say } from '../parts/dialog.js';

const EVERY = 5_000;

const KINDS = {
  user: 'Set by a handler',
  deadline: 'Deadline of a fetch',
  backstop: 'Gives up an attempt',
  start: 'The next attempt may begin',
  due: 'Its time comes',
  handle: 'A handler is tried again',
  erase: 'An erasure goes on',
  tick: 'Tick of a schedule',
};

export function Origin({ type, id }) {
  const at = `/admin/origins/${part(type)}/${part(id)}`;
  const from = useLoad((signal) => read(at, { limit: 100 }, signal), [type, id], EVERY);
  const settled = useLoad(
    (signal) => (type === 'http' ? read(`/v1/origins/${part(id)}/fetches`, { state: 'settled', limit: 50 }, signal) : { items: [] }),
    [type, id],
    EVERY,
  );
  const now = useNow();
  const [asking, setAsking] = useState(null);
  const redo = async (key) => {
    const { handled } = await send('POST', `${at}/redrive?key=${encodeURIComponent(key)}`).catch((e) => (say(e.message), {}));
    if (handled !== undefined) say(handled ? 'It is handled now.' : 'It failed again.');
    from.reload();
  };
  return html`<${Loaded} from=${from} title=${id}>${(origin) => html`
    <${Page}
      title=${html`<span class="mono">${id}</span>`}
      lead=${`Origin of the type ${type}. ${number(origin.counts.pending)} pending, ${number(origin.counts.settled)} settled, ${number(origin.rows)} rows in the journal.`}
      actions=${html`<a class="button" href=${link(['fetches'], { q: `origin:${id}` })}>Search its fetches</a>
        <a class="button" href=${link(['schedules', id])}>Schedules</a>
        <${Action} role="operate" off=${origin.alarms.length ? '' : 'It has no alarm.'} onClick=${() => setAsking({ fire: origin.alarms[0] })}>Fire the next alarm…<//>`}
    >
      ${origin.unhandled.length > 0 && html`<${Card} title="Not handled">
        <${Note} kind="warn"><p>A handler of these outcomes or alarms failed. Those that are parked are not tried again by themselves: mend the handler, then redrive.</p><//>
        <${Table} label="Not handled" head=${['What', 'Continuation', 'State', 'Reason', '']} rows=${origin.unhandled.map((it) => [
          html`<span class="mono">${it.key}</span>`,
          it.continuation,
          it.parked ? html`<${State} is="failed">parked<//> after ${it.tries} tries` : html`<${State} is="pending">again in ${it.retryAt ? countdown(it.retryAt, now) : 'a moment'}<//>`,
          html`<span class="mono wrap">${it.reason}</span>`,
          html`<${Action} role="operate" kind="small" onClick=${() => redo(it.key)}>Redrive<//>`,
        ])} />
      <//>`}
      <${Card} title="Pending">
        ${origin.pending.length === 0
          ? html`<p class="muted">Nothing is pending.</p>`
          : html`<${Table} label="Pending" head=${['Fetch', 'State', 'Accepted', 'Attempts']} rows=${origin.pending.map((it) => [
              html`<a class="mono" href=${link(['fetch', id, it.id])}>${it.id}</a>`,
              html`<${FetchState} fetch=${it} />`,
              html`<${Time} at=${it.acceptedAt} now=${now} /> <span class="muted">${relative(it.acceptedAt, now)}</span>`,
              it.attempts.length,
            ])} />`}
      <//>
      <${Card} title="Alarms">
        ${origin.alarms.length === 0
          ? html`<p class="muted">No alarm is set: the origin sleeps until it is asked.</p>`
          : html`<${Table} label="Alarms" head=${['In', 'Due', 'What', 'Id', '']} rows=${origin.alarms.map((it) => [
              html`<strong>${countdown(it.due, now)}</strong>`,
              clock(it.due, now),
              html`${KINDS[it.kind] || it.kind}${it.cron ? html` <span class="mono">${it.cron}</span>` : ''}`,
              html`<span class="mono">${it.id}</span>`,
              it.kind === 'user' ? html`<${Action} role="operate" kind="small" onClick=${() => setAsking(it)}>Cancel…<//>` : '',
            ])} />`}
      <//>
      <${Card} title="Settled">
        <${Loaded} from=${settled} lines=${2}>${(page) => page.items.length === 0
          ? html`<${Empty} title="Nothing has settled, or its retention is over." />`
          : html`<${Table} label="Settled fetches" head=${['Fetch', 'Outcome', 'Settled']} rows=${page.items.map((it) => [
              html`<a class="mono" href=${link(['fetch', id, it.id])}>${it.id}</a>`,
              html`<${FetchState} fetch=${it} /> <span class="muted">${it.outcome?.reason || ''}</span>`,
              html`<${Time} at=${it.settledAt} now=${now} />`,
            ])} />${page.nextCursor ? html`<p><a href=${link(['fetches'], { q: `origin:${id}` })}>Search for more</a></p>` : ''}`}<//>
      <//>
      ${asking && html`<${Ask} at=${at} what=${asking} done=${from.reload} onClose=${() => setAsking(null)} />`}
    <//>`}<//>`;
}

function Ask({ at, what, done, onClose }) {
  if (what.fire) {
    // The one that is shown here, and no other: the list behind the dialog may go on meanwhile.
    const { kind, id, due } = what.fire;
    const run = async () => {
      await send('POST', `${at}/trigger?${new URLSearchParams({ kind, id, due })}`);
      say(`${kind} ${id} was fired.`);
      done();
    };
    return html`<${Confirm} title="Fire the next alarm now" verb="Fire it" run=${run} onClose=${onClose}>
      <p>${KINDS[kind] || 'The alarm'}: <span class="mono">${id}</span>, due ${clock(due)}. An alarm of a deadline or an attempt gives that up.</p>
    <//>`;
  }
  const run = async () => {
    await send('DELETE', `${at}/alarms/${part(what.id)}`);
    say('The alarm is cancelled.');
    done();
  };
  return html`<${Confirm} title="Cancel this alarm" verb="Cancel the alarm" kind="danger" run=${run} onClose=${onClose}>
    <p>The handler <span class="mono">${what.continuation}</span> will not be called for <span class="mono">${what.id}</span>.</p>
  <//>`;
}
