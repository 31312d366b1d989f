import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PlayError, type Secret, secret, type ValidateContext } from '../../lib/index.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';

/**
 * Certificate, chain and key of the port with TLS, as one PEM text; undefined when there is no such port.
 * @throws PlayError `input` when they can't be read, or the key is not the certificate's
 */
export function certificateOf(
  vars: HaproxyVars,
  { designOnly = false }: Pick<ValidateContext, 'designOnly'> = {},
): Secret | undefined {
  const { haproxy_tls_port: port, haproxy_tls_pem: text, haproxy_tls_pem_file: path } = vars;
  if (port === undefined) {
    if (text === undefined && path === undefined && !vars.haproxy_tls_only) return undefined;
    throw mistake('there is something to serve TLS with, and no haproxy_tls_port to serve it on');
  }
  if (text !== undefined && path === undefined) return pairIn(text.reveal(), 'haproxy_tls_pem');
  if (text === undefined && path !== undefined)
    return designOnly ? undefined : pairIn(read(path), `haproxy_tls_pem_file ${path}`);
  throw mistake('haproxy_tls_port needs either haproxy_tls_pem or haproxy_tls_pem_file');
}

function pairIn(pem: string, from: string): Secret {
  requirePair(pem, from);
  return secret(pem.endsWith('\n') ? pem : `${pem}\n`);
}

function read(path: string): string {
  try {
    return readFileSync(resolve(path), 'utf8');
  } catch (cause) {
    throw new PlayError({
      kind: 'input',
      what: `haproxy_tls_pem_file names a file that can't be read on this machine: ${resolve(path)}`,
      why: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

function requirePair(pem: string, from: string): void {
  const certificate = attempt(() => new X509Certificate(pem));
  if (certificate === undefined) throw mistake(`${from} holds no certificate in PEM`);
  const [key] = /-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----[\s\S]+?-----END \1-----/.exec(pem) ?? [];
  const own = key === undefined ? undefined : attempt(() => createPrivateKey(key));
  if (own === undefined) throw mistake(`${from} holds no private key in PEM that needs no password`);
  if (!certificate.checkPrivateKey(own)) {
    throw mistake(`the private key in ${from} is not that of its first certificate`);
  }
}

/** What went wrong is not told: it could show a part of the key. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function mistake(what: string): PlayError {
  return new PlayError({ kind: 'input', what });
}
