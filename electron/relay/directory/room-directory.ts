// Owns the RoomDirectory port: which relay owns which room, when there are several relays. It carries no media.

/** How a relay is known to the others. */
export interface RelayNode {
  /** Stable name, unique among the relays. */
  id: string;
  /** New at every start: what an earlier start has claimed is not ours. */
  incarnation: string;
  /** Where hosts and viewers reach this relay. */
  url: string;
}

export type NodeState = 'active' | 'draining';

/** A claim on a host's room; of two claims the one with the higher fence counts. */
export interface RoomClaim {
  hostId: string;
  /** The host's Ed25519 key, 32 bytes. */
  ed25519: Uint8Array;
}

export interface RoomMove {
  hostId: string;
  fence: number;
  incarnation: string;
  url: string;
}

export type RepublishResult = { kept: true; fence: number } | { kept: false; url: string | null };

export interface RoomDirectory {
  /** False while the directory cannot be reached. */
  readonly ready: boolean;
  /**
   * Claims a room for this relay, newer than every earlier claim, and tells the others. Throws `unauthorised` when the ID
   * is live with another key, `going-away` when the directory does not answer.
   */
  claim(room: RoomClaim): Promise<number>;
  /** Claims a room again that this relay has had since `fence` (null: since the directory was away), unless another has it. */
  republish(room: RoomClaim, fence: number | null): Promise<RepublishResult>;
  /** Gives a room up, if the claim is still this one. */
  release(hostId: string, fence: number): Promise<void>;
  /** The URL of the other relay that owns a room; null when none does. Throws `going-away` when it does not answer. */
  locate(hostId: string): Promise<string | null>;
  /** Which of these presence keys are those of hosts in rooms of living relays. Throws `going-away`. */
  present(presenceKeys: readonly Uint8Array[]): Promise<Uint8Array[]>;
  /** The URL of another active relay, the least loaded; null when this one is alone. */
  elsewhere(): Promise<string | null>;
  /** Says that this relay lives; to be repeated. Load is the number of its connections. */
  beat(state: NodeState, load: number): Promise<void>;
  /** Another relay has claimed a room. Returns how to stop hearing. */
  onMoved(listener: (move: RoomMove) => void): () => void;
  /** The directory can be reached again. Returns how to stop hearing. */
  onReady(listener: () => void): () => void;
  /** Takes this relay out of the directory. */
  close(): Promise<void>;
}
