// Bodies and headers of targets. They are text nodes, and nothing else.
import { html, useState } from '../vendor/preact-htm.js';
import { bytes } from './format.js';

const MOST_TEXT = 64 * 1024;
const MOST_HEX = 4 * 1024;

export function decode(holder) {
  if (holder.body !== undefined) return new TextEncoder().encode(holder.body);
  if (holder.bodyBase64 === undefined) return new Uint8Array();
  const raw = atob(holder.bodyBase64);
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

/** Sixteen bytes a line, with what is readable beside them. */
export function hex(data, most = MOST_HEX) {
  const lines = [];
  for (let at = 0; at < Math.min(data.length, most); at += 16) {
    const row = [...data.subarray(at, at + 16)];
    const codes = row.map((b) => b.toString(16).padStart(2, '0')).join(' ').padEnd(47);
    const text = row.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '·')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${codes}  ${text}`);
  }
  return lines.join('\n');
}

function pretty(text, headers) {
  const type = [].concat(headers?.['content-type'] || '').join(' ');
  if (!/json/.test(type) || text.length > MOST_TEXT) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export function Headers({ of }) {
  const lines = Object.entries(of || {}).flatMap(([name, value]) => [].concat(value).map((it) => [name, it]));
  if (lines.length === 0) return html`<p class="muted">No headers.</p>`;
  return html`<dl class="headers mono">
    ${lines.map(([name, value]) => html`<div><dt>${name}</dt><dd>${secretly(value)}</dd></div>`)}
  </dl>`;
}

/** A secret is shown by its name: its value never comes here. */
function secretly(value) {
  if (value === null || typeof value !== 'object') return String(value);
  return `${value.prefix || ''}‹secret ${value.secret}›`;
}

/** `holder` has `body` or `bodyBase64`. Binary bodies begin as hex. `refused` says why one is left out. */
export function Body({ holder, refused }) {
  const isText = holder.bodyBase64 === undefined;
  const [asText, setAsText] = useState(isText);
  const [whole, setWhole] = useState(false);
  if (holder.bodyOmitted !== undefined && holder.body === undefined) {
    return html`<p class="muted">The body is not shown here (${bytes(Number(holder.bodyOmitted))}). ${refused}</p>`;
  }
  const data = decode(holder);
  if (data.length === 0) return html`<p class="muted">No body.</p>`;
  const text = asText ? pretty(new TextDecoder().decode(data), holder.headers) : hex(data, whole ? 65_536 : MOST_HEX);
  const most = whole ? 1024 * 1024 : asText ? MOST_TEXT : Infinity;
  const cut = asText ? text.length > most : data.length > (whole ? 65_536 : MOST_HEX);
  return html`<div class="body">
    <div class="body-head">
      <span class="muted">Body, ${bytes(data.length)}</span>
      <div class="segmented" role="group" aria-label="Show the body as">
        <button type="button" aria-pressed=${asText} onClick=${() => setAsText(true)}>Text</button>
        <button type="button" aria-pressed=${!asText} onClick=${() => setAsText(false)}>Hex</button>
      </div>
    </div>
    <pre class="mono" tabindex="0" aria-label="Body">${text.slice(0, most)}</pre>
    ${cut && html`<p class="muted">${whole ? 'The rest is not shown.' : html`Only the beginning is shown. <button type="button" class="link" onClick=${() => setWhole(true)}>Show more</button>`}</p>`}
  </div>`;
}
