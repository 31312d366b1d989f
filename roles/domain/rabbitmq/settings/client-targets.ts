import { type HostView, type Value, withoutTemplates } from '../../../../lib/index.ts';

/** Where the inventory says that clients connect to. */
export interface ClientTarget {
  /** The inventory's host whose variable says so. */
  readonly host: string;
  readonly variable: string;
  readonly port: number;
  /** The URL's host; missing for a variable that is a port alone. */
  readonly address?: string;
  /** The URL's user. */
  readonly user?: string;
}

/** Variables whose value is the port that clients use, or a list of such. */
export const PORT_VARIABLES: readonly string[] = ['client_port', 'amqp_port'];

/** The ports in {@link PORT_VARIABLES}, and every `amqp://` or `amqps://` URL in whatever variable. */
export function clientTargets(hosts: readonly HostView[]): readonly ClientTarget[] {
  return hosts.flatMap(({ name: host, inventoryVars }) =>
    Object.entries(withoutTemplates(inventoryVars)).flatMap(([variable, value]) => {
      const ports = PORT_VARIABLES.includes(variable) ? [value].flat().map(Number) : [];
      return [
        ...ports.filter((port) => Number.isInteger(port)).map((port) => ({ host, variable, port })),
        ...texts(value).flatMap((text) => urls(text).map((url) => ({ host, variable, ...url }))),
      ];
    }),
  );
}

function texts(value: Value): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

function urls(text: string): readonly Pick<ClientTarget, 'address' | 'port' | 'user'>[] {
  return (text.match(/\bamqps?:\/\/[^\s"'<>]+/g) ?? []).flatMap((found) => {
    const url = URL.canParse(found) ? new URL(found) : undefined;
    if (!url?.hostname) return [];
    const standard = url.protocol === 'amqps:' ? 5671 : 5672;
    return [
      {
        address: url.hostname.replace(/^\[|\]$/g, ''),
        port: Number(url.port) || standard,
        // Without credentials clients log in as guest.
        user: url.username === '' ? 'guest' : decodeURIComponent(url.username),
      },
    ];
  });
}
