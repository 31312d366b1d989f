import {
  type ContractCase,
  connectionContract as everyConnection,
  type OpenConnection,
  streamingContract as streamingConnection,
} from '../../lib/testing/contract.ts';

export { capture } from '../../lib/testing/contract.ts';

/** What every connection must do. */
export function connectionContract(open: OpenConnection): void {
  register(everyConnection(open));
}

/** What a connection must do besides that sends stdin while the command runs. */
export function streamingContract(open: OpenConnection): void {
  register(streamingConnection(open));
}

function register(cases: readonly ContractCase[]): void {
  for (const { title, check } of cases) it(title, check);
}
