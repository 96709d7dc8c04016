import t from 'tap'
import type { AudienceEvent } from '../../../../contract/audience-events.ts'
import { PublishedEvent } from '../../../../contract/event-sequence.ts'
import { QueueEvent, RoomEvent } from '../../../../contract/room-events.ts'
import { defaultSettings } from '../../../../contract/settings.ts'
import { decodeMessage, encodeMessage } from '../../../../plugins/app/event-sequence/message-codec.ts'
import { publishedEvent } from '../../../../plugins/app/event-sequence/published-event.ts'
import type { LogRecord } from '../../../../plugins/app/shows/log-records.ts'

type LoggedEvent = LogRecord['event']

/** A part of every string that must not leave the server. */
const secret = 'SECRET'
const pseudonymOf = (userId: string) => `p${Buffer.from(userId).toString('hex').slice(0, 20)}`

const person = { userId: `${secret}user`, displayName: `${secret} name`, avatarUrl: `/${secret}.png` }
const by = `${secret}host`
const item = {
  id: 'item',
  kind: 'song' as const,
  songId: 'song',
  title: `${secret} title`,
  artists: [`${secret} artist`],
  artistUrl: `https://${secret}`,
  album: `${secret} album`,
  durationMs: 1000,
  artworkUrl: `/${secret}.jpg`,
  link: `https://${secret}`,
  available: true
}
const { userId } = person

/** One event of each type, whose strings about people are marked. The compiler reports a type that is missing. */
const samples: { readonly [T in LoggedEvent['type']]: Extract<LoggedEvent, { type: T }> } = {
  'home:taken': { type: 'home:taken', nodeId: `${secret}node` },
  'show:started': { type: 'show:started' },
  'show:resumed': { type: 'show:resumed' },
  'show:interrupted': { type: 'show:interrupted', until: 5 },
  'show:ended': { type: 'show:ended', reason: 'ended' },
  'show:changed': { type: 'show:changed', title: `${secret} title`, description: `${secret} description` },
  'settings:changed': { type: 'settings:changed', settings: defaultSettings },
  'playlist:changed': { type: 'playlist:changed', playlistVersion: 3 },
  'playback:changed': {
    type: 'playback:changed',
    playback: { status: 'playing', item, positionMs: 7, at: 8, producerId: `${secret}producer` }
  },
  'floor:granted': { type: 'floor:granted', ...person, by },
  'stage:joined': { type: 'stage:joined', userId, producerId: `${secret}producer`, muted: true, silent: true },
  'stage:heard': { type: 'stage:heard', userId, producerId: `${secret}producer` },
  'stage:suspended': { type: 'stage:suspended', userId },
  'stage:renamed': { type: 'stage:renamed', ...person },
  'stage:left': { type: 'stage:left', userId, reason: 'grace' },
  'floor:revoked': { type: 'floor:revoked', userId, by, reason: 'banned' },
  'mute:changed': { type: 'mute:changed', userId, muted: true, by },
  'cohost:changed': { type: 'cohost:changed', userId, cohost: true },
  'show:handedOver': { type: 'show:handedOver', ...person, by },
  'member:removed': { type: 'member:removed', userId, ban: true, by },
  'jingle:changed': {
    type: 'jingle:changed',
    jingle: { songId: 'jingle', producerId: 'producer', startedAt: 5, durationMs: 1000, by }
  },
  'songLevel:changed': { type: 'songLevel:changed', levelDb: -6, by },
  'recording:started': { type: 'recording:started', by },
  'recording:stopped': { type: 'recording:stopped', by, reason: 'host' },
  'comment:pinned': { type: 'comment:pinned', commentId: 'c', ...person, text: `${secret} comment`, by },
  'link:pinned': { type: 'link:pinned', url: `https://${secret}`, text: `${secret} link`, by },
  'pin:removed': { type: 'pin:removed', by, reason: 'host' },
  'poll:opened': {
    type: 'poll:opened',
    pollId: 'p1',
    question: `${secret} question`,
    options: [`${secret} one`, `${secret} two`],
    endsAt: 9,
    by
  },
  'poll:counted': { type: 'poll:counted', pollId: 'p1', counts: [1, 2] },
  'poll:closed': { type: 'poll:closed', pollId: 'p1', counts: [1, 2], by },
  'poll:dismissed': { type: 'poll:dismissed', pollId: 'p1', by },
  'song:requested': {
    type: 'song:requested',
    requestId: 's1',
    songId: 'song',
    title: `${secret} title`,
    artist: `${secret} artist`,
    artworkUrl: `/${secret}.jpg`,
    durationMs: 1000
  },
  'songs:counted': { type: 'songs:counted', counts: [{ requestId: 's1', votes: 2 }] },
  'song:settled': { type: 'song:settled', requestId: 's1', songId: 'song', reason: 'dismissed', by },
  'speak:requested': { type: 'speak:requested', requestId: 'r', ...person, reason: `${secret} reason`, requestedAt: 9 },
  'speak:withdrawn': { type: 'speak:withdrawn', requestId: 'r', userId, by },
  'speak:rejected': { type: 'speak:rejected', requestId: null, userId, by: null },
  'speak:invited': { type: 'speak:invited', ...person, by },
  'speak:renamed': { type: 'speak:renamed', ...person },
  'comments:muted': { type: 'comments:muted', userId, muted: true, by },
  'member:unbanned': { type: 'member:unbanned', userId, by },
  'voice:recorded': { type: 'voice:recorded', userId, recorded: false }
}

