// All schedules, and those of an origin.
import { html, useState } from '../vendor/preact-htm.js';
import { read, send, part } from '../api.js';
import { go, link } from '../router.js';
import { useLoad, useNow, useStored } from '../parts/live.js';
import { clock, countdown } from '../parts/format.js';
import { Action, Card, Empty, Loaded, Note, Page, State } from '../parts/basics.js';
import { Rows } from '../parts/table.js';
import { Choice, Confirm, Field, say } from '../parts/dialog.js';

const MOST_RECENT = 8;
const MOST = 500;

/** What of all schedules is listed, as parameters of the API. */
const LISTS = {
  all: {},
  next: { order: 'next' },
  paused: { state: 'paused' },
  ended: { state: 'ended' },
};

export const state = (it) => html`<${State} is=${it.state === 'active' ? 'running' : it.state === 'paused' ? 'paused' : 'info'}>${it.state}<//>`;
const next = (it, now) => (it.state === 'active' && it.next ? html`<strong>${countdown(it.next, now)}</strong><small>${clock(it.next, now)}</small>` : '–');

const columns = (now) => [
  { title: 'Schedule', class: 'c-main', cell: (it) => html`<a class="mono" href=${link(['schedules', it.originId, it.id])}>${it.id}</a>` },
  { title: 'State', class: 'c-state', cell: state },
  { title: 'Next tick in', class: 'c-date', cell: (it) => next(it, now) },
];

const everywhere = (now) => [
  { title: 'Schedule', class: 'c-main', cell: (it) => html`<a class="mono" href=${link(['schedules', it.originId, it.id])}>${it.id}</a><small class="mono">${it.originId}</small>` },
  { title: 'State', class: 'c-state', cell: (it) => html`${state(it)}${it.state === 'active' && it.next ? html`<small class="narrow-only">in ${countdown(it.next, now)}</small>` : ''}` },
  { title: 'Next tick in', class: 'c-date', cell: (it) => next(it, now) },
  { title: 'When', class: 'c-more', cell: (it) => (it.cron ? html`<span class="mono">${it.cron}</span><small>${it.zone}</small>` : `every ${it.every}`) },
  { title: 'Fetch', class: 'c-more c-host', cell: (it) => html`<span>${it.host}</span><small>${it.method}</small>` },
];

export function Schedules({ originId }) {
  const [recent, setRecent] = useStored('schedule-origins', []);
  const [text, setText] = useState(originId || '');
  const open = (event) => {
    event.preventDefault();
    const id = text.trim();
    if (!id) return;
    setRecent([id, ...recent.filter((it) => it !== id)].slice(0, MOST_RECENT));
    go(['schedules', id]);
  };
  return html`<${Page} title="Schedules" lead="The same fetch again and again, at the times of a cron expression or every so often. A schedule belongs to an origin.">
    <form class="search" onSubmit=${open}>
      <input type="text" id="search" aria-label="Origin" placeholder="Origin, such as reports" autocomplete="off" spellcheck="false" value=${text} onInput=${(e) => setText(e.target.value)} />
      <button class="button" type="submit">Open</button>
    </form>
    ${recent.length > 0 && html`<div class="views" role="group" aria-label="Recent origins"><span class="muted small">Recent</span>${recent.map((it) => html`<a href=${link(['schedules', it])}>${it}</a>`)}</div>`}
    ${originId
      ? html`<${OfOrigin} originId=${originId} />`
      : html`<${Everywhere} />`}
  <//>`;
}

function Everywhere() {
  const now = useNow();
  const [list, setList] = useState('all');
  const from = useLoad((signal) => read('/v1/schedules', { ...LISTS[list], limit: MOST }, signal), [list], 15_000);
  return html`<div class="bar-of-actions"><h2>Of all origins</h2>
      <${Field} label="Show"><${Choice} value=${list} of=${[['all', 'all, by origin'], ['next', 'the next ticks first'], ['paused', 'paused'], ['ended', 'ended']]} onChange=${(event) => setList(event.target.value)} /><//></div>
    <${Loaded} from=${from}>${({ items, nextCursor }) => items.length
      ? html`<${Rows} label="Schedules" columns=${everywhere(now)} items=${items} id=${(it) => `${it.originId} ${it.id}`} href=${(it) => link(['schedules', it.originId, it.id])} />
          ${nextCursor && html`<${Note}><p>These are the first ${MOST}. <span class="mono">retriever schedule list</span> lists all.</p><//>`}`
      : html`<${Empty} title="None is listed."><p>Open the origin that is to have one, and make it there. Schedules that an earlier version made are listed after a rebuild of the index.</p><//>`}<//>`;
}

async function all(originId, signal) {
  const items = [];
  let after;
  do {
    const page = await read(`/v1/origins/${part(originId)}/schedules`, { limit: 500, after }, signal);
    items.push(...page.items);
    after = page.nextAfter;
  } while (after && items.length < 1_000);
  return items;
}

function OfOrigin({ originId }) {
  const now = useNow();
  const [making, setMaking] = useState(false);
  const from = useLoad((signal) => all(originId, signal), [originId], 15_000);
  return html`<div class="bar-of-actions"><h2>Of <a class="mono" href=${link(['origin', originId])}>${originId}</a></h2>
      <${Action} role="submit" kind="primary" onClick=${() => setMaking(true)}>New schedule…<//></div>
    <${Loaded} from=${from}>${(items) => items.length
      ? html`<${Rows} label="Schedules" columns=${columns(now)} items=${items} id=${(it) => it.id} href=${(it) => link(['schedules', it.originId, it.id])} />`
      : html`<${Empty} title="This origin has no schedule."><p>Make one, and its next ten ticks are shown.</p><//>`}<//>
    ${making && html`<${NewSchedule} originId=${originId} onClose=${() => setMaking(false)} />`}`;
}

function NewSchedule({ originId, onClose }) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  const [form, setForm] = useState({ id: '', cron: '0 3 * * *', zone, every: '', method: 'GET', url: '' });
  const set = (name) => (event) => setForm({ ...form, [name]: event.target.value });
  const run = async () => {
    const when = form.every ? { every: form.every } : { cron: form.cron, zone: form.zone };
    const fetch = { request: { method: form.method, url: form.url } };
    await send('PUT', `/v1/origins/${part(originId)}/schedules/${part(form.id)}`, { ...when, fetch }, { headers: { 'If-None-Match': '*' } });
    say(`The schedule ${form.id} is made.`);
    go(['schedules', originId, form.id]);
  };
  const input = (name, more) => html`<input type="text" spellcheck="false" autocomplete="off" value=${form[name]} onInput=${set(name)} ...${more} />`;
  return html`<${Confirm} title="New schedule" verb="Make it" ready=${Boolean(form.id && form.url)} run=${run} onClose=${onClose}>
    <${Field} label="Id">${input('id', { placeholder: 'nightly' })}<//>
    <div class="fields">
      <${Field} label="Cron" hint="minute, hour, day, month, weekday">${input('cron')}<//>
      <${Field} label="Zone">${input('zone')}<//>
      <${Field} label="Or every" hint="such as 15m; in place of cron">${input('every')}<//>
    </div>
    <div class="fields">
      <${Field} label="Method"><${Choice} value=${form.method} of=${['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH']} onChange=${set('method')} /><//>
      <${Field} label="URL">${input('url', { placeholder: 'https://example.com/nightly' })}<//>
    </div>
  <//>`;
}
