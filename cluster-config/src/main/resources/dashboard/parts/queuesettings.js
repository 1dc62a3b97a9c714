// The settings of a queue, with what a change would do before it is made.
import { html, useState } from '../vendor/preact-htm.js';
import { ask, part } from '../api.js';
import { Action, Card, Problem } from './basics.js';
import { Choice, Field, say } from './dialog.js';
import { effect } from './preview.js';

/** What the form holds: texts, as they are typed. */
const formOf = (settings) => ({
  concurrency: String(settings.concurrency ?? 100),
  limit: settings.rate ? String(settings.rate.limit) : '',
  per: settings.rate?.per ?? '1s',
  burst: settings.rate?.burst !== undefined ? String(settings.rate.burst) : '1',
  perKey: settings.perKey?.concurrency !== undefined ? String(settings.perKey.concurrency) : '',
  order: settings.order ?? 'fair',
  waiting: String(settings.waiting?.max ?? 1_000_000),
  breaker: settings.breaker ? 'on' : 'off',
  lost: settings.lost ?? 'hold',
});

const count = (text) => (text === 'unlimited' ? text : Number(text));

/** The merge patch from one form to another: only what changed. */
export function patchOf(before, after) {
  const changed = (...names) => names.some((it) => before[it] !== after[it]);
  const patch = {};
  if (changed('concurrency')) patch.concurrency = count(after.concurrency);
  if (changed('limit', 'per', 'burst')) {
    patch.rate = after.limit ? { limit: Number(after.limit), per: after.per, burst: Number(after.burst) } : null;
  }
  if (changed('perKey')) patch.perKey = after.perKey ? { concurrency: count(after.perKey) } : null;
  if (changed('order')) patch.order = after.order;
  if (changed('waiting')) patch.waiting = { max: Number(after.waiting) };
  if (changed('breaker')) patch.breaker = after.breaker === 'on' ? {} : null;
  if (changed('lost')) patch.lost = after.lost;
  return patch;
}

/** The settings that a form stands for, as far as the preview reads them. */
const wanted = (form, settings) => ({
  ...settings,
  concurrency: count(form.concurrency),
  rate: form.limit ? { limit: Number(form.limit), per: form.per } : undefined,
});

export function QueueSettings({ queue, done }) {
  const began = formOf(queue.settings);
  const [form, setForm] = useState(began);
  const [error, setError] = useState(null);
  const set = (name) => (event) => setForm({ ...form, [name]: event.target.value.trim() });
  const patch = patchOf(began, form);
  const changed = Object.keys(patch).length > 0;
  const off = queue.template ? 'Its template has the settings.' : changed ? '' : 'Nothing is changed.';
  const save = async () => {
    setError(null);
    try {
      const { data } = await ask('PATCH', `/admin/queues/${part(queue.name)}`, {
        body: patch,
        headers: { 'If-Match': `"${queue.version}"` },
      });
      done(data);
      say(`Version ${data.version} of the settings is ${data.effective ? 'effective' : 'stored, and not effective on all nodes yet'}.`);
    } catch (problem) {
      setError(problem);
    }
  };
  const input = (name, more) => html`<input type="text" spellcheck="false" autocomplete="off" value=${form[name]} onInput=${set(name)} ...${more} />`;
  const choice = (name, values) => html`<${Choice} value=${form[name]} of=${values} onChange=${set(name)} />`;
  return html`<${Card} title="Settings">
    <div class="fields">
      <${Field} label="Attempts at once" hint="1 to 100,000, or unlimited">${input('concurrency')}<//>
      <${Field} label="Attempts in a time" hint="empty: no rate">${input('limit', { inputmode: 'numeric' })}<//>
      <${Field} label="The time" hint="such as 1s, 1m">${input('per')}<//>
      <${Field} label="Burst" hint="so many may follow at once">${input('burst', { inputmode: 'numeric' })}<//>
      <${Field} label="At once for each key" hint="empty: no limit">${input('perKey')}<//>
      <${Field} label="Order" hint="strict: one of a key at a time">${choice('order', ['fair', 'strict'])}<//>
      <${Field} label="May wait" hint="then 429 queue-full">${input('waiting', { inputmode: 'numeric' })}<//>
      <${Field} label="Breaker" hint="stops while the target fails">${choice('breaker', ['off', 'on'])}<//>
      <${Field} label="Slots of lost attempts" hint="after a crash of a node">${choice('lost', ['hold', 'free'])}<//>
    </div>
    ${changed && html`<div class="preview" aria-live="polite"><strong>What it would do.</strong> ${effect(queue, wanted(form, queue.settings))}</div>`}
    ${error && html`<${Problem} error=${error} />`}
    <div class="dialog-foot">
      ${changed && html`<button type="button" class="button" onClick=${() => setForm(began)}>Undo</button>`}
      <${Action} role="operate" defaultTenant kind="primary" off=${off} onClick=${save}>Save the settings<//>
    </div>
    <details><summary>All settings as JSON</summary><pre class="mono" tabindex="0">${JSON.stringify(queue.settings, null, 2)}</pre></details>
  <//>`;
}
