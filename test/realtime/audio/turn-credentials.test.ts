import { mock } from 'node:test'
import t, { type Test } from 'tap'
import type { IceServer } from '../../../contract/media.ts'
import { credentialLifetimeMs, credentialRenewalMs, iceServersFor } from '../../../media/ice-servers.ts'
import { createTurnCredentials } from '../../../realtime/audio/turn-credentials.ts'
import { FakeIo, FakeSocket } from '../live/fake-sockets.ts'
import { standIn } from '../live/stand-in.ts'

const urls = ['turn:turn.test:3478']

/** A member's socket, the servers it got at first, and what it is sent later. */
function openSocket(t: Test, secret: string | undefined) {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  let nowMs = 0
  const fake = new FakeSocket(new FakeIo(), 'socket', 'ann')
  fake.data.membership = standIn({})
  const renewed: IceServer[][] = []
  fake.on('media:iceServers', ({ iceServers }) => renewed.push(iceServers))
  const credentials = createTurnCredentials({
    iceServers: userId => iceServersFor(userId, urls, secret, nowMs),
    renewAfterMs: credentialRenewalMs
  })
  return {
    fake,
    renewed,
    give: () => credentials.give(fake.socket),
    pass(ms: number) {
      nowMs += ms
      mock.timers.tick(ms)
    }
  }
}

const expiresAt = (servers: IceServer[] | undefined) => Number(servers?.[0]?.username?.split(':')[0]) * 1000

t.test('a member gets new credentials before the old ones expire, as long as the show lasts', async t => {
  const { give, renewed, pass } = openSocket(t, 'secret of 16 letters')
  t.equal(expiresAt(give()), credentialLifetimeMs)
  pass(credentialRenewalMs - 1)
  t.same(renewed, [])
  pass(1)
  t.equal(renewed.length, 1)
  for (let n = 2; n <= 20; n++) pass(credentialRenewalMs)
  t.equal(renewed.length, 20)
  t.equal(expiresAt(renewed[19]), 20 * credentialRenewalMs + credentialLifetimeMs)
})

t.test('two transports and an ICE restart are renewed together', async t => {
  const { give, renewed, pass } = openSocket(t, 'secret of 16 letters')
  give()
  pass(1000)
  give()
  pass(credentialRenewalMs - 1000)
  t.same(renewed, [], 'the second answer has newer ones')
  pass(1000)
  t.equal(renewed.length, 1)
})

t.test('a person who left the show, or was removed or banned, gets no more', async t => {
  const { fake, give, renewed, pass } = openSocket(t, 'secret of 16 letters')
  give()
  fake.data.membership = null
  pass(10 * credentialRenewalMs)
  t.same(renewed, [])
})

t.test('a lost connection stops the timer', async t => {
  const { fake, give, renewed, pass } = openSocket(t, 'secret of 16 letters')
  give()
  fake.emit('disconnect')
  pass(10 * credentialRenewalMs)
  t.same(renewed, [])
})

t.test('servers without credentials are not renewed', async t => {
  const { give, renewed, pass } = openSocket(t, undefined)
  t.same(give(), [{ urls }])
  pass(10 * credentialRenewalMs)
  t.same(renewed, [])
})
