/// <reference types="node" preserve="true" />
/** Everything a playbook, a role or a program needs: the whole public surface. */
export type { CommandOptions, Connection, Exit } from './connection/connection.ts';
export {
  type ConnectionDefaults,
  type ConnectionType,
  defineConnection,
  type Route,
} from './connection/definition.ts';
export { connectLocal } from './connection/local.ts';
export type { HostKeyChecking } from './connection/ssh/target.ts';
export { VarReader } from './connection/var-reader.ts';
export type { ExtraVars } from './inventory/extra-vars.ts';
export type { Inventory, InventoryHost, Value, Vars } from './inventory/inventory.ts';
export { loadInventory, parseInventory } from './inventory/load.ts';
export { type InventoryEdit, moveHost } from './inventory/move-host.ts';
export { selectHosts, type Warn } from './inventory/patterns.ts';
export { withoutTemplates } from './inventory/templates.ts';
export { type LintOptions, lintPlaybook } from './lint/lint-playbook.ts';
export type { EventError, HostRecap, Listener, RunEvent, Status, TaskRef } from './model/events.ts';
export {
  defineFact,
  type Fact,
  type Joint,
  type JointItem,
  type JointProbe,
  type Probe,
  type Reply,
} from './model/fact.ts';
export type { Finding, Severity, Spot } from './model/finding.ts';
export type { Gate, GateContext, GateMoment } from './model/gate.ts';
export { defineHandoff, type Handoff, type HandoffContext } from './model/handoff.ts';
export {
  defineOperation,
  type NoVars,
  type Operation,
  type OperationDefinition,
  playSteps,
} from './model/operation.ts';
export {
  defineParametricPlaybook,
  definePlay,
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
  type CheckedVars,
  defineRole,
  type HostView,
  type Layout,
  type LintContext,
  type LintUse,
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
export type { GivenParams, GivenVars, Schema, SettingOf, VarsOf, VarsSchema } from './model/schema.ts';
export {
  type Apply,
  type Assessment,
  type Change,
  type Claims,
  defineTask,
  type Handler,
  type Pending,
  type Task,
  type TaskOptions,
  type TaskType,
  type Upload,
  uploadedPath,
  type Wait,
} from './model/task.ts';
export type { RunOptions } from './run/options.ts';
export type { Selection } from './run/plan.ts';
export type { Connect } from './run/pool.ts';
export { type RunResult, run } from './run/run.ts';
export * from './tasks/index.ts';
export { formatError, type Kind, type Place, PlayError, type Trouble } from './util/errors.ts';
export { didYouMean, nearest } from './util/nearest.ts';
export { Secret, secret } from './util/secret.ts';
export { type Interpolated, lines, type Script, sh } from './util/sh.ts';
