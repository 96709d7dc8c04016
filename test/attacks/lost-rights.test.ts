import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { startAppWithOperator } from '../operator-app.ts'
import { connectClient, signIn, type ShowClient, type TestUser } from '../users.ts'

/**
 * Every right of every role after everything that takes rights away. All requests concern one private show. A right
 * is granted when the request passes its checks of permission, whatever it answers then.
 */
const reads = ['see', 'comments', 'playlist', 'delete own comment'] as const
const hosting = ['members', 'bans', 'unban', 'edit playlist', 'delete comment'] as const
const running = ['decisions', 'edit show', 'invitations', 'end'] as const
const rights = [...reads, 'join', ...hosting, ...running] as const
type Right = (typeof rights)[number]

const none: readonly Right[] = []
const guest: readonly Right[] = [...reads, 'join']
const host: readonly Right[] = [...guest, ...hosting]
const pastHost: readonly Right[] = [...reads, ...hosting]
const all: readonly Right[] = [...reads, ...hosting, ...running]

/** `admitted` accepted an invitation, `member` joined before the show became private, `cohost` did both. */
const roles = ['creator', 'cohost', 'admitted', 'member'] as const
type Role = (typeof roles)[number]
type Step =
  'leave' | 'block' | 'unblock' | 'follow' | 'unfollow' | 'suspend' | 'restore' | 'remove' | 'ban' | 'unban' | 'end'

interface Person {
  id: string
  token: string
}

/** Events of a person, and the rights they then have in each role. Roles that are not named are not tested. */
const cases: readonly [happening: readonly Step[], expected: Partial<Record<Role, readonly Right[]>>][] = [
  [[], { creator: [...all, 'join'], cohost: host, admitted: guest, member: guest }],
  [['leave'], { cohost: host, admitted: guest, member: none }],
  [['follow', 'unfollow'], { cohost: host, admitted: guest, member: guest }],
  [['block'], { cohost: none, admitted: none, member: none }],
  [['block', 'unblock'], { cohost: none, admitted: none, member: none }],
  [['leave', 'block'], { cohost: none, admitted: none, member: none }],
  [['suspend'], { creator: none, cohost: none, admitted: none, member: none }],
  [['suspend', 'restore'], { creator: all, cohost: host, admitted: guest, member: none }],
  [['remove'], { cohost: guest, admitted: guest, member: none }],
  [['ban'], { cohost: reads, admitted: reads, member: none }],
  [['ban', 'unban'], { cohost: guest, admitted: guest, member: none }],
  [['end'], { creator: all, cohost: pastHost, admitted: reads, member: none }],
  [['leave', 'end'], { cohost: pastHost, admitted: reads, member: none }],
  [['block', 'end'], { cohost: none, admitted: none, member: none }],
  [['block', 'unblock', 'end'], { cohost: none, admitted: none, member: none }],
  [['remove', 'end'], { cohost: reads, admitted: reads, member: none }],
  [['ban', 'end'], { cohost: reads, admitted: reads, member: none }],
  [['ban', 'unban', 'end'], { cohost: reads, admitted: reads, member: none }],
  [['end', 'follow', 'unfollow'], { cohost: pastHost, admitted: reads, member: none }],
  [['end', 'block'], { cohost: none, admitted: none, member: none }],
  [['end', 'block', 'unblock'], { cohost: none, admitted: none, member: none }],
  [['end', 'suspend'], { creator: none, cohost: none, admitted: none, member: none }],
  [['end', 'suspend', 'restore'], { creator: all, cohost: pastHost, admitted: reads, member: none }],
  [['suspend', 'end'], { cohost: none, admitted: none, member: none }]
]

const { app, url, operator } = await startAppWithOperator(t)

async function send({ token }: Person, method: string, path: string, body?: object): Promise<Response> {
  return await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) })
  })
}

async function sendWell(person: Person, method: string, path: string, body?: object): Promise<void> {
  const response = await send(person, method, path, body)
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
}

const comment = async (client: ShowClient) =>
  (await client.request('comment:send', { text: 'Words', clientId: crypto.randomUUID() })).comment.id

interface Scene {
  creator: TestUser
  creatorClient: ShowClient
  showId: string
  /** A comment of the creator. */
  otherComment: string
  person: Person
  client: ShowClient
}

/** Creates a private show and a person in the role. */
async function createScene(role: Role): Promise<Scene> {
  const creator = await signIn(url, 'Creator')
  const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', { title: 'A show', visibility: 'unlisted' })
  await creator.rest('POST', `/v1/shows/${showId}/start`)
  const creatorClient = await creator.connect()
  await creatorClient.join(showId)
  const otherComment = await comment(creatorClient)
  if (role === 'creator') {
    return { creator, creatorClient, showId, otherComment, person: creator, client: creatorClient }
  }
  const person = await signIn(url, role)
  if (role !== 'member') {
    const { url: link } = await creator.rest<{ url: string }>('POST', `/v1/shows/${showId}/invitations`, {})
    const token = new URLSearchParams(new URL(link).hash.slice(1)).get('invitation')
    await person.rest('POST', `/v1/shows/${showId}/invitations/accept`, { token })
  }
  const client = await person.connect()
  await client.join(showId)
  if (role === 'cohost') await creatorClient.request('cohost:set', { userId: person.id, cohost: true })
  await creator.rest('PATCH', `/v1/shows/${showId}`, { visibility: 'private' })
  return { creator, creatorClient, showId, otherComment, person, client }
}

