/** What specs of roles, task types and connections need; works with every test runner. */
export {
  type Captured,
  type ContractCase,
  capture,
  connectionContract,
  type OpenConnection,
  streamingContract,
} from './contract.ts';
export { type FactAnswer, type LaidOut, type LayOutOptions, layOut } from './lay-out.ts';
export {
  assertChanges,
  assertNoChanges,
  assertRefused,
  type ConvergedTwice,
  changesIn,
  convergeTwice,
  type Refusal,
} from './matchers.ts';
export {
  connectMemory,
  type MemoryAnswer,
  type MemoryConnection,
  type MemoryRequest,
} from './memory.ts';
export { routeTo } from './route.ts';
export { recorded, type ScriptAnswer, ScriptedHost } from './scripted-host.ts';
export type { SentBatch, SentPart } from './sent-batch.ts';
