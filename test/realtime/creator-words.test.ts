import t from 'tap'
import type { BlockedWords } from '../../contract/blocked-words.ts'
import { goLive, joinShow, signIn, type ShowClient, type TestUser } from '../users.ts'
import { collectComments, sendComment } from './comment-steps.ts'
import { startApp, until } from './real-app.ts'

const { app, url } = await startApp(t, { COMMENT_BLOCKED_WORDS: 'badword', LIMIT_COMMENTS_PER_10S: '1000' })
const path = '/v1/users/me/blocked-words'
const block = async (user: TestUser, ...words: string[]) =>
  (await user.rest<BlockedWords>('PUT', path, { words })).words

/** Sends a text that must be refused. Returns what the answer says. */
async function refused(client: ShowClient, clientId: string, text: string): Promise<string> {
  const answer = await client.requestRaw('comment:send', { clientId, text })
  return answer.ok ? 'accepted' : `${answer.error.code}: ${answer.error.message}`
}
const blocked = 'COMMENT_REFUSED: This comment has a word that is blocked here.'

t.test('the words of a creator are refused at once, from everybody, in their shows only', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  const received = collectComments(host)
  await sendComment(client, 'a', 'A spoiler')
  t.same(await block(creator, 'spoiler', 'Ending*'), ['spoiler', 'Ending*'])
  t.equal(await refused(client, 'b', 'Another S.p.ö.i.l.e.r'), blocked)
  t.equal(await refused(host, 'a', 'the endings'), blocked, 'hosts too')
  t.equal(await refused(client, 'c', 'badword'), blocked, 'and nobody learns whose word it is')
  t.notMatch(blocked, /spoiler/i)

  const { client: otherHost } = await goLive(url)
  await sendComment(otherHost, 'a', 'A spoiler of another show')
  t.same(await block(creator), [])
  await sendComment(client, 'd', 'A spoiler again')
  await until(() => received.comments.length > 1)
  t.same(
    received.comments.map(({ text }) => text),
    ['A spoiler', 'A spoiler again']
  )
})

t.test('the words of the creator hold while the show is handed over', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const { user, client } = await joinShow(url, showId, 'Co-host')
  await block(creator, 'spoiler')
  await block(user, 'sport')
  await host.request('cohost:set', { userId: user.id, cohost: true })
  await host.request('show:handOver', { userId: user.id })
  await host.request('show:leave', {})
  t.equal(await refused(client, 'a', 'A spoiler'), blocked)
  await sendComment(client, 'a', 'Sport')
})

t.test('words are cleaned, and those that repeat another one or can never be found are not stored', async t => {
  const user = await signIn(url, 'Creator')
  t.same(await user.rest('GET', path), { words: [] })
  t.same(await block(user, ' Straße\u202e', 'STRASSE', 'a*', 'a', 'b.a.d', '剧透'), [
    'Straße',
    'a*',
    'a',
    'b.a.d',
    '剧透'
  ])
  t.same(await user.rest('GET', path), { words: ['Straße', 'a*', 'a', 'b.a.d', '剧透'] })
  await t.rejects(block(user, 'good', '...', '*'), /400.*"\/words\/1".*"\/words\/2"/)
  await t.rejects(block(user, 'good', 'x'.repeat(51)), /400.*"\/words\/1"/)
  await t.rejects(block(user, ...Array.from({ length: 201 }, (_, n) => `word${n}`)), /400/)
  t.match(await user.rest('GET', path), { words: ['Straße', 'a*', 'a', 'b.a.d', '剧透'] }, 'nothing of it is stored')
})

t.test('words are in the export of their creator, and go with the account', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const { user, client } = await joinShow(url, showId)
  await block(creator, 'spoiler')
  t.equal(await refused(client, 'a', 'spoiler'), blocked)
  t.match(await creator.rest('GET', '/v1/users/me/export'), { blockedWords: [{ words: ['spoiler'] }] })
  t.notMatch(JSON.stringify(await user.rest('GET', '/v1/users/me/export')), /spoiler/)
  host.disconnect()
  await creator.rest('DELETE', '/v1/users/me')
  t.equal(await app.creatorWords.findFilter(creator.id), undefined)
  t.equal(await app.db.collection<{ _id: string }>('blockedWords').countDocuments({ _id: creator.id }), 0)
})
