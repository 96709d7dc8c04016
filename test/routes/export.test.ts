import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import t from 'tap'
import type { Invitation } from '../../contract/invitations.ts'
import type { Show } from '../../contract/shows.ts'
import { signIn } from '../users.ts'
import { startApp, until } from '../realtime/real-app.ts'

const { app, url } = await startApp(t)
const record = { text: 'x'.repeat(64 * 1024) }
const maxRecords = 4000
let yielded = 0
let ended = 0

/** Names of a person with gigabytes of data, and of one whose data can't be read to the end. */
const names = { huge: 'Huge', broken: 'Broken' }
app.personalData.register('test', {
  async *export(userId) {
    const { displayName } = (await app.users.findPerson(userId)) ?? {}
    try {
      for (let n = 0; displayName === names.huge && n < maxRecords; n++) {
        yielded++
        yield record
      }
      if (displayName !== names.broken) return
      yield { first: true }
      throw new Error('the store is unavailable')
    } finally {
      ended++
    }
  },
  erase: async () => {}
})

/** Resolves when records were yielded and no more follow. */
async function untilPaused(): Promise<void> {
  let last = 0
  let unchanged = 0
  await until(() => {
    unchanged = yielded === last && yielded > 0 ? unchanged + 1 : 0
    last = yielded
    return unchanged === 50
  })
}

async function open(token: string): Promise<IncomingMessage> {
  const [answer] = (await once(
    get(`${url}/v1/users/me/export`, { headers: { authorization: `Bearer ${token}` } }),
    'response'
  )) as [IncomingMessage]
  return answer
}

t.test('an export has all personal data by concern, as an attachment without secrets', async t => {
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
  const keepers = app.personalData.keepers().keys()
  t.same(Object.keys(data), ['exportedAt', ...keepers, 'unreadable'], 'every registered keeper has a key')
  t.same(data.unreadable, [])
  t.same(data.playlists, [{ showId, version: 1, items: [] }])
  t.match(data.invitationsMade, [
    { showId, id: invitationId, maxUses: 4, uses: 0, expiresAt: String, createdAt: String }
  ])
  t.notMatch(
    text,
    new URL(invitationUrl!).hash.slice('#invitation='.length),
    'the token of an invitation is not exported'
  )
  t.match(text, 'Exporting')
  t.match(text, 'My own show')
  t.notMatch(text, /hash/i)
  const { tokenHash } = (await app.db.collection('sessions').findOne({ userId: person.id }))!
  t.notMatch(text, tokenHash)
})

t.test('the export needs a token and has no data of others', async t => {
  const [one, other] = [await signIn(url, 'First one'), await signIn(url, 'Second one')]
  const text = JSON.stringify(await one.rest('GET', '/v1/users/me/export'))
  t.match(text, one.id)
  t.notMatch(text, other.id)
  t.equal((await fetch(`${url}/v1/users/me/export`)).status, 401)
})

t.test('records are read no faster than the client reads, and no longer once it disconnects', async t => {
  const { token } = await signIn(url, names.huge)
  const answer = await open(token)
  await untilPaused()
  t.ok(yielded < maxRecords, `${yielded} of ${maxRecords} records were read`)
  const before = ended
  answer.destroy()
  await until(() => ended > before)
  t.ok(yielded < maxRecords)
})

t.test('an export that fails is cut off without an end', async t => {
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
