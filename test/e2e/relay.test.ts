import t from 'tap'
import { startServer } from '../server-process.ts'
import { startRelay } from '../standins/coturn/start.ts'
import type { Visitor } from './browser.ts'
import { waitUntilHearsMore, waitUntilHearsSteadily } from './listening.ts'
import { signInVisitor, goLive, joinShow, bringOnStage } from './show-steps.ts'

let relay = await startRelay()
const server = await startServer(relay.settings)
const host = await signInVisitor(server.url, 'Host', { frequencyHz: 440 })
const guest = await signInVisitor(server.url, 'Guest', { frequencyHz: 880, relayOnly: true })
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
  await relay.close()
})

/** Returns the type of the local ICE candidate of each connected transport of a visitor. */
async function localCandidateTypes({ page }: Visitor): Promise<string[]> {
  return await page.evaluate(async () => {
    const connections = (window as { peerConnections?: RTCPeerConnection[] }).peerConnections ?? []
    const types: string[] = []
    for (const connection of connections) {
      if (connection.connectionState !== 'connected') continue
      const reports = [...(await connection.getStats()).values()]
      const { selectedCandidatePairId } = reports.find(({ type }) => type === 'transport') ?? {}
      const { localCandidateId } = reports.find(({ id }) => id === selectedCandidatePairId) ?? {}
      types.push(reports.find(({ id }) => id === localCandidateId)?.candidateType)
    }
    return types
  })
}

t.test('a guest who can only use the relay hears, and is heard', async t => {
  await joinShow(guest, await goLive(host, 'A show by relay'))
  await waitUntilHearsMore(guest)
  t.same(await localCandidateTypes(guest), ['relay'])
  await bringOnStage(host, guest, 'Guest')
  await waitUntilHearsMore(host)
  t.same(await localCandidateTypes(guest), ['relay', 'relay'])
  t.ok(
    (await localCandidateTypes(host)).every(type => type !== 'relay'),
    'the host connects directly'
  )
})

t.test('a restarted relay is used again, with new credentials', async t => {
  const { port } = relay
  await relay.close()
  relay = await startRelay({ port })
  await waitUntilHearsSteadily(guest, 1)
  await waitUntilHearsSteadily(host, 1)
  t.same([...new Set(await localCandidateTypes(guest))], ['relay'])
})
