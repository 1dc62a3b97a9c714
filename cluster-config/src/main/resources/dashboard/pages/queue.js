// One queue, live: its state and figures, what operators do with it, its settings, keys and lines.
import { html, useState, useContext, useRef } from '../vendor/preact-htm.js';
import { read, send, part } from '../api.js';
import { link } from '../router.js';
import { useLoad, useNow, useStream } from '../parts/live.js';
import { clock, duration, millis, number, plural, rate, relative } from '../parts/format.js';
import { Action, Caller, Card, Facts, Loaded, Loading, Page, Problem, State, refusal } from '../parts/basics.js';
import { Chart, Shares } from '../parts/chart.js';
import { Table } from '../parts/table.js';
import { limitWords } from '../parts/words.js';
import { Confirm, say } from '../parts/dialog.js';
import { QueueActions } from '../parts/queueactions.js';
import { QueueSettings } from '../parts/queuesettings.js';
import { limitOf } from './queues.js';

const MOST_POINTS = 300;

export function Queue({ name }) {
  const me = useContext(Caller);
  return refusal(me, 'read', true) ? html`<${CallersQueue} name=${name} />` : html`<${OperatorsQueue} name=${name} />`;
}

function OperatorsQueue({ name }) {
  const points = useRef([]);
  const stream = useStream(`/admin/queues/${part(name)}/events`, 'queue', (it) => {
    const point = { at: new Date().toISOString(), waiting: it.waiting.fetches, running: it.running, ended: it.rates.ended };
    points.current = [...points.current, point].slice(-MOST_POINTS);
  });
  const now = useNow();
  const [settled, setSettled] = useState(null);
  const queue = settled || stream.data;
  const done = (next) => {
    setSettled(next);
    setTimeout(() => setSettled(null), 1_500);
  };
  if (!queue) {
    return stream.error?.problem && stream.state === 'refused'
      ? html`<${Page} title=${html`<span class="mono">${name}</span>`}><${Problem} error=${stream.error} /><p><a href="#/queues">All queues</a></p><//>`
      : html`<${Loading} lines=${8} />`;
  }
  return html`<${Page}
    title=${html`<span class="mono">${name}</span>`}
    lead=${html`Queue, version ${queue.version} of its settings${queue.template ? html`, by the template <a class="mono" href=${link(['queues', queue.template])}>${queue.template}</a>` : ''} <span class="small">· ${stream.state === 'live' ? 'live' : stream.state === 'paused' ? 'paused while hidden' : 'reconnecting'}</span>`}
    actions=${html`<${QueueActions} queue=${queue} done=${done} />`}
  >
    <div class="story"><${State} is=${queue.state}>${queue.state.replace('-', ' ')}<//><p aria-live="polite">${stateStory(queue, now)}</p></div>
    <${Figures} queue=${queue} now=${now} />
    <div class="two">
      <${Card} title="What limited it in the last minute">
        <${Shares} of=${queue.limitedBy} words=${limitWords} label="Shares of the last minute by limit" />
        <${Advice} of=${queue.limitedBy} />
      <//>
      <${Card} title="Waiting and running">
        <${Chart} label="Waiting, running and ended in a second" now=${now} points=${points.current}
          series=${[{ name: 'Waiting', key: 'waiting', colour: '--warn' }, { name: 'Running', key: 'running', colour: '--accent', dash: [6, 3] }, { name: 'Ended in a second', key: 'ended', colour: '--good', dash: [2, 3] }]} />
      <//>
    </div>
    <${QueueSettings} key=${queue.version} queue=${queue} done=${done} />
    <${Lists} name=${name} now=${now} />
    <${Slots} name=${name} now=${now} />
  <//>`;
}

function stateStory(queue, now) {
  const until = queue.until ? ` until ${clock(queue.until, now)}` : '';
  const why = queue.because ? `: ${queue.because}.` : '.';
  const waits = plural(queue.waiting.fetches, 'waits', 'wait');
  const texts = {
    running: queue.waiting.fetches ? `${waits}${queue.drainsIn ? `; at this rate it drains in ${duration(millis(queue.drainsIn))}` : ''}.` : 'Nothing waits.',
    paused: `It begins nothing${until}${why} ${waits}.`,
    held: `It is held${until}${why} ${waits}.`,
    draining: `It takes no new fetches, and empties. ${waits}.`,
    'breaker-open': `Its target fails. It tries a single fetch at a time${until}. ${waits}.`,
  };
  const purge = queue.purge ? ` A purge goes on: ${queue.purge.left} origins are left.` : '';
  const late = queue.effective ? '' : ' The latest change is not effective yet.';
  return `${texts[queue.state]}${purge}${late}`;
}

