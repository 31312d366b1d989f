import {
  DefaultRenderer,
  Listr,
  ListrDefaultRendererLogLevels,
  ListrLogger,
  type ListrRendererTask,
  type ListrTask,
  ProcessOutput,
} from 'listr2';
import type { Stream } from '../options.ts';
import type { Paint, Style } from '../paint.ts';
import type { HostState, PlayState } from '../state.ts';
import type { PlayFrame } from './frame.ts';

/** Must be less than 100 ms, the interval of the spinner. */
const MIN_FRAME_MS = 60;

/** The result of a host's row. */
export type RowResult = 'ok' | 'failed';

export interface Screen {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly paint: Paint;
  readonly plays: readonly PlayState[];
  /** What to draw now; called for every frame. */
  frame(): ReadonlyMap<PlayState, PlayFrame>;
  /** Whether the host's row shows no spinner, because nothing runs on it. */
  isIdle(host: HostState): boolean;
  /** Resolves when the run has ended. */
  readonly over: Promise<unknown>;
  /** Resolves with true when the play has begun, with false when the run has ended before. */
  started(play: PlayState): Promise<boolean>;
  ended(play: PlayState, host: HostState): Promise<RowResult>;
}

/** Hosts by the id of the Listr task that draws them. */
type Rows = Map<string, HostState>;

/**
 * Draws plays as Listr tasks and hosts as their subtasks until all have ended, then clears the output.
 * Listr handles states, spinner, redraws and the cursor; the text of each row comes from the frame.
 */
export async function drawUntilEnd(screen: Screen): Promise<void> {
  const rows: Rows = new Map();
  const renderer = rendererFor(screen, rows, (): void => refresh(screen, rows, listr.tasks));
  const output = new ProcessOutput(screen.stdout as NodeJS.WriteStream, screen.stderr as NodeJS.WriteStream);
  const listr = new Listr<object, Renderer, 'silent'>(
    [
      ...screen.plays.map((play) => playTask(screen, play)),
      // Not drawn, because it has no title; it keeps the frame on the screen between the last play and the recap.
      { task: () => screen.over },
    ],
    {
      renderer,
      rendererOptions: {
        clearOutput: true,
        formatOutput: 'truncate',
        showErrorMessage: false,
        showSkipMessage: false,
        collapseErrors: true,
        logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput: output }),
        color: colours(screen.paint),
      },
      exitOnError: false,
      collectErrors: false,
      // The run handles Ctrl-C; its events then end the drawing.
      registerSignalListeners: false,
    },
  );
  await listr.run({});
}

function playTask(screen: Screen, play: PlayState): ListrTask<object, Renderer> {
  return {
    title: play.play,
    task: async (_, task) => {
      if (!(await screen.started(play))) return task.skip(play.play);
      const hosts = [...play.hosts.values()];
      return task.newListr(
        hosts.map((host) => hostTask(screen, play, host)),
        { concurrent: true, exitOnError: false },
      );
    },
  };
}

function hostTask(screen: Screen, play: PlayState, host: HostState): ListrTask<object, Renderer> {
  return {
    title: host.host,
    task: async () => {
      if ((await screen.ended(play, host)) === 'failed') throw new Error(host.host);
    },
  };
}

type Renderer = ReturnType<typeof rendererFor>;
type Tasks = Listr<object, Renderer, 'silent'>['tasks'];

/** Gives every row its text; a row without text is not drawn. */
function refresh(screen: Screen, rows: Rows, tasks: Tasks): void {
  const shown = screen.frame();
  tasks.forEach((task, i) => {
    const play = screen.plays[i];
    if (play === undefined) return;
    const playFrame = shown.get(play);
    task.title = playFrame?.title ?? '';
    const hosts = [...play.hosts.values()];
    (task.subtasks ?? []).forEach((subtask, j) => {
      const host = hosts[j];
      if (host) rows.set(subtask.id, host);
      subtask.title = (host && playFrame?.hosts.get(host.host)?.join('\n')) ?? '';
    });
  });
}

function rendererFor({ isIdle, paint }: Screen, rows: Rows, beforeFrame: () => void) {
  return class extends DefaultRenderer {
    // Listr would check the process's own stdout; the reporter has already checked the stream that it draws on.
    static override nonTTY = true;

    #lastDraw = Number.NEGATIVE_INFINITY;

    /** Limits the rate: fifty hosts that start together request fifty frames. The next spinner frame shows the rest. */
    override update(): void {
      const now = performance.now();
      if (now - this.#lastDraw < MIN_FRAME_MS) return;
      super.update();
      this.#lastDraw = performance.now();
    }

    override create(options?: Parameters<DefaultRenderer['create']>[0]): string {
      beforeFrame();
      return super.create(options);
    }

    protected override style(task: ListrRendererTask<typeof DefaultRenderer>, output?: boolean): string {
      const host = rows.get(task.id);
      const quiet = host !== undefined && task.isStarted() && isIdle(host);
      return quiet ? paint('dim', '·') : super.style(task, output);
    }
  };
}

function colours(paint: Paint) {
  const styles: Partial<Record<ListrDefaultRendererLogLevels, Style>> = {
    [ListrDefaultRendererLogLevels.PENDING]: 'cyan',
    [ListrDefaultRendererLogLevels.COMPLETED]: 'green',
    [ListrDefaultRendererLogLevels.FAILED]: 'red',
    [ListrDefaultRendererLogLevels.FAILED_WITH_FAILED_SUBTASKS]: 'red',
    [ListrDefaultRendererLogLevels.COMPLETED_WITH_FAILED_SUBTASKS]: 'red',
  };
  const levels = Object.values(ListrDefaultRendererLogLevels);
  return Object.fromEntries(
    levels.map((level) => [level, (text?: string) => paint(styles[level] ?? 'dim', text ?? '')]),
  );
}
