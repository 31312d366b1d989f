import { spawn } from 'node:child_process';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ServerChannel } from 'ssh2';

export interface SshServerOptions {
  /** Private host keys in OpenSSH's format. */
  readonly hostKeys: readonly string[];
  /** Who may log in; `undefined` when the function answers the client itself. Default: everybody with a key. */
  readonly authenticate?: (context: AuthContext) => boolean | undefined;
  /** The authentication methods that the server offers. */
  readonly methods?: readonly ('publickey' | 'password' | 'keyboard-interactive')[];
  /** How many sessions one connection may have open at once. */
  readonly maxSessions?: number;
}

export interface SshServer {
  readonly port: number;
  /** How many connections there were. */
  readonly connections: number;
  /** The authentication methods that clients tried, in order: `publickey`, `password`, … */
  readonly offers: readonly string[];
  /** Closes every connection. */
  drop(): void;
  close(): Promise<void>;
}

/** An SSH server in this process that runs commands with /bin/sh, so that specs need no sshd. */
export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const { authenticate = ({ method }) => method === 'publickey', methods = ['publickey'] } = options;
  const offers: string[] = [];
  const sockets = new Set<Socket>();
  const children = new Set<number>();
  const server = new ssh2.Server({ hostKeys: [...options.hostKeys] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (context) => {
      offers.push(context.method);
      const allowed = authenticate(context);
      if (allowed) context.accept();
      else if (allowed === false) context.reject([...methods]);
    });
    serveSessions(client, options.maxSessions ?? 10, children);
  });
  const net = (server as unknown as { _srv: NetServer })._srv;
  let connections = 0;
  net.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    offers,
    drop,
    async close() {
      drop();
      for (const pid of children) endGroup(pid);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function serveSessions(client: Connection, maxSessions: number, children: Set<number>): void {
  let open = 0;
  client.on('session', (accept, reject) => {
    if (open >= maxSessions) return reject();
    open += 1;
    const session = accept();
    session.on('close', () => {
      open -= 1;
    });
    session.on('exec', (acceptExec, _reject, { command }) => serveCommand(acceptExec(), command, children));
  });
}

function serveCommand(channel: ServerChannel, command: string, children: Set<number>): void {
  const child = spawn('/bin/sh', ['-c', command], { stdio: 'pipe', detached: true });
  const { pid = 0 } = child;
  children.add(pid);
  channel.on('error', () => {});
  child.stdin.on('error', () => channel.resume());
  channel.pipe(child.stdin);
  channel.on('close', () => {
    if (children.has(pid)) endGroup(pid);
  });
  child.stdout.on('data', (chunk) => channel.write(chunk));
  child.stderr.on('data', (chunk) => channel.stderr.write(chunk));
  child.on('close', (code, signal) => {
    children.delete(pid);
    if (code === null) channel.exit((signal ?? 'KILL').replace(/^SIG/, ''));
    else channel.exit(code);
    channel.end();
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
