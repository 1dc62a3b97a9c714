// Whether something is wrong, in sentences; then what happens now, and what ended badly.
import { html, useState } from '../vendor/preact-htm.js';
import { read } from '../api.js';
import { link } from '../router.js';
import { useLoad, useNow, useStream } from '../parts/live.js';
import { number, rate, relative } from '../parts/format.js';
import { Action, Card, Empty, Loaded, Loading, Note, Page, Problem, State, useRefusal } from '../parts/basics.js';
import { Icon } from '../parts/icons.js';
import { Chart } from '../parts/chart.js';
import { Rows } from '../parts/table.js';
import { BulkDialog } from '../parts/bulk.js';
import { columns, nameOf } from './fetches.js';

const DAY = 86_400_000;
const SHOWN = 10;

const MOST_STEPS = 90;

/** Steps by their time: an event of the stream has the last ones only. */
function merged(old, added) {
  const byTime = new Map([...old, ...added].map((it) => [it.at, it]));
  return [...byTime.values()].sort((a, b) => (a.at < b.at ? -1 : 1)).slice(-MOST_STEPS);
}

export function Overview() {
  const [steps, setSteps] = useState([]);
  const add = (it) => setSteps((old) => merged(old, it.history.steps));
  const stream = useStream('/admin/events', 'overview', add);
  useLoad(async (signal) => add(await read('/admin/overview', {}, signal)), []);
  const now = useNow(2_000);
  const of = stream.data && { ...stream.data, history: { ...stream.data.history, steps } };
  const state = { live: 'live', paused: 'paused while hidden', waiting: 'reconnecting', refused: '' }[stream.state];
  const lead = of ? `${of.nodes.up} of ${of.nodes.members} ${of.nodes.members === 1 ? 'node' : 'nodes'} up · ${state}` : '';
  return html`<${Page} title="Overview" lead=${lead} actions=${html`<a class="button" href="#/try">Try it</a>`}>
    ${of
      ? html`<${Problems} of=${of.problems} live=${stream.state === 'live'} /><${Tiles} of=${of} now=${now} /><${Charts} of=${of} now=${now} /><${Stopped} of=${of.queues} now=${now} />`
      : stream.state === 'refused'
        ? html`<${NoFigures} error=${stream.error} />`
        : html`${stream.error ? html`<${Problem} error=${stream.error} />` : html`<${Loading} lines=${6} />`}`}
    <${Bad} now=${now} />
  <//>`;
}

function NoFigures({ error }) {
  return html`<${Note}><p>Figures of the nodes are for operators of the tenant default. ${error?.problem?.detail || ''}</p><p>Your fetches are below, and in <a href="#/fetches">Fetches</a>.</p><//>`;
}

/** Where a problem is looked at. */
function placeOf({ kind, name }) {
  if (kind === 'queue') return name ? link(['queues', name]) : '#/queues';
  if (kind === 'callbacks') return '#/callbacks';
  if (kind === 'fetches') return link(['fetches'], { q: name === 'unknown' ? 'outcome:unknown settled:<15m' : '' });
  return '#/nodes';
}

function Problems({ of, live }) {
  if (!live) return html`<${Note} kind="warn"><p role="status">The node does not tell its figures now. What is below was told before.</p><//>`;
  if (of.length === 0) return html`<p class="fine" role="status"><${Icon} name="answered" />Nothing is wrong.</p>`;
  return html`<div class="troubles" role="status">${of.map((it) => html`<${Note} kind=${it.severity === 'severe' ? 'bad' : 'warn'} key=${it.text}>
    <strong>${it.text}</strong> <a href=${placeOf(it.about)}>Look at it</a><//>`)}</div>`;
}

const OUTCOMES = [
  ['answered', '--good'],
  ['failed', '--bad'],
  ['unknown', '--warn'],
  ['cancelled', '--calm'],
];

function Tile({ title, value, text, href, kind = '' }) {
  const inside = html`<span>${title}</span><strong>${value}</strong>${text && html`<small>${text}</small>`}`;
  return href ? html`<a class=${`tile ${kind}`} href=${href}>${inside}</a>` : html`<div class=${`tile ${kind}`}>${inside}</div>`;
}

