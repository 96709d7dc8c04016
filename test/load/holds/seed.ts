import type { Db, Document } from 'mongodb'

/** People and shows of the seeded store. Each of them has many documents of some kind. */
export const names = {
  /** Creator with many shows, followers, sign-ins, songs and reports. */
  star: 'star',
  /** Listener who follows many, commented and visited often, and mutes themselves. */
  fan: 'fan',
  /** Creator of the shows below. */
  host: 'host',
  /** Ended show with many comments, visitors, admissions, invitations and events. */
  bigShow: 'big-show',
  cover: '/v1/covers/host.a-cover-of-a-show',
  /** Ended show whose comments were all deleted. */
  erasedShow: 'erased-show',
  /** Scheduled show with a playlist. */
  nextShow: 'next-show',
  song: 'song-0',
  invitation: 'invitation-0',
  report: 'report-0'
} as const

const batchSize = 2000

/** Number of playlists with the same song: each costs an operation when the song is removed. */
const playlistCount = 500

/** Number of stints of one show, and of recorded shows of one creator. */
const recordingCount = 1000

/** Number of replays of one creator: each costs an operation when its song is removed. */
const replayCount = 200

/** Number of people in shows and follows who have an account. */
const personCount = 5000

const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1000)
const personId = (n: number) => `person-${n % personCount}`

async function fill(db: Db, name: string, count: number, make: (n: number) => Document): Promise<void> {
  const collection = db.collection(name)
  for (let start = 0; start < count; start += batchSize) {
    const length = Math.min(batchSize, count - start)
    await collection.insertMany(Array.from({ length }, (_, n) => make(start + n)))
  }
}

function person(id: string, guest = false): Document {
  return { _id: id, displayName: `Name of ${id}`, avatarUrl: null, bio: '', links: [], guest, createdAt: at(0) }
}

function show(id: string, creatorId: string, n: number, fields: Document = {}): Document {
  const words = ['show', `word${n % 100}`, `n${n}`]
  return {
    _id: id,
    creatorId,
    title: `Show word${n % 100} n${n}`,
    description: '',
    words,
    status: 'ended',
    visibility: 'public',
    settings: { maxSpeakers: 5 },
    startsAt: null,
    startedAt: at(n),
    endedAt: at(n + 100),
    endReason: 'creator',
    listenerCount: 0,
    peakListeners: 1,
    totalListeners: 1,
    version: 1,
    createdAt: at(n),
    updatedAt: at(n),
    ...fields
  }
}

/** Some shows have not started, and each tenth has a cover, which it shares with others. */
function showFieldsOf(n: number): Document {
  const planned = n % 200 === 0 ? { status: 'scheduled', endedAt: null } : {}
  return n % 10 === 2 ? { ...planned, coverUrl: `/v1/covers/star.cover-${n % 100}` } : planned
}

function event(n: number): Document {
  if (n % 50 === 0) return { type: 'member:removed', userId: `banned-${n}`, ban: n % 100 === 0, by: names.host }
  if (n % 10 === 0) {
    return { type: 'floor:granted', userId: names.fan, displayName: 'Fan', avatarUrl: null, by: names.host }
  }
  return { type: 'mute:changed', userId: names.fan, muted: n % 2 === 0, by: names.fan }
}

function audienceEvent(n: number): Document {
  const person = `visitor-${n % 10_000}`
  return Math.floor(n / 10_000) % 2 === 0
    ? { type: 'listener:joined', person, guest: false, source: null }
    : { type: 'listener:left', person }
}

const emptySummary = {
  startedAt: 0,
  endMs: 0,
  audience: null,
  comments: null,
  talkMs: 1,
  requests: { requested: 0, accepted: 0, rejected: 0, withdrawn: 0, averageWaitMs: null, medianWaitMs: null },
  minutes: { first: 0, listeners: [], maxListeners: [], joins: [], leaves: [], comments: [], reactions: [] },
  played: [],
  isTruncated: false
}

function comment(showId: string, authorId: string, n: number, isDeleted: boolean): Document {
  return {
    _id: `${showId}-${authorId}-${n}`,
    showId,
    authorId,
    clientId: `${n}`,
    text: isDeleted ? '' : 'A comment of usual length',
    createdAt: at(n),
    deletedAt: isDeleted ? at(n) : null
  }
}

function song(n: number): Document {
  return {
    _id: `song-${n}`,
    ownerId: names.star,
    state: 'ready',
    title: `Song ${n}`,
    artist: 'Artist',
    album: null,
    durationMs: 200_000,
    peaks: Array.from({ length: 100 }, (_, peak) => peak),
    reason: null,
    sizeBytes: 1000,
    audioBytes: 1000,
    artworkName: 'artwork',
    hasArtwork: false,
    words: ['song', `n${n}`],
    leaseToken: null,
    leaseUntil: new Date(0),
    attempts: 1,
    artistKey: `artist-${n % 10}`,
    askAt: at(n),
    askedAt: at(n),
    hasProposals: true,
    createdAt: at(n)
  }
}

