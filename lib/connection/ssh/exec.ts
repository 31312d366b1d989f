import type { Client, ClientChannel } from 'ssh2';
import { onAbort } from '../abort.ts';
import type { CommandOptions, Exit } from '../connection.ts';
import { feed } from '../feed.ts';
import { noExitError, startError } from './loss.ts';

/** The host refused to open another channel, perhaps because MaxSessions is reached. */
export class ChannelRefused extends Error {}

/** A client that is logged in, the name of its host, and a signal that aborts when the connection is lost. */
export interface OpenClient {
  readonly client: Client;
  readonly host: string;
  readonly lost: AbortSignal;
}

/**
 * Runs one command on a channel of its own, without a terminal. Rejects with the reason of `options.signal` or of
 * `lost`, whichever aborts first, or when a part of stdin can't be read; the channel is then closed.
 * SSH can't tell a command that it was interrupted: its stdin just ends, and its output fails. A command that must
 * not accept incomplete input has to check for itself, with a checksum or an end mark.
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
      closeChannel(channel);
      reject(reason);
    };
    const release = onAbort([signal, lost], abandon);
    const end = () => {
      release();
      stopped.abort();
    };
    // ssh2 would treat an error of a listener as a protocol error and close the connection.
    const guarded = (listener: ((chunk: Buffer) => void) | undefined) => (chunk: Buffer) => {
      if (stopped.signal.aborted) return;
      try {
        listener?.(chunk);
      } catch (error) {
        abandon(error);
      }
    };
    const opened = (error: Error | undefined, open: ClientChannel) => {
      if (stopped.signal.aborted) return closeChannel(open);
      if (error) {
        end();
        return reject('reason' in error ? new ChannelRefused(error.message) : startError(host, error));
      }
      channel = open;
      let exit: Exit | undefined;
      let closing = 2;
      const closed = () => {
        closing -= 1;
        if (closing > 0 || stopped.signal.aborted) return;
        end();
        if (exit) resolve(exit);
        else reject(noExitError(host));
      };
      open.on('error', () => {});
      open.on('exit', (code: number | null, killedBy?: string) => {
        exit = { code, signal: killedBy };
      });
      open.on('data', guarded(onStdout));
      open.stderr.on('data', guarded(onStderr));
      // Each stream ends separately; the last bytes of stderr may arrive after the end of stdout.
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
      reject(startError(host, error as Error));
    }
  });
}

/** Closes the channel. TERM reaches the command only while its stdin is open, and only if sshd forwards signals. */
function closeChannel(channel: ClientChannel | undefined): void {
  if (!channel) return;
  channel.on('error', () => {});
  channel.resume();
  channel.stderr.resume();
  channel.signal('TERM');
  channel.close();
}
