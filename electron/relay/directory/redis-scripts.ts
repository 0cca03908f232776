// Owns the Lua that Redis runs for the directory: every claim is one step, and its fence is Redis' own time.
//
// Keys: `tn:node:<id>` = {incarnation, state, url, load}; `tn:room:<hostId>` = {node, incarnation, url, key, fence};
// `tn:here:<presence key>` = hostId.
// A room counts only while its node lives with the same incarnation. Node keys are read inside of the scripts by the
// names that room keys hold, so that a single Redis (or a primary with replicas) is needed, not a cluster.

export const NODE_KEY_PREFIX = 'tn:node:';
export const ROOM_KEY_PREFIX = 'tn:room:';
/** With the hash that a host is asked for by when it is known (shared/wire/control.ts): its ID. */
export const PRESENCE_KEY_PREFIX = 'tn:here:';
export const MOVED_CHANNEL = 'tn:moved';

const LIVES = `
local function lives(room)
  local raw = redis.call('GET', '${NODE_KEY_PREFIX}' .. room.node)
  return raw and cjson.decode(raw).incarnation == room.incarnation
end
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local function store(fence)
  local room = { node = ARGV[1], incarnation = ARGV[2], url = ARGV[3], key = ARGV[4], fence = string.format('%.0f', fence) }
  redis.call('SET', KEYS[1], cjson.encode(room), 'PX', ARGV[5])
  return room.fence
end
`;

/** KEYS: room. ARGV: node, incarnation, url, key, time to live in ms, host ID. Returns the fence, or `other-key`. */
export const CLAIM = `${LIVES}
local fence = now()
local raw = redis.call('GET', KEYS[1])
if raw then
  local room = cjson.decode(raw)
  if room.key ~= ARGV[4] and lives(room) then return 'other-key' end
  if tonumber(room.fence) >= fence then fence = tonumber(room.fence) + 1 end
end
local text = store(fence)
redis.call('PUBLISH', '${MOVED_CHANNEL}', cjson.encode({ hostId = ARGV[6], fence = text, incarnation = ARGV[2], url = ARGV[3] }))
return text
`;

/** As above, with ARGV[7]: the fence so far, 0 for none. Returns the fence, or `lost:` and the owner's URL. */
export const REPUBLISH = `${LIVES}
local fence = tonumber(ARGV[7])
local raw = redis.call('GET', KEYS[1])
if raw then
  local room = cjson.decode(raw)
  local mine = room.node == ARGV[1] and room.incarnation == ARGV[2]
  if not mine and lives(room) then
    if room.key ~= ARGV[4] then return 'lost:' end
    if fence > 0 and tonumber(room.fence) > fence then return 'lost:' .. room.url end
  end
  if fence == 0 and tonumber(room.fence) >= now() then fence = tonumber(room.fence) + 1 end
end
if fence == 0 then fence = now() end
local text = store(fence)
if not raw or cjson.decode(raw).incarnation ~= ARGV[2] then
  redis.call('PUBLISH', '${MOVED_CHANNEL}', cjson.encode({ hostId = ARGV[6], fence = text, incarnation = ARGV[2], url = ARGV[3] }))
end
return text
`;

/** KEYS: room. ARGV: incarnation, fence. */
export const RELEASE = `
local raw = redis.call('GET', KEYS[1])
if not raw then return 0 end
local room = cjson.decode(raw)
if room.incarnation == ARGV[1] and room.fence == ARGV[2] then return redis.call('DEL', KEYS[1]) end
return 0
`;

/** KEYS: room. ARGV: incarnation of who asks. Returns the owner's URL, or an empty text. */
export const LOCATE = `${LIVES}
local raw = redis.call('GET', KEYS[1])
if not raw then return '' end
local room = cjson.decode(raw)
if room.incarnation == ARGV[1] or not lives(room) then return '' end
return room.url
`;
