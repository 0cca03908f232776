// Owns how a single value of the headless relay's options is read: as text from a flag or variable, as JSON from a file.
import { isIP } from 'node:net';
import * as v from 'valibot';
import { TarnetError } from '../../shared/base/errors.ts';
import { ADDRESS_LIST_LIMITS, AddressList } from './address-rules.ts';
import { CLASSIC_NAMES, CLASSIC_SERVICES } from './classic/classic-services.ts';

export const VALUE_LIMITS = { maxLength: 4_096, highestPort: 65_535, maxOrigins: 64 } as const;

/** A whole number. */
export function whole(lowest: number, highest: number) {
  const wanted = `must be a whole number from ${lowest} to ${highest}`;
  return v.pipe(
    v.union([v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number)), v.number()], wanted),
    v.integer(wanted),
    v.minValue(lowest, wanted),
    v.maxValue(highest, wanted),
  );
}

export const port = whole(0, VALUE_LIMITS.highestPort);

export const bindAddress = v.pipe(
  v.string('must be an IP address'),
  v.check((text) => isIP(text) !== 0, 'must be an IP address'),
);

export const fileName = v.pipe(
  v.string('must be a name'),
  v.minLength(1, 'must be a name'),
  v.maxLength(VALUE_LIMITS.maxLength, `must be at most ${VALUE_LIMITS.maxLength} characters`),
);

export function oneOf<const T extends readonly string[]>(names: T) {
  return v.picklist(names, `must be one of: ${names.join(', ')}`);
}

/** `on` or `off`; a file may also say true or false. */
export const onOrOff = v.pipe(
  v.union([v.picklist(['on', 'off']), v.boolean()], 'must be on or off'),
  v.transform((value) => value === true || value === 'on'),
);

/** A URL of one of these schemes, with a host and without a user or password. */
export function url(...schemes: readonly string[]) {
  const wanted = `must be a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return v.pipe(
    v.string(wanted),
    v.maxLength(512, 'must be at most 512 characters'),
    v.check((text) => {
      const parsed = URL.canParse(text) ? new URL(text) : null;
      return parsed !== null && schemes.includes(parsed.protocol.slice(0, -1)) && parsed.hostname !== '';
    }, wanted),
  );
}

/** Items with commas between them; in a file also an array. */
const list = v.union(
  [
    v.pipe(
      v.string(),
      v.transform((text) => (text.trim() === '' ? [] : text.split(',').map((item) => item.trim()))),
    ),
    v.array(v.string()),
  ],
  'must be a list, with commas between its items',
);

/** Networks such as `10.0.0.0/8,2001:db8::/32`. */
export const networks = v.pipe(
  list,
  v.maxLength(ADDRESS_LIST_LIMITS.maxNetworks, `must be at most ${ADDRESS_LIST_LIMITS.maxNetworks} networks`),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return new AddressList(dataset.value);
    } catch (error) {
      addIssue({ message: TarnetError.from(error).message.replace(/^networks: /, '') });
      return NEVER;
    }
  }),
);

/** Origins of web pages such as `https://painel.example`; `*` is every page. */
export const origins = v.pipe(
  list,
  v.maxLength(VALUE_LIMITS.maxOrigins, `must be at most ${VALUE_LIMITS.maxOrigins} origins`),
  v.array(
    v.pipe(
      v.string(),
      v.check(
        (text) => text === '*' || (/^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text),
        'must be origins such as https://painel.example, or *',
      ),
    ),
  ),
);

const classicName = v.picklist(CLASSIC_NAMES);
const classicItem = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const [, name = '', portText] = /^([^:]*)(?::(\d{1,5}))?$/.exec(dataset.value) ?? [];
    const known = v.safeParse(classicName, name);
    if (!known.success) {
      const given = JSON.stringify(dataset.value.slice(0, 40));
      addIssue({ message: `${given} is none of: ${CLASSIC_NAMES.join(', ')}, each with or without :PORT` });
      return NEVER;
    }
    const wanted = portText === undefined ? CLASSIC_SERVICES[known.output].usualPort : Number(portText);
    if (wanted > VALUE_LIMITS.highestPort) {
      addIssue({ message: `the port of ${name} must be from 0 to ${VALUE_LIMITS.highestPort}` });
      return NEVER;
    }
    return { name: known.output, port: wanted };
  }),
);

/** Services such as `chat,echo-tcp:7000`. */
export const classicServices = v.pipe(
  list,
  v.maxLength(CLASSIC_NAMES.length, 'names a service twice'),
  v.array(classicItem),
  v.check((items) => new Set(items.map(({ name }) => name)).size === items.length, 'names a service twice'),
);
