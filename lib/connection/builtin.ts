import type { ConnectionType } from './definition.ts';
import { labConnection } from './types/lab.ts';
import { localConnection } from './types/local.ts';
import { sshConnection } from './types/ssh.ts';

/** The connections that every run knows. */
export const builtinConnections: readonly ConnectionType[] = [sshConnection, localConnection, labConnection];
