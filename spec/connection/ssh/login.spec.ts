import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthContext } from 'ssh2';
import { fingerprint } from '../../../lib/connection/known-hosts.ts';
import { connectSsh, type SshTarget } from '../../../lib/connection/ssh.ts';
import { formatError, type PlayError } from '../../../lib/util/errors.ts';
import { secret } from '../../../lib/util/secret.ts';
import { newKey, type SpecKey } from '../keys.ts';
import { type SshServer, startSshServer } from '../ssh-server.ts';
import { startAgent } from './agent-server.ts';
import { loopback } from './loopback.ts';

/** The uid of the user `nobody` on most systems. */
const NOBODY = 65534;

describe('login', () => {
  const hostKey = newKey();
  const [good, bad, third] = [newKey(), newKey(), newKey()];
  const rsa = newKey('rsa');
  const locked = newKey('ed25519', 'open sesame');
  let server: SshServer;
  let dir: string;
  let allowed: readonly SpecKey[];
  let password: string | undefined;
  let methods: ('publickey' | 'password' | 'keyboard-interactive')[];
  /** Fingerprints and method names, in the order of the attempts. */
  let seen: string[];

  function authenticate(context: AuthContext): boolean {
    if (context.method === 'publickey') {
      const offered = context.key.data;
      if (context.signature === undefined) seen.push(fingerprint(offered));
      return allowed.some(({ blob }) => blob.equals(offered));
    }
    seen.push(context.method);
    if (!(methods as string[]).includes(context.method)) return false;
    return context.method === 'password' && context.password === password;
  }

  before(async () => {
    methods = ['publickey', 'password'];
    server = await startSshServer({ hostKeys: [hostKey.pem], authenticate, methods });
  });
  after(() => server.close());
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ts-play-login-'));
    await writeFile(join(dir, 'known_hosts'), `[127.0.0.1]:${server.port} ${hostKey.line}\n`);
    for (const [file, key] of Object.entries({ good, bad, third, rsa, locked })) {
      await writeFile(join(dir, file), key.pem);
    }
    allowed = [good];
    password = undefined;
    seen = [];
  });
  afterEach(() => rm(dir, { recursive: true }));

  const connects = async (files: readonly string[], rest: Partial<SshTarget> = {}) => {
    const connection = await connectSsh(
      loopback(server.port, {
        privateKeyFiles: files.map((file) => join(dir, file)),
        knownHostsFiles: [join(dir, 'known_hosts')],
        ...rest,
      }),
    );
    await connection.close();
  };
  const failure = (files: readonly string[], rest: Partial<SshTarget> = {}): Promise<PlayError> =>
    connects(files, rest).then(
      () => assert.fail('logged in'),
      (error) => error,
    );
  const prints = (...keys: SpecKey[]) => keys.map(({ blob }) => fingerprint(blob));

  it('tries the key files in order', async () => {
    await connects(['bad', 'good', 'third']);
    assert.deepEqual(seen, prints(bad, good));
  });

  it('uses RSA keys with SHA-2', async () => {
    allowed = [rsa];
    await connects(['rsa']);
  });

  it('reports which keys were tried and what the host accepts', async () => {
    const { kind, what, where, why, next } = await failure(['bad', 'third', 'nowhere']);
    assert.equal(kind, 'unreachable');
    assert.equal(what, 'web1 refused the login of root');
    assert.equal(where.host, 'web1');
    for (const part of [
      `tried ${join(dir, 'bad')} ${fingerprint(bad.blob)}`,
      `tried ${join(dir, 'third')} ${fingerprint(third.blob)}`,
      `${join(dir, 'nowhere')} does not exist`,
      'the host accepts: publickey, password',
    ]) {
      assert.ok(why?.includes(part), why);
    }
    assert.ok(next?.includes(`ssh-copy-id -p ${server.port} root@127.0.0.1`), next);
    assert.equal(server.connections > 0, true);
  });

  it('does not try again after a refused login', async () => {
    const before = server.connections;
    await failure(['bad']);
    assert.equal(server.connections, before + 1);
  });

  it('reports the problem with each key when there is no usable one', async () => {
    await writeFile(join(dir, 'rubbish'), 'rubbish');
    await writeFile(join(dir, 'public'), good.line);
    const { what, why } = await failure(['locked', 'rubbish', 'public', 'nowhere']);
    assert.equal(what, 'no key or password to log in to web1');
    assert.match(why ?? '', /locked is encrypted, but no passphrase is set/);
    assert.match(why ?? '', /rubbish is not a usable private key/);
    assert.match(why ?? '', /public contains only a public key/);
    assert.deepEqual(seen, []);
  });

  it('reports a key that the user can not read', async () => {
    await chmod(dir, 0o755);
    await chmod(join(dir, 'good'), 0);
    const isRoot = process.getuid?.() === 0;
    // Root can read every file.
    if (isRoot) process.seteuid?.(NOBODY);
    const { why } = await failure(['good']).finally(() => isRoot && process.seteuid?.(0));
    assert.match(why ?? '', /can't be read by the user/);
  });

  it('opens an encrypted key with its passphrase', async () => {
    allowed = [locked];
    await connects(['locked'], { passphrase: secret('open sesame') });
    const wrong = await failure(['locked'], { passphrase: secret('close sesame') });
    assert.match(wrong.why ?? '', /encrypted with a different passphrase/);
    assert.ok(!formatError(wrong).includes('sesame'));
  });

  it('offers a password last, and only when one is set', async () => {
    password = 'hunter2';
    await connects(['bad'], { password: secret('hunter2') });
    assert.deepEqual(seen, [...prints(bad), 'password']);
    seen = [];
    await failure(['bad']);
    assert.deepEqual(seen, prints(bad));
  });

  it('does not show a wrong password', async () => {
    const error = await failure([], { password: secret('hunter3') });
    assert.ok(!formatError(error).includes('hunter3'));
    assert.match(error.why ?? '', /tried the password/);
  });

  it('answers a host that asks for the password with keyboard-interactive', async () => {
    const asking = await startSshServer({
      hostKeys: [hostKey.pem],
      methods: ['keyboard-interactive'],
      authenticate: (context) => {
        if (context.method !== 'keyboard-interactive') return false;
        context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
          if (answers[0] === 'hunter2') context.accept();
          else context.reject(['keyboard-interactive']);
        });
        return undefined;
      },
    });
    await writeFile(join(dir, 'known_hosts'), `[127.0.0.1]:${asking.port} ${hostKey.line}\n`);
    await connects([], { port: asking.port, password: secret('hunter2') });
    await assert.rejects(
      connects([], { port: asking.port, password: secret('no') }),
      /refused the login of root/,
    );
    await asking.close();
  });

  describe('with an agent', () => {
    let agent: Awaited<ReturnType<typeof startAgent>>;
    afterEach(() => agent.close());

    it('tries the agent’s keys first, beginning with those that are also among the files', async () => {
      agent = await startAgent(dir, [bad, third, rsa]);
      await connects(['good', 'third'], { agent: agent.path });
      assert.deepEqual(seen, prints(third, bad, rsa, good));
    });

    it('logs in with the agent', async () => {
      agent = await startAgent(dir, [bad, good]);
      await connects([], { agent: agent.path });
      assert.deepEqual(seen, prints(bad, good));
    });

    it('uses only the keys among the files with IdentitiesOnly', async () => {
      agent = await startAgent(dir, [bad, third, rsa]);
      await connects(['third', 'good'], { agent: agent.path, identitiesOnly: true });
      assert.deepEqual(seen, prints(third, good));
    });

    it('uses an encrypted key through the agent', async () => {
      allowed = [locked];
      agent = await startAgent(dir, [bad, locked]);
      await connects(['locked'], { agent: agent.path });
      // The .pub file identifies the agent's key as the one among the files, so it comes first.
      await writeFile(join(dir, 'locked.pub'), locked.line);
      await connects(['locked'], { agent: agent.path });
      assert.deepEqual(seen, prints(bad, locked, locked));
    });

    it('continues without a key that the agent refuses to sign with', async () => {
      allowed = [bad, good];
      agent = await startAgent(dir, [bad, rsa], [bad]);
      await connects(['good'], { agent: agent.path });
    });

    it('continues without an agent that does not answer', async () => {
      agent = await startAgent(dir, []);
      await connects(['good'], { agent: join(dir, 'nowhere') });
      assert.match((await failure(['bad'], { agent: join(dir, 'nowhere') })).why ?? '', /does not answer/);
      assert.match((await failure(['bad'], { agent: agent.path })).why ?? '', /has no keys/);
    });
  });
});
