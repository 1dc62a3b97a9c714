// What operators did, and what was refused.
import { html, useState, useEffect, useRef } from '../vendor/preact-htm.js';
import { read } from '../api.js';
import { go } from '../router.js';
import { useNow } from '../parts/live.js';
import { clock, relative } from '../parts/format.js';
import { Empty, Loading, Page, Problem, State, useRefusal, Note } from '../parts/basics.js';
import { Rows } from '../parts/table.js';

const PAGE = 100;
const MOST = 20_000;
const KINDS = { asked: 'pending', done: 'answered', failed: 'failed', denied: 'warning' };
const LENGTHS = [['1h', 3_600_000, 'last hour'], ['24h', 86_400_000, 'last day'], ['7d', 604_800_000, 'last week'], ['', 0, 'all that is kept']];

const columns = (now) => [
  { title: 'When', class: 'c-when', cell: (it) => html`<time datetime=${it.at} title=${it.at}>${clock(it.at, now)}</time><small>${relative(it.at, now)}</small>` },
  { title: 'What', class: 'c-main', cell: (it) => html`<span>${it.action || 'request'}</span><small class="mono">${it.subject || ''}</small>` },
  { title: 'Result', class: 'c-state', cell: (it) => html`<${State} is=${KINDS[it.kind] || 'info'}>${it.kind}${it.status ? ` ${it.status}` : ''}<//><small>${it.reason || ''}${it.count > 1 ? ` × ${it.count}` : ''}</small>` },
  { title: 'Who', class: 'c-target', cell: (it) => html`<span class="mono">${it.credential}</span><small>${it.caller || ''} ${it.address}</small>` },
  { title: 'Before and after', class: 'c-extra', cell: (it) => (it.before || it.after ? html`<small class="wide" title=${it.before}>${it.before || 'nothing'}</small><small title=${it.after}>→ ${it.after || 'nothing'}</small>` : html`<span class="muted">–</span>`) },
];

/** Of a call that has ended, the row that it was asked for says no more. */
export function withoutAsked(rows) {
  const ended = new Set(rows.filter((it) => it.kind === 'done' || it.kind === 'failed').map((it) => it.id));
  return rows.filter((it) => it.kind !== 'asked' || !ended.has(it.id));
}

/** Pages from the oldest, as the node gives them; the newest are shown first. */
export function Audit({ query }) {
  const refused = useRefusal(['operate', 'admin']);
  const now = useNow(10_000);
  const length = query.since ?? '24h';
  const [tenant, setTenant] = useState(query.tenant || '');
  const [state, setState] = useState({ rows: [], loading: true });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (refused) return undefined;
    const controller = new AbortController();
    const span = LENGTHS.find(([it]) => it === length)?.[1];
    const since = span ? new Date(Date.now() - span).toISOString() : undefined;
    const load = async () => {
      let rows = [];
      let after;
      setState({ rows, loading: true });
      do {
        const page = await read('/admin/audit', { limit: PAGE, since, after, tenant: query.tenant }, controller.signal);
        rows = page.rows.slice().reverse().concat(rows);
        after = page.rows.length === PAGE ? page.nextCursor : undefined;
        setState({ rows, loading: Boolean(after) });
      } while (after && rows.length < MOST);
    };
    load().catch((error) => error.name !== 'AbortError' && setState({ rows: [], error }));
    return () => controller.abort();
  }, [length, query.tenant, turn, refused]);
  if (refused) return html`<${Page} title="Audit"><${Note} kind="warn"><p>${refused}</p><//><//>`;
  return html`<${Page} title="Audit" lead="What operators did, and what was refused. Nothing here can be changed."
    actions=${html`<button type="button" class="button" onClick=${() => setTurn(turn + 1)}>Look again</button>`}>
    <form class="bar-of-actions" onSubmit=${(e) => { e.preventDefault(); go(['audit'], { since: query.since, tenant }); }}>
      <div class="pills" role="group" aria-label="Time">${LENGTHS.map(([value, , title]) => html`<button type="button" class="pill" aria-pressed=${length === value} onClick=${() => go(['audit'], { since: value || 'all', tenant })}>${title}</button>`)}</div>
      <label class="beside">Tenant <input type="text" class="short" value=${tenant} onInput=${(e) => setTenant(e.target.value.trim())} /></label>
    </form>
    ${state.error && html`<${Problem} error=${state.error} retry=${() => setTurn(turn + 1)} />`}
    ${state.rows.length > 0
      ? html`<p class="muted small" aria-live="polite">${withoutAsked(state.rows).length} calls${state.loading ? ', more come' : ''}</p>
          <${Rows} label="Audit" columns=${columns(now)} items=${withoutAsked(state.rows)} id=${(it) => `${it.id}/${it.kind}`} />`
      : state.loading ? html`<${Loading} lines=${6} />` : !state.error && html`<${Empty} title="Nothing was done or refused in that time."><p>Choose a longer time above.</p><//>`}
  <//>`;
}
