// All queues: what each does, what waits there, and what limits it.
import { html, useState, useContext } from '../vendor/preact-htm.js';
import { read, send, part } from '../api.js';
import { go, link } from '../router.js';
import { useLoad, useNow } from '../parts/live.js';
import { clock, number, relative } from '../parts/format.js';
import { Action, Caller, Card, Empty, Loaded, Note, Page, State } from '../parts/basics.js';
import { Rows } from '../parts/table.js';
import { Confirm, Field, say } from '../parts/dialog.js';

const MOST = 100;
const EVERY = 5_000;

/** Settings and figures of at most so many queues, some at a time. */
export async function allQueues(signal) {
  const { items, nextCursor } = await read('/admin/queues', { limit: MOST }, signal);
  const names = items.map((it) => it.name);
  const found = [];
  const worker = async () => {
    for (let name = names.shift(); name; name = names.shift()) {
      found.push(await read(`/admin/queues/${part(name)}`, {}, signal).catch(() => ({ name, missing: true })));
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return { queues: found.sort((a, b) => (a.name < b.name ? -1 : 1)), more: Boolean(nextCursor) };
}

export const limitOf = ({ settings }) =>
  settings.concurrency === 'unlimited' ? '∞' : number(settings.concurrency ?? 100);

const Running = ({ queue }) => {
  const limit = queue.settings?.concurrency;
  const share = Number.isFinite(limit) ? Math.min(1, queue.running / limit) : 0;
  return html`<span>${number(queue.running)} / ${limitOf(queue)}</span>
    <span class="meter"><i style=${{ width: `${share * 100}%` }}></i></span>`;
};

const ShareBar = ({ of }) => {
  const parts = Object.entries(of || {}).filter(([, it]) => it > 0.001).sort((a, b) => b[1] - a[1]);
  const [first] = parts;
  return first
    ? html`<span>${first[0]} ${Math.round(first[1] * 100)} %</span><span class="shares-bar slim" aria-hidden="true">${parts.map(([name, it]) => html`<i class=${`share-${name}`} style=${{ flexGrow: it }}></i>`)}</span>`
    : html`<span class="muted">–</span>`;
};

const columns = (now, seen) => [
  { title: 'Queue', class: 'c-main', cell: (it) => html`<a class="mono" href=${link(['queues', it.name])}>${it.name}</a><small>${it.template ? `of the template ${it.template}` : it.because || ''}</small>` },
  { title: 'State', class: 'c-state', cell: (it) => (it.missing ? html`<span class="muted">no answer</span>` : html`<${State} is=${it.state}>${it.state.replace('-', ' ')}<//>${it.until ? html`<small>until ${clock(it.until, now)}</small>` : ''}`) },
  { title: 'Waiting', class: 'c-num', cell: (it) => (it.missing ? '–' : html`${number(it.waiting.fetches)}<${Spark} points=${seen(it.name)} />`) },
  { title: 'Running', class: 'c-more', cell: (it) => (it.missing ? '–' : html`<${Running} queue=${it} />`) },
  { title: 'Limited by', class: 'c-more', cell: (it) => html`<${ShareBar} of=${it.limitedBy} />` },
  { title: 'Oldest', class: 'c-when', cell: (it) => (it.waiting?.oldest ? relative(it.waiting.oldest, now) : html`<span class="muted">–</span>`) },
];

const history = new Map();

/** Remembers what waited at each look, for the small lines. */
function remember(queues) {
  for (const { name, waiting } of queues) {
    if (!waiting) continue;
    const points = history.get(name) || [];
    history.set(name, [...points, waiting.fetches].slice(-40));
  }
}

function Spark({ points = [] }) {
  if (points.length < 2) return '';
  const most = Math.max(1, ...points);
  const line = points.map((it, n) => `${(n / (points.length - 1)) * 100},${20 - (it / most) * 18}`).join(' ');
  return html`<svg class="spark slim" viewBox="0 0 100 22" preserveAspectRatio="none" aria-hidden="true"><polyline points=${line} /></svg>`;
}

export function Queues() {
  const me = useContext(Caller);
  const admin = me.tenant === 'default';
  const now = useNow(5_000);
  const [making, setMaking] = useState(false);
  const from = useLoad(
    async (signal) => {
      if (!admin) return { queues: [] };
      const found = await allQueues(signal);
      remember(found.queues);
      return found;
    },
    [admin],
    EVERY,
  );
  return html`<${Page} title="Queues" lead="What bounds, orders and observes the fetches to a target."
    actions=${html`<${Action} role="operate" defaultTenant kind="primary" onClick=${() => setMaking(true)}>New queue…<//>`}>
    ${!admin && html`<${ByName} />`}
    ${admin && html`<${Loaded} from=${from}>${({ queues, more }) =>
      queues.length
        ? html`<${Rows} label="Queues" columns=${columns(now, (name) => history.get(name))} items=${queues} id=${(it) => it.name} href=${(it) => link(['queues', it.name])} />
            ${more ? html`<p class="muted">These are the first ${MOST}. Open others by their address: #/queues/name.</p>` : ''}`
        : html`<${Empty} title="There is no queue yet.">
            <p>A queue holds a limit for all callers together, and shows what waits. Make one, then name it in submissions: <span class="mono">"queue": "stripe"</span>.</p>
          <//>`}<//>`}
    ${making && html`<${NewQueue} onClose=${() => setMaking(false)} />`}
  <//>`;
}

function ByName() {
  const [name, setName] = useState('');
  return html`<${Card} title="Open a queue">
    <${Note}><p>Only callers of the tenant default see the list. You see the figures of a queue by its name.</p><//>
    <form onSubmit=${(e) => { e.preventDefault(); if (name) go(['queues', name]); }}>
      <${Field} label="Name"><input type="text" value=${name} onInput=${(e) => setName(e.target.value.trim())} /><//>
    </form>
  <//>`;
}

function NewQueue({ onClose }) {
  const [name, setName] = useState('');
  const [concurrency, setConcurrency] = useState('100');
  const [limit, setLimit] = useState('');
  const run = async () => {
    const settings = { concurrency: concurrency === 'unlimited' ? concurrency : Number(concurrency) };
    if (limit) settings.rate = { limit: Number(limit) };
    await send('PUT', `/admin/queues/${part(name)}`, settings, { headers: { 'If-None-Match': '*' } });
    say(`The queue ${name} is made. All nodes know it in a second or two.`);
    go(['queues', name]);
  };
  return html`<${Confirm} title="New queue" verb="Make it" ready=${name !== '' && concurrency !== ''} run=${run} onClose=${onClose}>
    <${Field} label="Name" hint="1 to 64 of A-Z a-z 0-9 . _ -, or host:* for a queue of each target's host"><input type="text" value=${name} onInput=${(e) => setName(e.target.value.trim())} /><//>
    <div class="fields">
      <${Field} label="Attempts at once" hint="or: unlimited"><input type="text" inputmode="numeric" value=${concurrency} onInput=${(e) => setConcurrency(e.target.value.trim())} /><//>
      <${Field} label="Attempts in a second" hint="empty: no rate"><input type="number" min="1" value=${limit} onInput=${(e) => setLimit(e.target.value)} /><//>
    </div>
  <//>`;
}
