import { type Script, sh, type Task, until } from '../../../../lib/index.ts';
import { askServers, type Server, serverClaim, serversOf, setServer } from '../../haproxy/facts/servers.ts';
import { BACKEND, serverName } from '../../haproxy/names.ts';
import type { Component } from './out-of-service.ts';

// A HAProxy that does not run has no clients to send, and forgets what it was told.
const probe = sh`( ${askServers(BACKEND)} ) 2>/dev/null || :`;

/** A broker behind a proxy: drained, it gets no new connections there. Its tasks run on the proxy. */
export function serverBehind(broker: string): Component {
  const set = (state: Server['state']): Script =>
    sh`( ${setServer(BACKEND, broker, state)} ) || [ $? -eq 69 ]`;
  return {
    id: `server-${serverName(broker)}`,
    title: `${serverName(broker)} behind HAProxy`,
    claims: serverClaim(broker, 'drain'),
    probe,
    read(text) {
      const server = serverIn(text, broker);
      if (server === undefined) return 'none';
      return server.state === 'ready' ? 'in' : 'out';
    },
    remove: set('drain'),
    restore: set('ready'),
  };
}

/** Waits until a proxy would send clients to the broker, or has none to send. */
export function seenUp(broker: string, proxy: string): Task {
  return until(
    {
      that: `the HAProxy of ${proxy} sees ${broker} up`,
      probe,
      holds({ stdout }) {
        const server = serverIn(stdout, broker);
        if (server === undefined || (server.up && server.state === 'ready')) return true;
        return `it is ${server.up ? 'up' : 'not up'}, and set to ${server.state}`;
      },
      within: 120,
    },
    { on: proxy },
  );
}

/** Undefined where HAProxy doesn't run or doesn't have it. */
function serverIn(text: string, broker: string): Server | undefined {
  return text.trim() === '' ? undefined : serversOf(broker, { code: 0, stdout: text, stderr: '' })[0];
}