function playlistItem(id: string): Document {
  return {
    id,
    kind: 'song',
    songId: names.song,
    title: 'Song',
    artists: ['Artist'],
    album: null,
    durationMs: 200_000,
    artworkUrl: null,
    link: null,
    available: true
  }
}

/** Fills the collections of an application that has created its indexes, most of them with `count` documents. */
export async function seed(db: Db, count: number): Promise<void> {
  const { star, fan, host, bigShow, erasedShow, nextShow } = names
  const each = async (name: string, make: (n: number) => Document, length = count) => await fill(db, name, length, make)

  await db.collection<Document>('users').insertMany([star, fan, host].map(id => ({ ...person(id) })) as never[])
  await each('users', n => person(`person-${n}`, n % 10 === 0), Math.min(count, personCount))
  await each('follows', n => ({ _id: `f${n}`, fromId: `follower-${n}`, toId: star, createdAt: at(n) }))
  await each('follows', n => ({ _id: `g${n}`, fromId: fan, toId: `creator-${n}`, createdAt: at(n) }))
  await each('blocks', n => ({ _id: `b${n}`, fromId: star, toId: `blocked-${n}`, createdAt: at(n) }))
  await each('shows', n => show(`show-${n}`, star, n, showFieldsOf(n)))
  await each('shows', n => show(`other-${n}`, `creator-${n % 2000}`, n))
  await db
    .collection<Document>('shows')
    .insertMany([
      show(bigShow, host, 1, { visibility: 'private', coverUrl: names.cover }),
      show(erasedShow, host, 2),
      show(nextShow, host, 3, { status: 'scheduled', startedAt: null, endedAt: null, endReason: null })
    ] as never[])
  await each('showEvents', n => {
    const made = event(n)
    const isDecision = made.by !== made.userId
    const placed = { _id: `${bigShow}:${n + 1}`, showId: bigShow, seq: n + 1, at: n, event: made, writer: 'seed' }
    return isDecision ? { ...placed, decidedIn: bigShow } : placed
  })
  await each('audienceEvents', n => ({
    _id: `${bigShow}:${n + 1}`,
    showId: bigShow,
    seq: n + 1,
    at: n,
    event: audienceEvent(n),
    writer: 'seed',
    n
  }))
  await each('creatorAudience', n => ({
    _id: `${host}:visitor-${n}`,
    creatorId: host,
    person: `visitor-${n}`,
    firstAt: n
  }))
  await each('showAnalytics', n => ({
    _id: `show-${n}`,
    creatorId: star,
    storedAt: at(n),
    summary: { ...emptySummary, speakers: [{ userId: fan, talkMs: 1, spans: [] }] },
    returning: null
  }))
  await each('transcriptSegments', n => ({
    _id: `segment-${n}`,
    showId: bigShow,
    stintId: `stint-${n % 1000}`,
    userId: fan,
    createdAt: at(n),
    to: at(n + 1).getTime(),
    text: `Somebody said word${n % 100}`,
    words: ['somebody', 'said', `word${n % 100}`]
  }))
  await each('transcriptJobs', n => ({
    _id: `stint-${n}`,
    showId: n < 200 ? bigShow : `show-${n}`,
    userId: fan,
    state: 'done',
    jobId: null,
    clock: [],
    pollMs: 0,
    losses: 0,
    reason: null,
    language: 'en',
    topics: [{ name: `Topic ${n % 30}`, count: 1 }],
    createdAt: at(n)
  }))
  await each('comments', n => comment(bigShow, fan, n, false))
  await each('comments', n => comment(erasedShow, personId(n), n, true))
  await each('showVisitors', n => visit(bigShow, `visitor-${n}`, n))
  await each('showVisitors', n => visit(`show-${n}`, fan, n))
  await each('showVotes', n => ({
    _id: `${bigShow}:p1:visitor-${n}`,
    showId: bigShow,
    ballotId: 'p1',
    userId: `visitor-${n}`,
    choice: n % 3,
    at: at(n)
  }))
  await each('showAdmissions', n => ({ ...visit(bigShow, `visitor-${n}`, n), invitationId: `invitation-${n}` }))
  await each('showAdmissions', n => ({ ...visit(`show-${n}`, fan, n), invitationId: `other-${n}` }))
  await each('showRoleRevocations', n => ({
    _id: `${host}:revoked-${n}`,
    creatorId: host,
    userId: `revoked-${n}`,
    at: at(n)
  }))
  await each('showInvitations', n => ({
    _id: `invitation-${n}`,
    showId: bigShow,
    tokenHash: `hash-${n}`,
    maxUses: 1000,
    left: 1000,
    acceptedIds: [],
    expiresAt: at(n + 86_400_000),
    createdAt: at(n)
  }))
  await each('sessions', n => ({
    _id: `session-${n}`,
    userId: star,
    device: 'Browser',
    lastUsedAt: at(n),
    tokenHash: `token-${n}`,
    usedHashes: [`used-${n}`],
    revokedAt: n % 3 === 0 ? at(n) : null,
    expiresAt: n % 2 === 0 ? at(n) : new Date(Date.UTC(2100, 0, 1)),
    createdAt: at(n)
  }))
  await each('reports', n => ({
    _id: `report-${n}`,
    openKey: `fan:user:${n}`,
    kind: 'user',
    subjectId: star,
    subjectOwnerId: star,
    excerpt: 'Star',
    reason: 'Because',
    status: n % 2 === 0 ? 'open' : 'answered',
    answer: null,
    reporterId: fan,
    createdAt: at(n),
    answeredAt: null
  }))
  await each('operatorActs', n => ({
    _id: `act-${n}`,
    operatorId: 'operator',
    type: 'accountRestored',
    subjectId: star,
    reason: 'Because',
    done: true,
    createdAt: at(n)
  }))
  await each('announcements', n => ({
    _id: `announcement-${n}`,
    text: 'Maintenance',
    createdAt: at(n),
    until: at(n + 1),
    endedAt: null
  }))
  await each('songs', song)
  const marks = Array.from({ length: 100 }, (_, n) => ({ samples: n * 48_000, atMs: at(n).getTime() }))
  const stint = { state: 'stored', durationMs: 100_000, sizeBytes: 400_000, marks }
  await each(
    'recordings',
    n => ({ _id: `stint-${n}`, showId: bigShow, userId: fan, startedAt: at(n), ...stint }),
    recordingCount
  )
  const held = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`held-${n}`, 400_000]))
  await each(
    'recordedShows',
    n => ({ _id: n === 0 ? bigShow : `recorded-${n}`, creatorId: host, held, changes: 1, endedAt: at(n) }),
    recordingCount
  )
  const spans = Array.from({ length: 300 }, (_, n) => [n * 2000, n * 2000 + 1000])
  const mixed = {
    version: 'mixed',
    kept: [{ from: at(0).getTime(), to: at(0).getTime() + 600_000 }],
    recorded: [{ from: at(0).getTime(), to: at(0).getTime() + 600_000 }],
    stretches: [{ atMs: 0, durationMs: 600_000, showAt: at(0).getTime() }],
    items: [],
    chapters: Array.from({ length: 50 }, (_, n) => ({ atMs: n * 1000, title: null, userId: `person-${n}` })),
    speakers: Array.from({ length: 10 }, (_, n) => ({ userId: `person-${n}`, talkMs: 1000, spans })),
    peaks: Array.from({ length: 2000 }, (_, n) => (n % 100) / 100),
    reactions: Array.from({ length: 300 }, (_, n) => [n * 2000, n]),
    audio: [{ format: 'mp3', sizeBytes: 1_000_000 }],
    stintIds: Array.from({ length: recordingCount }, (_, n) => `stint-${n}`),
    songIds: ['song-1'],
    mixedAt: at(0)
  }
  const replay = {
    state: 'ready',
    asked: 1,
    cut: { from: null, to: null },
    version: 1,
    hasCaptions: true,
    leaseUntil: at(0)
  }
  await each(
    'replays',
    n => ({
      _id: n === 0 ? bigShow : `show-${n}`,
      creatorId: host,
      ...replay,
      mixed,
      ...{ publishedAt: at(n), createdAt: at(n), updatedAt: at(n), attempts: 0 }
    }),
    replayCount
  )
  await each('playlists', n => ({ _id: `show-${n}`, version: 1, items: [playlistItem(`i${n}`)] }), playlistCount)
  const longPlaylist = Array.from({ length: 500 }, (_, n) => playlistItem(`item-${n}`))
  await db.collection<Document>('playlists').insertOne({ _id: nextShow as never, version: 1, items: longPlaylist })
  for (const name of ['oneTimeCodes', 'linkTickets', 'signInTrips']) {
    await each(name, n => ({ _id: `expired-${n}`, expiresAt: at(n) }))
  }
}

function visit(showId: string, userId: string, n: number): Document {
  return { _id: `${showId}:${userId}`, showId, userId, createdAt: at(n) }
}
