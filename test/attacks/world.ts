import type { FastifyInstance } from 'fastify'
import type { Tokens } from '../../contract/auth.ts'
import type { Report } from '../../contract/safety.ts'
import type { Show } from '../../contract/shows.ts'
import type { OperatorApp } from '../operator-app.ts'
import { joinShow, goLive, signIn, type ShowClient } from '../users.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'

/** Who asks: by what they are to the owner's live show. */
export const roles = ['anonymous', 'guest', 'banned', 'other', 'cohost', 'owner', 'operator'] as const
export type Role = (typeof roles)[number]

/** Somebody who asks over REST. */
export interface Asker {
  id: string
  token: string
  refreshToken?: string
}

/** People and things for whom and about which everything is asked. */
export interface World {
  app: FastifyInstance
  url: string
  people: Record<Exclude<Role, 'anonymous'>, Asker>
  /** Somebody of whom the operations may do away without harm to the others. */
  newcomer(role: Role): Promise<Asker | null>
  /** A show of the owner's that is live, with a co-host in it and somebody banned from it. */
  liveShowId: string
  unlistedShowId: string
  privateShowId: string
  /** A new show of the owner's, planned. */
  plannedShow(visibility?: Show['visibility']): Promise<string>
  /** A new live show of a new creator, to be ended. */
  anotherLiveShow(): Promise<{ showId: string; creator: Asker }>
  /** A new comment of a bystander's in the live show. */
  comment(): Promise<string>
  /** A new sign-in of the owner's. */
  sessionOfOwner(): Promise<string>
  /** A new open report of the owner's. */
  report(): Promise<string>
  /** A song of the owner's that is ready, always the same. */
  songId: string
  /** A new song of the owner's, whatever becomes of it. */
  song(): Promise<string>
  /** Somebody new who was banned from the live show. */
  ban(): Promise<string>
  /** A new invitation to a private show of the owner's. */
  invitation(showId: string): Promise<{ id: string; token: string }>
}

/** Signs in as a guest. */
export async function signInGuest(url: string): Promise<Asker> {
  const response = await fetch(`${url}/v1/auth/guest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}'
  })
  return asker((await response.json()) as Tokens)
}

async function signInAccount(url: string): Promise<Asker> {
  const response = await fetch(`${url}/v1/auth/dev-login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ displayName: 'Newcomer' })
  })
  return asker((await response.json()) as Tokens)
}

function asker({ accessToken, refreshToken, user }: Tokens): Asker {
  return { id: user.id, token: accessToken, refreshToken }
}

async function createSeats(url: string, owner: ShowClient, showId: string) {
  const cohost = await joinShow(url, showId, 'Cohost')
  await owner.request('cohost:set', { userId: cohost.user.id, cohost: true })
  const banned = await joinShow(url, showId, 'Banned')
  await owner.request('member:remove', { userId: banned.user.id, ban: true })
  return { cohost: cohost.user, banned: banned.user, bystander: await joinShow(url, showId, 'Bystander') }
}

/** Prepares it on a running application. */
export async function createWorld({ app, url, operator }: OperatorApp): Promise<World> {
  const { creator: owner, client, showId: liveShowId } = await goLive(url, 'A live show')
  const { cohost, banned, bystander } = await createSeats(url, client, liveShowId)
  const plannedShow = async (visibility: Show['visibility'] = 'public') =>
    (await owner.rest<Show>('POST', '/v1/shows', { title: 'A planned show', visibility })).id
  const privateShowId = await plannedShow('private')
  let comments = 0
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
    songId,
    song: async () => (await uploaded(url, owner, sound)).id,
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
