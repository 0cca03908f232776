// Owns the command service: ECHO, TIME, EXIT, the answers in Portuguese, and the activity log.
import { timeStamp } from '../time-stamp.ts';
import type { ClassicOptions, ClassicService } from './classic-service.ts';
import type { ClientHandler, TcpClient } from './tcp-client.ts';
import { TCP_SERVICE_LIMITS, TcpService, type TcpServiceLimits } from './tcp-service.ts';
import { printable, TextMessages } from './text-messages.ts';

export const COMMAND_LIMITS = {
  /** Longer ones are no commands; they are answered in pieces of this size. */
  maxCommandBytes: 1_024,
  /** Characters of a message that the activity log keeps. */
  loggedCharacters: 80,
} as const;

const SERVICE_LIMITS: TcpServiceLimits = {
  ...TCP_SERVICE_LIMITS,
  maxClients: 1_024,
  maxClientsPerAddress: 256,
  queueBytes: 64 * 1024,
  // Only what is no command waits for it: a command that comes as a whole is answered at once.
  partial: { afterMs: 100, since: 'last-byte' },
  unitsPerSecond: 5_000,
};

const EXIT = 'EXIT';
const LONGEST_COMMAND_BYTES = 4;
const ECHO_ANSWER = 'ECHO: Comando recebido com sucesso.';
const ERROR_ANSWER = 'ERROR: Comando não reconhecido.';

/** Starts the command service. Throws `port-taken` or `not-supported`. */
export function startCommands({ port, bindAddress, clock, log, activityLog }: ClassicOptions): Promise<ClassicService> {
  const note = (client: TcpClient, what: string) =>
    activityLog.add(`${timeStamp(clock.nowMs())} - ${client.name} - ${what}`);

  const makeHandler = (client: TcpClient): ClientHandler => {
    const messages = new TextMessages(COMMAND_LIMITS.maxCommandBytes);
    return {
      take(chunk) {
        const isAlone = messages.partialBytes === 0;
        messages.push(chunk);
        // What arrives as a command is one, without any line end: programs send it so and wait for the answer.
        if (isAlone && isCommand(chunk)) messages.flush(false);
      },
      step() {
        const message = messages.next();
        if (!message) return false;
        client.allowance.spend(1);
        const command = message.text.trim();
        if (command === '') return true;
        if (command === EXIT) {
          note(client, 'command EXIT');
          client.end();
          return true;
        }
        const answer = answerTo(command, clock.nowMs());
        if (answer !== null) note(client, `command ${command}`);
        else note(client, `message ${JSON.stringify(printable(command.slice(0, COMMAND_LIMITS.loggedCharacters)))}`);
        // A line is answered by a line, and a bare message by the bare answer.
        client.send((answer ?? ERROR_ANSWER) + message.lineEnd);
        return true;
      },
      get partialBytes() {
        return messages.partialBytes;
      },
      onPause: (final) => messages.flush(final),
      onFinished: () => client.end(),
      refuse: () => undefined,
      onClosed: () => undefined,
    };
  };

  return TcpService.open({
    name: 'commands',
    port,
    bindAddress,
    clock,
    log,
    limits: SERVICE_LIMITS,
    makeHandler,
    onConnected: (client) => note(client, 'connected'),
    onGone: (client, reason) => note(client, `disconnected (${reason ?? 'ended'})`),
  });
}

function isCommand(chunk: Buffer): boolean {
  if (chunk.length > LONGEST_COMMAND_BYTES) return false;
  const text = chunk.toString('latin1');
  return text === 'ECHO' || text === 'TIME' || text === EXIT;
}

function answerTo(command: string, nowMs: number): string | null {
  if (command === 'ECHO') return ECHO_ANSWER;
  if (command === 'TIME') return timeStamp(nowMs);
  return null;
}