const audience: AudienceEvent[] = [
  { type: 'audience:opened' },
  { type: 'listener:joined', person: 'p1', guest: true, source: 'link' },
  { type: 'listener:joined', person: 'p1', guest: false, source: null },
  { type: 'listener:left', person: 'p1' },
  { type: 'comments:counted', count: 3 },
  { type: 'reactions:counted', count: 4 }
]

const typesOf = (union: { anyOf: { properties: { type: { const: string } } }[] }) =>
  union.anyOf.map(({ properties }) => properties.type.const)

t.test('a message names nobody and has no words of people', async t => {
  for (const [type, event] of Object.entries(samples)) {
    const published = publishedEvent(event, pseudonymOf)
    const text = encodeMessage({ stream: 'log', showId: 'show', seq: 1, at: 2, event: published })
    t.equal(published.type, type)
    t.notOk(text.includes(secret), `${type}: ${text}`)
    t.equal(text.includes(`"person":"${pseudonymOf(userId)}"`), 'userId' in event, `${type} names its person`)
    if ('by' in event && event.by !== null) t.match(text, `"by":"${pseudonymOf(by)}"`)
  }
})

t.test('every event has a sample and a published form', async t => {
  t.same(Object.keys(samples).sort(), ['home:taken', ...typesOf(RoomEvent), ...typesOf(QueueEvent)].sort())
  t.same([...Object.keys(samples), 'record:unreadable'].sort(), typesOf(PublishedEvent).sort())
})

t.test('a message is read as the record that was written', async t => {
  for (const event of Object.values(samples)) {
    const record = {
      stream: 'log',
      showId: 'a-show',
      seq: 12,
      at: 34,
      event: publishedEvent(event, pseudonymOf)
    } as const
    t.same(decodeMessage('log', encodeMessage(record)), record)
  }
  for (const event of audience) {
    const record = { stream: 'audience', showId: 'a-show', seq: 12, at: 34, event } as const
    t.same(decodeMessage('audience', encodeMessage(record)), record)
    t.equal(decodeMessage('log', encodeMessage(record)), undefined)
  }
})

t.test('anything else is no message', async t => {
  const message = { v: 1, id: 's:1', showId: 's', seq: 1, at: 2, event: { type: 'show:started' } }
  t.ok(decodeMessage('log', JSON.stringify(message)))
  const others: unknown[] = [
    null,
    [],
    'text',
    { ...message, v: 2 },
    { ...message, id: 's:2' },
    { ...message, seq: 0 },
    { ...message, seq: '1' },
    { ...message, at: -1 },
    { ...message, showId: '' },
    { ...message, more: 1 },
    { ...message, event: { type: 'show:unheard-of' } },
    { ...message, event: { type: 'show:started', more: 1 } },
    { ...message, event: undefined }
  ]
  for (const other of others) t.equal(decodeMessage('log', JSON.stringify(other)), undefined, JSON.stringify(other))
  for (const text of ['', '{', '\u0000', '{"v":1}', '[1']) t.equal(decodeMessage('log', text), undefined, text)
})

t.test('a record that this build cannot read keeps its place', async t => {
  const broken: unknown[] = [
    { type: 'show:unheard-of' },
    { type: 'toString' },
    { type: 'floor:granted' },
    { type: 'stage:left', userId: 'u', reason: `${secret} reason` },
    {},
    null
  ]
  for (const event of broken) {
    t.same(publishedEvent(event as LoggedEvent, pseudonymOf), { type: 'record:unreadable' }, JSON.stringify(event))
  }
})
