// Finds fetches: one line of filters, pills with counts, and what can be done with all that match.
import { html, useState, useEffect, useRef, useCallback } from '../vendor/preact-htm.js';
import { read, send, part } from '../api.js';
import { go, link } from '../router.js';
import { useLoad, useNow, useStored, useVisible } from '../parts/live.js';
import { clock, duration, number, relative } from '../parts/format.js';
import { Action, Empty, FetchState, Loading, Page, Problem } from '../parts/basics.js';
import { filters, line, withChip, words } from '../parts/query.js';
import { SearchLine, Pills, Views } from '../parts/search.js';
import { Rows } from '../parts/table.js';
import { say } from '../parts/dialog.js';
import { BulkDialog, exportAll } from '../parts/bulk.js';

const PAGE = 200;
const MOST = 20_000;
const EVERY = 5_000;

export const nameOf = (it) => `${it.originId}/${it.id}`;
const hrefOf = (it) => link(['fetch', it.originId, it.id]);

export const columns = (now) => [
  { title: 'Fetch', class: 'c-main c-fetch', cell: (it) => html`<a class="mono" href=${hrefOf(it)}>${it.id}</a><small class="mono">${it.originId}</small>` },
  { title: 'State', class: 'c-state', cell: (it) => html`<${FetchState} fetch=${it} /><small>${it.outcome?.reason || (it.outcome?.type === 'failed' && it.outcome.stage) || ''}</small>` },
  { title: 'Target', class: 'c-target', cell: (it) => html`<span>${it.host}</span><small>${it.method}</small>` },
  { title: 'Attempts', class: 'c-num', cell: (it) => it.attempts ?? '–' },
  { title: 'Took', class: 'c-num', cell: (it) => (it.settledAt ? duration(Date.parse(it.settledAt) - Date.parse(it.acceptedAt)) : duration(now - Date.parse(it.acceptedAt))) },
  { title: 'Queue', class: 'c-queue', cell: (it) => (it.queue ? html`<a href=${link(['queues', it.queue])}>${it.queue}</a>` : html`<span class="muted">–</span>`) },
  { title: 'When', class: 'c-date', cell: (it) => html`<span title=${it.settledAt || it.acceptedAt}>${clock(it.settledAt || it.acceptedAt, now)}</span><small>${relative(it.settledAt || it.acceptedAt, now)}</small>` },
];

/** Pages of a search: `{items, error, loading, more, fresh, renew}`. `fresh` counts what is new. */
function useFound(asked, resting) {
  const [state, setState] = useState({ items: [], loading: true });
  const [fresh, setFresh] = useState(0);
  const [turn, setTurn] = useState(0);
  const latest = useRef(state);
  latest.current = state;
  const busy = useRef(false);
  const visible = useVisible();
  const key = JSON.stringify(asked);
  useEffect(() => {
    const controller = new AbortController();
    setFresh(0);
    setState((old) => ({ items: turn ? old.items : [], loading: true }));
    read('/v1/fetches', { ...asked, limit: PAGE }, controller.signal)
      .then((page) => setState({ items: page.items, next: page.nextCursor }))
      .catch((error) => error.name !== 'AbortError' && setState({ items: [], error }));
    return () => controller.abort();
  }, [key, turn]);
  const more = useCallback(async () => {
    const { next, items } = latest.current;
    if (!next || busy.current || items.length >= MOST) return;
    busy.current = true;
    try {
      const page = await read('/v1/fetches', { ...asked, limit: 500, cursor: next });
      if (latest.current.next === next) setState((old) => ({ items: old.items.concat(page.items), next: page.nextCursor }));
    } catch (error) {
      setState((old) => ({ ...old, error, next: undefined }));
    } finally {
      busy.current = false;
    }
  }, [key]);
  useEffect(() => {
    if (!visible) return undefined;
    const timer = setInterval(async () => {
      const { items, loading, error } = latest.current;
      if (loading || error) return;
      const page = await read('/v1/fetches', { ...asked, limit: PAGE }).catch(() => null);
      if (!page || latest.current.items !== items) return;
      const known = new Set(items.slice(0, 2 * PAGE).map((it) => nameOf(it)));
      const added = page.items.filter((it) => !known.has(nameOf(it))).length;
      if (!resting.current() && items.length <= PAGE) setState({ items: page.items, next: page.nextCursor });
      else setFresh(added);
    }, EVERY);
    return () => clearInterval(timer);
  }, [key, visible]);
  const renew = useCallback(() => setTurn((n) => n + 1), []);
  return { ...state, more, fresh, renew };
}

