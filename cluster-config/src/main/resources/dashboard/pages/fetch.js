// One fetch: what happened, when, what came, and what can be done now.
import { html, useState } from '../vendor/preact-htm.js';
import { read, send, part, url, credential } from '../api.js';
import { go, link } from '../router.js';
import { useLoad, useNow } from '../parts/live.js';
import { clock, duration, relative } from '../parts/format.js';
import { Action, Card, Copy, Facts, FetchState, Loaded, Note, Page, Time, useRefusal } from '../parts/basics.js';
import { Waterfall } from '../parts/waterfall.js';
import { Body, Headers } from '../parts/body.js';
import { Confirm, Field, say } from '../parts/dialog.js';
import { because, limitWords, STAGES, story, unknownAdvice } from '../parts/words.js';
import { curl, targetCurl } from '../parts/curl.js';

const EVERY = 2_000;

export const pathOf = (originId, id) => `/v1/origins/${part(originId)}/fetches/${part(id)}`;

/** What the index has of it besides: method, host, queue, labels. It is found by the time of its acceptance. */
async function indexed(fetch, signal) {
  const at = Date.parse(fetch.acceptedAt);
  const query = {
    origin: fetch.originId,
    state: fetch.state,
    acceptedAfter: new Date(at - 1).toISOString(),
    acceptedBefore: new Date(at + 2).toISOString(),
    limit: 500,
  };
  const { items } = await read('/v1/fetches', query, signal);
  return items.find((it) => it.id === fetch.id) || {};
}

export function Fetch({ originId, id }) {
  const [settled, setSettled] = useState(false);
  const from = useLoad(
    async (signal) => {
      const fetch = await read(pathOf(originId, id), {}, signal);
      const { method, host, queue, labels } = fetch.tells ? {} : await indexed(fetch, signal).catch(() => ({}));
      setSettled(fetch.state === 'settled' && fetch.erased !== 'under-way');
      return { method, host, queue, labels, ...fetch };
    },
    [originId, id],
    settled ? undefined : EVERY,
  );
  const sent = useLoad((signal) => (settled ? read(`${pathOf(originId, id)}/request`, {}, signal) : null), [originId, id, settled]);
  const now = useNow(settled ? 30_000 : 1_000);
  return html`<${Loaded} from=${from} lines=${8} title=${id}>${(fetch) => html`
    <${Page}
      title=${html`<span class="mono">${id}</span>`}
      lead=${html`of the origin <a class="mono" href=${link(['origin', originId])}>${originId}</a>`}
      actions=${html`<${Actions} fetch=${fetch} sent=${sent.data} reload=${from.reload} />`}
    >
      <div class="story" aria-live="polite">
        <${FetchState} fetch=${fetch} />
        <p>${story(fetch, now)}</p>
      </div>
      ${fetch.outcome?.type === 'unknown' && html`<${Unknown} fetch=${fetch} />`}
      ${fetch.erased && html`<${Note}><p>${fetch.erased === 'done' ? 'What it sent and got is erased.' : 'What it sent and got is being erased; copies are still in the database. Erase it again to see how far it is.'}</p><//>`}
      ${fetch.exhausted && html`<${Note}><p>Another attempt would have been right, but all were used. Raise <span class="mono">retry.maxAttempts</span> when you submit, or redrive it.</p><//>`}
      <${Card} title="Time"><${Waterfall} fetch=${fetch} now=${now} /><//>
      <div class="two">
        <${About} fetch=${{ callback: sent.data?.callback, queue: sent.data?.queue, ...fetch }} now=${now} />
        <${Requested} fetch=${fetch} from=${sent} />
      </div>
      <${Answer} fetch=${fetch} />
      <${Late} fetch=${fetch} now=${now} />
    <//>`}<//>`;
}

function Unknown({ fetch }) {
  const { happened, steps } = unknownAdvice(fetch);
  return html`<${Note} kind="warn">
    <div class="two">
      <div><h2>What may have happened</h2>${happened.map((it) => html`<p>${it}</p>`)}</div>
      <div><h2>What you can do</h2><ol>${steps.map((it) => html`<li>${it}</li>`)}</ol></div>
    </div>
  <//>`;
}

