// A fetch on a line of time: what it waited for, and the stages of each attempt.
import { html, useState } from '../vendor/preact-htm.js';
import { clock, duration } from './format.js';
import { PARTS, timeline } from './stages.js';
import { because } from './words.js';
import { Table } from './table.js';
import { State } from './basics.js';

const NARROWEST = 0.4;

const Bar = ({ from, to, length, part, text }) => {
  const width = Math.max(NARROWEST, ((to - from) / length) * 100);
  return html`<i
    class=${`bar part-${part}`}
    title=${text}
    style=${{ left: `${Math.min(100 - NARROWEST, (from / length) * 100)}%`, width: `${width}%` }}
  ></i>`;
};

function attemptState(attempt) {
  if (!attempt.endedAt) return html`<${State} is="pending">under way<//>`;
  if (attempt.status && attempt.stage === 'complete') {
    return html`<${State} is=${attempt.status < 400 ? 'answered' : 'warning'}>${attempt.status}<//>`;
  }
  const sent = ['sent', 'headers', 'body'].includes(attempt.stage) || attempt.reason === 'executor-lost';
  return html`<${State} is=${sent ? 'unknown' : 'failed'}>${attempt.reason || attempt.stage}<//>`;
}

function Ticks({ length }) {
  const marks = [0, 0.25, 0.5, 0.75, 1];
  return html`<div class="wf-row wf-ticks" aria-hidden="true">
    <span></span><span class="wf-line">${marks.map((it) => html`<b class=${`tick at-${it * 100}`}>${duration(length * it)}</b>`)}</span>
  </div>`;
}

function Wait({ row, length, alone }) {
  const text = `${row.wait}: ${duration(row.to - row.from)}`;
  return html`<li class="wf-row wf-wait">
    <span class="wf-name">${row.wait}<small>${duration(row.to - row.from)}${row.open ? ' so far' : ''}</small></span>
    <span class="wf-line">${alone ? '' : html`<${Bar} from=${row.from} to=${row.to} length=${length} part="wait" text=${text} />`}</span>
  </li>`;
}

function AttemptRow({ row, length, alone }) {
  const { attempt, parts } = row;
  const shift = alone ? 0 : row.from;
  return html`<li class="wf-row">
    <span class="wf-name">Attempt ${attempt.number} <${() => attemptState(attempt)} /><small>+${duration(row.from)}, took ${duration(row.to - row.from)}</small></span>
    <span class="wf-line">${parts.map((it) => html`<${Bar}
      from=${shift + it.from}
      to=${shift + it.to}
      length=${length}
      part=${it.part}
      text=${`${PARTS[it.part]}: ${duration(it.to - it.from)}`}
    />`)}</span>
  </li>`;
}

const SHORT = 25;

export function Waterfall({ fetch, now }) {
  const { rows, length } = timeline(fetch, now);
  const attempts = rows.filter((it) => it.attempt);
  const longest = Math.max(1, ...attempts.map((it) => it.to - it.from));
  const small = attempts.length > 0 && longest / length < 0.08;
  const [chosen, setChosen] = useState(null);
  const [all, setAll] = useState(false);
  const alone = chosen === null ? small : chosen;
  const used = [...new Set(attempts.flatMap((it) => it.parts.map((p) => p.part)))];
  const shown = all ? rows : rows.slice(-SHORT * 2);
  const scale = alone ? longest : length;
  return html`<div class="waterfall">
    <div class="wf-head">
      <ul class="legend" aria-label="Colours">
        ${!alone && rows.some((it) => it.wait) ? html`<li><i class="swatch part-wait"></i>Waiting</li>` : ''}
        ${Object.keys(PARTS).filter((it) => used.includes(it)).map((it) => html`<li><i class=${`swatch part-${it}`}></i>${PARTS[it]}</li>`)}
      </ul>
      ${attempts.length > 0 && html`<div class="segmented" role="group" aria-label="Scale">
        <button type="button" aria-pressed=${!alone} onClick=${() => setChosen(false)}>Whole time</button>
        <button type="button" aria-pressed=${alone} onClick=${() => setChosen(true)}>Compare attempts</button>
      </div>`}
    </div>
    ${rows.length > shown.length && html`<button type="button" class="button" onClick=${() => setAll(true)}>Show the earlier ${rows.length - shown.length} lines too</button>`}
    <${Ticks} length=${scale} />
    <ol>${shown.map((row) => row.attempt
      ? html`<${AttemptRow} key=${`a${row.attempt.number}`} row=${row} length=${scale} alone=${alone} />`
      : html`<${Wait} key=${`w${row.from}`} row=${row} length=${scale} alone=${alone} />`)}</ol>
    <details>
      <summary>The same as a table</summary>
      <${StageTable} attempts=${fetch.attempts || []} now=${now} />
    </details>
  </div>`;
}

const COLUMNS = ['resolving', 'connecting', 'tls', 'sent', 'headers', 'body', 'complete'];

/** When each attempt reached which stage, in milliseconds since its executor took it. */
function StageTable({ attempts, now }) {
  return html`<p class="muted small">Stages: milliseconds since the executor took the attempt.</p>
    <${Table}
      label="Attempts and stages"
      head=${['Attempt', 'Started', 'Took', ...COLUMNS, 'End', 'Executor', 'URL of a redirect']}
      rows=${attempts.map((it) => [
        it.number,
        clock(it.startedAt, now, true),
        it.endedAt ? duration(Date.parse(it.endedAt) - Date.parse(it.startedAt)) : 'under way',
        ...COLUMNS.map((stage) => it.stages?.[stage] ?? '–'),
        [it.status, it.reason && because(it.reason)].filter(Boolean).join(', ') || it.stage || '–',
        html`<span class="mono">${it.executor}</span>`,
        it.url ? html`<span class="mono">${it.url}</span>` : '–',
      ])}
    />`;
}