const Figures = ({ queue, now }) => html`<div class="tiles">
  <div class="tile"><span>Waiting</span><strong>${number(queue.waiting.fetches)}</strong><small>${plural(queue.waiting.keys, 'key', 'keys')}, ${plural(queue.waiting.origins, 'origin', 'origins')}</small></div>
  <div class="tile"><span>Running</span><strong>${number(queue.running)} / ${limitOf(queue)}</strong>${queue.lingering ? html`<small>${queue.lingering} lingering</small>` : ''}</div>
  <div class="tile"><span>Begun, ended per s</span><strong>${rate(queue.rates.granted)} · ${rate(queue.rates.ended)}</strong></div>
  <div class="tile"><span>Waits (half, 99 %)</span><strong>${seconds(queue.waitSeconds.p50)} · ${seconds(queue.waitSeconds.p99)}</strong></div>
  <div class="tile"><span>Oldest</span><strong>${queue.waiting.oldest ? relative(queue.waiting.oldest, now).replace(' ago', '') : '–'}</strong></div>
  <div class=${queue.breaker.state === 'open' ? 'tile alarming' : 'tile'}><span>Breaker</span><strong>${queue.breaker.state}</strong>${queue.breaker.ratio !== undefined ? html`<small>${Math.round(queue.breaker.ratio * 100)} % bad</small>` : ''}</div>
</div>`;

const seconds = (value) => (value === undefined ? '–' : duration(value * 1_000));

const ADVICE = {
  concurrency: 'All slots are taken. Raise the concurrency if the target can do more; or the target has become slow.',
  rate: 'As many have begun as may. Raise the rate if the target allows it.',
  key: 'The keys that wait are at their limit. Raise it, or look below for a key that fills the queue.',
  'no-room': 'The executors have no room: it takes more permits or nodes.',
  origin: 'Grants are given and not used yet. Much of this shows slow writes.',
  'not-ready': 'What waits is to start later. There is nothing to do.',
  database: 'The database is away: see to it.',
  held: 'The target asked for a pause. Release it if you know better.',
  paused: 'An operator paused it.',
  breaker: 'The target fails. It goes on by itself when a probe is well.',
};

function Advice({ of }) {
  const [first] = Object.entries(of || {}).filter(([name, share]) => name !== 'idle' && share >= 0.2).sort((a, b) => b[1] - a[1]);
  return first ? html`<p>${ADVICE[first[0]]}</p>` : '';
}

/** Asked for by hand: each look at keys and lines is in the audit, since they show ids of all tenants. */
function Lists({ name, now }) {
  const [turn, setTurn] = useState(0);
  const load = useLoad(
    async (signal) => {
      if (!turn) return null;
      const [keys, lines] = await Promise.all(['keys', 'waiting'].map((it) => read(`/admin/queues/${part(name)}/${it}`, { limit: 50 }, signal)));
      return { keys, lines };
    },
    [name, turn],
  );
  const look = html`<${Action} role="operate" defaultTenant onClick=${() => setTurn(turn + 1)}>${turn ? 'Look again' : 'Show keys and lines'}<//>`;
  return html`<${Card} title="Keys and lines" aside=${look}>
    ${turn === 0
      ? html`<p class="muted">What waits and runs, by key and by origin. They show ids of all tenants, so each look is in the audit.</p>`
      : html`<${Loaded} from=${load} lines=${2}>${({ keys, lines }) => html`<div class="two">
          <${KeyTable} of=${keys} now=${now} /><${LineTable} of=${lines} now=${now} />
        </div>`}<//>`}
  <//>`;
}

