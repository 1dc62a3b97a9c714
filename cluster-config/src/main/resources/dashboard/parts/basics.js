// Small pieces that every page uses: states, words with icons, problems, empty places.
import { html, useState, createContext, useContext } from '../vendor/preact-htm.js';
import { nextStep } from '../api.js';
import { clock, relative } from './format.js';
import { Icon } from './icons.js';

/** The caller of `/v1/me`. */
export const Caller = createContext(null);

/** Why the caller may not, or an empty text. `defaultTenant`: only callers of that tenant may. */
export function refusal(me, role, defaultTenant) {
  if (!me) return 'Log in first.';
  const roles = [].concat(role || []);
  if (roles.length && !roles.some((it) => me.roles.includes(it))) {
    const has = me.roles.join(', ') || 'none';
    return `This takes the role ${roles.join(' or ')}. Your key has: ${has}.`;
  }
  if (defaultTenant && me.tenant !== 'default') {
    return `This is for the tenant default. Yours is ${me.tenant}.`;
  }
  return '';
}

export const useRefusal = (role, defaultTenant) =>
  refusal(useContext(Caller), role, defaultTenant);

/** A button for what takes a role. Without it, the button is off and says why. */
export function Action({ role, defaultTenant, off, kind = '', onClick, children, ...more }) {
  const [busy, setBusy] = useState(false);
  const refused = useRefusal(role, defaultTenant) || off || '';
  const click = async () => {
    if (refused || busy) return;
    setBusy(true);
    try {
      await onClick();
    } finally {
      setBusy(false);
    }
  };
  return html`<button
    type="button"
    class=${`button ${kind}`}
    aria-disabled=${refused || busy ? 'true' : undefined}
    aria-busy=${busy ? 'true' : undefined}
    title=${refused || undefined}
    onClick=${click}
    ...${more}
    >${children}${refused ? html`<span class="sr"> (not possible: ${refused})</span>` : ''}</button
  >`;
}

/** A word with its icon and colour. */
export const State = ({ is, children }) =>
  html`<span class=${`state is-${is}`}><${Icon} name=${is} />${children || is}</span>`;

/** The state of a fetch, or its outcome when it has settled. */
export function FetchState({ fetch }) {
  const { outcome, state } = fetch;
  if (!outcome) return html`<${State} is=${state === 'settled' ? 'info' : state}>${state}<//>`;
  if (outcome.type !== 'answered') return html`<${State} is=${outcome.type}>${outcome.type}<//>`;
  return html`<${State} is=${outcome.status < 400 ? 'answered' : 'warning'}>answered ${outcome.status}<//>`;
}

export const Time = ({ at, now, ago }) =>
  at
    ? html`<time datetime=${at} title=${at}>${ago ? relative(at, now) : clock(at, now)}</time>`
    : html`<span class="muted">–</span>`;

/** A problem of the API: what it is, and what to do. */
export function Problem({ error, retry }) {
  const problem = error.problem || { title: 'Something went wrong', detail: error.message };
  const step = error.problem ? nextStep(error) : '';
  return html`<div class="note bad" role="alert">
    <${Icon} name="warning" />
    <div>
      <strong>${problem.title}</strong>
      <p>${problem.detail}</p>
      ${(problem.errors || []).slice(0, 10).map((it) => html`<p class="mono small">${it.pointer}: ${it.detail}</p>`)}
      ${step && html`<p>${step}</p>`}
      ${retry && html`<button type="button" class="button" onClick=${retry}>Try again</button>`}
    </div>
  </div>`;
}

export const Note = ({ kind = 'plain', children }) => html`<div class=${`note ${kind}`}>
  <${Icon} name=${kind === 'plain' || kind === 'good' ? 'info' : 'warning'} />
  <div>${children}</div>
</div>`;

export const Empty = ({ title, children }) => html`<div class="empty">
  <p class="empty-title">${title}</p>
  ${children}
</div>`;

export const Loading = ({ lines = 4 }) => html`<div class="loading" role="status">
  <span class="sr">Loading</span>
  ${Array.from({ length: lines }, () => html`<div class="bone"></div>`)}
</div>`;

/**
 * Shows what a load gave: bones, a problem, or the children of its data. A load of a whole page has
 * the `title` that stands there before.
 */
export function Loaded({ from, lines, title, children }) {
  const head = title && html`<div class="page-head"><h1 class="mono">${title}</h1></div>`;
  if (from.loading && !from.data) return html`${head}<${Loading} lines=${lines} />`;
  if (!from.data) return html`${head}<${Problem} error=${from.error} retry=${from.reload} />`;
  return html`${from.error ? html`<${Problem} error=${from.error} retry=${from.reload} />` : ''}
  ${children(from.data)}`;
}

export const Card = ({ title, aside, children, class: more = '' }) => html`<section class=${`card ${more}`}>
  ${title && html`<header class="card-head"><h2>${title}</h2>${aside}</header>`}
  ${children}
</section>`;

export const Facts = ({ of }) => html`<dl class="facts">
  ${of
    .filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>`;

export const Page = ({ title, lead, actions, children }) => html`<div class="page-head">
    <div class="page-title"><h1 tabindex="-1">${title}</h1>${lead && html`<p class="lead">${lead}</p>`}</div>
    ${actions && html`<div class="actions">${actions}</div>`}
  </div>
  ${children}`;

/** Copies a text, and says so to all readers. */
export function Copy({ text, children }) {
  const [done, setDone] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'function' ? text() : text);
      setDone('Copied');
    } catch {
      setDone('The browser refused. Select the text and copy it.');
    }
    setTimeout(() => setDone(''), 2_000);
  };
  return html`<button type="button" class="button" onClick=${copy}>
    <${Icon} name="copy" />${done || children}<span class="sr" aria-live="polite">${done}</span>
  </button>`;
}
