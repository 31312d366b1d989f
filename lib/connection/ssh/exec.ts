import type { Client, ClientChannel } from 'ssh2';
import { onAbort } from '../abort.ts';
import type { CommandOptions, Exit } from '../connection.ts';
import { feed } from '../feed.ts';
import { cantOpen, noExit } from './loss.ts';

/** The host would not open one more channel; others may be using them up. */
export class ChannelRefused extends Error {}

/** A client that is logged in, the name of its host, and the signal that the connection is gone. */
export interface OpenClient {
  readonly client: Client;
  readonly host: string;
  readonly lost: AbortSignal;
}

/**
 * One command over a channel of its own, without a terminal. Rejects with the reason of `options.signal` or of
 * `lost`, whichever comes first, or when a part of stdin can't be read; the command's channel is then closed.
 * SSH has no way to tell a command that it was cut off: it sees its stdin end and its output fail. A command
 * that must not take half of its input for the whole has to check for itself, by a sum or an end mark.
 */
export function exec(
  { client, host, lost }: OpenClient,
  command: string,
  options: CommandOptions,
): Promise<Exit> {
  const { stdin = [], onOpen, onStdout, onStderr, signal } = options;
  const stopped = new AbortController();
  let channel: ClientChannel | undefined;
  return new Promise<Exit>((resolve, reject) => {
    const abandon = (reason: unknown) => {
      end();
      hangUp(channel);
      reject(reason);
    };
    const release = onAbort([signal, lost], abandon);
    const end = () => {
      release();
      stopped.abort();
    };
    // A listener that throws must not reach ssh2, which would take it for a protocol error and hang up.
    const hear = (listener: ((chunk: Buffer) => void) | undefined) => (chunk: Buffer) => {
      if (stopped.signal.aborted) return;
      try {
        listener?.(chunk);
      } catch (error) {
        abandon(error);
      }
    };
    const opened = (error: Error | undefined, open: ClientChannel) => {
      if (stopped.signal.aborted) return hangUp(open);
      if (error) {
        end();
        return reject('reason' in error ? new ChannelRefused(error.message) : cantOpen(host, error));
      }
      channel = open;
      let exit: Exit | undefined;
      let closing = 2;
      const closed = () => {
        closing -= 1;
        if (closing > 0 || stopped.signal.aborted) return;
        end();
        if (exit) resolve(exit);
        else reject(noExit(host));
      };
      open.on('error', () => {});
      open.on('exit', (code: number | null, killedBy?: string) => {
        exit = { code, signal: killedBy };
      });
      open.on('data', hear(onStdout));
      open.stderr.on('data', hear(onStderr));
      // Each stream has its own end; the last bytes of stderr may come after stdout is through.
      open.once('close', closed);
      open.stderr.once('close', closed);
      try {
        onOpen?.();
      } catch (error) {
        return abandon(error);
      }
      feed(open, stdin, stopped.signal).catch(abandon);
    };
    try {
      client.exec(command, opened);
    } catch (error) {
      end();
      reject(cantOpen(host, error as Error));
    }
  });
}

/** TERM reaches the command only while its stdin is open and where sshd passes signals on; closing is what counts. */
function hangUp(channel: ClientChannel | undefined): void {
  if (!channel) return;
  channel.on('error', () => {});
  channel.resume();
  channel.stderr.resume();
  channel.signal('TERM');
  channel.close();
}
