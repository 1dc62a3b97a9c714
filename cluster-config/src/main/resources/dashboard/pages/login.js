// Asks for a key. It stays in this tab, and goes to this node alone.
import { html, useState } from '../vendor/preact-htm.js';
import { credential } from '../api.js';
import { Problem } from '../parts/basics.js';
import { Field } from '../parts/dialog.js';

export function Login({ caller }) {
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const { error } = caller;
  const tried = Boolean(credential.get());
  const unauthenticated = error?.status === 401;
  const submit = async (event) => {
    event.preventDefault();
    if (!key.trim()) return;
    setBusy(true);
    await caller.login(key.trim());
    setBusy(false);
  };
  if (error && !unauthenticated) {
    return html`<div class="login card"><h1>Retriever</h1><${Problem} error=${error} retry=${caller.retry} /></div>`;
  }
  return html`<form class="login card" onSubmit=${submit}>
    <h1>Log in</h1>
    <p class="muted">This node asks for an API key or a token. It is kept in this tab until you close it or log out.</p>
    <${Field} label="Key or token">
      <input type="password" autocomplete="off" spellcheck="false" autofocus value=${key} onInput=${(e) => setKey(e.target.value)} />
    <//>
    ${tried && error && html`<${Problem} error=${error} />`}
    <button type="submit" class="button primary" disabled=${busy || !key.trim()}>${busy ? 'Asking the node…' : 'Log in'}</button>
    <details class="small">
      <summary>Where do I get a key?</summary>
      <p>Whoever runs the node makes one. For the first one, on the machine of the node:</p>
      <pre class="mono">retriever key new --roles read,operate --append keys.conf</pre>
    </details>
  </form>`;
}
