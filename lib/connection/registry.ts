import type { InventoryHost } from '../inventory/inventory.ts';
import { inputError } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';
import type { ConnectionDefaults, ConnectionType, Route } from './definition.ts';
import { judgeNames, NAMES } from './known-vars.ts';
import { VarReader } from './var-reader.ts';

/** The kinds of connection that a run knows, and the routes to its hosts. */
export class Connections {
  readonly #types = new Map<string, ConnectionType>();
  readonly #defaults: ConnectionDefaults;
  readonly #routes = new WeakMap<InventoryHost, Route>();

  /** @throws PlayError `input` for what is no connection, or when two have the same name */
  constructor(types: readonly ConnectionType[], defaults: ConnectionDefaults = {}) {
    this.#defaults = defaults;
    for (const type of new Set(types)) {
      refuseMalformed(type);
      for (const name of type.names) {
        if (this.#types.has(name))
          throw inputError(`two connections have the name "${name}"`, {
            next: 'give your own connection another name',
          });
        this.#types.set(name, type);
      }
    }
  }

  /**
   * How a host is reached. Reads its variables once and contacts nothing.
   * @throws PlayError `input` with the place of the variable that can't be used
   */
  route(host: InventoryHost): Route {
    const known = this.#routes.get(host);
    if (known) return known;
    const vars = new VarReader(host);
    const type = this.#typeOf(vars);
    const judged = judgeNames(host);
    const route = type.prepare(vars, this.#defaults);
    const complete: Route = {
      user: route.user,
      warnings: [...judged, ...(route.warnings ?? [])],
      open: (signal) => route.open(signal),
    };
    this.#routes.set(host, complete);
    return complete;
  }

  #typeOf(vars: VarReader): ConnectionType {
    const name = vars.text(NAMES.connection) ?? 'ssh';
    const type = this.#types.get(name);
    if (type) return type;
    const known = [...new Set(this.#types.values())].map(({ names }) => names[0]);
    throw vars.wrong(
      'ansible_connection',
      `there is no connection "${name}"`,
      didYouMean(name, this.#types.keys()) ??
        `use ${known.slice(0, -1).join(', ')} or ${known.at(-1)}, or give the playbook a connection of your own`,
    );
  }
}

/** What the type checker finds, it does not find in JavaScript. */
function refuseMalformed(type: unknown): void {
  const isType =
    typeof type === 'object' &&
    type !== null &&
    'names' in type &&
    Array.isArray(type.names) &&
    type.names.length > 0 &&
    type.names.every((name) => typeof name === 'string' && name !== '') &&
    'prepare' in type &&
    typeof type.prepare === 'function';
  if (!isType)
    throw inputError('connections of the playbook or of the run has an item that is not a connection', {
      next: "write defineConnection({ names: ['docker'], prepare: (vars) => ({ user: 'root', open }) })",
    });
}
