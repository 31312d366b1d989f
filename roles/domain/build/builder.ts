/** A host that could make a build. */
export interface Candidate {
  readonly name: string;
  /** It has the archive already. */
  readonly artifact: boolean;
  /** It has the build installed, and whole. */
  readonly installed: boolean;
}

/** Who makes a build, and how: `ready` needs nothing done, `pack` archives what is installed there. */
export interface Builder {
  readonly host: string;
  readonly how: 'ready' | 'pack' | 'compile';
}

/** The host with the least work to do; of equals the first. Undefined when there is none at all. */
export function chooseBuilder(candidates: readonly Candidate[]): Builder | undefined {
  const ready = candidates.find(({ artifact }) => artifact);
  if (ready) return { host: ready.name, how: 'ready' };
  const packer = candidates.find(({ installed }) => installed);
  if (packer) return { host: packer.name, how: 'pack' };
  const [first] = candidates;
  return first && { host: first.name, how: 'compile' };
}
