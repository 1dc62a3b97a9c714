// Endpoints that are told outcomes: how each is doing, its keys, and what it was never told.
import { html, useState } from '../vendor/preact-htm.js';
import { ask, read, send, part } from '../api.js';
import { go, link } from '../router.js';
import { useLoad, useNow } from '../parts/live.js';
import { number, relative } from '../parts/format.js';
import { Action, Card, Empty, Facts, Loaded, Note, Page, Problem, State } from '../parts/basics.js';
import { Rows, Table } from '../parts/table.js';
import { because } from '../parts/words.js';
import { Choice, Confirm, Field, say } from '../parts/dialog.js';

const MOST = 200;

async function endpoints(signal) {
  const { items } = await read('/v1/callbacks', {}, signal);
  const names = items.slice(0, MOST).map((it) => it.name);
  const found = new Map(items.map((it) => [it.name, it]));
  const worker = async () => {
    for (let name = names.shift(); name; name = names.shift()) {
      const one = await read(`/v1/callbacks/${part(name)}`, {}, signal).catch(() => null);
      if (one) found.set(name, one);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return [...found.values()];
}

const columns = [
  { title: 'Endpoint', class: 'c-main', cell: (it) => html`<a class="mono" href=${link(['callbacks', it.name])}>${it.name}</a><small>${it.url}</small>` },
  { title: 'State', class: 'c-state', cell: (it) => html`<${State} is=${it.state === 'enabled' ? 'answered' : 'failed'}>${it.state}<//>` },
  { title: 'Pending', class: 'c-num', cell: (it) => number(it.callbacks?.pending) },
  { title: 'Dead', class: 'c-num', cell: (it) => (it.callbacks?.dead ? html`<strong class="is-dead">${number(it.callbacks.dead)}</strong>` : '0') },
  { title: 'Keys', class: 'c-more', cell: (it) => it.keys.map((k) => k.secret).join(', ') },
];

export function Callbacks({ name }) {
  return name ? html`<${Endpoint} name=${name} />` : html`<${Endpoints} />`;
}

function Endpoints() {
  const from = useLoad(endpoints, [], 10_000);
  const [making, setMaking] = useState(false);
  return html`<${Page} title="Callbacks" lead="Endpoints of your services that are told how fetches ended."
    actions=${html`<${Action} role="operate" kind="primary" onClick=${() => setMaking(true)}>New endpoint…<//>`}>
    <${Loaded} from=${from}>${(items) => items.length
      ? html`<${Rows} label="Endpoints" columns=${columns} items=${items} id=${(it) => it.name} href=${(it) => link(['callbacks', it.name])} />`
      : html`<${Empty} title="No endpoint yet."><p>Make one, then name it in submissions: <span class="mono">"callback": "orders"</span>. Its key must be a secret of every node first.</p><//>`}<//>
    ${making && html`<${Settings} onClose=${() => setMaking(false)} done=${(it) => go(['callbacks', it.name])} />`}
  <//>`;
}

function Endpoint({ name }) {
  const at = `/v1/callbacks/${part(name)}`;
  const from = useLoad(async (signal) => (await ask('GET', at, { signal })), [name], 10_000);
  const [asking, setAsking] = useState(null);
  const [came, setCame] = useState(null);
  const test = () => send('POST', `${at}/test`).then(setCame, (error) => setCame({ error }));
  const remove = async () => {
    await send('DELETE', `${at}${asking === 'drop' ? '?pending=drop' : ''}`);
    say(`The endpoint ${name} is removed.`);
    go(['callbacks']);
  };
  return html`<${Loaded} from=${from} title=${name}>${({ data: it, etag }) => html`
    <${Page} title=${html`<span class="mono">${name}</span>`} lead=${html`Endpoint at <span class="mono">${it.url}</span>`}
      actions=${html`<${Action} role="operate" kind=${it.state === 'enabled' ? '' : 'primary'} onClick=${() => setAsking('change')}>${it.state === 'enabled' ? 'Change…' : 'Change and enable…'}<//>
        <${Action} role="operate" onClick=${test}>Send a test<//>
        <${Action} role="operate" kind="danger" onClick=${() => setAsking(it.callbacks?.pending ? 'drop' : 'remove')}>Remove…<//>`}>
      ${it.state === 'disabled' && html`<${Note} kind="warn"><p>It is disabled since ${it.disabledAt}, because it answered 410. Callbacks that wait fail, and new ones are dropped. Put it again to enable it, then redrive the dead ones.</p><//>`}
      ${came && html`<${Came} of=${came} />`}
      <${Card} title="How it is">
        <${Facts} of=${[
          ['State', html`<${State} is=${it.state === 'enabled' ? 'answered' : 'failed'}>${it.state}<//>`],
          ['Pending', number(it.callbacks?.pending)],
          ['Dead', number(it.callbacks?.dead)],
          ['Keys', it.keys.map((k) => html`<span class="tag mono">${k.secret}</span> `)],
          ['Algorithm', it.algorithm],
          ['Told of', it.events.join(', ')],
          ['Payload', it.payload],
          ['Tries after', it.schedule.join(', ')],
          ['Time limit', it.timeout],
          ['Queue', it.queue && html`<a href=${link(['queues', it.queue])}>${it.queue}</a>`],
          ['Ordered', it.ordered ? 'yes: one at a time for each origin' : 'no'],
          ['Generation', it.generation],
        ]} />
      <//>
      <${Dead} name=${name} />
      ${asking === 'change' && html`<${Settings} of=${it} etag=${etag} onClose=${() => setAsking(null)} done=${from.reload} />`}
      ${(asking === 'remove' || asking === 'drop') && html`<${Confirm} title="Remove the endpoint" verb="Remove it" kind="danger" word=${name} run=${remove} onClose=${() => setAsking(null)}>
        <p>${asking === 'drop' ? `${number(it.callbacks.pending)} callbacks wait. They are dropped: each fails when its next attempt is due.` : 'Submissions that name it are refused then.'}</p><//>`}
    <//>`}<//>`;
}

/** What came back of a test. */
function Came({ of }) {
  if (of.error) return html`<${Problem} error=${of.error} />`;
  const text = of.outcome === 'answered' ? `answered ${of.status}` : of.outcome;
  const word = of.outcome === 'failed' ? 'Nothing was sent' : of.outcome === 'unknown' ? 'No complete answer came' : of.taken ? 'It was taken' : 'It was not taken: only 2xx is';
  return html`<${Card} title="The test" aside=${html`<${State} is=${of.taken ? 'answered' : 'failed'}>${text}<//>`}>
    <p role="status">${word}${of.reason ? `: ${because(of.reason)}` : ''}. It took ${number(of.tookMillis)} ms.</p>
    <${Facts} of=${[
      ['webhook-id', html`<span class="mono">${of.webhookId}</span>`],
      ['Answer', of.body && html`<span class="mono wrap">${of.body}</span>`],
    ]} />
  <//>`;
}

function Dead({ name }) {
  const now = useNow(5_000);
  const from = useLoad((signal) => read(`/v1/callbacks/${part(name)}/dead`, { limit: 100 }, signal), [name], 10_000);
  const again = (it) => send('POST', `/v1/origins/${part(it.originId)}/fetches/${part(it.id)}/redrive`);
  const all = async (items) => {
    let done = 0;
    for (const it of items) done += await again(it).then(() => 1, () => 0);
    say(`Redriven: ${done} of ${items.length}.`);
    from.reload();
  };
  return html`<${Card} title="Dead callbacks"><${Loaded} from=${from} lines=${2}>${({ items, nextCursor }) => items.length
    ? html`<p class="actions"><${Action} role="submit" onClick=${() => all(items)}>${items.length === 1 ? 'Redrive it' : `Redrive these ${items.length}`}<//>${nextCursor ? html`<span class="muted">More come after these.</span>` : ''}</p>
      <${Table} label="Dead callbacks" head=${['Tells of', 'Why', 'When', '']} rows=${items.map((it) => [
        html`<a class="mono" href=${link(['fetch', it.originId, it.fetchId])}>${it.originId} / ${it.fetchId}</a>`,
        it.reason ? because(it.reason) : it.status ? `answered ${it.status}` : 'its tries are used up',
        relative(it.at, now),
        html`<${Action} role="submit" kind="small" onClick=${() => again(it).then(() => { say('It is told again.'); from.reload(); }, (e) => say(e.message))}>Redrive<//>`,
      ])} />`
    : html`<p class="muted">None. Every outcome was told, or is still being told.</p>`}<//><//>`;
}

const EVENTS = ['answered', 'failed', 'unknown', 'cancelled'];

function Settings({ of, etag, onClose, done }) {
  const [name, setName] = useState(of?.name || '');
  const [url, setUrl] = useState(of?.url || '');
  const [keys, setKeys] = useState(of ? of.keys.map((k) => k.secret).join(' ') : '');
  const [events, setEvents] = useState(new Set(of?.events || EVENTS));
  const [payload, setPayload] = useState(of?.payload || 'thin');
  const [ordered, setOrdered] = useState(Boolean(of?.ordered));
  const run = async () => {
    const { algorithm, schedule, timeout, headers, queue } = of || {};
    const body = { url, keys: keys.trim().split(/[\s,]+/).map((secret) => ({ secret })), algorithm, events: EVENTS.filter((it) => events.has(it)), payload, schedule, timeout, headers, ordered, queue: ordered || of?.ordered ? undefined : queue };
    const made = await send('PUT', `/v1/callbacks/${part(name)}`, body, { headers: of ? { 'If-Match': etag } : { 'If-None-Match': '*' } });
    say(of ? 'The endpoint is changed.' : 'The endpoint is made. Other nodes know it in a second.');
    done(made);
  };
  const flip = (it) => setEvents((old) => { const next = new Set(old); if (!next.delete(it)) next.add(it); return next; });
  return html`<${Confirm} title=${of ? 'Change the endpoint' : 'New endpoint'} verb=${of ? 'Change it' : 'Make it'} ready=${Boolean(name && url && keys.trim() && events.size)} run=${run} onClose=${onClose}>
    ${!of && html`<${Field} label="Name"><input type="text" value=${name} onInput=${(e) => setName(e.target.value.trim())} /><//>`}
    <${Field} label="URL"><input type="url" value=${url} placeholder="https://shop.example.com/hooks/retriever" onInput=${(e) => setUrl(e.target.value.trim())} /><//>
    <${Field} label="Keys" hint="Names of one or two secrets that the nodes have; all of them sign."><input type="text" value=${keys} onInput=${(e) => setKeys(e.target.value)} /><//>
    <fieldset class="plain-set"><legend>Told of</legend>${EVENTS.map((it) => html`<label class="check"><input type="checkbox" checked=${events.has(it)} onChange=${() => flip(it)} />${it}</label>`)}</fieldset>
    <${Field} label="Payload" hint="full: with the answer, up to 64 KiB"><${Choice} value=${payload} of=${['thin', 'full']} onChange=${(e) => setPayload(e.target.value)} /><//>
    <label class="check"><input type="checkbox" checked=${ordered} onChange=${() => setOrdered((it) => !it)} />Ordered: each callback of an origin when the one before has settled</label>
  <//>`;
}
