// Owns what one v1 connection may say: who it is first, then the messages of its role, within their rates.
import type { Clock } from '../../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../../shared/base/errors.ts';
import type { Log } from '../../../shared/base/log.ts';
import type { AccessTokens } from '../access-tokens.ts';
import { type MinuteRate, type RelayLimits, SecondRate } from '../limits.ts';
import { rateKey } from '../peer-address.ts';
import type { RelayCounters } from '../relay-counters.ts';
import type { V1Connection } from './v1-connection.ts';
import type { V1Hall } from './v1-hall.ts';
import { V1_LIMITS } from './v1-limits.ts';
import { parseV1Message, type V1Message, v1Answer } from './v1-message.ts';
import { nextV1Phase, type V1Event, type V1Phase } from './v1-phase.ts';
import type { V1Member, V1Room } from './v1-room.ts';

/** What all v1 peers of a relay share. */
export interface V1Surroundings {
  hall: V1Hall;
  clock: Clock;
  limits: RelayLimits;
  log: Log;
  /** Set: only a host, or a client, with one of these gets any further. */
  hostTokens: AccessTokens | null;
  viewerTokens: AccessTokens | null;
  registrations: MinuteRate;
  joins: MinuteRate;
  counters: RelayCounters;
}

type Said<T extends V1Message['type']> = Extract<V1Message, { type: T }>;

export class V1Peer {
  readonly #connection: V1Connection;
  readonly #urlToken: string | null;
  readonly #around: V1Surroundings;
  readonly #controlRate: SecondRate;
  readonly #listRate: SecondRate;
  readonly #frameRate: SecondRate;
  readonly #commandRate: SecondRate;
  #phase: V1Phase = 'new';
  #room: V1Room | null = null;
  #member: V1Member | null = null;
  #activeAtMs: number;
  #cancelIdle: (() => void) | null = null;

  /** @param urlToken counts where a message has none of its own */
  constructor(connection: V1Connection, urlToken: string | null, around: V1Surroundings) {
    const { clock, limits } = around;
    this.#connection = connection;
    this.#urlToken = urlToken;
    this.#around = around;
    this.#controlRate = new SecondRate(clock, limits.controlPerSecond);
    this.#listRate = new SecondRate(clock, V1_LIMITS.listsPerSecond);
    this.#frameRate = new SecondRate(clock, V1_LIMITS.framesPerSecond);
    this.#commandRate = new SecondRate(clock, limits.viewerMessagesPerSecond);
    this.#activeAtMs = clock.monotonicMs();
    this.#watchIdle();
  }

  get phase(): V1Phase {
    return this.#phase;
  }

  /** Takes one message. What is merely wrong is answered; throws what has to end the connection. */
  onMessage(bytes: Buffer, isText: boolean): void {
    this.#activeAtMs = this.#around.clock.monotonicMs();
    try {
      if (!isText) throw TarnetError.malformed('message', 'esperado texto');
      const message = parseV1Message(bytes.toString('utf8'));
      this.#around.hall.countMessage();
      this.#take(message, bytes);
    } catch (thrown) {
      const error = TarnetError.from(thrown);
      if (!STAYS.has(error.reason)) throw error;
      this.#count(this.#controlRate, 'mensagens inválidas demais');
      this.#around.log.warn(`Mensagem recusada de ${this.#connection.address}: ${error.message}`);
      this.#connection.complain(error);
    }
  }

  /** The connection is gone. */
  onClose(reason: ErrorReason | null): void {
    const { log, hall, counters } = this.#around;
    counters.countClosed(reason ?? 'ended-by-viewer');
    const was = this.#phase;
    this.#step('close');
    this.#cancelIdle?.();
    const room = this.#room;
    const why = reason ?? 'encerrado';
    if (was === 'host' && room) {
      const told = hall.close(room, reason !== null && LOST.has(reason));
      log.info(`Host desconectado: ${room.hostId} (${why}); sala ${room.id} removida, clientes avisados: ${told}`);
    } else if (was === 'client') {
      this.#leave(why);
    } else {
      log.info(`Conexão encerrada: ${this.#connection.address} (${why})`);
    }
  }

