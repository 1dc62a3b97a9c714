// Pages are in the hash: the node serves one document, and ids of fetches never reach its log of requests.
import { useState, useEffect } from './vendor/preact-htm.js';

/** `#/fetches?q=outcome:unknown` is `{parts: ['fetches'], query: {q: 'outcome:unknown'}}`. */
export function parse(hash) {
  const [path, search = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const parts = path.split('/').filter(Boolean).map(decoded);
  return { parts, query: Object.fromEntries(new URLSearchParams(search)) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function link(parts, query) {
  const path = [].concat(parts).map(encodeURIComponent).join('/');
  const entries = Object.entries(query || {}).filter(([, value]) => value);
  const search = new URLSearchParams(entries).toString();
  return `#/${path}${search ? `?${search}` : ''}`;
}

export function go(parts, query, replace) {
  const to = link(parts, query);
  if (to === location.hash) return;
  if (replace) {
    history.replaceState(null, '', to);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = to;
  }
}

export function useRoute() {
  const [route, setRoute] = useState(() => parse(location.hash));
  useEffect(() => {
    const changed = () => setRoute(parse(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}
