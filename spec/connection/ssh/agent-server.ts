import { createServer } from 'node:net';
import { join } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import type { SpecKey } from '../keys.ts';

/** An ssh-agent in this process. It lists the keys in `stubborn`, but refuses to sign with them. */
export async function startAgent(dir: string, keys: readonly SpecKey[], stubborn: readonly SpecKey[] = []) {
  const held = keys.map(({ pem, passphrase }) => {
    const key = ssh2.utils.parseKey(pem, passphrase);
    if (key instanceof Error) throw key;
    return key;
  });
  const publicly = (key: ParsedKey | Buffer | string) => {
    const parsed = ssh2.utils.parseKey(key);
    return parsed instanceof Error ? undefined : parsed.getPublicSSH().toString('base64');
  };
  const refused = new Set(stubborn.map(({ blob }) => blob.toString('base64')));
  const server = createServer((socket) => {
    const agent = new ssh2.AgentProtocol(false);
    agent.on('identities', (request) => agent.getIdentitiesReply(request, held));
    agent.on('sign', (request, publicKey, data, options) => {
      const asked = publicly(publicKey);
      const key = held.find((own) => publicly(own) === asked);
      if (!key || !asked || refused.has(asked)) agent.failureReply(request);
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
