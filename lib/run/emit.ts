import { filePlace, type PlayError } from '../errors.ts';
import type { EventError, Listener, RunEvent } from '../events.ts';
import type { Redactor } from '../redact.ts';

export type Emit = Listener;

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
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cleaned(item, redactor)]));
  }
  return value;
}
