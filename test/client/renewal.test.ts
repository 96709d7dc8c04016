import t from 'tap'
import type { Tokens } from '../../contract/auth.ts'
import { createAccount } from '../../client/account.ts'
import { CodedError, createAmbient, memoryStorage, type TokenStorage } from '../../client/index.ts'
import { errorTable, type ErrorCode } from '../../contract/errors.ts'
import { createManualClock } from './manual-clock.ts'
import { user } from './scripted-rest.ts'

function tokensOf(id: string, generation: number): Tokens {
  return {
    accessToken: `access-${id}-${generation}`,
    refreshToken: `refresh-${id}-${generation}`,
    expiresIn: 900,
    user: { ...user, id, displayName: id }
  }
}

/** Creates an account whose renewals a test answers. Names of users are their ids. */
function createTestAccount(storage: TokenStorage = memoryStorage()) {
  const renewals: PromiseWithResolvers<Tokens>[] = []
  const ended: string[] = []
  const unused = () => Promise.reject(new Error('not used'))
  const account = createAccount({
    auth: {
      options: unused,
      token: unused,
      guest: unused,
      devLogin: async id => tokensOf(id, 1),
      async refresh() {
        const renewal = Promise.withResolvers<Tokens>()
        renewals.push(renewal)
        return await renewal.promise
      },
      async logout(refreshToken, everywhere) {
        ended.push(everywhere ? `${refreshToken} and all others` : refreshToken)
        return null
      }
    },
    storage,
    lock: undefined,
    nowMs: () => 0
  })
  return { account, storage, renewals, ended }
}

t.test('a user who signs out during a renewal stays signed out, and the new session ends', async t => {
  const { account, storage, renewals, ended } = createTestAccount()
  await account.signIn('ada')
  const renewed = account.renew('access-ada-1')
  await account.signOut()
  renewals[0]!.resolve(tokensOf('ada', 2))
  t.equal(await renewed, null)
  t.equal(account.user, null)
  t.equal(storage.read(), null)
  t.same(ended, ['refresh-ada-1', 'refresh-ada-2'])
})

t.test('a user who signs out everywhere during a renewal ends all sessions with the new token', async t => {
  for (const isRenewed of [true, false]) {
    const { account, renewals, ended } = createTestAccount()
    await account.signIn('ada')
    const renewed = account.renew('access-ada-1')
    const signedOut = account.signOut(true)
    t.equal(account.user, null, 'at once')
    if (isRenewed) renewals[0]!.resolve(tokensOf('ada', 2))
    else renewals[0]!.reject(new CodedError('UNAVAILABLE', 'The network is down.'))
    await signedOut
    t.equal(await renewed, null)
    const last = 'refresh-ada-1 and all others'
    t.same(ended, isRenewed ? ['refresh-ada-2 and all others', last] : [last])
  }
})

t.test('a sign-out in another tab during a renewal counts too', async t => {
  const { account, storage, renewals, ended } = createTestAccount()
  await account.signIn('ada')
  const renewed = account.renew('access-ada-1')
  storage.write(null)
  renewals[0]!.resolve(tokensOf('ada', 2))
  t.equal(await renewed, null)
  t.equal(account.user, null)
  t.equal(storage.read(), null)
  t.same(ended, ['refresh-ada-2'])
})

t.test('a user who signs in during the renewal of another stays signed in', async t => {
  for (const outcome of ['renewed', 'UNAUTHENTICATED', 'FORBIDDEN', 'UNAVAILABLE'] as const) {
    const { account, storage, renewals, ended } = createTestAccount()
    await account.signIn('ada')
    const renewed = account.renew('access-ada-1')
    await account.signIn('ben')
    if (outcome === 'renewed') renewals[0]!.resolve(tokensOf('ada', 2))
    else renewals[0]!.reject(new CodedError(outcome, ''))
    t.equal(await renewed, 'access-ben-1', outcome)
    t.equal(account.user?.id, 'ben', outcome)
    t.match(storage.read(), /access-ben-1/, outcome)
    t.same(ended, outcome === 'renewed' ? ['refresh-ada-2'] : [], outcome)
  }
})

t.test('each token has a renewal of its own', async t => {
  const { account, renewals } = createTestAccount()
  await account.signIn('ada')
  const ofAda = account.renew('access-ada-1')
  await account.signIn('ben')
  const ofBen = account.renew('access-ben-1')
  t.equal(renewals.length, 2)
  renewals[0]!.resolve(tokensOf('ada', 2))
  renewals[1]!.resolve(tokensOf('ben', 2))
  t.equal(await ofBen, 'access-ben-2')
  await ofAda
  t.equal(account.user?.id, 'ben')
})

t.test('a profile that changes during a renewal does not stop it', async t => {
  const { account, renewals, ended } = createTestAccount()
  await account.signIn('ada')
  const renewed = account.renew('access-ada-1')
  account.update({ ...tokensOf('ada', 1).user, displayName: 'Ada' })
  renewals[0]!.resolve(tokensOf('ada', 2))
  t.equal(await renewed, 'access-ada-2')
  t.same(ended, [])
})

t.test('a renewal signs out after an answer that stays the same, and after no other', async t => {
  const final = new Set<ErrorCode>(['UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION'])
  for (const code of Object.keys(errorTable) as ErrorCode[]) {
    const { account, storage, renewals } = createTestAccount()
    await account.signIn('ada')
    const renewed = account.renew('access-ada-1')
    renewals[0]!.reject(new CodedError(code, ''))
    if (final.has(code)) t.equal(await renewed, null, code)
    else await t.rejects(renewed, { code }, code)
    t.equal(account.user?.id, final.has(code) ? undefined : 'ada', code)
    t.equal(storage.read() === null, final.has(code), code)
  }
})

t.test('a request of one user is not sent as another who signs in meanwhile', async t => {
  const sentTokens: (string | null)[] = []
  const answers: PromiseWithResolvers<Response>[] = []
  const ambient = createAmbient({
    url: 'http://nowhere',
    clock: createManualClock(),
    async fetch(url, init) {
      if (String(url).endsWith('/dev-login')) {
        return Response.json(tokensOf(JSON.parse(String(init?.body)).displayName, 1))
      }
      sentTokens.push(new Headers(init?.headers).get('authorization'))
      const answer = Promise.withResolvers<Response>()
      answers.push(answer)
      return await answer.promise
    }
  })
  await ambient.account.signIn('ada')
  const request = ambient.me.block('cay')
  await new Promise(resolve => setImmediate(resolve))
  await ambient.account.signIn('ben')
  answers[0]!.resolve(Response.json({ code: 'TOKEN_EXPIRED', message: '' }, { status: 401 }))
  await t.rejects(request, { code: 'TOKEN_EXPIRED' })
  t.same(sentTokens, ['Bearer access-ada-1'])
})
