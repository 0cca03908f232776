// Owns what the connect dialog is opened for.

export interface ConnectTarget {
  /** HOST[:PORT] */
  address: string;
  /** Empty when it is not known. */
  name: string;
  viewOnly: boolean;
  /** No code is needed there. */
  paired?: boolean;
}
