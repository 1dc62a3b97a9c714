// One schedule: when it ticks next, what became of its last ticks, and what can be done.
import { html, useState } from '../vendor/preact-htm.js';
import { read, send, part } from '../api.js';
import { go, link } from '../router.js';
import { useLoad, useNow } from '../parts/live.js';
import { clock, countdown, number, plural } from '../parts/format.js';
import { Action, Card, Facts, Loaded, Note, Page, State } from '../parts/basics.js';
import { Icon } from '../parts/icons.js';
import { Table } from '../parts/table.js';
import { Confirm, Field, say } from '../parts/dialog.js';
import { state } from './schedules.js';

const MARKS = { fired: 'answered', skipped: 'warning', missed: 'failed', paused: 'paused', waits: 'pending' };

const CLOCKS = {
  run: '',
  'first-of-two': 'Clocks go back: this local time comes twice, and this is the first',
  'second-of-two': 'Clocks go back: this local time comes twice, and this is the second',
  'for-skipped': 'Clocks go forward and skip its local time: this is in its place',
};

export function Schedule({ originId, id }) {
  const at = `/v1/origins/${part(originId)}/schedules/${part(id)}`;
  const from = useLoad((signal) => read(at, {}, signal), [at], 5_000);
  const now = useNow();
  return html`<${Loaded} from=${from} title=${id}>${(it) => html`
    <${Page}
      title=${html`<span class="mono">${id}</span>`}
      lead=${html`Schedule of <a class="mono" href=${link(['schedules', originId])}>${originId}</a>${it.note ? `: ${it.note}` : ''}`}
      actions=${html`<${Actions} at=${at} of=${it} reload=${from.reload} />`}
    >
      <div class="two">
        <${Card} title="Next tick"><${Next} of=${it} now=${now} /><//>
        <${Card} title="What it does"><${What} of=${it} now=${now} /><//>
      </div>
      ${it.backfill && html`<${Note}><p aria-live="polite">A backfill goes on: ${number(it.backfill.done)} of ${number(it.backfill.count)} made.</p><//>`}
      <${Card} title="The last ticks"><${Recent} of=${it} now=${now} /><//>
      <${Card} title="The next ticks">
        ${it.next.length
          ? html`<${Table} label="Next ticks" head=${['In', 'In its zone', 'Here', 'Change of the clocks']} rows=${it.next.map((tick) => [
              html`<span class="nowrap">${countdown(tick.due, now)}</span>`,
              html`<span class="mono nowrap">${tick.local}</span>`,
              html`<span class="nowrap">${clock(tick.due, now)}</span>`,
              CLOCKS[tick.clocks] ? html`<${State} is="warning">${CLOCKS[tick.clocks]}<//>` : '',
            ])} />`
          : html`<p class="muted">No more ticks come.</p>`}
        ${it.tzdb && html`<p class="muted">Computed with version ${it.tzdb} of the tz database.</p>`}
      <//>
    <//>`}<//>`;
}

function Next({ of, now }) {
  const [next] = of.next;
  const shown = html`<p>${state(of)}</p>`;
  if (of.state === 'paused') return html`${shown}<p>No ticks until it is resumed.</p>`;
  if (!next) return html`${shown}<p>It has ended.</p>`;
  return html`<p class="countdown" role="timer">${countdown(next.due, now)}</p>
    <p class="muted">${clock(next.due, now)}${next.due !== next.at && of.jitter !== '0s' ? ', with jitter' : ''}</p>${shown}
    ${of.running && html`<p>Running: <a class="mono" href=${link(['fetch', of.originId, of.running])}>${of.running}</a></p>`}
    ${of.waiting && html`<p>The tick of ${clock(of.waiting, now)} waits for the one before.</p>`}`;
}

const What = ({ of, now }) => html`<${Facts} of=${[
  ['When', of.cron ? html`<span class="mono">${of.cron}</span> ${of.zone || 'UTC'}` : `every ${of.every}`],
  ['Fetch', html`${of.fetch.method} ${of.fetch.host}`],
  ['Queue', of.fetch.queue && html`<a href=${link(['queues', of.fetch.queue])}>${of.fetch.queue}</a>`],
  ['While one runs', of.overlap],
  ['Late ticks', of.catchUp.policy],
  ['Clock changes', of.dst && `skipped times: ${of.dst.gap}; repeated times: ${of.dst.repeated}`],
  ['From, to', of.end ? `${of.start} to ${of.end}` : ''],
  ['Made', `${plural(of.runs, 'fetch', 'fetches')}${of.maxRuns ? ` of ${of.maxRuns}` : ''}`],
  ['Ticks', `${of.counts.fired} fired, ${of.counts.skipped} skipped, ${of.counts.missed} missed, ${of.counts.paused} in a pause`],
  ['Changed', clock(of.changedAt, now)],
]} />`;

