import { text } from 'node:stream/consumers'
import type { Document } from 'mongodb'
import pino from 'pino'
import t from 'tap'
import { exportOf } from '../../../../plugins/app/privacy/export.ts'
import { captureLog } from '../../../captured-log.ts'
import { startApp } from '../../../realtime/real-app.ts'
import { damage, startDamagingStore } from '../../../store/damaging-store.ts'

const userId = 'person'
const at = new Date('2026-01-02T03:04:05Z')

/** For each domain: its collection, a whole document, and values of a wrong type that its export cannot convert. */
const domains: Record<string, { collection: string; whole: Document; wrong?: Document }> = {
  account: { collection: 'users', whole: { displayName: 'P', links: [] }, wrong: { createdAt: 'yesterday' } },
  blocks: { collection: 'blocks', whole: { fromId: userId }, wrong: { createdAt: null } },
  follows: { collection: 'follows', whole: { fromId: userId }, wrong: { createdAt: 5 } },
  avatars: {
    collection: 'storage.files',
    whole: { length: 3, chunkSize: 1024, uploadDate: at, metadata: { seq: 1, sha256: '' } },
    wrong: { uploadDate: 'today', metadata: null }
  },
  suspensions: { collection: 'suspensions', whole: { reason: 'rude' }, wrong: { createdAt: {} } },
  sessions: { collection: 'sessions', whole: { userId, device: 'phone', lastUsedAt: at } },
  identities: { collection: 'identities', whole: { userId } },
  showEvents: {
    collection: 'showEvents',
    whole: { showId: 's', at: 5, event: { type: 'hand:raised', userId } }
  },
  showRoleRevocations: { collection: 'showRoleRevocations', whole: { creatorId: userId, at }, wrong: { at: 'soon' } },
  showSeries: {
    collection: 'showSeries',
    whole: { creatorId: userId, draft: { title: 'A weekly show' } }
  },
  shows: { collection: 'shows', whole: { creatorId: userId, title: 'A show' } },
  showCovers: {
    collection: 'storage.files',
    whole: { length: 3, chunkSize: 1024, uploadDate: at, metadata: { seq: 1, sha256: '' } },
    wrong: { uploadDate: 'today', metadata: null }
  },
  showVisitors: { collection: 'showVisitors', whole: { userId } },
  showVotes: { collection: 'showVotes', whole: { userId, showId: 's', ballotId: 'p1', choice: 0, at } },
  backstageInvitations: {
    collection: 'shows',
    whole: { backstage: { version: 1, guests: [{ userId, role: 'guest', invitedAt: at }] } }
  },
  showInvitations: { collection: 'showAdmissions', whole: { userId } },
  invitationsMade: {
    collection: 'showInvitations',
    whole: { showId: 'shows-0', maxUses: 2, left: 1, expiresAt: at },
    wrong: { expiresAt: '' }
  },
  blockedWords: { collection: 'blockedWords', whole: { words: ['spoiler'] }, wrong: { words: 5 } },
  comments: { collection: 'comments', whole: { authorId: userId, text: 'Hello' } },
  heldComments: {
    collection: 'heldComments',
    whole: { authorId: userId, text: 'Hello', sentAt: at },
    wrong: { sentAt: 'then' }
  },
  trustedCommenters: { collection: 'trustedCommenters', whole: { fromId: userId }, wrong: { createdAt: 5 } },
  songs: { collection: 'songs', whole: { ownerId: userId, state: 'ready', title: 'T' }, wrong: { createdAt: 'x' } },
  recordings: {
    collection: 'recordings',
    whole: { userId, state: 'stored', startedAt: at },
    wrong: { startedAt: 'then' }
  },
  replays: {
    collection: 'replays',
    whole: { creatorId: userId, state: 'waiting', publishedAt: null, createdAt: at },
    wrong: { createdAt: 'then' }
  },
  playlists: { collection: 'playlists', whole: { version: 1, items: [] } },
  spotify: { collection: 'spotifyAccounts', whole: { spotifyId: 'x' } },
  operatorActs: { collection: 'operatorActs', whole: { subjectId: userId, type: 'x' }, wrong: { createdAt: [] } },
  showAnalytics: {
    collection: 'showAnalytics',
    whole: { creatorId: 'c', summary: { speakers: [{ userId, talkMs: 5, spans: [] }] } }
  },
  transcripts: {
    collection: 'transcriptSegments',
    whole: { userId, showId: 's', stintId: 'x', to: 5, text: 'Hello', words: ['hello'] },
    wrong: { to: {}, text: 5 }
  },
  transcribedDays: {
    collection: 'transcribedDays',
    whole: { creatorId: userId, sentMs: 5 },
    wrong: { createdAt: 'today' }
  },
  transcriptJobs: {
    collection: 'transcriptJobs',
    whole: { userId, showId: 's', state: 'done', reason: null, language: 'en', topics: [{ name: 'Music', count: 1 }] },
    wrong: { topics: 'Music' }
  },
  calendarFeed: { collection: 'calendarFeeds', whole: { keyHash: 'x' }, wrong: { createdAt: 'today' } },
  notificationSettings: { collection: 'notificationSettings', whole: { push: true }, wrong: { mutedCreatorIds: 5 } },
  pushSubscriptions: {
    collection: 'pushSubscriptions',
    whole: { userId, device: 'phone', endpoint: 'https://push.example/x' },
    wrong: { endpoint: 'nowhere' }
  },
  showReminders: { collection: 'showReminders', whole: { userId, showId: 's' }, wrong: { createdAt: 'then' } },
  emailAddress: {
    collection: 'emailAddresses',
    whole: { address: 'anna@example.org', entryId: 'x', verifiedAt: null, refusedAt: null, check: null },
    wrong: { verifiedAt: 'today' }
  },
  webhooks: {
    collection: 'webhooks',
    whole: { userId, url: 'https://hooks.example/x', events: ['show.started'], isEnabled: true },
    wrong: { url: 'nowhere' }
  },
  notifications: {
    collection: 'notificationMessages',
    whole: { userId, showId: 's', kind: 'started', channel: 'push', outcome: 'sent' },
    wrong: { createdAt: 'then' }
  },
  reports: { collection: 'reports', whole: { reporterId: userId }, wrong: { createdAt: false } }
}

