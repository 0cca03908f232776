// Owns what a relay tells Prometheus about itself: numbers, never addresses or IDs.
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { RelayCounters } from './relay-counters.ts';
import type { RelayCounts } from './relay-server.ts';

export interface MetricsSource {
  counters: RelayCounters;
  counts(): RelayCounts;
  /** Clients of each classic service. */
  classicClients(): readonly { name: string; clients: number }[];
}

export interface Metrics {
  readonly contentType: string;
  /** Everything, in the Prometheus text format. */
  text(): Promise<string>;
}

/** Metrics that are read from the source whenever they are asked for. */
export function openMetrics({ counters, counts, classicClients }: MetricsSource): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: PREFIX });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: PREFIX + name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name: `${PREFIX}${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });

  gauge('connections', 'Open WebSockets.', () => counts().connections);
  gauge('rooms', 'Rooms, those that wait for their host to come back included.', () => counts().rooms);
  gauge('viewers', 'Viewers in rooms.', () => counts().viewers);
  counter('connections', 'WebSockets opened.', () => counters.openedConnections);
  counter('connections_refused', 'Sockets refused by address or number.', () => counters.refusedConnections);
  counter('hosts_registered', 'Hosts that proved their key and got their room.', () => counters.registeredHosts);
  counter('viewers_joined', 'Viewers that were let into a room.', () => counters.joinedViewers);
  counter('handshakes', 'First handshake messages passed on.', () => counters.handshakes);
  counter('received_messages', 'Messages from hosts and viewers.', () => counters.receivedMessages);
  counter('received_bytes', 'Bytes from hosts and viewers.', () => counters.receivedBytes);
  counter('sent_messages', 'Messages to hosts and viewers.', () => counters.sentMessages);
  counter('sent_bytes', 'Bytes to hosts and viewers.', () => counters.sentBytes);
  counter('dropped_frames', 'Pictures not sent to viewers that were behind.', () => counters.droppedFrames);
  new Counter({
    name: `${PREFIX}connections_closed_total`,
    help: 'WebSockets that ended, by reason.',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of counters.closed) this.inc({ reason }, count);
    },
  });
  new Gauge({
    name: `${PREFIX}classic_clients`,
    help: 'Clients of a classic service.',
    labelNames: ['service'],
    registers,
    collect() {
      for (const { name, clients } of classicClients()) this.set({ service: name }, clients);
    },
  });
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

const PREFIX = 'tarnet_relay_';