function Recent({ of, now }) {
  const ticks = of.recent.slice(0, 20);
  if (ticks.length === 0) return html`<p class="muted">It has not ticked yet.</p>`;
  const text = (it) => `${clock(it.at, now)}: ${it.result}${it.reason ? `, ${it.reason}` : ''}${it.count > 1 ? `, ${it.count} ticks` : ''}`;
  const dot = (it) => html`<span class=${`state is-${MARKS[it.result]}`}><${Icon} name=${MARKS[it.result]} /></span>`;
  return html`<ul class="dots" aria-label="The last ticks">
      ${ticks.map((it) => html`<li title=${text(it)}>${it.fetchId ? html`<a href=${link(['fetch', of.originId, it.fetchId])} aria-label=${text(it)}>${dot(it)}</a>` : html`${dot(it)}<span class="sr">${text(it)}</span>`}</li>`)}
    </ul>
    <details><summary>The same as a table</summary>
      <${Table} label="The last ticks" head=${['Tick', 'Result', 'Why', 'By', 'Fetch']} rows=${ticks.map((it) => [
        `${clock(it.at, now)}${it.to ? ` to ${clock(it.to, now)}` : ''}`,
        html`<${State} is=${MARKS[it.result]}>${it.result}<//>`,
        it.reason || '–',
        it.via,
        it.fetchId ? html`<a class="mono" href=${link(['fetch', of.originId, it.fetchId])}>${it.fetchId}</a>` : '–',
      ])} />
    </details>`;
}

function Actions({ at, of, reload }) {
  const [asking, setAsking] = useState(null);
  const tell = (what, body, text) => async () => {
    try {
      const made = await send('POST', `${at}/${what}`, body);
      say(made?.fetchId ? `The fetch ${made.fetchId} is made.` : text);
    } catch (error) {
      say(error.message);
    }
    reload();
  };
  const remove = async () => {
    await send('DELETE', at);
    say(`The schedule ${of.id} is removed.`);
    go(['schedules', of.originId]);
  };
  return html`
    <${Action} role="submit" kind="primary" onClick=${tell('trigger', undefined, 'It is triggered.')}>Trigger now<//>
    ${of.state === 'paused'
      ? html`<${Action} role="submit" onClick=${tell('resume', {}, 'It goes on.')}>Resume<//><${Action} role="submit" onClick=${tell('resume', { catchUp: true }, 'It goes on, and catches up.')}>Resume and catch up<//>`
      : html`<${Action} role="submit" off=${of.state === 'ended' ? 'It has ended.' : ''} onClick=${tell('pause', undefined, 'It is paused.')}>Pause<//>`}
    <${Action} role="submit" off=${of.backfill ? 'A backfill goes on.' : ''} onClick=${() => setAsking('backfill')}>Backfill…<//>
    <${Action} role="cancel" kind="danger" onClick=${() => setAsking('remove')}>Remove…<//>
    ${asking === 'backfill' && html`<${Backfill} at=${at} done=${reload} onClose=${() => setAsking(null)} />`}
    ${asking === 'remove' && html`<${Confirm} title="Remove the schedule" verb="Remove it" kind="danger" word=${of.id} run=${remove} onClose=${() => setAsking(null)}><p>It ticks no more. Its fetches go on.</p><//>`}`;
}

/** A day ago to now, as the fields of the browser have times: local, without a zone. */
const local = (at) => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

function Backfill({ at, done, onClose }) {
  const [range, setRange] = useState(() => ({ from: local(Date.now() - 86_400_000), to: local(Date.now() - 60_000) }));
  const [dry, setDry] = useState(null);
  const set = (name) => (event) => { setRange({ ...range, [name]: event.target.value }); setDry(null); };
  const run = async () => {
    const body = { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() };
    if (!dry) {
      setDry(await send('POST', `${at}/backfill`, { ...body, dryRun: true }));
      throw STAY;
    }
    await send('POST', `${at}/backfill`, body);
    say('The backfill has begun.');
    done();
  };
  return html`<${Confirm} title="Fill in the past" verb=${dry ? `Make ${number(dry.count)} fetches` : 'Count first'} ready=${Boolean(range.from && range.to) && (!dry || dry.count > 0)} run=${run} stays=${STAY} onClose=${onClose}>
    <p>It makes the fetches of past ticks that this schedule has not made. A repeat makes none twice.</p>
    <div class="fields">
      <${Field} label="From"><input type="datetime-local" value=${range.from} onInput=${set('from')} /><//>
      <${Field} label="To"><input type="datetime-local" value=${range.to} onInput=${set('to')} /><//>
    </div>
    ${dry && html`<p class="big" aria-live="polite"><strong>${number(dry.count)}</strong> would be made; ${number(dry.madeBefore)} were made before. Nothing has been done.</p>`}
  <//>`;
}

/** Thrown to keep a dialog open without a problem. */
const STAY = new Error('stay');
