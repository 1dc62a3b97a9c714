// Who the caller is, what its tenant may and uses, and the API keys.
import { html, useState, useContext } from '../vendor/preact-htm.js';
import { read, send, part } from '../api.js';
import { useLoad, useNow } from '../parts/live.js';
import { bytes, clock, number, relative } from '../parts/format.js';
import { Action, Caller, Card, Copy, Empty, Facts, Loaded, Note, Page, State, refusal } from '../parts/basics.js';
import { Table } from '../parts/table.js';
import { Confirm, Dialog, Field, say } from '../parts/dialog.js';

const ROLES = [
  ['submit', 'submit and redrive fetches, make schedules'],
  ['read', 'see fetches, outcomes, queues'],
  ['cancel', 'take fetches back'],
  ['operate', 'work on queues, endpoints, origins, in bulk'],
  ['admin', 'make and revoke keys'],
  ['metrics', 'read figures of nodes'],
];

export function Keys() {
  const me = useContext(Caller);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState(null);
  const now = useNow(10_000);
  const refused = refusal(me, 'admin');
  const from = useLoad((signal) => (refused ? { items: [] } : read('/admin/keys', { limit: 500 }, signal)), [refused]);
  const revoke = async () => {
    await send('DELETE', `/admin/keys/${part(revoking.id)}`);
    say('The key is revoked.');
    from.reload();
  };
  return html`<${Page} title="Keys and tenants" actions=${html`<${Action} role="admin" kind="primary" onClick=${() => setMaking(true)}>New key…<//>`}>
    <div class="two"><${Me} me=${me} /><${Tenant} /></div>
    <${Card} title="API keys">
      ${refused
        ? html`<p class="muted">${refused}</p>`
        : html`<${Loaded} from=${from} lines=${3}>${({ items, nextCursor }) => items.length
            ? html`<${Table} label="API keys" head=${['Key', 'State', 'Tenant', 'Roles', 'Origins', 'Made', 'Last used', '']} rows=${items.map((it) => [
                html`<span class="mono">${it.id}</span>`,
                stateOf(it, now),
                it.tenant,
                it.roles.join(', '),
                html`<span class="mono">${it.origins}</span>`,
                html`${clock(it.createdAt, now)}<br /><small class="muted">by ${it.createdBy}</small>`,
                it.lastUsedHour ? relative(it.lastUsedHour, now) : html`<span class="muted">never</span>`,
                html`<${Action} role="admin" kind="small danger" off=${it.revokedAt ? 'It is revoked.' : ''} onClick=${() => setRevoking(it)}>Revoke…<//>`,
              ])} />${nextCursor ? html`<p class="muted">These are the first 500.</p>` : ''}`
            : html`<${Empty} title="No key is in the database."><p>Keys of files are not shown here. Make one, and the node asks for keys from then on: give yourself one with the role admin first.</p><//>`}<//>`}
    <//>
    ${making && html`<${NewKey} me=${me} onClose=${() => { setMaking(false); from.reload(); }} />`}
    ${revoking && html`<${Confirm} title="Revoke this key" verb="Revoke it" kind="danger" word=${revoking.id} run=${revoke} onClose=${() => setRevoking(null)}><p>Its callers are refused from now on. This cannot be undone.</p><//>`}
  <//>`;
}

function stateOf(key, now) {
  if (key.revokedAt) return html`<${State} is="cancelled">revoked<//>`;
  if (key.expires && Date.parse(key.expires) < now) return html`<${State} is="failed">expired<//>`;
  return html`<${State} is="answered">valid<//>${key.expires ? html`<br /><small class="muted">until ${clock(key.expires, now)}</small>` : ''}`;
}

const Me = ({ me }) => html`<${Card} title="You">
  <${Facts} of=${[
    ['Caller', html`<span class="mono">${me.caller}</span>`],
    ['Known by', me.method === 'open' ? 'nothing: this node asks for no credential on loopback' : me.method],
    ['Tenant', me.tenant],
    ['Roles', me.roles.map((it) => html`<span class="tag">${it}</span> `)],
    ['Origins', html`<span class="mono">${me.origins}</span>`],
    ['Hosts', me.limits.hosts ? me.limits.hosts.join(', ') : 'all that the node may call'],
    ['Pools', me.limits.pools.join(', ')],
  ]} />
<//>`;

const use = (quota, text) => {
  const share = quota.limit ? Math.min(1, quota.used / quota.limit) : 0;
  return html`${text(quota.used)}${quota.limit ? ` of ${text(quota.limit)}` : ', no limit'}
    ${quota.limit && html`<span class="meter"><i style=${{ width: `${share * 100}%` }}></i></span>`}`;
};

/** What the tenant of the caller uses, as it is now. */
function Tenant() {
  const from = useLoad((signal) => read('/v1/me', {}, signal), [], 10_000);
  return html`<${Card} title="Your tenant"><${Loaded} from=${from} lines=${2}>${({ tenant, quotas }) => quotas
    ? html`<${Facts} of=${[
        ['Tenant', tenant],
        ['Pending', use(quotas.pending, number)],
        ['Stored', use(quotas.bytes, bytes)],
        ['Submissions', quotas.submitsPerSecond ? `${number(quotas.submitsPerSecond.limit)} in a second, ${number(quotas.submitsPerSecond.burst)} at once` : 'no limit'],
      ]} />`
    : html`<p>The tenant <strong>${tenant}</strong> has no quotas. Its settings are in the node's configuration: <span class="mono">retriever.node.tenants</span>.</p>`}<//><//>`;
}

function NewKey({ me, onClose }) {
  const [roles, setRoles] = useState(new Set(['read']));
  const [origins, setOrigins] = useState('*');
  const [tenant, setTenant] = useState(me.tenant);
  const [days, setDays] = useState('90');
  const [made, setMade] = useState(null);
  const flip = (it) => setRoles((old) => { const next = new Set(old); if (!next.delete(it)) next.add(it); return next; });
  const run = async () => {
    const body = { tenant, roles: ROLES.map(([it]) => it).filter((it) => roles.has(it)), origins };
    if (days) body.expires = new Date(Date.now() + Number(days) * 86_400_000).toISOString();
    setMade(await send('POST', '/admin/keys', body));
    throw MADE;
  };
  if (made) {
    return html`<${Dialog} title="The new key" onClose=${onClose}>
      <${Note} kind="warn"><p>It is shown once. Store it now where it belongs.</p><//>
      <pre class="mono wrap made-key" tabindex="0">${made.key}</pre>
      <div class="dialog-foot"><${Copy} text=${made.key}>Copy<//><button type="button" class="button primary" onClick=${onClose}>I have stored it</button></div>
    <//>`;
  }
  return html`<${Confirm} title="New API key" verb="Make it" ready=${roles.size > 0} run=${run} stays=${MADE} onClose=${onClose}>
    <fieldset class="plain-set"><legend>Roles</legend>${ROLES.map(([it, what]) => html`<label class="check"><input type="checkbox" checked=${roles.has(it)} onChange=${() => flip(it)} /><span><strong>${it}</strong> <span class="muted">${what}</span></span></label>`)}</fieldset>
    <div class="fields">
      <${Field} label="Origins" hint="order-* or *"><input type="text" value=${origins} onInput=${(e) => setOrigins(e.target.value.trim())} /><//>
      <${Field} label="Tenant"><input type="text" value=${tenant} onInput=${(e) => setTenant(e.target.value.trim())} /><//>
      <${Field} label="Days" hint="empty: it does not expire"><input type="number" min="1" value=${days} onInput=${(e) => setDays(e.target.value)} /><//>
    </div>
  <//>`;
}

/** Thrown to keep the dialog, which shows the key then. */
const MADE = new Error('made');
