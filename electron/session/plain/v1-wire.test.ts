import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../../shared/base/errors.ts';
import { PLAIN_HOST_LIMITS } from '../../../shared/model/plain-host.ts';
import { v1Answer } from '../../relay/v1/v1-message.ts';
import { controlCommand, getHosts, parseV1Heard, pictureBytes, plainHosts, registerClient } from './v1-wire.ts';

describe('what a client of protocol v1 says', () => {
  it('is this, byte for byte', () => {
    expect(registerClient('c-1', 'abc-123')).toBe(
      '{"type":"register_client","client_id":"c-1","target_host":"abc-123"}',
    );
    expect(getHosts()).toBe('{"type":"get_hosts"}');
    expect(controlCommand('c-1', 'abc-123', { type: 'mouse_click', x: 100, y: 200, button: 'left' })).toBe(
      '{"type":"control_command","client_id":"c-1","target_host":"abc-123",' +
        '"command":{"type":"mouse_click","x":100,"y":200,"button":"left"}}',
    );
  });
});

describe('what it hears', () => {
  it('is understood as our relay says it', () => {
    expect(parseV1Heard(v1Answer.clientRegistered('c-1', 'abc-123', 0))?.type).toBe('client_registered');
    expect(parseV1Heard(v1Answer.hostDisconnected('abc-123', 0))?.type).toBe('host_disconnected');
    expect(parseV1Heard(v1Answer.error('token: ausente ou errado', 0))).toMatchObject({ type: 'error' });
    const entry = { host_id: 'abc-123', connected_at: '2023-09-18T12:00:02.000Z', last_frame: null };
    const stats = { total_hosts: 1, total_clients: 2, messages_processed: 3 };
    const list = parseV1Heard(v1Answer.hostsList([{ ...entry, clients_connected: 2 }], stats));
    expect(list?.type === 'hosts_list' && plainHosts(list)).toEqual([
      { hostId: 'abc-123', connectedAt: '2023-09-18T12:00:02.000Z', clients: 2 },
    ]);
  });

  it('may be what it does not know, or less than ours says', () => {
    expect(parseV1Heard('{"type":"welcome","motd":"oi"}')).toBeNull();
    const list = parseV1Heard('{"type":"hosts_list","hosts":[{"host_id":"abc"}]}');
    expect(list?.type === 'hosts_list' && plainHosts(list)).toEqual([{ hostId: 'abc', connectedAt: '', clients: 0 }]);
  });

  it('is refused by the name of its field', () => {
    const tooMany = { type: 'hosts_list', hosts: Array(PLAIN_HOST_LIMITS.maxListed + 1).fill({ host_id: 'x' }) };
    for (const [text, field] of [
      ['?', 'message'],
      ['{"type":"screen_frame","host_id":"abc"}', 'data'],
      ['{"type":"screen_frame","host_id":7,"data":""}', 'host_id'],
      ['{"type":"hosts_list","hosts":[{"host_id":1}]}', 'hosts.0.host_id'],
      [JSON.stringify(tooMany), 'hosts'],
    ] as const)
      expect(() => parseV1Heard(text)).toThrow(expect.objectContaining({ reason: 'malformed', field }));
  });

  it('of any kind is understood, passed over or refused, and nothing else happens', () => {
    const nearly = fc
      .record(
        {
          type: fc.constantFrom('screen_frame', 'client_registered', 'host_disconnected', 'error', 'hosts_list', 'x'),
          host_id: fc.oneof(fc.string(), fc.integer()),
          data: fc.oneof(fc.string(), fc.constant(null)),
          message: fc.oneof(fc.string(), fc.integer()),
          hosts: fc.oneof(fc.array(fc.jsonValue({ maxDepth: 2 })), fc.constant({})),
        },
        { requiredKeys: ['type'] },
      )
      .map((message) => JSON.stringify(message));
    fc.assert(
      fc.property(fc.oneof(nearly, fc.json(), fc.string()), (text) => {
        try {
          parseV1Heard(text);
        } catch (error) {
          expect(TarnetError.from(error).reason).toBe('malformed');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a picture', () => {
  it('is base64, with or without what it says it is', () => {
    expect([...pictureBytes('/9j/')]).toEqual([0xff, 0xd8, 0xff]);
    expect([...pictureBytes('data:image/jpeg;base64,/9j/')]).toEqual([0xff, 0xd8, 0xff]);
    for (const data of ['', '!!!', 'data:image/jpeg;base64,'])
      expect(() => pictureBytes(data)).toThrow(expect.objectContaining({ field: 'data' }));
  });
});
