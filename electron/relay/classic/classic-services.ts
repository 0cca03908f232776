// Owns the table of classic services: names, usual ports, and how each is started.

import { startChat } from './chat.ts';
import { startChatFiles } from './chat-files.ts';
import type { ClassicOptions, ClassicService } from './classic-service.ts';
import { startCommands } from './commands.ts';
import { startEchoTcp } from './echo-tcp.ts';
import { startEchoUdp } from './echo-udp.ts';

export const CLASSIC_NAMES = ['chat-files', 'chat', 'commands', 'echo-tcp', 'echo-udp'] as const;
export type ClassicName = (typeof CLASSIC_NAMES)[number];

export const CLASSIC_SERVICES: {
  readonly [N in ClassicName]: {
    readonly usualPort: number;
    /** Resolves when it listens. Throws `port-taken` or `not-supported`. */
    readonly start: (options: ClassicOptions) => Promise<ClassicService>;
  };
} = {
  'chat-files': { usualPort: 5_555, start: startChatFiles },
  chat: { usualPort: 4_333, start: startChat },
  commands: { usualPort: 5_000, start: startCommands },
  'echo-tcp': { usualPort: 65_432, start: startEchoTcp },
  'echo-udp': { usualPort: 65_431, start: startEchoUdp },
};
