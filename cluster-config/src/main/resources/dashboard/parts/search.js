// The search line with its chips, the pills with counts, and saved views.
import { html, useState, useEffect, useRef } from '../vendor/preact-htm.js';
import { read } from '../api.js';
import { useLoad, useStored } from './live.js';
import { number } from './format.js';
import { suggestions, words } from './query.js';
import { Icon } from './icons.js';
import { Confirm, Field } from './dialog.js';

/** Words become chips when Enter is pressed; Backspace takes the last one back. */
export function SearchLine({ chips, change, focus }) {
  const [text, setText] = useState('');
  const field = useRef();
  useEffect(() => {
    if (focus) field.current.focus();
  }, [focus]);
  const add = (event) => {
    event.preventDefault();
    const added = words(text);
    if (added.length === 0) return;
    const names = new Set(added.map((it) => it.name));
    change([...chips.filter((it) => !names.has(it.name)), ...added]);
    setText('');
  };
  const key = (event) => {
    if (event.key === 'Backspace' && text === '' && chips.length) change(chips.slice(0, -1));
  };
  return html`<form class="search" role="search" onSubmit=${add}>
    <${Icon} name="search" />
    ${chips.map((it, n) => html`<span class="chip" key=${it.name}>
      <span><b>${it.name}</b> ${it.value}</span>
      <button type="button" aria-label=${`Remove ${it.name}:${it.value}`} onClick=${() => change(chips.filter((_, m) => m !== n))}><${Icon} name="close" /></button>
    </span>`)}
    <input
      id="search"
      ref=${field}
      type="text"
      list="search-list"
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      aria-label="Search fetches: filters such as outcome:unknown host:api.example.com label.customer:42 settled:<1h"
      placeholder=${chips.length ? 'Add a filter' : 'outcome:unknown host:api.example.com settled:<1h'}
      value=${text}
      onInput=${(e) => setText(e.target.value)}
      onKeyDown=${key}
    />
    <datalist id="search-list">${suggestions(text).map((it) => html`<option value=${it}></option>`)}</datalist>
    <kbd aria-hidden="true">/</kbd>
    <button type="submit" class="button">Search</button>
  </form>`;
}

const PILLS = [
  ['All settled', null, null],
  ['answered', 'outcome', 'answered'],
  ['failed', 'outcome', 'failed'],
  ['unknown', 'outcome', 'unknown'],
  ['cancelled', 'outcome', 'cancelled'],
  ['pending', 'state', 'pending'],
  ['scheduled', 'state', 'scheduled'],
];

/** Filters that only settled fetches have. */
const OF_SETTLED = /^(settled|stage$|reason$|status$)/;

async function counts(asked, signal) {
  const { state, outcome, ...rest } = asked;
  const timed = Object.keys(rest).some((it) => OF_SETTLED.test(it));
  const day = Object.keys(rest).some((it) => it.startsWith('settled')) ? {} : { settledAfter: new Date(Date.now() - 86_400_000).toISOString() };
  const settled = read('/v1/fetches/count', { ...rest, ...day, by: 'outcome' }, signal);
  const open = timed ? [] : ['pending', 'scheduled'].map((it) => read('/v1/fetches/count', { ...rest, state: it }, signal));
  const [bySettled, pending, scheduled] = await Promise.all([settled, ...open]);
  const found = { All: bySettled, pending, scheduled };
  for (const group of bySettled.groups || []) found[group.outcome] = { total: group.count };
  return { found, timed, span: day.settledAfter ? 'of the last 24 h' : 'in the time of the search' };
}

export function Pills({ chips, asked, pick }) {
  const { state, outcome, ...rest } = asked;
  const load = useLoad((signal) => counts(asked, signal), [JSON.stringify(rest)], 10_000);
  const current = chips.find((it) => it.name === 'outcome' || it.name === 'state')?.value || null;
  const text = (name) => {
    if (!load.data) return '…';
    const count = load.data.found[name];
    return count ? `${number(count.total)}${count.atLeast ? '+' : ''}` : ['pending', 'scheduled'].includes(name) && load.data.timed ? '–' : '0';
  };
  return html`<div class="pills" role="group" aria-label="States, with counts">
    ${PILLS.map(([title, name, value]) => html`<button type="button" class="pill" aria-pressed=${current === value} onClick=${() => pick(name, value)}>
      ${value && html`<span class=${`state is-${value}`}><${Icon} name=${value} /></span>`}${title} <b>${text(value || 'All')}</b>
    </button>`)}
    <span class="muted small">${load.data?.span || ''}</span>
  </div>`;
}

const FIRST_VIEWS = [
  { name: 'Unknown, last hour', q: 'outcome:unknown settled:<1h' },
  { name: 'Failed, last hour', q: 'outcome:failed settled:<1h' },
  { name: 'Pending for long', q: 'state:pending accepted:>1h' },
];
const MOST_VIEWS = 30;

/** Searches under names, kept in this browser. */
export function Views({ q, pick }) {
  const [views, setViews] = useStored('views', FIRST_VIEWS);
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const known = views.some((it) => it.q === q);
  const keep = async () => setViews([...views.filter((it) => it.name !== name), { name, q }].slice(-MOST_VIEWS));
  return html`<div class="views" role="group" aria-label="Saved views">
    <span class="muted small">Views</span>
    ${views.map((it) => html`<span class="view" key=${it.name}>
      <button type="button" class="link" aria-pressed=${it.q === q} onClick=${() => pick(it.q)}>${it.name}</button>
      ${it.q === q && html`<button type="button" class="icon-button small" aria-label=${`Forget the view ${it.name}`} onClick=${() => setViews(views.filter((other) => other !== it))}><${Icon} name="close" /></button>`}
    </span>`)}
    ${q && !known && html`<button type="button" class="button small" onClick=${() => setNaming(true)}>Save this view</button>`}
    ${naming && html`<${Confirm} title="Save this view" verb="Save" ready=${name.trim() !== ''} run=${keep} onClose=${() => setNaming(false)}>
      <p class="mono">${q}</p>
      <${Field} label="Name"><input type="text" maxlength="60" value=${name} onInput=${(e) => setName(e.target.value)} /><//>
    <//>`}
  </div>`;
}
