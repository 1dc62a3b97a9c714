// Dialogs of the browser's own kind: they keep the focus inside, and Esc closes them.
import { html, useState, useEffect, useRef } from '../vendor/preact-htm.js';
import { Icon } from './icons.js';
import { Problem } from './basics.js';

export function Dialog({ title, onClose, children, wide }) {
  const ref = useRef();
  const gone = useRef(false);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog.showModal();
    return () => {
      // It is told of its end later, when another dialog may stand in its place.
      gone.current = true;
      if (dialog.open) dialog.close();
      before?.focus?.();
    };
  }, []);
  return html`<dialog ref=${ref} class=${wide ? 'wide' : ''} aria-labelledby="dialog-title" onClose=${() => gone.current || onClose()}>
    <header class="dialog-head">
      <h2 id="dialog-title">${title}</h2>
      <button type="button" class="icon-button" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button>
    </header>
    ${children}
  </dialog>`;
}

/**
 * Asks before something is done. `run` does it, and its problem is shown here. With `word`, the name
 * has to be typed first. When `run` throws `stays`, the dialog stays, without a problem.
 */
export function Confirm({ title, verb, kind = 'primary', word, run, stays, onClose, children, ready = true }) {
  const [typed, setTyped] = useState('');
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const able = ready && !busy && (!word || typed === word);
  const submit = async (event) => {
    event.preventDefault();
    if (!able) return;
    setBusy(true);
    setError(null);
    try {
      await run();
      onClose();
    } catch (problem) {
      setError(problem === stays ? null : problem);
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <form onSubmit=${submit}>
      ${children}
      ${word && html`<${Field} label=${html`Type <strong class="mono">${word}</strong> to go on`}>
        <input type="text" autocomplete="off" spellcheck="false" value=${typed} onInput=${(e) => setTyped(e.target.value)} />
      <//>`}
      ${error && html`<${Problem} error=${error} />`}
      <div class="dialog-foot">
        <button type="button" class="button" onClick=${onClose}>Keep as it is</button>
        <button type="submit" class=${`button ${kind}`} disabled=${!able}>${busy ? 'Working…' : verb}</button>
      </div>
    </form>
  <//>`;
}

/** A labelled field of a form. The hint is no part of its name. */
export const Field = ({ label, hint, children }) => html`<div class="field">
  <label><span>${label}</span>${children}</label>${hint && html`<small>${hint}</small>`}
</div>`;

/** One of some values: texts, or pairs of a value and its words. */
export const Choice = ({ value, of, onChange }) => html`<select onChange=${onChange}>
  ${of.map((it) => [].concat(it)).map(([each, words = each]) => html`<option value=${each} selected=${each === value}>${words}</option>`)}
</select>`;

/** Says something to everybody, also to readers of a screen. */
const sayers = new Set();
export const say = (text) => sayers.forEach((each) => each(text));

export function Said() {
  const [text, setText] = useState('');
  useEffect(() => {
    let timer;
    const sayer = (next) => {
      setText(next);
      clearTimeout(timer);
      timer = setTimeout(() => setText(''), 6_000);
    };
    sayers.add(sayer);
    return () => {
      clearTimeout(timer);
      sayers.delete(sayer);
    };
  }, []);
  return html`<div class="said" role="status" aria-live="polite">${text && html`<p>${text}</p>`}</div>`;
}
