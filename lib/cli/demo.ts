/** Builds the cluster on the lab, twice, and shows what stands. @returns the exit code */
export async function demo(_lab: string): Promise<number> {
  return 1;
}
