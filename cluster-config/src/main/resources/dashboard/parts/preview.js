// What a change of a queue's settings would do, by what the queue shows now. Pure: an estimate.
import { duration, rate } from './format.js';
import { millis } from './format.js';

/** Fetches in a second that a rate of the settings allows. */
export function perSecond(setting) {
  if (!setting || !setting.limit) return Infinity;
  return setting.limit / (millis(setting.per || '1s') / 1_000);
}

const slots = (settings) => (settings.concurrency === 'unlimited' ? Infinity : Number(settings.concurrency ?? 100));

/**
 * `{perSecond, drains}` with those settings, in fetches and milliseconds, or null if the figures say
 * nothing. An attempt is taken to last as long as those of the last minute.
 */
export function expected(queue, settings) {
  const ended = queue.rates?.ended;
  if (!ended) return null;
  const seconds = queue.running / ended;
  const bySlots = seconds > 0 ? slots(settings) / seconds : Infinity;
  const most = Math.min(bySlots, perSecond(settings.rate));
  const busy = 1 - (queue.limitedBy?.idle ?? 0);
  const now = Math.min(slots(queue.settings) / (seconds || 1), perSecond(queue.settings.rate));
  const waits = queue.waiting.fetches > 0 && busy > 0.2;
  const through = waits ? Math.min(most, Number.isFinite(now) && most >= now ? ended * (most / now) : most) : Math.min(most, ended);
  return { perSecond: through, drains: queue.waiting.fetches > 0 ? (queue.waiting.fetches / through) * 1_000 : 0, waits };
}

/** As a sentence. */
export function effect(queue, settings) {
  const then = expected(queue, settings);
  if (!then) return 'Nothing has ended in the last minute, so the effect cannot be estimated.';
  const before = expected(queue, queue.settings);
  if (!then.waits) {
    return then.perSecond < queue.rates.ended * 0.999
      ? `At most ${rate(then.perSecond)} in a second would go, and ${rate(queue.rates.ended)} come now: fetches would begin to wait.`
      : 'Little waits now, so this changes little at present.';
  }
  const others = Object.entries(queue.limitedBy || {}).filter(([it, share]) => !['concurrency', 'rate', 'idle'].includes(it) && share > 0.5);
  if (others.length) return `The queue is stopped by ${others[0][0]} most of the time: other limits change little.`;
  const same = Math.abs(then.drains - before.drains) < before.drains * 0.02;
  return same
    ? `It would drain in about ${duration(then.drains)}, as it does now.`
    : `It would drain in about ${duration(then.drains)} instead of ${duration(before.drains)}, with ${rate(then.perSecond)} fetches in a second. An estimate by the last minute.`;
}
