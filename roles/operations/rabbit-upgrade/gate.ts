import type { Gate } from '../../../lib/index.ts';
import { compareVersions, plainVersion } from '../../domain/rabbitmq/rules/versions.ts';
import { askFlags, type Flags } from './flags.ts';
import { askOffer, chosen } from './packages.ts';
import { pathProblem } from './path.ts';

/** There is a way from every node's version to the wanted one, and the cluster is ready for it. */
export function canUpgrade(packageName: string, version: string | undefined): Gate {
  return {
    name: 'the way to the new version is open',
    at: ['before'],
    async check({ playHosts, query }) {
      const [offers, flags] = await Promise.all([
        query(playHosts, askOffer(packageName)),
        query(playHosts, askFlags),
      ]);
      const reasons: string[] = [];
      let next: string | undefined;
      for (const [host, offer] of offers) {
        const target = chosen(offer, version);
        if (target === undefined) {
          reasons.push(
            `${host} is offered no ${version}: it has ${offer.installed}, and its lists ${offer.available.join(', ') || 'nothing'}; add the repository that has it, then: apt-get update`,
          );
        } else if (target !== offer.installed) {
          next = plainVersion(target);
          const problem = pathProblem(offer.installed, target);
          if (problem !== undefined) reasons.push(`${host}: ${problem}`);
        }
      }
      const known = [...flags.values()].find((each) => each !== undefined);
      if (next === undefined || known === undefined) return reasons;
      return [...new Set([...reasons, ...unready(known, next)])];
    },
  };
}

/** What has to be done before a cluster goes to a new version. */
export function unready({ disabled, versions, khepri, mirrored }: Flags, to: string): readonly string[] {
  const from = versions[0] ?? to;
  const into4 = compareVersions(to, '4') >= 0 && compareVersions(from, '4') < 0;
  return [
    // With mixed versions the upgrade is under way already, and new flags wait for its end.
    ...(disabled.length > 0 && versions.length === 1
      ? [
          `feature flags are not enabled: ${disabled.join(', ')}; do so first: rabbitmqctl enable_feature_flag all`,
        ]
      : []),
    ...(into4 && khepri
      ? [`${from} with Khepri can't become ${to}: move to a new cluster instead, for instance with shovels`]
      : []),
    ...(into4 && mirrored.length > 0
      ? [
          `${to} knows no mirrored queues, and these would be on one node only: ${mirrored.join(', ')}; make them quorum queues first`,
        ]
      : []),
  ];
}
