/** All node names in an Erlang term such as `{[rabbit@a,'rabbit@b-c'],[rabbit@a]}.`, each once. */
export function nodeNames(term: string | undefined): readonly string[] {
  const found = term?.matchAll(/[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+?(?=[',\]}]|$)/g) ?? [];
  return [...new Set([...found].map(([name]) => name))];
}

/** The part of a node's name after the `@`. */
export function hostOfNode(node: string): string {
  return node.slice(node.indexOf('@') + 1);
}

/** Whether a node's name is that of a host, by the part before the first dot: `rabbit@mq1` and `mq1.example.org`. */
export function isOnHost(node: string, host: string): boolean {
  return firstLabel(hostOfNode(node)) === firstLabel(host);
}

function firstLabel(name: string): string {
  return name.replace(/\..*/s, '');
}
