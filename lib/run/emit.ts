import type { EventError, Listener, RunEvent } from '../model/events.ts';
import { filePlace, type PlayError } from '../util/errors.ts';
import type { Redactor } from '../util/redact.ts';

export type Emit = Listener;

/** Words of ours and names of the user's, never a host's: a secret that happens to be such a word hides none. */
const NAMES = new Set(['type', 'id', 'play', 'plays', 'role', 'host', 'hosts', 'status', 'stream', 'kind']);

/** A listener that no known secret gets past, whichever field it stands in. */
export function redacting(listener: Listener, redactor: Redactor): Emit {
  return (event) => listener(cleaned(event, redactor) as RunEvent);
}

/** An error as events carry it. */
export function eventError(error: PlayError): EventError {
  const { role, task } = error.where;
  const where = [role && `role ${role}`, task && `task "${task}"`, filePlace(error.where)]
    .filter(Boolean)
    .join(', ');
  return {
    kind: error.kind,
    what: error.what,
    ...(where ? { where } : {}),
    ...(error.why ? { why: error.why } : {}),
    ...(error.next ? { next: error.next } : {}),
  };
}

function cleaned(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.clean(value);
  if (Array.isArray(value)) return value.map((item) => cleaned(item, redactor));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, NAMES.has(key) ? item : cleaned(item, redactor)]),
    );
  }
  return value;
}
