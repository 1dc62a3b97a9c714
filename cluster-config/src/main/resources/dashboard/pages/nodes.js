// The nodes of the cluster: what each holds, and whether one may be stopped now.
import { html } from '../vendor/preact-htm.js';
import { read } from '../api.js';
import { useLoad, useNow } from '../parts/live.js';
import { bytes, clock, duration, number, plural } from '../parts/format.js';
import { Card, Facts, Loaded, Note, Page, State } from '../parts/basics.js';
import { Table } from '../parts/table.js';

const SOON = 14 * 86_400_000;

export function Nodes() {
  const from = useLoad((signal) => read('/admin/nodes', {}, signal), [], 5_000);
  const database = useLoad((signal) => read('/admin/database', {}, signal), [], 30_000);
  const now = useNow(5_000);
  return html`<${Page} title="Nodes">
    <${Loaded} from=${from}>${({ items, mayStop }) => html`
      ${from.error ? html`<${Note} kind="warn"><p>What is below was told before. Stop no node until this one answers again.</p><//>` : html`<${Note} kind=${mayStop.now ? 'good' : 'warn'}>
        <p role="status"><strong>${mayStop.now ? 'One node may be stopped now.' : 'None may be stopped now.'}</strong> ${mayStop.because || 'The others take over its origins, and callers notice nothing.'}</p>
      <//>`}
      <${Database} from=${database} />
      ${items.map((it) => html`<${Node} key=${it.name} of=${it} now=${now} old=${Boolean(from.error)} />`)}`}<//>
  <//>`;
}

/** The same findings as those of `retriever doctor`. */
function Database({ from }) {
  if (!from.data) return from.error ? html`<${Note} kind="warn"><p>What the database says of itself is not known: ${from.error.message}</p><//>` : '';
  const { answered, product, version, place, connections, aheadMillis, findings } = from.data;
  const state = findings.length === 0 ? html`<${State} is="answered">in order<//>` : html`<${State} is=${findings[0].severity === 'severe' ? 'failed' : 'warning'}>${plural(findings.length, 'finding', 'findings')}<//>`;
  return html`<${Card} title="Database" aside=${state}>
    ${findings.map((it) => html`<p key=${it.text}><${State} is=${it.severity === 'severe' ? 'failed' : 'warning'}>${it.text}<//> ${it.nextStep}</p>`)}
    ${answered && html`<${Facts} of=${[
      ['Product', `${product} ${version}`],
      ['Place', place === 'server' ? '' : place],
      ['Connections', connections && `${number(connections.used)} of ${number(connections.most)} used; ${plural(connections.nodes, 'node opens', 'nodes open')} up to ${number(connections.perNode)} each`],
      ['Clock', place === 'server' && `${duration(Math.abs(aheadMillis))} ${aheadMillis < 0 ? 'behind' : 'ahead of'} this node`],
    ]} />`}
  <//>`;
}

function Node({ of, now, old }) {
  const state = old ? html`<span class="muted">was ${of.reachable ? of.status : 'unreachable'}</span>` : !of.reachable ? html`<${State} is="failed">unreachable<//>` : html`<${State} is=${of.status === 'up' ? 'answered' : 'pending'}>${of.status}<//>`;
  const title = html`<span class="mono">${of.name}</span>${of.self ? html` <span class="tag">this one</span>` : ''}`;
  return html`<${Card} title=${title} aside=${state}>
    ${!of.answered
      ? html`<p>It did not answer in time. Look at its log, and at the network between the nodes.</p>`
      : html`<div class="two">
          <${Facts} of=${[
            ['May be stopped', !old && (of.mayStop.now ? 'yes' : of.mayStop.because)],
            ['Roles', of.roles.filter((it) => !it.startsWith('dc-')).map((it) => html`<span class="tag">${it}</span> `)],
            ['Version', of.version],
            ['Up for', duration(now - Date.parse(of.startedAt))],
            ['Stopping', of.stopping],
            ['Database', old ? `was ${of.storage}` : of.storage === 'there' ? html`<${State} is="answered">there<//>` : html`<${State} is="failed">away<//>`],
            ['Pending', `${number(of.pending)}, ${number(of.inFlight)} under way`],
            ['Origins in memory', number(of.originsInMemory)],
            ['Subscriptions', number(of.subscriptions)],
          ]} />
          <${Facts} of=${[
            ['Journal write', of.journal?.meanMillis !== undefined ? `${duration(of.journal.meanMillis)} on average, of ${number(of.journal.writes)} in the last minute` : 'none in the last minute'],
            ['Waiting to write', of.journal?.waiting],
            ['Wake-ups', of.wakeUps?.meanLateMillis !== undefined ? `${duration(of.wakeUps.meanLateMillis)} late on average, of ${number(of.wakeUps.found)} in 15 minutes` : 'none in 15 minutes'],
            ...of.pools.map((pool) => [`Pool ${pool.name}`, html`<${Pool} of=${pool} />`]),
            ...of.certificates.map((it) => [`Certificate, ${it.port}`, html`<${Certificate} ends=${it.ends} now=${now} />`]),
          ]} />
        </div>
        <details><summary>Shards and memory</summary>
          <${Table} label="Shards" head=${['Type of origins', 'Shards', 'In memory']} rows=${of.regions.map((it) => [it.type, number(it.shards), number(it.entities)])} />
          <${Table} label="Memory" head=${['Share of the memory', 'Held', 'Limit']} rows=${of.memory.map((it) => [it.share, bytes(it.held), bytes(it.limit)])} />
        </details>`}
  <//>`;
}

const Pool = ({ of }) => html`${number(of.permitsHeld)} of ${plural(of.permits, 'permit', 'permits')} taken${of.waiting ? `, ${number(of.waiting)} wait` : ''}
  <span class="meter"><i style=${{ width: `${Math.min(100, (of.permitsHeld / Math.max(1, of.permits)) * 100)}%` }}></i></span>`;

function Certificate({ ends, now }) {
  const left = Date.parse(ends) - now;
  const text = left < 0 ? `ended ${clock(ends, now)}` : `ends in ${duration(left)}`;
  return left < SOON ? html`<${State} is="warning">${text}: replace it<//>` : text;
}
