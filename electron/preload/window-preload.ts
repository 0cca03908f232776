// Owns what a page of ours can reach: the names of the contract that its window's role may use, and nothing else.
import { contextBridge, ipcRenderer } from 'electron';
import { CONTRACT } from '../../shared/ipc/contract.ts';
import { type Envelope, type RawBridge, WINDOW_ROLES } from '../../shared/ipc/kit.ts';

const ROLE_ARGUMENT = '--tarnet-role=';
const given = process.argv.find((argument) => argument.startsWith(ROLE_ARGUMENT))?.slice(ROLE_ARGUMENT.length);
const role = WINDOW_ROLES.find((name) => name === given);
if (!role) throw new Error('the window has no role');

const allowed = new Set(
  Object.entries(CONTRACT).flatMap(([name, channel]) =>
    channel.roles.some((name) => name === role) ? [`${channel.kind} ${name}`] : [],
  ),
);

function check(kind: 'invoke' | 'send' | 'event', channel: string): void {
  if (!allowed.has(`${kind} ${channel}`)) throw new Error(`no such channel: ${kind} ${String(channel).slice(0, 64)}`);
}

const bridge: RawBridge = {
  role,
  invoke: (channel, payload): Promise<Envelope<unknown>> => {
    check('invoke', channel);
    return ipcRenderer.invoke(channel, payload);
  },
  send: (channel, payload) => {
    check('send', channel);
    ipcRenderer.send(channel, payload);
  },
  on: (channel, listener) => {
    check('event', channel);
    const heard = (_event: unknown, payload: unknown) => listener(payload);
    ipcRenderer.on(channel, heard);
    return () => ipcRenderer.off(channel, heard);
  },
};
contextBridge.exposeInMainWorld('tarnet', bridge);
