import { defineFact, type Fact, sh } from '../../lib/index.ts';
import { BROKER_HOME } from '../domain/rabbitmq/commands.ts';

/** What a broker's host says beside its broker. */
export interface BrokerHost {
  /** systemd's word for the unit, as in `active`. */
  readonly unit: string;
  /** As in `400 rabbitmq rabbitmq`; empty without a cookie. */
  readonly cookieAccess: string;
  /** The first digits of the cookie's sha256. */
  readonly cookieHash: string;
  /** When its certificate ends, as openssl says it; undefined without one. */
  readonly certificateEnds: string | undefined;
}

/** @param certificate path of the certificate that the broker shows its clients */
export function askBrokerHost(certificate: string | null): Fact<BrokerHost> {
  return defineFact({
    name: "the broker's host",
    fresh: true,
    script: sh`f=${`${BROKER_HOME}/.erlang.cookie`}
echo "unit=$(systemctl show -p ActiveState --value rabbitmq-server 2>/dev/null)"
if [ -f "$f" ]; then
  echo "access=$(stat -c '%a %U %G' "$f")"
  echo "hash=$(tr -d '\n' <"$f" | sha256sum | cut -c1-12)"
fi
c=${certificate ?? ''}
if [ -n "$c" ] && command -v openssl >/dev/null; then
  echo "ends=$(openssl x509 -noout -enddate -in "$c" 2>/dev/null | cut -d= -f2)"
fi`,
    parse({ stdout }) {
      const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
      return {
        unit: field('unit') || 'none',
        cookieAccess: field('access'),
        cookieHash: field('hash'),
        certificateEnds: field('ends') || undefined,
      };
    },
  });
}
