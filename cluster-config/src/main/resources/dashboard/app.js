// The frame around all pages: who is there, where they are, and which page that is.
import { html, render, useState, useEffect, useErrorBoundary } from './vendor/preact-htm.js';
import { credential, onRefused, read } from './api.js';
import { link, useRoute } from './router.js';
import { HELP, useKeyboard } from './parts/keyboard.js';
import { Caller, Problem, Loading } from './parts/basics.js';
import { Icon } from './parts/icons.js';
import { Dialog, Said } from './parts/dialog.js';
import { useStored } from './parts/live.js';
import { Login } from './pages/login.js';
import { Overview } from './pages/overview.js';
import { Fetches } from './pages/fetches.js';
import { Fetch } from './pages/fetch.js';
import { Origin } from './pages/origin.js';
import { Queues } from './pages/queues.js';
import { Queue } from './pages/queue.js';
import { Callbacks } from './pages/callbacks.js';
import { Schedules } from './pages/schedules.js';
import { Schedule } from './pages/schedule.js';
import { Nodes } from './pages/nodes.js';
import { Audit } from './pages/audit.js';
import { Keys } from './pages/keys.js';
import { TryIt } from './pages/try.js';

const PAGES = [
  ['overview', 'Overview'],
  ['fetches', 'Fetches'],
  ['queues', 'Queues'],
  ['callbacks', 'Callbacks'],
  ['schedules', 'Schedules'],
  ['nodes', 'Nodes'],
  ['audit', 'Audit'],
  ['keys', 'Keys and tenants'],
  ['try', 'Try it'],
];

/** The page at `parts`, with a key that is another one for each thing that is shown. */
function pageAt([name = 'overview', first, second], query) {
  switch (name) {
    case 'overview': return html`<${Overview} />`;
    case 'fetches': return html`<${Fetches} query=${query} />`;
    case 'fetch': return html`<${Fetch} key=${`${first}/${second}`} originId=${first} id=${second} />`;
    case 'origin': return html`<${Origin} key=${first} type=${query.type || 'http'} id=${first} />`;
    case 'queues': return first ? html`<${Queue} key=${first} name=${first} />` : html`<${Queues} />`;
    case 'callbacks': return html`<${Callbacks} key=${first} name=${first} />`;
    case 'schedules': return second
      ? html`<${Schedule} key=${`${first}/${second}`} originId=${first} id=${second} />`
      : html`<${Schedules} key=${first} originId=${first} />`;
    case 'nodes': return html`<${Nodes} />`;
    case 'audit': return html`<${Audit} query=${query} />`;
    case 'keys': return html`<${Keys} />`;
    case 'try': return html`<${TryIt} query=${query} />`;
    default: return html`<h1>There is no such page</h1><p><a href="#/overview">Go to the overview</a></p>`;
  }
}

const PARENTS = { fetch: 'fetches', origin: 'fetches' };

function Nav({ at, open, close }) {
  return html`<nav class=${open ? 'nav open' : 'nav'} aria-label="Pages" onClick=${close}>
    ${PAGES.map(([name, title]) => html`<a href=${link([name])} aria-current=${(PARENTS[at] || at) === name ? 'page' : undefined}>
      <${Icon} name=${name} />${title}</a>`)}
  </nav>`;
}

const THEMES = { system: 'light', light: 'dark', dark: 'system' };

function Theme() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme || 'system');
  const change = () => {
    const next = THEMES[theme];
    setTheme(next);
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem('retriever.theme', next);
    } catch {
      // It lasts for this page then.
    }
  };
  return html`<button type="button" class="link-button" onClick=${change}><${Icon} name="theme" />Theme: ${theme}</button>`;
}

function Who({ me, logout }) {
  return html`<div class="who">
    <${Theme} />
    ${me && html`<p class="small muted">${me.method === 'open' ? 'No login needed on this node' : html`<span class="mono">${me.caller}</span>`}
      ${me.tenant !== 'default' && html`<br />Tenant ${me.tenant}`}</p>`}
    ${me && credential.get() && html`<button type="button" class="link-button" onClick=${logout}>Log out</button>`}
  </div>`;
}

function Guarded({ children }) {
  const [error, reset] = useErrorBoundary();
  if (error) return html`<${Problem} error=${error} retry=${reset} />`;
  return children;
}

/** `{me, error, login, logout}`: the caller, from `/v1/me`. */
function useCaller() {
  const [state, setState] = useState({ loading: true });
  const load = async () => {
    try {
      setState({ me: await read('/v1/me') });
    } catch (error) {
      setState({ error });
    }
  };
  useEffect(() => {
    load();
    return onRefused((error) => setState((old) => (old.me ? { error } : old)));
  }, []);
  const login = async (key) => {
    credential.set(key);
    await load();
  };
  return { ...state, login, logout: () => login(null), retry: load };
}

function titleOf(route) {
  const [name = 'overview', ...ids] = route.parts;
  const title = PAGES.find(([it]) => it === name)?.[1] || (name === 'fetch' ? 'Fetch' : 'Origin');
  return [...ids.reverse(), title, 'Retriever'].join(' · ');
}

function App() {
  const route = useRoute();
  const caller = useCaller();
  const [help, setHelp] = useState(false);
  const [open, setOpen] = useState(false);
  useKeyboard(() => setHelp(true));
  const place = route.parts.join('/');
  useEffect(() => {
    document.title = titleOf(route);
    setOpen(false);
    scrollTo(0, 0);
  }, [place]);
  const at = route.parts[0] || 'overview';
  return html`<${Caller.Provider} value=${caller.me || null}>
    <a class="skip" href="#main" onClick=${(e) => { e.preventDefault(); document.querySelector('main').focus(); }}>Skip to the page</a>
    <header class="side">
      <a class="brand" href="#/overview"><img src="ui/icon.svg" alt="" width="28" height="28" />Retriever</a>
      <button type="button" class="icon-button menu" aria-label="Pages" aria-expanded=${open} onClick=${() => setOpen(!open)}><${Icon} name="menu" /></button>
      <div class=${open ? 'side-body open' : 'side-body'}>
        <${Nav} at=${at} open=${open} close=${() => setOpen(false)} />
        <${Who} me=${caller.me} logout=${caller.logout} />
        <button type="button" class="link-button keys-hint" onClick=${() => setHelp(true)}><kbd>?</kbd> Keys of the keyboard</button>
      </div>
    </header>
    <main id="main" tabindex="-1">
      ${caller.me ? html`<${Guarded} key=${place}>${pageAt(route.parts, route.query)}<//>` : caller.loading ? html`<${Loading} />` : html`<${Login} caller=${caller} />`}
    </main>
    <${Said} />
    ${help && html`<${Dialog} title="Keys of the keyboard" onClose=${() => setHelp(false)}>
      <dl class="key-list">${HELP.map(([keys, what]) => html`<div><dt>${keys.split(' ').map((k) => html`<kbd>${k}</kbd> `)}</dt><dd>${what}</dd></div>`)}</dl>
    <//>`}
  <//>`;
}

const root = document.querySelector('#app');
root.replaceChildren();
render(html`<${App} />`, root);
