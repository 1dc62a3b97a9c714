// Lines over time by uPlot, with a table behind each chart.
import { html, useEffect, useLayoutEffect, useRef, useState } from '../vendor/preact-htm.js';
import uPlot from '../vendor/uPlot.esm.js';
import { clock, rate } from './format.js';
import { Table } from './table.js';

const HEIGHT = 180;

/** Seconds between two marks of the time: texts have no parts of one. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];

/** A colour of the theme as canvas takes it. */
function colour(name) {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** Changes when the theme does, so that canvases are painted anew. */
function useTheme() {
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const next = () => setTheme((n) => n + 1);
    const media = matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', next);
    const watch = new MutationObserver(next);
    watch.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      media.removeEventListener('change', next);
      watch.disconnect();
    };
  }, []);
  return theme;
}

function options(width, series) {
  const text = colour('--muted');
  const grid = { stroke: colour('--line'), width: 1 };
  const font = '12px system-ui, sans-serif';
  const axis = { stroke: text, grid, ticks: grid, font };
  return {
    width,
    height: HEIGHT,
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    legend: { show: false },
    padding: [8, 28, 0, 0],
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [{ ...axis, size: 34, space: 64, incrs: STEPS, values: (_, all) => times(all) }, { ...axis, size: 44, values: (_, all) => all.map(rate) }],
    series: [{}, ...series.map((it) => line(it))],
  };
}

/** Without seconds where the marks are minutes apart. */
function times(all) {
  const texts = all.map((it) => clock(it * 1_000, it * 1_000));
  return texts.every((it) => it.endsWith(':00')) ? texts.map((it) => it.slice(0, -3)) : texts;
}

const line = (it) => ({
  label: it.name,
  stroke: colour(it.colour),
  width: 2,
  dash: it.dash,
  points: { show: false },
});

/** `points` are `{at, …}` in order of time; `series` are `{name, key, colour, dash}`. */
export function Chart({ label, points, series, now }) {
  const box = useRef();
  const plot = useRef();
  const theme = useTheme();
  const data = [points.map((it) => Date.parse(it.at) / 1_000), ...series.map((s) => points.map((it) => it[s.key] ?? null))];
  const enough = points.length > 1;
  useLayoutEffect(() => {
    if (!enough) return undefined;
    const made = new uPlot(options(box.current.clientWidth, series), data, box.current);
    plot.current = made;
    const sized = new ResizeObserver(() => made.setSize({ width: box.current?.clientWidth || 300, height: HEIGHT }));
    sized.observe(box.current);
    return () => {
      sized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [theme, enough]);
  useEffect(() => plot.current?.setData(data), [points]);
  const last = points.slice(-20).reverse();
  return html`<figure class="chart">
    <figcaption class="legend">${series.map((it) => html`<span><i class=${`swatch line${it.dash ? ' dashed' : ''}`} style=${{ color: `var(${it.colour})` }}></i>${it.name}</span>`)}</figcaption>
    ${enough ? html`<div class="plot" ref=${box} role="img" aria-label=${label}></div>` : html`<p class="muted plot-empty">The line begins with the next figures.</p>`}
    <details>
      <summary>The same as a table</summary>
      <${Table} label=${label} head=${['Time', ...series.map((it) => it.name)]}
        rows=${last.map((it) => [clock(it.at, now), ...series.map((s) => rate(it[s.key]))])} />
    </details>
  </figure>`;
}

/** Shares of one whole as a bar, with words. */
export function Shares({ of, words, label }) {
  const parts = Object.entries(of || {}).filter(([, share]) => share > 0.001).sort((a, b) => b[1] - a[1]);
  if (parts.length === 0) return html`<p class="muted">No figures yet.</p>`;
  return html`<div class="shares">
    <div class="shares-bar" role="img" aria-label=${label}>
      ${parts.map(([name, share]) => html`<i class=${`share-${name}`} title=${`${words(name)}: ${Math.round(share * 100)} %`} style=${{ flexGrow: share }}></i>`)}
    </div>
    <ul class="legend">${parts.map(([name, share]) => html`<li><i class=${`swatch share-${name}`}></i>${name} ${Math.round(share * 100)} %</li>`)}</ul>
  </div>`;
}
