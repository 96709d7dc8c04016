import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import t from 'tap'
import type { Invitation } from '../../contract/invitations.ts'
import type { Show } from '../../contract/shows.ts'
import { signIn } from '../users.ts'
import { startApp, until } from '../realtime/real-app.ts'

const { app, url } = await startApp(t)
const record = { text: 'x'.repeat(64 * 1024) }
const mostRecords = 4000
let given = 0
let ended = 0

/** As somebody who has left gigabytes behind, or about whom the store can't be read to the end. */
const names = { much: 'Much', broken: 'Broken' }
app.personalData.register('test', {
  async *export(userId) {
    const { displayName } = (await app.users.findPerson(userId)) ?? {}
    try {
      for (let n = 0; displayName === names.much && n < mostRecords; n++) {
        given++
        yield record
      }
      if (displayName !== names.broken) return
      yield { first: true }
      throw new Error('the store is away')
    } finally {
      ended++
    }
  },
  erase: async () => {}
})

/** Resolves when records were given, and no more come however often one looks. */
async function standstill(): Promise<void> {
  let last = 0
  let looks = 0
  await until(() => {
    looks = given === last && given > 0 ? looks + 1 : 0
    last = given
    return looks === 50
  })
}

async function open(token: string): Promise<IncomingMessage> {
  const [answer] = (await once(
    get(`${url}/v1/users/me/export`, { headers: { authorization: `Bearer ${token}` } }),
    'response'
  )) as [IncomingMessage]
  return answer
}

t.test('everything held about oneself, by concern, as a file to keep; no secret in it', async t => {
  const person = await signIn(url, 'Exporting')
  const { id: showId } = await person.rest<Show>('POST', '/v1/shows', { title: 'My own show', visibility: 'private' })
  await person.rest('PUT', `/v1/shows/${showId}/playlist`, { version: 0, items: [] })
  const { id: invitationId, url: invitationUrl } = await person.rest<Invitation>(
    'POST',
    `/v1/shows/${showId}/invitations`,
    { maxUses: 4 }
  )
  const answer = await fetch(`${url}/v1/users/me/export`, {
    headers: { authorization: `Bearer ${person.token}`, 'user-agent': 'Phone' }
  })
  t.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
  t.match(answer.headers.get('content-disposition'), /^attachment; filename="ambient-\d{4}-\d\d-\d\d\.json"$/)
  t.equal(answer.headers.get('cache-control'), 'no-store')
  const text = await answer.text()
  const data = JSON.parse(text)
  t.match(data, { exportedAt: String, sessions: [{ id: String, device: String, createdAt: String, revokedAt: null }] })
  t.same(
    Object.keys(data),
    ['exportedAt', ...app.personalData.keepers().keys()],
    'every concern that keeps something has its place'
  )
  t.same(data.playlists, [{ showId, version: 1, items: [] }])
  t.match(data.invitationsMade, [
    { showId, id: invitationId, maxUses: 4, uses: 0, expiresAt: String, createdAt: String }
  ])
  t.notMatch(
    text,
    new URL(invitationUrl!).hash.slice('#invitation='.length),
    'what opens a show is no more than a hash here'
  )
  t.match(text, 'Exporting')
  t.match(text, 'My own show')
  t.notMatch(text, /hash/i)
  const { tokenHash } = (await app.db.collection('sessions').findOne({ userId: person.id }))!
  t.notMatch(text, tokenHash)
})

t.test("nobody gets somebody else's, or anybody's without a token", async t => {
  const [one, other] = [await signIn(url, 'First one'), await signIn(url, 'Second one')]
  const text = JSON.stringify(await one.rest('GET', '/v1/users/me/export'))
  t.match(text, one.id)
  t.notMatch(text, other.id)
  t.equal((await fetch(`${url}/v1/users/me/export`)).status, 401)
})

t.test('it is read no faster than it is taken, and not at all once nobody takes it', async t => {
  const { token } = await signIn(url, names.much)
  const answer = await open(token)
  await standstill()
  t.ok(given < mostRecords, `of ${mostRecords} records ${given} are on their way`)
  const before = ended
  answer.destroy()
  await until(() => ended > before)
  t.ok(given < mostRecords)
})

t.test("one that can't be finished breaks off, and has no end", async t => {
  const { token } = await signIn(url, names.broken)
  const answer = await open(token)
  let text = ''
  answer.setEncoding('utf8').on('data', part => {
    text += part
  })
  await t.rejects(once(answer, 'end'), { code: 'ECONNRESET' })
  t.match(text, '"first":true')
  t.throws(() => JSON.parse(text))
})