function Tiles({ of, now }) {
  const after = new Date(Math.floor(Date.now() / 60_000) * 60_000 - DAY).toISOString();
  const unknown = useLoad((signal) => read('/v1/fetches/count', { outcome: 'unknown', settledAfter: after }, signal), [], 15_000);
  const settled = OUTCOMES.reduce((sum, [it]) => sum + of.perSecond[it], 0);
  const parked = of.history.steps.reduce((sum, it) => sum + it.parked, 0);
  const count = unknown.data?.total;
  return html`<div class="tiles">
    <${Tile} title="Accepted per s" value=${rate(of.perSecond.accepted)} />
    <${Tile} title="Settled per s" value=${rate(settled)} text=${OUTCOMES.slice(1).filter(([it]) => of.perSecond[it] > 0).map(([it]) => `${rate(of.perSecond[it])} ${it}`).join(', ') || 'all answered'} />
    <${Tile} title="Pending in memory" value=${number(of.pending)} text=${`${number(of.inFlight)} under way; more may sleep`} href=${link(['fetches'], { q: 'state:pending' })} />
    <${Tile} title="In queues" value=${number(of.waiting.fetches)} text=${of.waiting.oldest ? `oldest ${relative(of.waiting.oldest, now)}` : 'none waits'} href="#/queues" />
    <${Tile} title="Unknown, 24 h" value=${count === undefined ? '–' : `${number(count)}${unknown.data.atLeast ? '+' : ''}`} kind=${count ? 'doubtful' : ''} href=${link(['fetches'], { q: 'outcome:unknown settled:<24h' })} />
    <${Tile} title="Dead callbacks" value=${number(of.deadCallbacks)} kind=${of.deadCallbacks ? 'alarming' : ''} href="#/callbacks" />
    ${parked > 0 && html`<${Tile} title="Parked, 15 min" value=${number(parked)} kind="alarming" />`}
  </div>`;
}

const SERIES = [
  { name: 'accepted', key: 'accepted', colour: '--accent', dash: [8, 4] },
  ...OUTCOMES.map(([name, colour], n) => ({ name, key: name, colour, dash: n ? [6 - n, n + 1] : undefined })),
];

/** Counts of steps as counts in a second. */
function perSecond({ steps, stepSeconds }) {
  return steps.map((step) => {
    const point = { at: step.at };
    for (const { key } of SERIES) point[key] = step[key] / stepSeconds;
    return point;
  });
}

const Charts = ({ of, now }) => html`<div class="two">
  <${Card} title="In a second, 15 minutes"><${Chart} label="Accepted and settled fetches in a second" now=${now} points=${perSecond(of.history)} series=${SERIES} /><//>
  <${Card} title="Pending, 15 minutes"><${Chart} label="Pending fetches and attempts under way" now=${now} points=${of.history.steps}
    series=${[{ name: 'pending', key: 'pending', colour: '--warn' }, { name: 'under way', key: 'inFlight', colour: '--accent', dash: [6, 3] }]} /><//>
</div>`;

function Stopped({ of, now }) {
  if (of.length === 0) return '';
  return html`<${Card} title="Queues in which something waits, or that are stopped" aside=${html`<a href="#/queues">All queues</a>`}>
    <ul class="plain strips">${of.slice(0, 8).map((it) => html`<li>
      <a class="mono" href=${link(['queues', it.name])}>${it.name}</a>
      <${State} is=${it.state}>${it.state.replace('-', ' ')}<//>
      <span>${number(it.waiting)} waiting</span><span>${number(it.running)} running</span>
      <span class="muted">${it.oldest ? `oldest ${relative(it.oldest, now)}` : ''}</span></li>`)}</ul>
  <//>`;
}

async function endedBadly(signal) {
  const pages = await Promise.all(['unknown', 'failed'].map((it) => read('/v1/fetches', { outcome: it, limit: SHOWN }, signal)));
  return pages.flatMap((it) => it.items).sort((a, b) => (a.settledAt < b.settledAt ? 1 : -1)).slice(0, SHOWN);
}

function Bad({ now }) {
  const refused = useRefusal('read');
  const [bulk, setBulk] = useState(null);
  const from = useLoad((signal) => (refused ? [] : endedBadly(signal)), [refused], 10_000);
  const ask = (outcome) => () => setBulk({ outcome, settledAfter: new Date(Date.now() - DAY).toISOString() });
  return html`<section class="page-block" aria-label="The last that ended badly">
    <div class="bar-of-actions"><h2>The last that ended badly</h2>
      <div class="actions"><${Action} role="operate" onClick=${ask('unknown')}>Redrive all unknown…<//><${Action} role="operate" onClick=${ask('failed')}>Redrive all failed…<//></div></div>
    <${Loaded} from=${from} lines=${3}>${(items) => items.length
      ? html`<${Rows} label="The last that ended badly" columns=${columns(now)} items=${items} id=${nameOf} href=${(it) => link(['fetch', it.originId, it.id])} />`
      : html`<${Empty} title="None."><p>No fetch that is still remembered failed, or ended unknown.</p><//>`}<//>
    ${bulk && html`<${BulkDialog} action="redrive" where=${bulk} onClose=${() => setBulk(null)} />`}
  </section>`;
}