const happen: Record<Step, (scene: Scene) => Promise<unknown>> = {
  leave: async ({ client }) => await client.request('show:leave', {}),
  block: async ({ creator, person }) => await creator.rest('PUT', `/v1/users/me/blocks/${person.id}`),
  unblock: async ({ creator, person }) => await creator.rest('DELETE', `/v1/users/me/blocks/${person.id}`),
  follow: async ({ creator, person }) => await sendWell(person, 'PUT', `/v1/users/${creator.id}/follow`),
  unfollow: async ({ creator, person }) => await sendWell(person, 'DELETE', `/v1/users/${creator.id}/follow`),
  suspend: async ({ person }) =>
    await sendWell(operator, 'POST', `/v1/operator/users/${person.id}/suspend`, { reason: 'A test' }),
  async restore(scene) {
    const { id } = scene.person
    await sendWell(operator, 'POST', `/v1/operator/users/${id}/restore`, { reason: 'A test' })
    const user = await app.users.find(id)
    scene.person = { id, token: app.tokens.issue(user!, await app.sessions.open(id, 'test')).accessToken }
  },
  remove: async ({ creatorClient, person }) =>
    await creatorClient.request('member:remove', { userId: person.id, ban: false }),
  ban: async ({ creatorClient, person }) =>
    await creatorClient.request('member:remove', { userId: person.id, ban: true }),
  unban: async ({ creator, showId, person }) => await creator.rest('DELETE', `/v1/shows/${showId}/bans/${person.id}`),
  end: async ({ creator, showId }) => await creator.rest('POST', `/v1/shows/${showId}/end`)
}

async function isGranted(right: Right, { person, showId, otherComment }: Scene, ownComment: string): Promise<boolean> {
  if (right === 'join') {
    try {
      const client = await connectClient(url, person.token)
      const ack = await client.requestRaw('show:join', { showId })
      client.disconnect()
      return ack.ok
    } catch {
      return false
    }
  }
  const requests: Record<Exclude<Right, 'join'>, [method: string, path: string, body?: object]> = {
    see: ['GET', ''],
    comments: ['GET', '/comments'],
    playlist: ['GET', '/playlist'],
    'delete own comment': ['DELETE', `/comments/${ownComment}`],
    members: ['GET', '/members'],
    bans: ['GET', '/bans'],
    unban: ['DELETE', '/bans/nobody'],
    'edit playlist': ['PUT', '/playlist', { version: 0, items: [] }],
    'delete comment': ['DELETE', `/comments/${otherComment}`],
    decisions: ['GET', '/decisions'],
    'edit show': ['PATCH', '', { title: 'Another title' }],
    invitations: ['GET', '/invitations'],
    end: ['POST', '/end']
  }
  const [method, path, body] = requests[right]
  const response = await send(person, method, `/v1/shows/${showId}${path}`, body)
  const { message } = JSON.parse((await response.text()) || '{}')
  return ![401, 403].includes(response.status) && message !== 'There is no such show.'
}

async function grantedAfter(happening: readonly Step[], role: Role): Promise<Set<Right>> {
  const scene = await createScene(role)
  const ownComment = await comment(scene.client)
  for (const step of happening) await happen[step](scene)
  const granted = new Set<Right>()
  for (const right of rights) if (await isGranted(right, scene, ownComment)) granted.add(right)
  scene.client.disconnect()
  scene.creatorClient.disconnect()
  return granted
}

for (const [happening, expected] of cases) {
  t.test(`rights after ${happening.join(', ') || 'nothing'}`, async t => {
    const tested = roles.filter(role => expected[role])
    const granted = await Promise.all(tested.map(async role => await grantedAfter(happening, role)))
    for (const [n, role] of tested.entries()) t.same(granted[n], new Set(expected[role]), role)
  })
}

t.test('a block whose consequences are not carried out yet takes the rights too', async t => {
  const scene = await createScene('cohost')
  const ownComment = await comment(scene.client)
  await app.db
    .collection('blocks')
    .insertOne({ fromId: scene.creator.id, toId: scene.person.id, createdAt: new Date() })
  for (const right of rights) t.equal(await isGranted(right, scene, ownComment), false, right)
  scene.client.disconnect()
  scene.creatorClient.disconnect()
})

t.test('revoked roles are exported for the creator and erased with either person', async t => {
  const keeper = app.personalData.keepers().get('showRoleRevocations')!
  async function records(userId: string): Promise<number> {
    let count = 0
    for await (const record of keeper.export(userId)) count += Object.keys(record).length > 0 ? 1 : 0
    return count
  }
  for (const erased of ['creator', 'person'] as const) {
    const scene = await createScene('cohost')
    await happen.block(scene)
    t.same([await records(scene.creator.id), await records(scene.person.id)], [1, 0])
    await keeper.erase(scene[erased].id)
    t.equal(await records(scene.creator.id), 0)
  }
})