/** Domains whose records have the person's id or that of their shows: one record for each. */
const ofPerson = new Set([
  ...['account', 'suspensions', 'spotify', 'blockedWords', 'calendarFeed', 'notificationSettings', 'emailAddress']
])

/** Domains that export files, with their folders. */
const folders = new Map([
  ['avatars', 'avatars'],
  ['showCovers', 'covers']
])

const { url: storeUrl, db, down } = await startDamagingStore(t)
const { app } = await startApp(t, { MONGODB_URL: storeUrl, STORAGE_URL: 'gridfs:' })
domains.audienceEvents = {
  collection: 'audienceEvents',
  whole: { showId: 's', at: 5, event: { type: 'listener:joined', person: app.pseudonymOf(userId) } }
}
domains.creatorAudience = {
  collection: 'creatorAudience',
  whole: { creatorId: 'c', person: app.pseudonymOf(userId), firstAt: 5 }
}
const log = captureLog()
const exported = (id: string) => exportOf(id, { personalData: app.personalData, now: at, logger: pino({}, log.stream) })

/** Stores a document of a domain. */
async function store(domain: string, n: number, changes: Document = {}): Promise<string> {
  const { collection, whole } = domains[domain]!
  const id = ofPerson.has(domain) ? userId : domain === 'playlists' ? `shows-${n}` : `${domain}-${n}`
  const file = `${folders.get(domain)}/${userId}/${id}`
  const keys = folders.has(domain) ? { filename: file } : {}
  const unique = { showId: `s${n}`, seq: n, toId: `to-${n}`, tokenHash: id, clientId: id, openKey: id, userId: id }
  const document = { ...unique, createdAt: at, ...whole, ...keys, ...changes }
  const stored = db.collection<{ _id: string }>(collection)
  await stored.replaceOne({ _id: id }, document, { upsert: true })
  return folders.has(domain) ? file : id
}

t.test('every domain that exports something is damaged here', async t => {
  t.same(Object.keys(domains).sort(), [...app.personalData.keepers().keys()].sort())
})

t.test('an export leaves out damaged records, names them and has everything else', async t => {
  for (const domain of Object.keys(domains)) for (const n of [0, 1, 2]) await store(domain, n)
  const whole = JSON.parse(await text(exported(userId)))
  t.same(whole.unreadable, [])
  t.equal(log.text(), '')
  for (const domain of Object.keys(domains)) {
    t.equal(whole[domain].length, ofPerson.has(domain) ? 1 : 3, `${domain} has its records`)
  }

  /** Damages one record of each domain that `changesOf` has changes for. */
  async function checkWithDamage(how: string, changesOf: (domain: string) => Document | undefined): Promise<void> {
    log.clear()
    const damaged: { domain: string; id: string }[] = []
    for (const domain of app.personalData.keepers().keys()) {
      const changes = changesOf(domain)
      if (changes) damaged.push({ domain, id: await store(domain, ofPerson.has(domain) ? 0 : 1, changes) })
    }
    const cut = JSON.parse(await text(exported(userId)))
    t.same(cut.unreadable, damaged, `${how}: every damaged record is named`)
    for (const domain of Object.keys(domains)) {
      const expected = whole[domain].length - (changesOf(domain) ? 1 : 0)
      t.equal(cut[domain].length, expected, `${how}: ${domain} has all other records`)
    }
    const message = 'export left out unreadable records'
    t.match(JSON.parse(log.text()), {
      level: 40,
      msg: message,
      userId,
      count: damaged.length,
      records: damaged.slice(0, 20)
    })
    t.notMatch(log.text(), damage, 'the log has no contents')
    for (const { domain } of damaged) await store(domain, ofPerson.has(domain) ? 0 : 1)
  }
  // The storage decodes the entries of its bucket itself.
  await checkWithDamage('undecodable', domain => (folders.has(domain) ? undefined : { note: damage }))
  await checkWithDamage('wrong types', domain => domains[domain]?.wrong)
  t.same(JSON.parse(await text(exported(userId))), whole, 'repaired records are exported again')
})

t.test('an outage of the store ends the export without an end', async t => {
  log.clear()
  down.when = 'playlists'
  let written = ''
  await t.rejects(async () => {
    for await (const part of exported(userId)) written += String(part)
  })
  t.match(written, '"comments"')
  t.throws(() => JSON.parse(written))
  t.notMatch(written, 'unreadable')
  t.equal(log.text(), '')
})
