import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Collection } from 'mongodb'
import t from 'tap'
import { createAccountLinks, type TicketDocument } from '../../../../plugins/app/identity/account-links.ts'
import { createOneTimeCodes, hashOf, type CodeDocument } from '../../../../plugins/app/identity/one-time-codes.ts'
import { createProviderTrips, type TripDocument } from '../../../../plugins/app/identity/provider-trips.ts'
import { createPkcePair } from '../../../oauth-browser.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { standIn } from '../../../realtime/live/stand-in.ts'
import { onEachBackend } from '../../../store/backends.ts'

interface Expiring {
  _id: string
  expiresAt: Date
}

const provider = 'spotify'
const redirectUri = 'ambient-app:/signed-in'
const { codeChallenge, codeVerifier } = createPkcePair()
const request: FastifyRequest = standIn({})
const reply: FastifyReply = standIn({})

onEachBackend(t, async (t, db) => {
  const collections = {
    codes: db.collection<CodeDocument>('oneTimeCodes'),
    trips: db.collection<TripDocument>('signInTrips'),
    tickets: db.collection<TicketDocument>('linkTickets')
  }
  let stateCount = 0
  const codes = await createOneTimeCodes(collections.codes)
  const trips = await createProviderTrips({
    trips: collections.trips,
    identityProviders: standIn({
      get: () => ({
        authorizationParams: () => ({}),
        flow: async () => ({
          start: async () => ({ url: new URL('https://provider.example/authorize'), state: `state ${++stateCount}` }),
          isOfThisBrowser: () => true
        })
      })
    }),
    allowedRedirectUris: () => [redirectUri]
  })
  const links = await createAccountLinks({
    tickets: collections.tickets,
    trips,
    codes,
    identityProviders: standIn({ getLinking: () => ({ assertAllowed() {} }) }),
    publicUrl: () => 'https://ambient.example'
  })
  const draft = { redirectUri, codeChallenge }

  const kinds: {
    name: string
    collection: Collection<Expiring>
    removeExpired: () => Promise<void>
    create: () => Promise<unknown>
    use: (secret: string) => Promise<unknown>
    code: string
  }[] = [
    {
      name: 'codes',
      collection: standIn(collections.codes),
      removeExpired: codes.removeExpired,
      create: async () => await codes.issue({ kind: 'signIn', userId: 'ann' }, codeChallenge),
      use: async code => await codes.redeem('signIn', { code, codeVerifier }),
      code: 'UNAUTHENTICATED'
    },
    {
      name: 'links of accounts',
      collection: standIn(collections.tickets),
      removeExpired: links.removeExpired,
      create: async () => await links.start(provider, 'ann', draft),
      use: async ticket => await links.followTicket(provider, ticket, request, reply),
      code: 'VALIDATION'
    },
    {
      name: 'trips to a provider',
      collection: standIn(collections.trips),
      removeExpired: trips.removeExpired,
      create: async () => await trips.start(provider, draft, null, request, reply),
      use: async state => await trips.finish(provider, state, request),
      code: 'VALIDATION'
    }
  ]

  for (const { name, collection, removeExpired, create, use, code } of kinds) {
    const stored = (secret: string, expiresInMs: number) => ({
      _id: hashOf(secret),
      provider,
      codeChallenge,
      redirectUri,
      meaning: { kind: 'signIn', userId: 'ann' },
      expiresAt: new Date(Date.now() + expiresInMs)
    })

    t.test(`expired ${name} are refused, and removed by maintenance only`, async t => {
      await collection.deleteMany({})
      await collection.insertMany(Array.from({ length: 600 }, (_, n) => stored(`old ${n}`, -1000 - n)))
      await collection.insertOne(stored('valid', 60_000))
      await create()
      t.equal(await collection.countDocuments(), 602, 'a new one removes nothing')
      await t.rejects(use('old 7'), { code })
      await removeExpired()
      t.equal(await collection.countDocuments(), 2, 'the valid ones stay')
      await t.resolves(use('valid'))
      await t.rejects(use('valid'), { code }, 'used once')
    })
  }
})

t.test('a server removes what has expired', async t => {
  // The name is that of a database too, which has no dots.
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'ambient-expired-'))
  t.teardown(async () => await rm(DATA_DIR, { recursive: true, force: true }))
  const names = ['oneTimeCodes', 'signInTrips', 'linkTickets']
  const before = await startApp(t, { DATA_DIR })
  for (const name of names) {
    await before.app.db.collection<Expiring>(name).insertMany([
      { _id: 'old', expiresAt: new Date(Date.now() - 1000) },
      { _id: 'valid', expiresAt: new Date(Date.now() + 600_000) }
    ])
  }
  await before.app.close()
  const { app } = await startApp(t, { DATA_DIR })
  for (const name of names) {
    const ids = async () => (await app.db.collection<Expiring>(name).find().toArray()).map(({ _id }) => _id)
    await until(async () => (await ids()).length === 1)
    t.same(await ids(), ['valid'], name)
  }
})
