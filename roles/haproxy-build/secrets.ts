import { type Secret, secret } from '../../lib/index.ts';

/** users.cfg: who may see the stats page. */
export function haproxyUsers(user: string, password: Secret): Secret {
  return secret(`# Written by ts-play (role haproxy-build): changes made here are lost.
userlist stats
    user ${user} insecure-password ${configWord(password.reveal())}
`);
}

/** Text as one word of HAProxy's configuration. */
export function configWord(text: string): string {
  return text.replaceAll(/[\s"'#\\]/g, (character) => `\\${character}`);
}
