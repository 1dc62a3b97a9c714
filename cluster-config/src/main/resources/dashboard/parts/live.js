// Hooks that load, repeat and follow. All of them rest while the tab is hidden.
import { useState, useEffect, useRef, useCallback } from '../vendor/preact-htm.js';
import { follow } from '../api.js';

/** Whether somebody can see the page. */
export function useVisible() {
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const changed = () => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', changed);
    return () => document.removeEventListener('visibilitychange', changed);
  }, []);
  return visible;
}

/** The present, anew every `every` milliseconds. */
export function useNow(every = 1_000) {
  const visible = useVisible();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!visible) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [visible, every]);
  return now;
}

/**
 * `{data, error, loading, reload}` of `load(signal)`. Loads when `deps` change, and every `every`
 * milliseconds if given. What was loaded stays while it is loaded again, and when that fails.
 */
export function useLoad(load, deps, every) {
  const [state, setState] = useState({ loading: true });
  const [turn, setTurn] = useState(0);
  const visible = useVisible();
  const known = useRef(deps);
  const same = known.current.length === deps.length && known.current.every((it, n) => it === deps[n]);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let timer;
    const changed = known.current !== deps && !same;
    known.current = deps;
    if (changed) setState({ loading: true });
    const once = async () => {
      try {
        const data = await load(signal);
        if (!signal.aborted) setState({ data, loading: false });
      } catch (error) {
        if (signal.aborted) return;
        setState((old) => ({ data: old.data, error, loading: false }));
      }
      if (every && !signal.aborted && !document.hidden) timer = setTimeout(once, every);
    };
    if (visible) once();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [...deps, turn, visible, every]);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  return { ...state, reload };
}

/** Follows a stream while the tab is visible. Gives `{data, state, error}` of events so named. */
export function useStream(path, eventName, onData) {
  const visible = useVisible();
  const [state, setState] = useState({ state: 'waiting' });
  const told = useRef(onData);
  told.current = onData;
  useEffect(() => {
    if (!path) return undefined;
    if (!visible) {
      setState((old) => ({ ...old, state: 'paused' }));
      return undefined;
    }
    const controller = new AbortController();
    follow(
      path,
      ({ event, data }) => {
        if (event !== eventName) return;
        const value = JSON.parse(data);
        told.current?.(value);
        setState((old) => ({ ...old, data: value }));
      },
      (now, error) => setState((old) => ({ ...old, state: now, error })),
      controller.signal,
    );
    return () => controller.abort();
  }, [path, eventName, visible]);
  return state;
}

/** A value of localStorage, as JSON. Refused storage means that it is forgotten with the page. */
export function useStored(name, initial) {
  const key = `retriever.${name}`;
  const [value, setValue] = useState(() => {
    try {
      const text = localStorage.getItem(key);
      return text === null ? initial : JSON.parse(text);
    } catch {
      return initial;
    }
  });
  const store = useCallback(
    (next) => {
      setValue(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // It is only kept for this page then.
      }
    },
    [key],
  );
  return [value, store];
}
