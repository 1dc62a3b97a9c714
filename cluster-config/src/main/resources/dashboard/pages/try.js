// A form that makes a fetch, and shows the same as curl.
import { html, useState } from '../vendor/preact-htm.js';
import { read, send, part, url, credential } from '../api.js';
import { link } from '../router.js';
import { useLoad, useNow } from '../parts/live.js';
import { Action, Card, Copy, FetchState, Note, Page, Problem } from '../parts/basics.js';
import { Choice, Field } from '../parts/dialog.js';
import { Waterfall } from '../parts/waterfall.js';
import { story } from '../parts/words.js';
import { curl } from '../parts/curl.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const FIRST = { origin: 'try-it', id: '', method: 'GET', url: '', headers: '', body: '', maxAttempts: '3', timeout: '30s', within: '5m', queue: '', delay: '', labels: '' };

/** What was typed, for as long as the page is open: headers may hold credentials. */
let kept = FIRST;

/** The id of a submission that has no answer yet: a repeat of the same gives the same fetch. */
let unanswered = null;

function idFor(path, body) {
  const asked = JSON.stringify([path, body]);
  if (unanswered?.asked !== asked) unanswered = { asked, id: `try-${[...crypto.getRandomValues(new Uint32Array(3))].map((it) => it.toString(36)).join('')}` };
  return unanswered.id;
}

/** Lines of `name: value` as an object; a name that comes twice has a list. */
export function pairs(text) {
  const found = {};
  for (const row of text.split('\n')) {
    const colon = row.indexOf(':');
    if (colon < 1) continue;
    const name = row.slice(0, colon).trim();
    const value = row.slice(colon + 1).trim();
    found[name] = found[name] === undefined ? value : [].concat(found[name], value);
  }
  return found;
}

/** The submission that the form stands for, without what is left at its default. Pure. */
export function submissionOf(form) {
  const headers = pairs(form.headers);
  const labels = pairs(form.labels);
  const request = { method: form.method, url: form.url.trim() };
  if (Object.keys(headers).length) request.headers = headers;
  if (form.body) request.body = form.body;
  const made = { request };
  if (form.id) made.id = form.id;
  if (form.timeout && form.timeout !== FIRST.timeout) made.timeout = form.timeout;
  if (form.within && form.within !== FIRST.within) made.within = form.within;
  if (form.delay) made.delay = form.delay;
  if (form.queue) made.queue = form.queue;
  if (Number(form.maxAttempts) > 1) made.retry = { maxAttempts: Number(form.maxAttempts) };
  if (Object.keys(labels).length) made.labels = labels;
  return made;
}

export function TryIt() {
  const [form, setForm] = useState(() => kept);
  const [made, setMade] = useState(null);
  const [error, setError] = useState(null);
  const change = (next) => setForm((kept = next));
  const set = (name) => (event) => change({ ...form, [name]: event.target.value });
  const path = `/v1/origins/${part(form.origin || 'try-it')}/fetches`;
  const body = submissionOf(form);
  const submit = async () => {
    setError(null);
    setMade(null);
    try {
      setMade(await send('POST', path, { id: idFor(path, body), ...body }));
      unanswered = null;
    } catch (problem) {
      if (problem.status >= 400 && problem.status < 500) unanswered = null;
      setError(problem);
    }
  };
  const input = (name, more) => html`<input type="text" spellcheck="false" autocomplete="off" value=${form[name]} onInput=${set(name)} ...${more} />`;
  const command = curl({ method: 'POST', url: url(path).href, body, key: credential.get() });
  const off = form.url.trim() ? '' : 'Give a URL first.';
  return html`<${Page} title="Try it" lead="Make a fetch, and watch it. The command on the right does the same.">
    <div class="two">
      <${Card} title="Submit">
        <div class="fields">
          <${Field} label="Method"><${Choice} value=${form.method} of=${METHODS} onChange=${set('method')} /><//>
          <${Field} label="Origin" hint="whatever asks: an order, a customer">${input('origin')}<//>
          <${Field} label="Id" hint="empty: made">${input('id')}<//>
        </div>
        <${Field} label="URL">${input('url', { placeholder: 'https://example.com/', inputmode: 'url' })}<//>
        <${Field} label="Headers" hint="a line each, name: value"><textarea rows="2" spellcheck="false" value=${form.headers} onInput=${set('headers')}></textarea><//>
        <${Field} label="Body"><textarea rows="3" spellcheck="false" value=${form.body} onInput=${set('body')}></textarea><//>
        <div class="fields">
          <${Field} label="Attempts">${input('maxAttempts', { inputmode: 'numeric' })}<//>
          <${Field} label="Time for one">${input('timeout')}<//>
          <${Field} label="Time for all">${input('within')}<//>
          <${Field} label="Delay">${input('delay', { placeholder: 'none' })}<//>
          <${Field} label="Queue">${input('queue', { placeholder: 'none' })}<//>
        </div>
        <${Field} label="Labels" hint="a line each, key: value; put no secrets here"><textarea rows="2" spellcheck="false" value=${form.labels} onInput=${set('labels')}></textarea><//>
        <div class="dialog-foot"><button type="button" class="button" onClick=${() => change(FIRST)}>Clear</button><${Action} role="submit" kind="primary" off=${off} onClick=${submit}>Submit<//></div>
      <//>
      <div>
        <${Card} title="As curl" aside=${html`<${Copy} text=${command}>Copy<//>`}><pre class="mono wrap" tabindex="0">${command}</pre><//>
        ${error && html`<${Problem} error=${error} />`}
        ${made && html`<${Made} key=${made.id} of=${made} />`}
      </div>
    </div>
  <//>`;
}

function Made({ of }) {
  const now = useNow(500);
  const [settled, setSettled] = useState(false);
  const from = useLoad(
    async (signal) => {
      const fetch = await read(`/v1/origins/${part(of.originId)}/fetches/${part(of.id)}`, {}, signal);
      setSettled(fetch.state === 'settled');
      return fetch;
    },
    [of.id],
    settled ? undefined : 700,
  );
  const fetch = from.data || of;
  return html`<${Card} title="What became of it" aside=${html`<a class="button small" href=${link(['fetch', of.originId, of.id])}>Open</a>`}>
    <p aria-live="polite"><${FetchState} fetch=${fetch} /> ${story(fetch, now)}</p>
    ${fetch.attempts?.length > 0 && html`<${Waterfall} fetch=${fetch} now=${now} />`}
    ${from.error && html`<${Note} kind="warn"><p>${from.error.message}</p><//>`}
  <//>`;
}