  #take(message: V1Message, bytes: Buffer): void {
    switch (message.type) {
      case 'screen_frame':
        this.#count(this.#frameRate, 'quadros demais');
        this.#onFrame(message, bytes);
        return;
      case 'control_command':
        this.#count(this.#commandRate, 'comandos demais');
        this.#onCommand(message);
        return;
      case 'register_host':
        this.#count(this.#controlRate, 'registros demais');
        this.#registerHost(message);
        return;
      case 'register_client':
        this.#count(this.#controlRate, 'registros demais');
        this.#registerClient(message);
        return;
      case 'get_hosts':
        this.#count(this.#listRate, 'pedidos de lista demais');
        if (this.#around.viewerTokens) this.#checkViewer(message.token);
        this.#listHosts();
        return;
    }
  }

  /** Whoever is known already need not show the token again. */
  #checkViewer(token: string | undefined): void {
    const { viewerTokens, joins } = this.#around;
    const isKnown = this.#phase === 'host' || this.#phase === 'client';
    if (!isKnown && !joins.take(rateKey(this.#connection.address)))
      throw new TarnetError('rate-limited', 'pedidos demais deste endereço', { field: 'join' });
    if (viewerTokens && !isKnown && !viewerTokens.accept(token ?? this.#urlToken ?? undefined)) throw wrongToken();
  }

  #registerHost({ host_id: hostId, token }: Said<'register_host'>): void {
    const { hall, clock, log, hostTokens, registrations } = this.#around;
    const next = nextV1Phase(this.#phase, 'register-host');
    if (this.#room && this.#room.hostId !== hostId)
      throw TarnetError.malformed('host_id', 'esta conexão já é outro host');
    if (!this.#room) {
      if (!registrations.take(rateKey(this.#connection.address)))
        throw new TarnetError('rate-limited', 'registros demais deste endereço', { field: 'register_host' });
      if (hostTokens && !hostTokens.accept(token ?? this.#urlToken ?? undefined)) throw wrongToken();
      this.#room = hall.open(hostId, this.#connection);
      this.#connection.allowLargeMessages();
      this.#around.counters.registeredHosts += 1;
      log.info(`Host registrado: ${hostId} na sala ${this.#room.id}`);
    }
    this.#phase = next;
    this.#connection.send(v1Answer.hostRegistered(hostId, clock.nowMs()));
  }

  #registerClient({ client_id: clientId, target_host: hostId, token }: Said<'register_client'>): void {
    const { hall, clock, log, limits } = this.#around;
    const next = nextV1Phase(this.#phase, 'register-client');
    this.#checkViewer(token);
    const room = hall.find(hostId);
    if (!room) throw new TarnetError('not-found', 'target_host: host não encontrado', { field: 'target_host' });
    const again = this.#room === room && this.#member?.clientId === clientId;
    if (!again) {
      if (this.#phase === 'client') this.#leave('outro host');
      const member: V1Member = {
        clientId,
        connection: this.#connection,
        hostLeft: (gone) => this.#onHostLeft(gone),
      };
      try {
        room.add(member, limits.maxViewersPerRoom);
      } catch (error) {
        if (this.#phase === 'client') this.#step('host-left');
        throw error;
      }
      this.#member = member;
      this.#room = room;
      this.#around.counters.joinedViewers += 1;
      log.info(`Cliente registrado: ${clientId} na sala ${room.id}`);
    }
    this.#phase = next;
    this.#connection.send(v1Answer.clientRegistered(clientId, hostId, clock.nowMs()));
  }

  #onFrame({ host_id: hostId }: Said<'screen_frame'>, bytes: Buffer): void {
    const { clock, log } = this.#around;
    const room = this.#room;
    if (this.#phase !== 'host' || !room) throw TarnetError.malformed('type', 'registre o host primeiro');
    if (hostId !== room.hostId) throw TarnetError.malformed('host_id', 'não é o host desta conexão');
    room.frame(bytes, clock.nowMs());
    const line = `de ${hostId}: ${bytes.length} bytes para clientes: ${room.clientCount}`;
    if (room.frames === 1) log.info(`Primeiro quadro ${line}`);
    else log.debug(`Quadro ${line}`);
  }

  #onCommand(message: Said<'control_command'>): void {
    const member = this.#member;
    const room = this.#room;
    if (this.#phase !== 'client' || !member || !room)
      throw TarnetError.malformed('type', 'registre o cliente primeiro');
    if (message.client_id !== member.clientId)
      throw TarnetError.malformed('client_id', 'não é o cliente desta conexão');
    if (message.target_host !== room.hostId) throw TarnetError.malformed('target_host', 'não é o host desta sala');
    // Written anew: what the host reads is what has been checked here, also where a name stands twice.
    room.command(member, JSON.stringify(message));
    this.#around.log.debug(`Comando encaminhado: ${message.command.type} de ${member.clientId} para ${room.hostId}`);
  }

  #listHosts(): void {
    const { hall, log } = this.#around;
    const hosts = hall.list();
    this.#connection.send(v1Answer.hostsList(hosts, hall.stats()));
    log.debug(`Lista de hosts enviada: ${hosts.length} para ${this.#connection.address}`);
  }

  #onHostLeft(hostId: string): void {
    this.#step('host-left');
    this.#room = null;
    this.#member = null;
    this.#connection.send(v1Answer.hostDisconnected(hostId, this.#around.clock.nowMs()));
  }

  #leave(why: string): void {
    const { log } = this.#around;
    const member = this.#member;
    const room = this.#room;
    this.#member = null;
    this.#room = null;
    if (!member || !room) return;
    this.#connection.dropFrame();
    room.remove(member);
    log.info(`Cliente desconectado: ${member.clientId} da sala ${room.id} (${why})`);
  }

  #count(rate: SecondRate, message: string): void {
    if (!rate.take()) throw new TarnetError('rate-limited', message);
  }

  #step(event: V1Event): void {
    this.#phase = nextV1Phase(this.#phase, event);
  }

  #watchIdle(): void {
    const { clock, limits, log } = this.#around;
    const registeredMs = limits.idleAfterMs ?? V1_LIMITS.idleMs;
    const idleMs = this.#phase === 'new' ? Math.min(registeredMs, V1_LIMITS.unregisteredIdleMs) : registeredMs;
    const activeAtMs = Math.max(this.#activeAtMs, this.#connection.frameTakenAtMs);
    const leftMs = activeAtMs + idleMs - clock.monotonicMs();
    if (leftMs <= 0) {
      log.info(`Conexão ociosa: ${this.#connection.address}`);
      this.#connection.fail(new TarnetError('timeout', 'conexão ociosa', { limit: `${idleMs} ms` }));
      return;
    }
    // Roles change in between: looked at often enough for the shortest time.
    this.#cancelIdle = clock.after(Math.min(leftMs, V1_LIMITS.unregisteredIdleMs), () => this.#watchIdle());
  }
}

/** What a peer may do wrong and stay. */
const STAYS: ReadonlySet<ErrorReason> = new Set([
  'malformed',
  'illegal-transition',
  'not-found',
  'unauthorised',
  'limit-reached',
]);

/** Ends that no host has wished for. */
const LOST: ReadonlySet<ErrorReason> = new Set(['connection-lost', 'timeout', 'too-slow', 'internal']);

function wrongToken(): TarnetError {
  return new TarnetError('unauthorised', 'token: ausente ou errado', { field: 'token' });
}
