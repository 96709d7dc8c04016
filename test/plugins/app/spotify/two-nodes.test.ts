import { pino } from 'pino'
import t from 'tap'
import type { SpotifyAccountDocument } from '../../../../plugins/app/spotify/document.ts'
import { createSealedBox } from '../../../../plugins/app/identity/sealed-box.ts'
import { createSpotifyAccess } from '../../../../plugins/app/spotify/access.ts'
import { TokenRequestError } from '../../../../plugins/external/oauth2.ts'
import { standIn } from '../../../realtime/live/stand-in.ts'
import { onEachBackend } from '../../../store/backends.ts'

const box = createSealedBox([{ kid: 'a', secret: 'a'.repeat(40) }])

/** Spotify with refresh tokens that are valid once. An answer waits for `beforeAnswer`. */
function createSpotify(beforeAnswer: () => Promise<void> = async () => {}) {
  let current = 1
  const rejected = Promise.withResolvers<void>()
  return {
    /** Resolves when a refresh token was rejected. */
    rejected: rejected.promise,
    revoke() {
      current = 0
    },
    async refresh(refreshToken: string) {
      if (refreshToken !== `refresh-${current}`) {
        rejected.resolve()
        throw new TokenRequestError({ data: { payload: { error: 'invalid_grant' }, res: { statusCode: 400 } } })
      }
      current++
      const token = { access_token: `access-${current}`, refresh_token: `refresh-${current}`, expires_in: 3600 }
      await beforeAnswer()
      return token
    }
  }
}

onEachBackend(t, async (t, db) => {
  const accounts = db.collection<SpotifyAccountDocument>('spotifyAccounts')
  const relinks: string[] = []

  function startNode(spotify: ReturnType<typeof createSpotify>, otherNodesStoreMs = 10_000) {
    return createSpotifyAccess({
      accounts,
      box,
      flow: async () => standIn(spotify),
      async onRelink(userId) {
        relinks.push(userId)
      },
      otherNodesStoreMs,
      logger: pino({ level: 'silent' })
    })
  }

  /** Stores an account whose access token has expired. */
  async function link(userId: string): Promise<void> {
    const [accessToken, refreshToken] = [box.seal('access-1', userId), box.seal('refresh-1', userId)]
    const tokens = { accessToken, refreshToken, expiresAt: new Date(0), scopes: [] }
    const profile = { spotifyId: userId, displayName: userId, link: null, linkedAt: new Date(0) }
    await accounts.insertOne({ _id: userId, ...profile, ...tokens, relink: false, version: 1 })
  }

  await t.test('two nodes that refresh one token at the same time use the token of the first', async t => {
    await link('ana')
    const answered = Promise.withResolvers<void>()
    const spotify = createSpotify(async () => await answered.promise)
    const first = startNode(spotify).getAccessToken('ana')
    // The second is rejected before the first has its answer, and waits until that is stored.
    const second = startNode(spotify).getAccessToken('ana')
    await spotify.rejected
    answered.resolve()
    t.same(await Promise.all([first, second]), ['access-2', 'access-2'])
    t.match(await accounts.findOne({ _id: 'ana' }), { relink: false, version: 2 })
    t.same(relinks, [])
  })

  await t.test('a node that knows an older account uses the token that another has stored', async t => {
    await link('ben')
    const spotify = createSpotify()
    const stale = await accounts.findOne({ _id: 'ben' })
    t.equal(await startNode(spotify).getAccessToken('ben'), 'access-2')
    const second = createSpotifyAccess({
      accounts: standIn({
        ...accounts,
        findOne: createFirst(stale, async () => await accounts.findOne({ _id: 'ben' }))
      }),
      box,
      flow: async () => standIn(spotify),
      async onRelink() {
        t.fail('linked again')
      },
      otherNodesStoreMs: 0,
      logger: pino({ level: 'silent' })
    })
    t.equal(await second.getAccessToken('ben'), 'access-2')
  })

  await t.test('an account whose token Spotify rejects for good has to be linked again', async t => {
    await link('cem')
    const spotify = createSpotify()
    spotify.revoke()
    await t.rejects(startNode(spotify, 100).getAccessToken('cem'), { code: 'SPOTIFY_RELINK' })
    await t.rejects(startNode(spotify, 0).getAccessToken('cem'), { code: 'SPOTIFY_RELINK' })
    t.same(relinks, ['cem'], 'reported once')
  })
})

/** A function that returns a value first, and then asks. */
function createFirst<T>(value: T, ask: () => Promise<T>): () => Promise<T> {
  let isFirst = true
  return async () => {
    if (!isFirst) return await ask()
    isFirst = false
    return value
  }
}
