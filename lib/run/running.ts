import type { Connections } from '../connection/registry.ts';
import type { Author } from '../host/apply-record.ts';
import type { ExtraVars } from '../inventory/extra-vars.ts';
import type { Listener } from '../model/events.ts';
import type { Redactor } from '../util/redact.ts';
import type { Foresight } from './foresight.ts';
import type { Handoffs } from './handoffs.ts';
import type { RunOptions } from './options.ts';
import type { Pool } from './pool.ts';
import type { TagBook } from './tag-book.ts';

/** What all plays of a run share. */
export interface Running {
  readonly options: RunOptions;
  readonly extra: ExtraVars;
  readonly emit: Listener;
  readonly connections: Connections;
  readonly pool: Pool;
  readonly redactor: Redactor;
  /** Selects tasks. */
  readonly tags: TagBook;
  readonly author: Author;
  /** Numbers the run's tasks. */
  readonly ids: { last: number };
  /** Check mode's memory, by host. */
  readonly foresight: Map<string, Foresight>;
  /** What steps and gates have handed on; within a play, that play's. */
  readonly handoffs: Handoffs;
}
