// Owns the calls into the OPAQUE library: slow and synchronous, so they run in a process of their own.
import { client, ready, server } from '@serenity-kit/opaque';
import * as v from 'valibot';
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import { type OpaqueCall, type OpaqueResponse, type OpaqueResult, opaqueRequestSchema } from './opaque-messages.ts';
import type { OpaqueSecretKind } from './opaque-port.ts';

/** Handshake modes 1 and 2. Fixed by the mode, never sent: nobody can talk it down. Memory in KiB. */
const KEY_STRETCHING = {
  code: { 'argon2id-custom': { iterations: 1, memory: 8 * 1024, parallelism: 1 } },
  password: { 'argon2id-custom': { iterations: 3, memory: 64 * 1024, parallelism: 1 } },
} as const satisfies Record<OpaqueSecretKind, unknown>;
const IDENTIFIERS = { client: 'tarnet2 viewer', server: 'tarnet2 host' };
const USERS: Record<OpaqueSecretKind, string> = { code: 'tarnet2 code', password: 'tarnet2 password' };

type Handlers = {
  [Op in OpaqueCall['op']]: (call: Extract<OpaqueCall, { op: Op }>) => OpaqueResult<Op>;
};

const HANDLERS: Handlers = {
  register: ({ kind, secret }) => {
    const serverSetup = server.createSetup();
    const { clientRegistrationState, registrationRequest } = client.startRegistration({ password: secret });
    const { registrationResponse } = server.createRegistrationResponse({
      serverSetup,
      userIdentifier: USERS[kind],
      registrationRequest,
    });
    const { registrationRecord } = client.finishRegistration({
      password: secret,
      registrationResponse,
      clientRegistrationState,
      identifiers: IDENTIFIERS,
      keyStretching: KEY_STRETCHING[kind],
    });
    return { kind, serverSetup, registration: registrationRecord };
  },
  serverStart: ({ record, ke1 }) => {
    const started = blaming('malformed', 'ke1', () =>
      server.startLogin({
        serverSetup: record.serverSetup,
        userIdentifier: USERS[record.kind],
        registrationRecord: record.registration,
        startLoginRequest: ke1,
        identifiers: IDENTIFIERS,
      }),
    );
    return { ke2: started.loginResponse, state: { server: started.serverLoginState } };
  },
  serverFinish: ({ state, ke3 }) => {
    const { sessionKey } = blaming('wrong-code', 'ke3', () =>
      server.finishLogin({ serverLoginState: state.server, finishLoginRequest: ke3, identifiers: IDENTIFIERS }),
    );
    return { sessionKey };
  },
  clientStart: ({ kind, secret }) => {
    const { clientLoginState, startLoginRequest } = client.startLogin({ password: secret });
    return { ke1: startLoginRequest, state: { kind, client: clientLoginState, secret } };
  },
  clientFinish: ({ state, ke2 }) => {
    const finished = blaming('tampered', 'ke2', () =>
      client.finishLogin({
        clientLoginState: state.client,
        loginResponse: ke2,
        password: state.secret,
        identifiers: IDENTIFIERS,
        keyStretching: KEY_STRETCHING[state.kind],
      }),
    );
    return finished ? { ke3: finished.finishLoginRequest, sessionKey: finished.sessionKey } : null;
  },
};

/** Answers one request. Never throws: what went wrong is in the response. Null when the request has no readable id. */
export async function answerOpaque(request: unknown): Promise<OpaqueResponse | null> {
  const parsed = v.safeParse(opaqueRequestSchema, request);
  if (!parsed.success) return null;
  const { id, call } = parsed.output;
  try {
    await ready;
    return { id, ok: true, value: run(call) };
  } catch (thrown) {
    const { reason, message } = TarnetError.from(thrown);
    return { id, ok: false, reason, message: reason === 'internal' ? `${call.op} failed` : message };
  }
}

function run(call: OpaqueCall): unknown {
  switch (call.op) {
    case 'register':
      return HANDLERS.register(call);
    case 'serverStart':
      return HANDLERS.serverStart(call);
    case 'serverFinish':
      return HANDLERS.serverFinish(call);
    case 'clientStart':
      return HANDLERS.clientStart(call);
    case 'clientFinish':
      return HANDLERS.clientFinish(call);
  }
}

/** The library throws for bytes that are none of its own: that is the sender's doing. */
function blaming<T>(reason: ErrorReason, field: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new TarnetError(reason, `${field} is not valid`, { field, cause });
  }
}