const ASKS = {
  redrive: {
    title: 'Redrive this fetch',
    verb: 'Redrive as a new fetch',
    text: (fetch) =>
      fetch.outcome?.type === 'unknown'
        ? 'The target may have acted on the first one. This sends the same request again. Look at the target first.'
        : 'A new fetch with the same request and limits begins at once. The outcome of this one stays.',
  },
  cancel: { title: 'Cancel this fetch', verb: 'Cancel the fetch', kind: 'danger', text: () => 'It is taken back. If its request is under way, the connection is closed, and the target may have acted.' },
  erase: { title: 'Erase what it sent and got', verb: 'Erase for good', kind: 'danger', text: () => 'Bodies, headers, path and query of its URL, and labels are erased from all rows. This cannot be undone. Its id, host, statuses and times stay.' },
};

function Actions({ fetch, sent, reload }) {
  const [asking, setAsking] = useState(null);
  const [newId, setNewId] = useState('');
  const settled = fetch.state === 'settled';
  const at = pathOf(fetch.originId, fetch.id);
  const run = async () => {
    if (asking === 'redrive') {
      const made = await send('POST', `${at}/redrive`, newId ? { id: newId } : {});
      say(`The new fetch is ${made.id}.`);
      go(['fetch', made.originId, made.id]);
    } else if (asking === 'cancel') {
      await send('DELETE', at);
      say('It is cancelled.');
      reload();
    } else {
      const now = await send('DELETE', `${at}/bodies`);
      say(now?.erased === 'done' ? 'It is erased.' : 'It is being erased.');
      reload();
    }
  };
  const ask = ASKS[asking];
  return html`
    <${Action} role="submit" kind="primary" off=${settled ? '' : 'It has not settled. Wait, or cancel it first.'} onClick=${() => setAsking('redrive')}>Redrive…<//>
    ${fetch.state === 'scheduled' && html`<${Action} role="submit" onClick=${async () => { await send('POST', `${at}/start`).catch((e) => say(e.message)); reload(); }}>Begin now<//>`}
    <${Action} role="cancel" off=${settled ? 'It has settled.' : ''} onClick=${() => setAsking('cancel')}>Cancel…<//>
    <${Copy} text=${() => (sent ? targetCurl(sent) : curl({ url: url(at).href, key: credential.get() }))}>Copy as curl<//>
    <${Action} role="operate" off=${settled ? (fetch.erased === 'done' ? 'It is erased already.' : '') : 'It has not settled. Cancel it first.'} onClick=${() => setAsking('erase')}>Erase…<//>
    ${ask && html`<${Confirm} title=${ask.title} verb=${ask.verb} kind=${ask.kind} word=${asking === 'erase' ? fetch.id : undefined} run=${run} onClose=${() => setAsking(null)}>
      <p>${ask.text(fetch)}</p>
      ${asking === 'redrive' && html`<${Field} label="Id of the new fetch" hint="Without one it is made of this id, and a repeat gives the same fetch."><input type="text" value=${newId} placeholder=${`${fetch.id}~r…`} onInput=${(e) => setNewId(e.target.value.trim())} /><//>`}
    <//>`}`;
}

function About({ fetch, now }) {
  const { outcome, waiting, tells } = fetch;
  const trace = fetch.traceId || fetch.traceparent?.split('-')[1];
  return html`<${Card} title="About it"><${Facts} of=${[
    ['Accepted', html`<${Time} at=${fetch.acceptedAt} now=${now} /> <span class="muted">${relative(fetch.acceptedAt, now)}</span>`],
    ['Not before', fetch.notBefore && html`<${Time} at=${fetch.notBefore} now=${now} />`],
    ['Settled', fetch.settledAt && html`<${Time} at=${fetch.settledAt} now=${now} /> <span class="muted">after ${duration(Date.parse(fetch.settledAt) - Date.parse(fetch.acceptedAt))}</span>`],
    ['Got as far as', outcome?.stage && html`<span class="mono">${outcome.stage}</span> <span class="muted">${STAGES[outcome.stage]}</span>`],
    ['Reason', outcome?.reason && html`<span class="mono">${outcome.reason}</span> <span class="muted">${because(outcome.reason)}</span>`],
    ['Target', fetch.host && html`<span class="mono">${fetch.method} ${fetch.host}</span>`],
    ['Queue', !waiting && fetch.queue && html`<a href=${link(['queues', fetch.queue])}>${fetch.queue}</a>`],
    ['Waits in', waiting && html`<a href=${link(['queues', waiting.queue])}>${waiting.queue}</a>, priority ${waiting.priority}${waiting.key ? html`, key <span class="mono">${waiting.key}</span>` : ''}`],
    ['Waits because', waiting?.because && limitWords(waiting.because)],
    ['Ahead of it', waiting?.ahead],
    ['Can change at', waiting?.until && clock(waiting.until, now)],
    ['Redrive of', fetch.redriveOf && html`<a class="mono" href=${link(['fetch', fetch.originId, fetch.redriveOf])}>${fetch.redriveOf}</a>`],
    ['Callback to', fetch.callback && html`<a href=${link(['callbacks', fetch.callback])}>${fetch.callback}</a>`],
    ['Tells', tells && html`the outcome of <a class="mono" href=${link(['fetch', fetch.originId, tells.fetchId])}>${tells.fetchId}</a> to <a href=${link(['callbacks', tells.callback])}>${tells.callback}</a>`],
    ['Labels', fetch.labels && Object.entries(fetch.labels).map(([name, value]) => html`<a class="tag" href=${link(['fetches'], { q: `label.${name}:${/\s/.test(value) ? `"${value}"` : value}` })}>${name}: ${value}</a> `)],
    ['Trace', trace && html`<span class="mono">${trace}</span>`],
  ]} /><//>`;
}

/** Names and values; a value that may be a credential is not told by the API. */
function headersOf(request) {
  const found = {};
  for (const { name, value, secret } of request.headers) {
    const text = value ?? (secret ? `‹the secret ${secret}›` : '‹not shown: it may be a credential›');
    found[name] = [...(found[name] || []), text];
  }
  return found;
}

/** Its content type, as headers of responses have it. */
const typeOf = ({ headers }) => ({ 'content-type': headers.find((it) => it.name.toLowerCase() === 'content-type')?.value });

/** What was sent, as far as the API shows it. */
function Requested({ fetch, from }) {
  const request = from.data;
  const refused = useRefusal('operate');
  const why = from.error && (from.error.status === 404 ? '' : from.error.problem?.detail);
  const redirects = (fetch.attempts || []).filter((it) => it.url);
  return html`<${Card} title="Request">
    ${request
      ? html`<p class="mono wrap"><strong>${request.method}</strong> ${request.url}${request.queryOmitted ? html`<span class="muted">?‹query not shown› ${refused}</span>` : ''}</p>
          <${Headers} of=${headersOf(request)} />
          ${request.idempotencyKey && html`<p class="small">Idempotency key <span class="mono">${request.idempotencyKey}</span></p>`}
          <${Body} holder=${{ ...request, headers: typeOf(request) }} refused=${refused} />`
      : html`<p class="muted">${why || (fetch.state === 'settled' ? 'It is not shown.' : 'What it sends is shown when it has settled.')}</p>`}
    ${redirects.length > 0 && html`<p>${fetch.tells ? 'Sent to' : 'Redirected to'}:</p><ul class="plain">${[...new Set(redirects.map((it) => it.url))].slice(0, 10).map((it) => html`<li class="mono wrap">${it}</li>`)}</ul>`}
    <details><summary>Read it by the API</summary><pre class="mono wrap" tabindex="0">${curl({ url: url(pathOf(fetch.originId, fetch.id)).href, key: credential.get() })}</pre></details>
  <//>`;
}

function Answer({ fetch }) {
  const { outcome } = fetch;
  if (!outcome || outcome.status === undefined) return '';
  const part = outcome.type === 'unknown' ? 'What came of the response' : 'Response';
  return html`<${Card} title=${part}>
    <p><strong class="mono">${outcome.status}</strong></p>
    <${Headers} of=${outcome.headers} />
    <${Body} holder=${outcome} />
  <//>`;
}

const MOST_LATE = 20;

function Late({ fetch, now }) {
  if (!fetch.late?.length) return '';
  return html`<${Card} title="Late answers">
    <p class="muted">They came after their attempt was given up. They are information, and never the outcome.</p>
    ${fetch.late.slice(0, MOST_LATE).map((it) => html`<details>
      <summary>Attempt ${it.attempt}, <${Time} at=${it.at} now=${now} />: ${it.type}${it.status ? ` ${it.status}` : ''}${it.reason ? `, ${because(it.reason)}` : ''}</summary>
      ${it.status !== undefined && html`<${Headers} of=${it.headers} /><${Body} holder=${it} />`}
    </details>`)}
  <//>`;
}
