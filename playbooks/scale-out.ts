import { defineParametricPlaybook, moveHost } from 'ts-play';
import { inventoryPlay, rabbitGrow, readyToGrow } from 'ts-play/operations/rabbit-grow';
import { erlangCookie } from 'ts-play/roles/erlang-cookie';
import { haPolicy } from 'ts-play/roles/ha-policy';
import { haproxyBuild } from 'ts-play/roles/haproxy-build';
import { rabbitConfig } from 'ts-play/roles/rabbit-config';
import { canJoin, oneCluster, rabbitJoin } from 'ts-play/roles/rabbit-join';

/**
 * A spare host becomes a broker: `ts-play playbooks/scale-out.ts -i INVENTORY --node HOST`. The inventory's file is
 * changed as soon as the cluster is found to be well; every later step can be killed, and a second run goes on from there.
 */
export default defineParametricPlaybook({
  name: 'scale-out',
  params: rabbitGrow.params,
  make({ params, inventory, write }) {
    const { node } = params;
    // Clients must not be sent to a node that did not join.
    const all = { become: true, anyErrorsFatal: true };
    const edit = moveHost(inventory, node, { from: 'spares', to: 'brokers' });
    return {
      inventory: edit.inventory,
      lock: { name: 'rabbitmq', hosts: 'brokers' },
      plays: [
        { name: 'before', hosts: 'brokers', ...all, gates: [readyToGrow(node), canJoin] },
        { ...inventoryPlay(edit, { write }), anyErrorsFatal: true },
        {
          name: 'brokers',
          hosts: 'brokers',
          ...all,
          gates: oneCluster,
          roles: [erlangCookie(), rabbitConfig(), rabbitJoin(), haPolicy()],
        },
        { name: 'queues', hosts: 'brokers', ...all, roles: [rabbitGrow(params)] },
        // Last: clients are only sent to a node that has its part of everything.
        { name: 'proxies', hosts: 'proxies', ...all, roles: [haproxyBuild()] },
      ],
    };
  },
});
