import type { FastifyInstance } from 'fastify'
import type { Tokens } from '../../contract/auth.ts'
import type { Report } from '../../contract/safety.ts'
import type { Show } from '../../contract/shows.ts'
import type { OperatorApp } from '../operator-app.ts'
import { recordShow, type RecordedShow } from '../recorded-show.ts'
import { joinShow, goLive, signIn, type ShowClient } from '../users.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'

/** Roles of callers, in relation to the owner's live show. */
export const roles = ['anonymous', 'guest', 'banned', 'other', 'cohost', 'owner', 'operator'] as const
export type Role = (typeof roles)[number]

/** A person who sends REST requests. */
export interface Caller {
  id: string
  token: string
  refreshToken?: string
}

/** People, shows and other subjects for the requests of these tests. */
export interface World {
  app: FastifyInstance
  url: string
  people: Record<Exclude<Role, 'anonymous'>, Caller>
  /** Signs in a new person, whom operations may erase without harm to other tests. Null for anonymous. */
  newcomer(role: Role): Promise<Caller | null>
  /** A live show of the owner, with a co-host and a banned person. */
  liveShowId: string
  unlistedShowId: string
  privateShowId: string
  /** Creates a scheduled show of the owner. */
  plannedShow(visibility?: Show['visibility']): Promise<string>
  /** Plans a show with this picture. */
  coveredShow(picture: Buffer): Promise<string>
  /** Starts a live show of a new creator, which may be ended. */
  anotherLiveShow(): Promise<{ showId: string; creator: Caller }>
  /** Sends a comment of a bystander in the live show. */
  comment(): Promise<string>
  /** Creates another sign-in of the owner. */
  sessionOfOwner(): Promise<string>
  /** Creates an open report of the owner. */
  report(): Promise<string>
  /** Makes room for an announcement, and returns a draft. */
  announcementDraft(): Promise<{ text: string; until: string }>
  /** Makes an announcement of the operator. */
  announcement(): Promise<string>
  /** A song of the owner that is ready, always the same. */
  songId: string
  /** Uploads another song of the owner, without waiting for it. */
  song(): Promise<string>
  /** A recorded show of the owner, with a stint of the owner, always the same. */
  recordedShow(): Promise<RecordedShow>
  /** A recorded show like that, another one each time. */
  anotherRecordedShow(): Promise<RecordedShow>
  /** Bans a new person from the live show. */
  ban(): Promise<string>
  /** Begins a series of the owner, another one each time; returns its id. */
  series(): Promise<string>
  /** Creates an invitation to a private show of the owner. */
  invitation(showId: string): Promise<{ id: string; token: string }>
}

/** Signs in as a guest. */
export async function signInGuest(url: string): Promise<Caller> {
  const response = await fetch(`${url}/v1/auth/guest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}'
  })
  return toCaller((await response.json()) as Tokens)
}

async function signInAccount(url: string): Promise<Caller> {
  const response = await fetch(`${url}/v1/auth/dev-login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ displayName: 'Newcomer' })
  })
  return toCaller((await response.json()) as Tokens)
}

function toCaller({ accessToken, refreshToken, user }: Tokens): Caller {
  return { id: user.id, token: accessToken, refreshToken }
}

async function createSeats(url: string, owner: ShowClient, showId: string) {
  const cohost = await joinShow(url, showId, 'Cohost')
  await owner.request('cohost:set', { userId: cohost.user.id, cohost: true })
  const banned = await joinShow(url, showId, 'Banned')
  await owner.request('member:remove', { userId: banned.user.id, ban: true })
  return { cohost: cohost.user, banned: banned.user, bystander: await joinShow(url, showId, 'Bystander') }
}

/** Creates it on a running application. */
export async function createWorld({ app, url, operator }: OperatorApp): Promise<World> {
  const { creator: owner, client, showId: liveShowId } = await goLive(url, 'A live show')
  const { cohost, banned, bystander } = await createSeats(url, client, liveShowId)
  const plannedShow = async (visibility: Show['visibility'] = 'public') =>
    (await owner.rest<Show>('POST', '/v1/shows', { title: 'A planned show', visibility, tags: [`${visibility} tag`] }))
      .id
  const privateShowId = await plannedShow('private')
  let recorded: Promise<RecordedShow> | undefined
  const anotherRecordedShow = async () => {
    const show = await recordShow(app, {
      creatorId: owner.id,
      durationMs: 2_000,
      stints: [{ userId: owner.id, atMs: 0, durationMs: 1_000 }]
    })
    await app.replays.worker.idle()
    return show
  }
  let comments = 0
  const announcementDraft = async () => {
    await app.db.collection('announcements').deleteMany({})
    return { text: 'Hello', until: new Date(Date.now() + 60_000).toISOString() }
  }
  const sound = await makeFile('sound.ogg', ['-c:a', 'libopus'], 'sine=duration=0.5')
  const { id: songId } = await settled(owner, (await uploaded(url, owner, sound, 'Hidden treasure')).id)

  return {
    app,
    url,
    people: { guest: await signInGuest(url), banned, other: await signIn(url, 'Other'), cohost, owner, operator },
    newcomer: async role =>
      role === 'anonymous' ? null : role === 'guest' ? await signInGuest(url) : await signInAccount(url),
    liveShowId,
    unlistedShowId: await plannedShow('unlisted'),
    privateShowId,
    plannedShow,
    async coveredShow(picture) {
      const { id } = await app.showCovers.replace(await plannedShow(), owner.id, async () => picture)
      return id
    },
    async anotherLiveShow() {
      const { creator, showId } = await goLive(url, 'Another show')
      return { creator, showId }
    },
    async comment() {
      const { comment } = await bystander.client.request('comment:send', { clientId: `c${comments++}`, text: 'Hello' })
      return comment.id
    },
    sessionOfOwner: async () => (await app.sessions.open(owner.id, 'another device')).signInId,
    report: async () =>
      (
        await owner.rest<Report>('POST', '/v1/reports', {
          kind: 'user',
          subjectId: (await signIn(url, 'Rude')).id,
          reason: 'Because'
        })
      ).id,
    announcementDraft,
    announcement: async () => (await app.announcements.make(operator.id, await announcementDraft())).id,
    async series() {
      const repeat = { rule: 'FREQ=WEEKLY', timeZone: 'UTC' }
      const draft = { title: 'A weekly show', startsAt: '2040-03-01T20:00:00.000Z' }
      return (await app.showSeries.create(owner.id, repeat, draft)).series?.id ?? ''
    },
    songId,
    song: async () => (await uploaded(url, owner, sound)).id,
    recordedShow: async () => await (recorded ??= anotherRecordedShow()),
    anotherRecordedShow,
    async ban() {
      const { user } = await joinShow(url, liveShowId, 'Unwelcome')
      await client.request('member:remove', { userId: user.id, ban: true })
      return user.id
    },
    async invitation(showId) {
      const { id, url: link } = await owner.rest<{ id: string; url: string }>(
        'POST',
        `/v1/shows/${showId}/invitations`,
        {}
      )
      return { id, token: new URLSearchParams(new URL(link).hash.slice(1)).get('invitation') ?? '' }
    }
  }
}
