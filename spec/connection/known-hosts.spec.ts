import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compareKey,
  fingerprint,
  keyType,
  knownName,
  lookup,
  parseKnownHosts,
} from '../../lib/connection/known-hosts.ts';

// Created, hashed and fingerprinted with ssh-keygen.
const ONE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxujND1ln9AqOCXiUKJkKtIhca1EsfYLZm0NymNnkZI';
const TWO = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG9KxUGH9I+vAKPMJf7rOp/WNXSVcFxRFQZ+F8BIIlvn';
const ECDSA =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNNJ3hIjHWBXXX2hAuWKNq1j/LlsStqCMpAwzTa/nBubq1sFT9xXMYUSOwRehXN0WBGDq4GXfwsgyBWbnHtb5aU=';
const HASHED = [
  `|1|iorOxgr+M4g/HOJlmO4r0+j3FUA=|qs9gPSp3m0bA+2WLDx3VIMnE8xI= ${ONE}`,
  `|1|bz1NwOfaFWTXnWFSdA6sB+zKV14=|9VsR+BZ1C6Io/90uT+nBjBCZlzg= ${TWO}`,
];

const blob = (line: string) => Buffer.from(line.split(' ')[1] ?? '', 'base64');

describe('known hosts', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ts-play-known-'));
  });
  after(() => rm(dir, { recursive: true }));

  /** The line numbers of the entries for a name. */
  async function linesFor(lines: readonly string[], names: string | readonly string[], port = 22) {
    const file = join(dir, 'known_hosts');
    await writeFile(file, `${lines.join('\n')}\n`);
    return (await lookup([file, join(dir, 'missing')], names, port)).map(({ line }) => line);
  }

  it('prints fingerprints as ssh-keygen does', () => {
    assert.equal(fingerprint(blob(ONE)), 'SHA256:y5kMdiIGcFegdjSYEunqsOrexZmLaetfM65AHD8C1ms');
    assert.equal(keyType(blob(ECDSA)), 'ecdsa-sha2-nistp256');
    assert.equal(keyType(Buffer.from('nonsense')), undefined);
  });

  it('skips comments, certificates and malformed lines', () => {
    const text = [
      '# a comment',
      '',
      `   web1   ${ONE}   a comment at the end`,
      `@cert-authority *.example.com ${TWO}`,
      'web2 ssh-ed25519 notbase64!!!',
      `web3 ssh-rsa ${ONE.split(' ')[1]}`,
      'web4 1024 35 123456789',
      'web5',
      `@revoked web6 ${TWO}\r`,
    ].join('\n');
    const read = parseKnownHosts(text, 'f').map(({ names, line, revoked }) => [names, line, revoked]);
    assert.deepEqual(read, [
      ['web1', 3, false],
      ['web6', 9, true],
    ]);
  });

  it('finds plain names, also in lists and with different case', async () => {
    const lines = [`web1 ${ONE}`, `other,WEB1,10.0.0.1 ${TWO}`, `web11 ${ONE}`];
    assert.deepEqual(await linesFor(lines, 'Web1'), [1, 2]);
    assert.deepEqual(await linesFor(lines, '10.0.0.1'), [2]);
    assert.deepEqual(await linesFor(lines, ['10.0.0.1', 'web11']), [2, 3]);
    assert.deepEqual(await linesFor(lines, 'web'), []);
  });

  it('finds wildcards, except for excluded names', async () => {
    const lines = [`*.example.com,!bad.example.com ${ONE}`, `web? ${TWO}`, `10.0.*.1 ${ONE}`];
    assert.deepEqual(await linesFor(lines, 'a.example.com'), [1]);
    assert.deepEqual(await linesFor(lines, 'bad.example.com'), []);
    assert.deepEqual(await linesFor(lines, 'web7'), [2]);
    assert.deepEqual(await linesFor(lines, 'web77'), []);
    assert.deepEqual(await linesFor(lines, '10.0.9.1'), [3]);
    assert.deepEqual(await linesFor(lines, '10x0.9.1'), []);
  });

  it('finds hashed names', async () => {
    assert.deepEqual(await linesFor(HASHED, 'web1.EXAMPLE.com'), [1]);
    assert.deepEqual(await linesFor(HASHED, '10.0.0.7', 2222), [2]);
    assert.deepEqual(await linesFor(HASHED, '10.0.0.7'), []);
  });

  it('matches only [host]:port for other ports, and only plain names for 22', async () => {
    const lines = [`web1 ${ONE}`, `[web1]:2222 ${TWO}`, `[*]:2200 ${ONE}`];
    assert.deepEqual(await linesFor(lines, 'web1'), [1]);
    assert.deepEqual(await linesFor(lines, 'web1', 2222), [2]);
    assert.deepEqual(await linesFor(lines, 'web1', 2200), [3]);
    assert.deepEqual(await linesFor(lines, 'web1', 2201), []);
    assert.equal(knownName('::1', 2222), '[::1]:2222');
  });

  it('reports a file that it can not read', async () => {
    await assert.rejects(lookup([dir], 'web1', 22), { code: 'EISDIR' });
  });

  it('compares a presented key with the known ones', () => {
    const known = (...lines: string[]) => parseKnownHosts(lines.join('\n'), 'f');
    const verdict = (lines: string[], key: string) => compareKey(known(...lines), blob(key));
    assert.equal(verdict([`h ${TWO}`, `h ${ONE}`], ONE).verdict, 'match');
    assert.equal(verdict([], ONE).verdict, 'unknown');
    const changed = verdict([`h ${ECDSA}`, `h ${TWO}`], ONE);
    assert.deepEqual(changed.verdict === 'changed' && changed.known.line, 2);
    const other = verdict([`h ${ECDSA}`], ONE);
    assert.deepEqual(other.verdict === 'unknown' && other.others.map(({ line }) => line), [1]);
    assert.equal(verdict([`h ${ONE}`, `@revoked h ${ONE}`], ONE).verdict, 'revoked');
    assert.equal(verdict([`@revoked h ${TWO}`], ONE).verdict, 'unknown');
  });
});
