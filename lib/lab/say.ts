/** Says one line to whoever waits for a long step. */
export type Say = (line: string) => void;
