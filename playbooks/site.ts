import { definePlaybook } from 'ts-play';
import { erlangCookie } from 'ts-play/roles/erlang-cookie';
import { haPolicy } from 'ts-play/roles/ha-policy';
import { haproxyBuild } from 'ts-play/roles/haproxy-build';
import { keepalivedBuild } from 'ts-play/roles/keepalived-build';
import { rabbitConfig } from 'ts-play/roles/rabbit-config';
import { oneCluster, rabbitJoin } from 'ts-play/roles/rabbit-join';

/** A highly available RabbitMQ: brokers in one cluster, proxies in front, a virtual IP that is always somewhere. */
export default definePlaybook({
  name: 'site',
  // Nobody may join, leave or roll meanwhile: what is drained or stopped for a moment would be mended here.
  lock: { name: 'rabbitmq', hosts: 'brokers' },
  plays: [
    {
      name: 'brokers',
      hosts: 'brokers',
      become: true,
      // Before the first change all brokers are looked at together; the proxies count on what comes of it.
      gates: oneCluster,
      anyErrorsFatal: true,
      // Leaves rabbitmq.conf alone unless the inventory asks for something in it.
      roles: [erlangCookie(), rabbitConfig(), rabbitJoin(), haPolicy()],
    },
    {
      name: 'proxies',
      hosts: 'proxies',
      become: true,
      roles: [haproxyBuild(), keepalivedBuild()],
    },
  ],
});