/** Asked for by hand, as keys and lines are. */
function Slots({ name, now }) {
  const [turn, setTurn] = useState(0);
  const [freeing, setFreeing] = useState(null);
  const load = useLoad((signal) => (turn ? read(`/admin/queues/${part(name)}/slots`, { limit: 50 }, signal) : null), [name, turn]);
  const look = html`<${Action} role="operate" defaultTenant onClick=${() => setTurn(turn + 1)}>${turn ? 'Look again' : 'Show slots'}<//>`;
  const free = async () => {
    await send('POST', `/admin/queues/${part(name)}/slots/${freeing.slot}/release`, {});
    say(`Slot ${freeing.slot} is free.`);
    setTurn(turn + 1);
  };
  return html`<${Card} title="Slots" aside=${look}>
    ${turn === 0
      ? html`<p class="muted">Which attempts hold slots. One that lingers was given up and may still run; you may free its slot when you know that it does not.</p>`
      : html`<${Loaded} from=${load} lines=${2}>${(page) => page.items.length
          ? html`<${Table} label="Slots of the queue" head=${['Slot', 'Attempt', 'Tenant', 'Its time is up', '']} rows=${page.items.map((it) => [
              number(it.slot),
              html`<a class="mono" href=${it.type === 'http' ? link(['fetch', it.originId, it.fetchId]) : link(['origin', it.originId], { type: it.type })}>${it.originId} / ${it.fetchId}</a> <span class="muted">attempt ${it.attempt}</span>`,
              it.tenant,
              html`${relative(it.timeUp, now)}${it.lingers ? html` <${State} is="warning">lingers<//>` : ''}`,
              it.lingers ? html`<${Action} role="operate" defaultTenant kind="small" onClick=${() => setFreeing(it)}>Free it…<//>` : '',
            ])} />${first50(page)}`
          : html`<p class="muted">No slot is taken.</p>`}<//>`}
    ${freeing && html`<${Confirm} title="Free this slot" verb="Free it" kind="danger" run=${free} onClose=${() => setFreeing(null)}>
      <p>Slot ${freeing.slot} of <span class="mono">${freeing.originId} / ${freeing.fetchId}</span>. If its attempt still runs, more than the limit run.</p><//>`}
  <//>`;
}

const first50 = (page) => (page.nextCursor ? html`<p class="muted">These are the first 50.</p>` : '');

const KeyTable = ({ of, now }) => html`<div><h3>Keys, most first</h3>${of.items.length
  ? html`<${Table} label="Keys of the queue" head=${['Key', 'Tenant', 'Waiting', 'Running', 'Oldest']} rows=${of.items.map((it) => [
      html`<span class="mono">${it.key}</span>`, it.tenant, number(it.waiting), number(it.running), it.oldest ? relative(it.oldest, now) : '–',
    ])} />${first50(of)}`
  : html`<p class="muted">No key waits or runs.</p>`}</div>`;

const LineTable = ({ of, now }) => html`<div><h3>Lines, the oldest first</h3>${of.items.length
  ? html`<${Table} label="Lines of the queue" head=${['Origin', 'Key', 'Priority', 'Waiting', 'Oldest']} rows=${of.items.map((it) => [
      html`<a class="mono" href=${link(['origin', it.originId], { type: it.type === 'http' ? '' : it.type })}>${it.originId}</a>`,
      html`<span class="mono">${it.key}</span>`, it.priority, number(it.waiting), relative(it.oldest, now),
    ])} />${first50(of)}`
  : html`<p class="muted">Nothing waits.</p>`}</div>`;

/** For callers of other tenants: sums, without settings, keys and ids. */
function CallersQueue({ name }) {
  const from = useLoad((signal) => read(`/v1/queues/${part(name)}`, {}, signal), [name], 3_000);
  const now = useNow();
  return html`<${Page} title=${html`<span class="mono">${name}</span>`} lead="Queue: figures for callers">
    <${Loaded} from=${from}>${(queue) => html`<${Card}>
      <${Facts} of=${[
        ['State', html`<${State} is=${queue.state}>${queue.state}<//>`],
        ['Until', queue.until && clock(queue.until, now)],
        ['Waiting', number(queue.waiting.fetches)],
        ['Running', number(queue.running)],
        ['Ended in a second', rate(queue.rates.ended)],
        ['Drains in', queue.drainsIn && duration(millis(queue.drainsIn))],
      ]} />
      <${Shares} of=${queue.limitedBy} words=${limitWords} label="Shares of the last minute by limit" />
    <//>`}<//>
  <//>`;
}
