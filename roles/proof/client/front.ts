import { connect } from 'node:net';

/** Milliseconds between two knocks at the virtual address, and how long one may take. */
const EVERY = 200;
const PATIENCE = 1000;

/** Knocks at a port until told to stop, and says of each knock whether it was opened. @returns what stops it */
export function watchFront(
  { hostname, port }: { readonly hostname: string; readonly port: number },
  tell: (happening: readonly ['front', number, boolean]) => void,
): () => void {
  const timer = setInterval(() => {
    const socket = connect({ host: hostname, port, timeout: PATIENCE });
    const end = (answered: boolean) => {
      socket.destroy();
      tell(['front', Date.now(), answered]);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  }, EVERY);
  return () => clearInterval(timer);
}
