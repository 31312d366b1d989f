import type { CheckedVars, HostView, RoleHost, StepContext } from '../model/role.ts';

/** What a step sees, in whatever mode it is called. */
export interface StepView {
  readonly check: boolean;
  readonly cacheDir: string;
  /** Hosts of the play still in it: a failed one is taken out while the step asks. */
  readonly hosts: () => readonly RoleHost<CheckedVars>[];
  readonly playHosts: readonly HostView[];
  group(name: string): readonly HostView[];
}

/**
 * What a step can do. It depends on why the step is called: for real (`realMode`), on trial by the look ahead
 * (`lookAhead`), or to list its tasks (`listMode`).
 */
export type StepMode = Omit<StepContext<CheckedVars>, keyof StepView>;

/** The context that a step is called with: the only place where one is made. */
export function stepContext(view: StepView, mode: StepMode): StepContext<CheckedVars> {
  return {
    get hosts() {
      return view.hosts();
    },
    playHosts: view.playHosts,
    check: view.check,
    cacheDir: view.cacheDir,
    group: (name) => view.group(name),
    ...mode,
  };
}
