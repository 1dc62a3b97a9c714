// A table of any length: only the rows in view are in the document.
import { html, useState, useEffect, useLayoutEffect, useRef } from '../vendor/preact-htm.js';
import { isTyping } from './keyboard.js';

const BEYOND = 10;

/** A table of so many rows is in the document as a whole. */
const FEW = 60;

/** Which rows are in view, for a table that scrolls with the page. Pure. */
export function inView(top, height, rowHeight, count) {
  if (count <= FEW) return { first: 0, last: count };
  const first = Math.max(0, Math.floor(-top / rowHeight) - BEYOND);
  const last = Math.min(count, Math.ceil((height - top) / rowHeight) + BEYOND);
  return { first: Math.min(first, count), last: Math.max(last, Math.min(first, count)) };
}

function useWindow(body, rowHeight, count) {
  const [view, setView] = useState({ first: 0, last: Math.min(count, 40) });
  useLayoutEffect(() => {
    let asked = 0;
    const measure = () => {
      asked = 0;
      if (!body.current) return;
      const { top } = body.current.getBoundingClientRect();
      const next = inView(top, innerHeight, rowHeight, count);
      setView((old) => (old.first === next.first && old.last === next.last ? old : next));
    };
    const later = () => {
      asked = asked || requestAnimationFrame(measure);
    };
    measure();
    addEventListener('scroll', later, { passive: true });
    addEventListener('resize', later);
    return () => {
      cancelAnimationFrame(asked);
      removeEventListener('scroll', later);
      removeEventListener('resize', later);
    };
  }, [rowHeight, count]);
  return view;
}

/** `j` and `k` move, `x` selects, `Enter` opens. Gives the place of the cursor. */
function useKeys({ items, open, toggle, body, rowHeight }) {
  const [at, setAt] = useState(-1);
  const latest = useRef();
  latest.current = { items, open, toggle, at };
  useEffect(() => {
    const pressed = (event) => {
      if (isTyping(event) || document.querySelector('dialog[open]')) return;
      const { items: all, open: opens, toggle: toggles, at: now } = latest.current;
      const step = { j: 1, k: -1 }[event.key];
      if (step) {
        const next = Math.min(all.length - 1, Math.max(0, now + step));
        setAt(next);
        show(body.current, next, rowHeight);
      } else if (now >= 0 && now < all.length && event.key === 'x' && toggles) {
        toggles(all[now]);
      } else if (now >= 0 && now < all.length && event.key === 'Enter' && isFree(event)) {
        opens(all[now]);
      } else return;
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [rowHeight]);
  return at;
}

/** Enter on a button or link belongs to it. */
const isFree = (event) => !event.target.closest('a, button, summary, input, select');

function show(body, index, rowHeight) {
  if (!body) return;
  const top = body.getBoundingClientRect().top + index * rowHeight;
  const room = 120;
  if (top < room) scrollBy(0, top - room);
  else if (top + rowHeight > innerHeight - room) scrollBy(0, top + rowHeight - innerHeight + room);
}

/** A cell that spans no column, so that columns which a narrow screen hides take no room. */
const Spacer = ({ rows, height }) =>
  rows > 0
    ? html`<tr class="spacer" aria-hidden="true" style=${{ height: `${rows * height}px` }}>
        <td></td>
      </tr>`
    : '';

/**
 * `columns` are `{title, cell, class}`. `id` names an item, `href` is where it leads. With `selected`
 * (a Set of ids) and `onSelect` there are boxes. `onEnd` is called when the last rows come in view.
 */
export function Rows({ label, columns, items, id, href, selected, onSelect, onEnd, rowHeight = 52 }) {
  const body = useRef();
  const view = useWindow(body, rowHeight, items.length);
  const open = (item) => {
    location.hash = href(item);
  };
  const toggle = selected && ((item) => onSelect(toggled(selected, id(item))));
  const at = useKeys({ items, open: href ? open : () => {}, toggle, body, rowHeight });
  useEffect(() => {
    if (onEnd && items.length && view.last >= items.length - BEYOND) onEnd();
  }, [view.last, items.length]);
  const all = selected && items.length > 0 && items.every((it) => selected.has(id(it)));
  return html`<table class="rows" aria-label=${label} aria-rowcount=${items.length + 1}>
    <thead>
      <tr>
        ${selected && html`<th class="box"><input
          type="checkbox"
          aria-label="Select all that are shown"
          checked=${all}
          onChange=${() => onSelect(new Set(all ? [] : items.map(id)))}
        /></th>`}
        ${columns.map((it) => html`<th scope="col" class=${it.class}>${it.title}</th>`)}
      </tr>
    </thead>
    <tbody ref=${body}>
      <${Spacer} rows=${view.first} height=${rowHeight} />
      ${items.slice(view.first, view.last).map((item, n) => {
        const index = view.first + n;
        const name = id(item);
        return html`<tr
          key=${name}
          aria-rowindex=${index + 2}
          class=${(at === index ? 'cursor ' : '') + (selected?.has(name) ? 'chosen' : '')}
        >
          ${selected && html`<td class="box"><input
            type="checkbox"
            aria-label=${`Select ${name}`}
            checked=${selected.has(name)}
            onChange=${() => toggle(item)}
          /></td>`}
          ${columns.map((it) => html`<td class=${it.class}>${it.cell(item)}</td>`)}
        </tr>`;
      })}
      <${Spacer} rows=${items.length - view.last} height=${rowHeight} />
    </tbody>
  </table>`;
}

function toggled(set, name) {
  const next = new Set(set);
  if (!next.delete(name)) next.add(name);
  return next;
}

/** A short table that is shown whole. */
export const Table = ({ label, head, rows }) => html`<div class="scroll" tabindex="0" role="group" aria-label=${label}>
  <table class="plain">
    <thead><tr>${head.map((it) => html`<th scope="col">${it || html`<span class="sr">Actions</span>`}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table>
</div>`;
