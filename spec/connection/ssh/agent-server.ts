import { createServer } from 'node:net';
import { join } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import type { SpecKey } from '../keys.ts';

/** An ssh-agent in this process. Keys in `stubborn` are listed, but it won't sign with them. */
export async function startAgent(dir: string, keys: readonly SpecKey[], stubborn: readonly SpecKey[] = []) {
  const held = keys.map(({ pem }) => ssh2.utils.parseKey(pem)).filter((key) => !(key instanceof Error));
  const refused = (key: ParsedKey) => stubborn.some(({ blob }) => blob.equals(key.getPublicSSH()));
  const server = createServer((socket) => {
    const agent = new ssh2.AgentProtocol(false);
    agent.on('identities', (request) => agent.getIdentitiesReply(request, held));
    agent.on('sign', (request, publicKey, data, options) => {
      const key = held.find((own) => own.equals(publicKey));
      if (!key || refused(key)) agent.failureReply(request);
      else agent.signReply(request, key.sign(data, options.hash));
    });
    socket.on('error', () => {});
    socket.pipe(agent).pipe(socket);
  });
  const path = join(dir, 'agent');
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return { path, close: () => new Promise((resolve) => server.close(resolve)) };
}
