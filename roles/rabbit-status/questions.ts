import { defineFact, type Fact, sh } from '../../lib/index.ts';
import { fieldsOf } from '../domain/fields.ts';
import { BROKER_HOME } from '../domain/rabbitmq/scripts/commands.ts';

/** What a broker's host says beside its broker. */
export interface BrokerHost {
  /** systemd's word for the unit, as in `active`. */
  readonly unit: string;
  /** As in `400 rabbitmq rabbitmq`; undefined without a cookie. */
  readonly cookieAccess: string | undefined;
  /** The first digits of the cookie's sha256; undefined without a cookie. */
  readonly cookieHash: string | undefined;
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
c=${certificate ?? []}
if [ -n "$c" ] && command -v openssl >/dev/null; then
  echo "ends=$(openssl x509 -noout -enddate -in "$c" 2>/dev/null | cut -d= -f2)"
fi`,
    parse({ stdout }) {
      const fields = fieldsOf(stdout);
      return {
        unit: fields.get('unit') || 'none',
        cookieAccess: fields.get('access'),
        cookieHash: fields.get('hash'),
        certificateEnds: fields.get('ends') || undefined,
      };
    },
  });
}
