// One thing with all fetches that match: counted first, then done as a job of the node.
import { html, useState, useEffect, useRef } from '../vendor/preact-htm.js';
import { read, send, part, url } from '../api.js';
import { number } from './format.js';
import { Action, Facts, Loading, Problem, State } from './basics.js';
import { Dialog, Field, say } from './dialog.js';

const MOST_EXPORTED = 10_000;

/** So long after the last key, matches are counted anew. */
const TYPING = 300;

/** Each look at a job is in the audit. */
const EVERY = 3_000;

const VERBS = { redrive: 'Redrive', cancel: 'Cancel', erase: 'Erase' };
const MEANS = {
  redrive: 'Each is made again at once, as a new fetch with the same request. Of an unknown outcome, the target may have acted already: it is asked a second time.',
  erase: 'Bodies, headers, URLs and labels of each are erased from all rows. This cannot be undone. Ids, hosts, statuses and times stay.',
  cancel: 'Each is taken back. One whose request is under way may have been acted on; its outcome says so.',
};

/** Of filters, as the API takes them in a job: a status is a number. */
export function whereOf(asked) {
  const where = { ...asked };
  if (/^\d+$/.test(where.status || '')) where.status = Number(where.status);
  return where;
}

export function BulkDialog({ action, where, onClose }) {
  const [dry, setDry] = useState(null);
  const [error, setError] = useState(null);
  const [job, setJob] = useState(null);
  const [rate, setRate] = useState(100);
  const [max, setMax] = useState(10_000);
  const [typed, setTyped] = useState('');
  const counted = useRef(false);
  const wanted = { action, where: whereOf(where), rate: Number(rate), max: Number(max) };
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const told = (set) => (it) => signal.aborted || set(it);
    const count = () => send('POST', '/v1/bulk', { ...wanted, dryRun: true }, { signal }).then(told(setDry), told(setError));
    const timer = setTimeout(count, counted.current ? TYPING : 0);
    counted.current = true;
    return () => {
      clearTimeout(timer);
      controller.abort();
      setDry(null);
      setError(null);
    };
  }, [action, max, JSON.stringify(where)]);
  const [id] = useState(() => `dashboard-${crypto.getRandomValues(new Uint32Array(2)).join('-')}`);
  const begin = async () => {
    setError(null);
    try {
      setJob(await send('POST', '/v1/bulk', { ...wanted, id }));
    } catch (problem) {
      setError(problem);
    }
  };
  return html`<${Dialog} title=${`${VERBS[action]} all that match`} onClose=${onClose}>
    <p class="mono small">${Object.entries(where).map(([name, value]) => `${name}:${value}`).join('  ')}</p>
    ${job
      ? html`<${Job} id=${job.id} />`
      : html`${!dry && !error ? html`<${Loading} lines=${1} />` : ''}
        ${dry && html`<p class="big" aria-live="polite">${dry.atLeast ? 'At least ' : ''}<strong>${number(dry.matching)}</strong> match now. Nothing has been done.</p>`}
        <p>${MEANS[action]}</p>
        <div class="fields">
          <${Field} label="In a second"><input type="number" min="1" max="1000" value=${rate} onInput=${(e) => setRate(e.target.value)} /><//>
          <${Field} label="At most"><input type="number" min="1" max="1000000" value=${max} onInput=${(e) => setMax(e.target.value)} /><//>
        </div>
        ${action === 'erase' && html`<${Field} label=${html`Type <strong class="mono">erase</strong> to go on`}><input type="text" autocomplete="off" value=${typed} onInput=${(e) => setTyped(e.target.value)} /><//>`}`}
    ${error && html`<${Problem} error=${error} />`}
    <div class="dialog-foot">
      <button type="button" class="button" onClick=${onClose}>${job ? 'Close' : 'Keep as it is'}</button>
      ${!job && html`<${Action} role="operate" kind=${action === 'redrive' ? 'primary' : 'danger'} off=${whyOff(action, dry, error, typed)} onClick=${begin}>${dry ? `${VERBS[action]} ${number(Math.min(dry.matching, Number(max)))}` : VERBS[action]}<//>`}
    </div>
  <//>`;
}

function whyOff(action, dry, error, typed) {
  if (!dry) return error ? 'They were not counted.' : 'They are being counted.';
  if (dry.matching === 0) return 'Nothing matches.';
  return action === 'erase' && typed !== 'erase' ? 'Type the word first.' : '';
}

/** A job as it goes on. */
export function Job({ id }) {
  const [job, setJob] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    let timer;
    const look = async () => {
      try {
        const now = await read(`/v1/bulk/${part(id)}`);
        setJob(now);
        setError(null);
        if (now.state === 'done' || now.state === 'cancelled') return;
      } catch (problem) {
        setError(problem);
      }
      timer = setTimeout(look, EVERY);
    };
    look();
    return () => clearTimeout(timer);
  }, [id]);
  const tell = async (what) => setJob(await send('POST', `/v1/bulk/${part(id)}/${what}`).catch((e) => (setError(e), job)));
  if (!job) return error ? html`<${Problem} error=${error} />` : html`<${Loading} lines=${2} />`;
  const open = job.state === 'running' || job.state === 'paused';
  return html`<div class="job">
    <p aria-live="polite"><${State} is=${job.state === 'done' ? 'answered' : job.state}>${job.state}<//> ${job.state === 'running' && job.made === 0 ? 'It begins 10 s after it was asked for, so that none of before is missed.' : ''} ${job.why || ''}</p>
    <${Facts} of=${[['Made', number(job.made)], ['Refused', number(job.refused)], ['Skipped', number(job.skipped)], ['Reasons', Object.entries(job.reasons || {}).map(([why, n]) => `${why}: ${n}`).join(', ')], ['Job', html`<span class="mono">${job.id}</span>`]]} />
    ${open && html`<div class="actions">
      ${job.state === 'running' ? html`<${Action} role="operate" onClick=${() => tell('pause')}>Pause<//>` : html`<${Action} role="operate" onClick=${() => tell('resume')}>Resume<//>`}
      <${Action} role="operate" onClick=${() => tell('cancel')}>Stop<//>
    </div>`}
    ${error && html`<${Problem} error=${error} />`}
  </div>`;
}

/** A file with a line of JSON for each that matches. */
export async function exportAll(asked) {
  const lines = [];
  let cursor;
  try {
    do {
      const page = await read('/v1/fetches', { ...asked, limit: 500, cursor });
      page.items.forEach((it) => lines.push(JSON.stringify(it)));
      cursor = page.nextCursor;
    } while (cursor && lines.length < MOST_EXPORTED);
  } catch (error) {
    say(`The export stopped: ${error.message}`);
    return;
  }
  const file = URL.createObjectURL(new Blob([lines.join('\n'), '\n'], { type: 'application/x-ndjson' }));
  const anchor = Object.assign(document.createElement('a'), { href: file, download: 'fetches.jsonl' });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(file), 10_000);
  say(`${number(lines.length)} fetches are in fetches.jsonl${cursor ? '; there are more' : ''}.`);
}
