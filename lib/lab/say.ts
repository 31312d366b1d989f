/** Prints one line of progress during a long step. */
export type Say = (line: string) => void;
