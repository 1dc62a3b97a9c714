// Icons of one stroke. They are decoration: a word stands beside each.
import { html } from '../vendor/preact-htm.js';

const PATHS = {
  overview: 'M3 12l7-7 7 7M5 10v7h10v-7',
  fetches: 'M4 6h12M4 10h12M4 14h8',
  origin: 'M10 3a7 7 0 100 14 7 7 0 000-14zM10 7a3 3 0 100 6 3 3 0 000-6z',
  queues: 'M4 5h12v3H4zM4 12h12v3H4z',
  callbacks: 'M16 5v5H6M9 7l-3 3 3 3M4 15h12',
  schedules: 'M10 3a7 7 0 100 14 7 7 0 000-14zM10 6v4l3 2',
  nodes: 'M4 4h12v5H4zM4 11h12v5H4zM7 6.500h.01M7 13.500h.01',
  audit: 'M5 3h7l3 3v11H5zM8 9h4M8 12h4',
  keys: 'M7 9a3 3 0 100 6 3 3 0 000-6zM9.200 9.800L16 3M13 6l2 2',
  try: 'M5 4l10 6-10 6z',
  answered: 'M4 10l4 4 8-9',
  failed: 'M5 5l10 10M15 5L5 15',
  unknown: 'M7 7a3 3 0 116 0c0 2-3 2-3 4.500M10 15.500h.01',
  cancelled: 'M10 3a7 7 0 100 14 7 7 0 000-14zM5 5l10 10',
  pending: 'M5 10h.01M10 10h.01M15 10h.01',
  scheduled: 'M10 3a7 7 0 100 14 7 7 0 000-14zM10 6v4l3 2',
  paused: 'M7 5v10M13 5v10',
  running: 'M6 4l9 6-9 6z',
  draining: 'M10 3v11M5 10l5 5 5-5',
  held: 'M6 9V6a4 4 0 018 0v3M5 9h10v8H5z',
  'breaker-open': 'M3 14h4l6-7M13 14h4',
  warning: 'M10 3l8 14H2zM10 8v4M10 14.500h.01',
  info: 'M10 3a7 7 0 100 14 7 7 0 000-14zM10 9v5M10 6.500h.01',
  search: 'M9 4a5 5 0 100 10A5 5 0 009 4zM13 13l4 4',
  theme: 'M10 3a7 7 0 100 14zM10 3a7 7 0 110 14',
  menu: 'M3 6h14M3 10h14M3 14h14',
  close: 'M5 5l10 10M15 5L5 15',
  copy: 'M7 7h9v9H7zM4 13V4h9',
};

export const Icon = ({ name }) => html`
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d=${PATHS[name] || PATHS.info} />
  </svg>`;