/** Redrives or cancels each of those that were selected, some at a time. */
async function each(items, action) {
  const all = [...items];
  let done = 0;
  let refused = 0;
  const worker = async () => {
    for (let it = all.pop(); it; it = all.pop()) {
      const at = `/v1/origins/${part(it.originId)}/fetches/${part(it.id)}`;
      try {
        await (action === 'redrive' ? send('POST', `${at}/redrive`) : send('DELETE', at));
        done += 1;
      } catch {
        refused += 1;
      }
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  say(`${action === 'redrive' ? 'Redriven' : 'Cancelled'}: ${done}. Refused: ${refused}.`);
}

function Bar({ found, selected, clear, asked, total, open }) {
  const chosen = found.items.filter((it) => selected.has(nameOf(it)));
  const some = chosen.length > 0;
  const none = Object.keys(asked).length === 0;
  const pending = asked.state === 'pending' || asked.state === 'scheduled';
  const one = async (action) => {
    await each(chosen, action);
    clear();
    found.renew();
  };
  const noFilter = none ? 'Add a filter first: this works on all that match.' : '';
  return html`<div class="bar-of-actions">
    <p aria-live="polite"><strong>${some ? `${number(chosen.length)} selected` : total === undefined ? 'Counting' : `${total} match`}</strong>
      ${found.fresh > 0 && html` <button type="button" class="pill" onClick=${found.renew}>paused – ${found.fresh} new</button>`}</p>
    <div class="actions">
      ${some
        ? html`<${Action} role="submit" onClick=${() => one('redrive')}>Redrive selected<//>
            <${Action} role="cancel" onClick=${() => one('cancel')}>Cancel selected<//>
            <button type="button" class="button" onClick=${clear}>Clear</button>`
        : html`<${Action} role="operate" off=${noFilter || (pending ? 'These have not settled: a redrive makes settled fetches again.' : '')} onClick=${() => open('redrive')}>Redrive all…<//>
            <${Action} role="operate" off=${noFilter || (pending ? '' : 'These have settled. Choose pending or scheduled ones.')} onClick=${() => open('cancel')}>Cancel all…<//>
            <${Action} role="operate" off=${noFilter || (pending ? 'These have not settled. Cancel them first.' : '')} onClick=${() => open('erase')}>Erase all…<//>
            <${Action} role="read" onClick=${() => exportAll(asked)}>Export<//>`}
    </div>
  </div>`;
}

export function Fetches({ query }) {
  const now = useNow(5_000);
  const chips = words(query.q || '');
  const began = useRef({});
  const q = query.q || '';
  if (began.current.q !== q) began.current = { q, ...filters(chips, Date.now()) };
  const { filters: asked, faults } = began.current;
  const [selected, setSelected] = useState(new Set());
  const [bulk, setBulk] = useState(null);
  const resting = useRef();
  resting.current = () => selected.size > 0 || bulk !== null || scrollY > 200;
  const found = useFound(asked, resting);
  const change = (next) => go(['fetches'], { q: line(next) });
  useEffect(() => setSelected(new Set()), [q]);
  const count = useLoad((signal) => read('/v1/fetches/count', counted(asked), signal), [q], 10_000);
  const total = count.data && `${number(count.data.total)}${count.data.atLeast ? '+' : ''}`;
  return html`<${Page} title="Fetches">
    <${SearchLine} chips=${chips} change=${change} focus=${query.focus} />
    ${faults.map((it) => html`<p class="fault" role="alert">${it}</p>`)}
    <${Pills} chips=${chips} asked=${asked} pick=${(name, value) => change(withChip(chips.filter((it) => it.name !== 'state' && it.name !== 'outcome'), name, value))} />
    <${Views} q=${q} pick=${(it) => go(['fetches'], { q: it })} />
    <${Bar} found=${found} selected=${selected} clear=${() => setSelected(new Set())} asked=${asked} total=${total} open=${setBulk} />
    ${found.error && html`<${Problem} error=${found.error} retry=${found.renew} />`}
    ${found.loading && found.items.length === 0
      ? html`<${Loading} lines=${8} />`
      : found.items.length > 0
        ? html`<${Rows} label="Fetches" columns=${columns(now)} items=${found.items} id=${nameOf} href=${hrefOf} selected=${selected} onSelect=${setSelected} onEnd=${found.more} />
            <p class="muted small">${found.next ? (found.items.length >= MOST ? 'These are the newest 20,000. Add a filter to see others.' : 'More come as you scroll.') : `All ${number(found.items.length)} are shown.`}</p>`
        : !found.error && html`<${Nothing} chips=${chips} />`}
    ${bulk && html`<${BulkDialog} action=${bulk} where=${asked} onClose=${() => { setBulk(null); found.renew(); }} />`}
  <//>`;
}

/** Counts of settled fetches without a time are those of an hour; here they are of a day. */
export function counted(asked) {
  const settled = !asked.state || asked.state === 'settled';
  const timed = Object.keys(asked).some((it) => it.startsWith('settled'));
  return settled && !timed ? { ...asked, settledAfter: new Date(Date.now() - 86_400_000).toISOString() } : asked;
}

const Nothing = ({ chips }) => html`<${Empty} title=${chips.length ? 'No fetch matches.' : 'No fetch has settled here yet.'}>
  ${chips.length
    ? html`<p>Take a filter away, or look among those that have not settled: <a href="#/fetches?q=state%3Apending">state:pending</a>.</p>`
    : html`<p><a class="button primary" href="#/try">Try it: make the first fetch</a></p><p>Or see <a href="#/fetches?q=state%3Apending">those that are pending</a>.</p>`}
<//>`;
