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

/** The user `nobody` of most systems. */
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
  /** Fingerprints and method names, in the order they came. */
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

  it('says which keys were tried and what the host takes', async () => {
    const { kind, what, where, why, next } = await failure(['bad', 'third', 'nowhere']);
    assert.equal(kind, 'unreachable');
    assert.equal(what, 'web1 does not let root log in');
    assert.equal(where.host, 'web1');
    for (const part of [
      `tried ${join(dir, 'bad')} ${fingerprint(bad.blob)}`,
      `tried ${join(dir, 'third')} ${fingerprint(third.blob)}`,
      `${join(dir, 'nowhere')} does not exist`,
      'the host takes: publickey, password',
    ]) {
      assert.ok(why?.includes(part), why);
    }
    assert.ok(next?.includes(`ssh-copy-id -p ${server.port} root@127.0.0.1`), next);
    assert.equal(server.connections > 0, true);
  });

  it('never tries again after a refused login', async () => {
    const before = server.connections;
    await failure(['bad']);
    assert.equal(server.connections, before + 1);
  });

  it('says what is wrong with each key when there is nothing to log in with', async () => {
    await writeFile(join(dir, 'rubbish'), 'rubbish');
    await writeFile(join(dir, 'public'), good.line);
    const { what, why } = await failure(['locked', 'rubbish', 'public', 'nowhere']);
    assert.equal(what, 'there is no key to log in to web1 with');
    assert.match(why ?? '', /locked is encrypted and no passphrase is given/);
    assert.match(why ?? '', /rubbish is not a private key that can be used/);
    assert.match(why ?? '', /public holds a public key only/);
    assert.deepEqual(seen, []);
  });

  it('says so when a key may not be read', async () => {
    await chmod(dir, 0o755);
    await chmod(join(dir, 'good'), 0);
    const isRoot = process.getuid?.() === 0;
    // To root no file is closed.
    if (isRoot) process.seteuid?.(NOBODY);
    const { why } = await failure(['good']).finally(() => isRoot && process.seteuid?.(0));
    assert.match(why ?? '', /may not be read/);
  });

  it('opens an encrypted key with its passphrase', async () => {
    allowed = [locked];
    await connects(['locked'], { passphrase: secret('open sesame') });
    const wrong = await failure(['locked'], { passphrase: secret('close sesame') });
    assert.match(wrong.why ?? '', /encrypted with another passphrase/);
    assert.ok(!formatError(wrong).includes('sesame'));
  });

  it('offers a password last, and only when it is given', async () => {
    password = 'hunter2';
    await connects(['bad'], { password: secret('hunter2') });
    assert.deepEqual(seen, [...prints(bad), 'password']);
    seen = [];
    await failure(['bad']);
    assert.deepEqual(seen, prints(bad));
  });

  it('keeps a wrong password to itself', async () => {
    const error = await failure([], { password: secret('hunter3') });
    assert.ok(!formatError(error).includes('hunter3'));
    assert.match(error.why ?? '', /tried the password/);
  });

  it('answers a host that asks for the password itself', async () => {
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
    await assert.rejects(connects([], { port: asking.port, password: secret('no') }), /does not let root/);
    await asking.close();
  });

  describe('with an agent', () => {
    let agent: Awaited<ReturnType<typeof startAgent>>;
    afterEach(() => agent.close());

    it('tries the agent’s keys first, those that were named before the others', async () => {
      agent = await startAgent(dir, [bad, third, rsa]);
      await connects(['good', 'third'], { agent: agent.path });
      assert.deepEqual(seen, prints(third, bad, rsa, good));
    });

    it('logs in by the agent', async () => {
      agent = await startAgent(dir, [bad, good]);
      await connects([], { agent: agent.path });
      assert.deepEqual(seen, prints(bad, good));
    });

    it('keeps to the named keys when asked to', async () => {
      agent = await startAgent(dir, [bad, third, rsa]);
      await connects(['third', 'good'], { agent: agent.path, identitiesOnly: true });
      assert.deepEqual(seen, prints(third, good));
    });

    it('uses an encrypted key through the agent', async () => {
      allowed = [locked];
      agent = await startAgent(dir, [bad, locked]);
      await connects(['locked'], { agent: agent.path });
      // By its public half the agent's key is known to be the named one, which comes first.
      await writeFile(join(dir, 'locked.pub'), locked.line);
      await connects(['locked'], { agent: agent.path });
      assert.deepEqual(seen, prints(bad, locked, locked));
    });

    it('goes on without a key that the agent won’t sign with', async () => {
      allowed = [bad, good];
      agent = await startAgent(dir, [bad, rsa], [bad]);
      await connects(['good'], { agent: agent.path });
    });

    it('goes on without an agent that isn’t there', async () => {
      agent = await startAgent(dir, []);
      await connects(['good'], { agent: join(dir, 'nowhere') });
      assert.match((await failure(['bad'], { agent: join(dir, 'nowhere') })).why ?? '', /can't be asked/);
      assert.match((await failure(['bad'], { agent: agent.path })).why ?? '', /holds no key/);
    });
  });
});
