import {
  DefaultRenderer,
  Listr,
  ListrDefaultRendererLogLevels,
  ListrLogger,
  type ListrRendererTask,
  ProcessOutput,
} from 'listr2';
import type { Stream } from '../options.ts';
import type { Paint, Style } from '../paint.ts';
import type { HostState, PlayState } from '../state.ts';
import type { PlayFrame } from './frame.ts';

/** How a host's row ended; `idle` rows that are not over don't spin. */
export type Ending = 'ok' | 'failed';

export interface Screen {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly paint: Paint;
  readonly plays: readonly PlayState[];
  /** What to draw now; asked for every frame. */
  frame(): ReadonlyMap<PlayState, PlayFrame>;
  isIdle(host: HostState): boolean;
  /** Resolves when the play has begun, or never will: then with false. */
  started(play: PlayState): Promise<boolean>;
  ended(play: PlayState, host: HostState): Promise<Ending>;
}

type Row = { readonly play: PlayState; readonly host?: HostState };

/**
 * Draws plays as tasks and hosts as their subtasks until all have ended, then clears what it drew.
 * Listr keeps states, spinner, redraws and the cursor; what each row says comes from the frame.
 */
export async function drawUntilEnd(screen: Screen): Promise<void> {
  const rows = new Map<string, Row>();
  const renderer = rendererFor(screen, rows, (): void => refresh(screen, rows, listr.tasks));
  const output = new ProcessOutput(screen.stdout as NodeJS.WriteStream, screen.stderr as NodeJS.WriteStream);
  const listr = new Listr<object, Renderer, 'silent'>(
    screen.plays.map((play) => ({
      title: play.play,
      task: async (_, task) => {
        if (!(await screen.started(play))) return task.skip(play.play);
        return task.newListr(
          [...play.hosts.values()].map((host) => ({
            title: host.host,
            task: async () => {
              if ((await screen.ended(play, host)) === 'failed') throw new Error(host.host);
            },
          })),
          { concurrent: true, exitOnError: false },
        );
      },
    })),
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
      // Ctrl-C belongs to the run: it ends by events like everything else.
      registerSignalListeners: false,
    },
  );
  await listr.run({});
}

type Renderer = ReturnType<typeof rendererFor>;
type Tasks = Listr<object, Renderer, 'silent'>['tasks'];

/** Gives every row its text; a row without text is not drawn. */
function refresh(screen: Screen, rows: Map<string, Row>, tasks: Tasks): void {
  const shown = screen.frame();
  tasks.forEach((task, i) => {
    const play = screen.plays[i];
    if (play === undefined) return;
    const playFrame = shown.get(play);
    rows.set(task.id, { play });
    task.title = playFrame?.title ?? '';
    const hosts = [...play.hosts.values()];
    (task.subtasks ?? []).forEach((subtask, j) => {
      const host = hosts[j];
      if (host) rows.set(subtask.id, { play, host });
      subtask.title = (host && playFrame?.hosts.get(host.host)?.join('\n')) ?? '';
    });
  });
}

function rendererFor({ isIdle, paint }: Screen, rows: ReadonlyMap<string, Row>, beforeFrame: () => void) {
  return class extends DefaultRenderer {
    // The reporter has asked the stream it draws on, which need not be the process's own.
    static override nonTTY = true;

    override create(options?: Parameters<DefaultRenderer['create']>[0]): string {
      beforeFrame();
      return super.create(options);
    }

    protected override style(task: ListrRendererTask<typeof DefaultRenderer>, output?: boolean): string {
      const row = rows.get(task.id);
      const quiet = row?.host !== undefined && task.isStarted() && isIdle(row.host);
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
