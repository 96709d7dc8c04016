import t from 'tap'
import { CodeExchange } from '../../../../contract/sign-in.ts'
import { DevLogin, GuestLogin, LogoutBody, RefreshBody } from '../../../../contract/auth.ts'
import { PlaylistEdit } from '../../../../contract/playlist.ts'
import { ShowDraft } from '../../../../contract/shows.ts'
import { UserPatch } from '../../../../contract/users.ts'
import { bodyLimitOf } from '../../../../plugins/app/http/body-limits.ts'

const bytesOf = (body: object) => Buffer.byteLength(JSON.stringify(body, null, 2))
/** A body as Python writes it by default: everything outside ASCII is escaped. */
const escapedBytesOf = (body: object) =>
  JSON.stringify(body).replaceAll(/[^\0-\x7f]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .length

t.test('a body limit is the largest body that a schema accepts, however it is written', async t => {
  const id = 'x'.repeat(64)
  const items = Array.from({ length: 500 }, () => ({ id, kind: 'song', songId: id }))
  t.ok(bodyLimitOf(PlaylistEdit) >= bytesOf({ version: Number.MAX_SAFE_INTEGER, items }))
  for (const letter of ['a', 'é', 'あ', '😀']) {
    const draft = { title: letter.repeat(120), description: letter.repeat(2000), startsAt: null }
    t.ok(bodyLimitOf(ShowDraft) >= escapedBytesOf(draft), letter)
    t.ok(bodyLimitOf(ShowDraft) >= bytesOf(draft), letter)
    const links = Array.from({ length: 5 }, () => ({
      label: letter.repeat(50),
      url: `https://example.org/${'x'.repeat(480)}`
    }))
    const patch = { displayName: letter.repeat(50), bio: letter.repeat(500), links }
    t.ok(bodyLimitOf(UserPatch) >= escapedBytesOf(patch), letter)
  }
})

t.test('a body limit is far below what costs time to parse', async t => {
  for (const schema of [DevLogin, GuestLogin, RefreshBody, LogoutBody, CodeExchange]) {
    t.ok(bodyLimitOf(schema) <= 4096, String(bodyLimitOf(schema)))
  }
  t.ok(bodyLimitOf(ShowDraft) <= 48 * 1024, String(bodyLimitOf(ShowDraft)))
  t.ok(bodyLimitOf(PlaylistEdit) <= 160 * 1024, String(bodyLimitOf(PlaylistEdit)))
})

t.test('a schema of a body without a bound is rejected when the server starts', async t => {
  for (const schema of [
    { type: 'string' },
    { type: 'array', items: { type: 'integer' } },
    { type: 'object', properties: { text: { type: 'string' } } }
  ]) {
    t.throws(() => bodyLimitOf(schema), /has no bound/, JSON.stringify(schema))
  }
})
