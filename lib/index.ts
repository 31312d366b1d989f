/** Everything a playbook, a role or a program needs: the whole public surface. */
export type { CommandOptions, Connection, Exit } from './connection/connection.ts';
export type { ExtraVars } from './inventory/extra-vars.ts';
export type { Inventory, InventoryHost, Value, Vars } from './inventory/inventory.ts';
export { loadInventory, parseInventory } from './inventory/load.ts';
export { type InventoryEdit, moveHost } from './inventory/move-host.ts';
export { selectHosts } from './inventory/patterns.ts';
export { withoutTemplates } from './inventory/templates.ts';
export { lintPlaybook } from './lint/lint-playbook.ts';
export type { EventError, HostRecap, Listener, RunEvent, Status, TaskRef } from './model/events.ts';
export type { Finding, Severity, Spot } from './model/finding.ts';
export type { Gate, GateContext, GateMoment } from './model/gate.ts';
export {
  defineParametricPlaybook,
  definePlaybook,
  type Lock,
  type ParametricPlaybook,
  type Play,
  type Playbook,
  type PlaybookInput,
  type PlaybookMade,
  type PlayHost,
} from './model/play.ts';
export {
  defineRole,
  type HostView,
  type Layout,
  type LintContext,
  type LintUse,
  type Question,
  type Report,
  type Role,
  type RoleDefinition,
  type RoleHost,
  type RoleSettings,
  type RoleUse,
  type Step,
  type StepContext,
  type ValidateContext,
} from './model/role.ts';
export type { GivenVars, Schema, SettingOf, VarsOf, VarsSchema } from './model/schema.ts';
export {
  type Apply,
  type Change,
  type Claims,
  defineTask,
  type Handler,
  type Pending,
  type Reply,
  type Task,
  type TaskOptions,
  type TaskType,
  type Upload,
  uploadedPath,
  type Wait,
} from './model/task.ts';
export type { RunOptions } from './run/options.ts';
export type { Connect } from './run/pool.ts';
export { type RunResult, run } from './run/run.ts';
export * from './tasks/index.ts';
export { formatError, type Kind, type Place, PlayError, type Trouble } from './util/errors.ts';
export { didYouMean, nearest } from './util/nearest.ts';
export { Secret, secret } from './util/secret.ts';
export { lines, type Script, sh } from './util/sh.ts';
