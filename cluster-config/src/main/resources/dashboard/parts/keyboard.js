// The keys of all pages. Those of a table are in table.js.
import { useEffect } from '../vendor/preact-htm.js';
import { go } from '../router.js';

export const GOES = {
  o: 'overview',
  f: 'fetches',
  q: 'queues',
  c: 'callbacks',
  s: 'schedules',
  n: 'nodes',
  a: 'audit',
  k: 'keys',
  t: 'try',
};

export const HELP = [
  ['/', 'Search fetches'],
  ['g o', 'Overview'],
  ['g f', 'Fetches'],
  ['g q', 'Queues'],
  ['g c', 'Callbacks'],
  ['g s', 'Schedules'],
  ['g n', 'Nodes'],
  ['g a', 'Audit'],
  ['g k', 'Keys and tenants'],
  ['g t', 'Try it'],
  ['j, k', 'Next and previous row'],
  ['x', 'Select the row'],
  ['Enter', 'Open the row'],
  ['Esc', 'Close a dialog, leave the search'],
  ['?', 'This help'],
];

const G_LASTS = 1_500;

/** Whether keys are text now, or belong to the browser. */
export function isTyping(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  const at = event.target;
  if (!(at instanceof HTMLElement)) return false;
  if (at.tagName === 'INPUT') return at.type !== 'checkbox';
  return at.isContentEditable || ['TEXTAREA', 'SELECT'].includes(at.tagName);
}

function search() {
  const field = document.querySelector('#search');
  if (field) field.focus();
  else go(['fetches'], { focus: 'search' });
}

export function useKeyboard(help) {
  useEffect(() => {
    let g = 0;
    const pressed = (event) => {
      if (event.key === 'Escape' && event.target.id === 'search') event.target.blur();
      if (isTyping(event) || document.querySelector('dialog[open]')) return;
      const afterG = Date.now() - g < G_LASTS;
      g = 0;
      if (afterG && GOES[event.key]) go([GOES[event.key]]);
      else if (event.key === 'g') g = Date.now();
      else if (event.key === '/') search();
      else if (event.key === '?') help();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
