import { definePlaybook } from 'ts-play';
import { rabbitStatus } from 'ts-play/roles/rabbit-status';

/** The cluster on one screen: `ts-play playbooks/status.ts -i …`, for programs with `--output json`. */
export default definePlaybook({
  name: 'status',
  plays: [{ name: 'status', hosts: 'brokers', become: true, roles: [rabbitStatus()] }],
});
