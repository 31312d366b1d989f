import { defineFact, defineRole, file, packages, Secret, sh } from '../../lib/index.ts';
import { askBroker } from '../domain/rabbitmq/facts/snapshot.ts';
import { cookieSettings } from '../domain/rabbitmq/settings/cookie.ts';
import { ableToBoot } from '../domain/rabbitmq/tasks/able-to-boot.ts';
import { chooseCookie, voters } from './choose.ts';
import { COOKIE_FILE, cookie } from './cookie.ts';
import { askMissing, earlyCookie } from './early.ts';

/** Reads the cookie a host holds; it goes nowhere but to the other hosts' stdin. */
const readCookie = defineFact({
  name: 'its Erlang cookie',
  script: sh`if [ -f ${COOKIE_FILE} ]; then cat ${COOKIE_FILE}; fi`,
  parse: ({ stdout }) => (stdout.trim() === '' ? undefined : new Secret(stdout.trim())),
});

/** One Erlang cookie on every node (section 2.1 of the tutorial). */
export const erlangCookie = defineRole({
  ...cookieSettings,
  description: 'One Erlang cookie on every node of the cluster.',
  validate(hosts, { playHosts }) {
    for (const {
      vars: { erlang_cookie_seed: seed },
    } of hosts) {
      if (seed !== undefined && !playHosts.some(({ name }) => name === seed)) {
        throw new Error(`erlang_cookie_seed names ${seed}, which is no host of this play`);
      }
    }
  },
  steps: [
    async ({ hosts, playHosts, query }) => {
      const [first] = playHosts;
      if (first === undefined) return () => [];
      const given = hosts.find(({ vars }) => vars.erlang_cookie)?.vars.erlang_cookie;
      const named = hosts[0]?.vars.erlang_cookie_seed;
      const choose = async () => {
        const [cookies, nodes] = await Promise.all([
          query(playHosts, readCookie),
          query(playHosts, askBroker),
        ]);
        const held = [...cookies].map(([host, its]) => ({ host, cookie: its }));
        return chooseCookie(voters(held, nodes, playHosts, named), named ?? first.name);
      };
      const [shared, missing] = await Promise.all([given ?? choose(), query(hosts, askMissing)]);
      return ({ name, vars }) => [
        // The cookie belongs to the broker's own account, which comes with it.
        ...(vars.erlang_install
          ? [
              ...(missing.get(name) ? [earlyCookie({ cookie: shared })] : []),
              packages({ names: vars.erlang_packages }),
            ]
          : []),
        cookie({ cookie: shared }),
        ...(vars.erlang_cookie_root
          ? [
              file({
                path: '/root/.erlang.cookie',
                content: shared,
                owner: 'root',
                group: 'root',
                mode: '0400',
              }),
            ]
          : []),
      ];
    },
    // Once its cookie is right: a wrong one may be what keeps it from booting.
    async (context) => {
      const first = await ableToBoot(context);
      return ({ name }) => first(name);
    },
  ],
});
