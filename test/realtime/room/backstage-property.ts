import assert from 'node:assert/strict'
import { evolve, type RoomState } from '../../../contract/room.ts'
import type { BackstageGuest } from '../../../contract/backstage.ts'
import type { RoomRecord } from '../../../contract/room-events.ts'
import { apply } from '../../../realtime/room/apply.ts'
import type { Actor, Command, CommandType } from '../../../realtime/room/commands.ts'
import { decide, isRefusal } from '../../../realtime/room/decide.ts'
import { isLogged, stamp, type ServerRoomEvent } from '../../../realtime/room/events.ts'
import { openingState } from '../../../realtime/room/opening-state.ts'
import type { Rule } from '../../../realtime/room/rules/rule.ts'
import { createServerRoomState, type ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { actorOf, commandOf, createIdentities } from './completion.ts'
import { creator, limits, showWith } from './people.ts'
import { restoredFromLog } from './runner.ts'
import type { Scenario } from './scenario.ts'

/** The invitations before and after an edit. One person changes the role, and one is not invited any more. */
const lists: readonly (readonly BackstageGuest[])[] = [
  [
    { userId: 'candidate1', role: 'cohost' },
    { userId: 'candidate2', role: 'guest' },
    { userId: 'listener1', role: 'guest' },
    { userId: 'listener2', role: 'guest' }
  ],
  [
    { userId: 'candidate1', role: 'guest' },
    { userId: 'candidate2', role: 'cohost' },
    { userId: 'listener1', role: 'guest' }
  ]
]

/** Commands of members that need an audience, or that the show needs to have started for. */
const waiting: ReadonlySet<CommandType> = new Set<CommandType>([
  'show:announce',
  'show:handOver',
  'cohost:set',
  'speak:answer',
  'speak:rejectAll',
  'speak:invite',
  'speak:respond',
  'comment:send',
  'comment:delete',
  'comment:mute',
  'comments:held',
  'comment:answer',
  'comment:pin',
  'link:pin',
  'pin:remove',
  'poll:open',
  'poll:vote',
  'poll:close',
  'poll:dismiss',
  'song:request',
  'song:vote',
  'song:dismiss',
  'votes:mine',
  'reaction:send',
  'recording:set',
  'playback:play',
  'playback:next',
  'playback:pause',
  'playback:stop',
  'playback:level',
  'jingle:play'
])
/** Steps that are no part of the time before the start. */
const laterSteps: ReadonlySet<string> = new Set(['restart', 'move', 'show:start'])

/** Returns what the status rules say about a command before the start; undefined for what other rules decide. */
function expectedStatus(state: ServerRoomState, actor: Actor, command: Command): 'SHOW_NOT_LIVE' | null | undefined {
  const { members, backstage } = state
  const userId = actor.kind === 'system' ? '' : actor.userId
  const isPresent = actor.kind === 'member' && members.get(userId)?.presenceId === actor.presenceId
  const isInvited = userId === creator || backstage.guests.some(guest => guest.userId === userId)
  switch (command.type) {
    case 'show:join':
      return isPresent || (command.backstage === true && isInvited) ? null : 'SHOW_NOT_LIVE'
    case 'show:end':
      return 'SHOW_NOT_LIVE'
    case 'member:remove':
    case 'member:unban':
      if (actor.kind === 'system') return undefined
      return actor.kind === 'user' || isPresent ? 'SHOW_NOT_LIVE' : undefined
    case 'people:list':
    case 'people:see':
      return actor.kind === 'user' && !members.has(userId) ? 'SHOW_NOT_LIVE' : undefined
    default:
      return isPresent && waiting.has(command.type) ? 'SHOW_NOT_LIVE' : undefined
  }
}

function assertBackstage({ room, members, backstage, bannedIds, visitorIds }: ServerRoomState): void {
  assert.equal(room.status, 'scheduled')
  const roles = new Map(backstage.guests.map(({ userId, role }) => [userId, role]))
  for (const userId of members.keys()) assert.ok(userId === creator || roles.has(userId), `${userId} is not invited`)
  for (const userId of members.keys()) assert.equal(room.cohostIds.includes(userId), roles.get(userId) === 'cohost')
  for (const { userId } of room.stage) assert.ok(userId === creator || members.has(userId))
  assert.deepEqual([room.queue, room.invited, room.queueVersion, visitorIds.size], [[], [], 0, 0])
  assert.deepEqual([[...bannedIds], room.recording, room.playback.item], [[], undefined, null])
}

/** Most people who join mean to come backstage. The server bans nobody by itself. */
function askedOf(command: Command, actor: Actor, n: number): Command {
  if (command.type === 'show:join' && n % 5 > 0) return { ...command, backstage: true }
  return command.type === 'member:remove' && actor.kind === 'system' ? { ...command, ban: false } : command
}

/** Members who hear a voice must not lose it while the doors open. */
function assertVoicesKept(before: RoomState, after: RoomState): void {
  const voices = ({ stage }: RoomState) => stage.flatMap(({ userId, producerId }) => (producerId ? [userId] : []))
  assert.deepEqual(voices(after), voices(before))
}

/**
 * Sends the commands of a scenario to a room before its start, to which everybody tries to come, then starts the show.
 */
function holds({ maxSpeakers, record, steps: scenarioSteps }: Scenario, rules: readonly Rule[]): void {
  const show = showWith(maxSpeakers, record)
  const identities = createIdentities()
  let at = 1_000_000
  let state: ServerRoomState = {
    ...createServerRoomState(openingState(show, at), limits, show.playlist.items),
    backstage: { version: 1, guests: lists[0]! }
  }
  let clients = state.room
  const log: RoomRecord[] = []

  function happen(events: readonly ServerRoomEvent[], check: (before: RoomState, after: RoomState) => void): void {
    for (const event of events) {
      if (isLogged(event)) {
        clients = evolve(clients, stamp(clients, event, at))
        if (event.type === 'show:started' || log.length > 0) log.push({ seq: log.length + 1, at, event })
      }
      const before = state.room
      state = apply(state, event, at)
      check(before, state.room)
    }
    assert.deepEqual(clients, state.room)
  }

  for (const [n, { waitMs, sender, intent }] of scenarioSteps.entries()) {
    if (laterSteps.has(intent.type)) continue
    at += waitMs
    if (n % 9 === 8) {
      const edit = { type: 'server:backstageEdited', version: n, guests: lists[n % 2]! } as const
      const decision = decide(state, { kind: 'system' }, edit, at, rules)
      if (isRefusal(decision)) assert.fail('an edit is refused')
      happen(decision, () => {})
    }
    const actor = actorOf(sender, intent, state, identities)
    const command = commandOf(intent, state, identities, null)
    const asked = askedOf(command, actor, n)
    const expected = expectedStatus(state, actor, asked)
    const decision = decide(state, actor, asked, at, rules)
    const code = isRefusal(decision) ? decision.code : null
    if (expected !== undefined) assert.equal(code, expected, asked.type)
    happen(isRefusal(decision) ? [] : decision, () => {})
    assertBackstage(state)
  }

  const start = decide(state, { kind: 'user', userId: creator }, { type: 'show:start' }, at, rules)
  if (isRefusal(start)) assert.fail('the creator cannot start the show')
  const present = [...state.members.values()].filter(({ presenceId }) => presenceId !== null)
  happen(start, assertVoicesKept)
  assert.equal(state.room.status, 'live')
  // The stored show and the profile of its creator have changed, too.
  const { title, settings, coverUrl } = state.room
  const { displayName, avatarUrl } = state.room.stage.find(({ userId }) => userId === creator)!
  const profile = { id: creator, displayName, avatarUrl }
  const stored = { ...show, title, settings, creator: profile, ...(coverUrl !== undefined && { coverUrl }) }
  const restored = restoredFromLog(stored, log).room
  const { playback, playlistVersion } = state.room
  const { tags: _tags, ...room } = state.room
  assert.deepEqual({ ...restored, playback, playlistVersion, tags: undefined }, { ...room, tags: undefined })
  const visitors = present.filter(({ userId }) => userId !== creator).map(({ userId }) => userId)
  assert.deepEqual(new Set(state.visitorIds), new Set(visitors))
  assert.equal(state.room.recording !== undefined, state.room.settings.record === true)
  const later = { type: 'server:backstageEdited', version: 1_000_000, guests: [] } as const
  assert.deepEqual(decide(state, { kind: 'system' }, later, at, rules), [], 'invitations change nothing any more')
}

/** The property of the time before a show starts. */
export const backstageProperty = {
  name: 'backstage only invited people meet, nothing is left of it but the stage, and the log says so from the start',
  holds
}
