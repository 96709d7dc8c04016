import t from 'tap'
import { startServer } from '../server-process.ts'
import { startRelay } from '../standins/coturn/start.ts'
import type { Visitor } from './browser.ts'
import { untilHearsMore, untilHearsSteadily } from './hearing.ts'
import { arrive, ask, goLive, listenTo, speak } from './moves.ts'

let relay = await startRelay()
const server = await startServer(relay.settings)
const host = await arrive(server.url, 'Host', { frequencyHz: 440 })
const guest = await arrive(server.url, 'Guest', { frequencyHz: 880, relayOnly: true })
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
  await relay.close()
})

/** The ways a person's sound takes, one for each transport that is connected: what kind of address it leaves from. */
async function waysOf({ page }: Visitor): Promise<string[]> {
  return await page.evaluate(async () => {
    const kept = (window as { keptPeerConnections?: RTCPeerConnection[] }).keptPeerConnections ?? []
    const ways: string[] = []
    for (const connection of kept) {
      if (connection.connectionState !== 'connected') continue
      const reports = [...(await connection.getStats()).values()]
      const { selectedCandidatePairId } = reports.find(({ type }) => type === 'transport') ?? {}
      const { localCandidateId } = reports.find(({ id }) => id === selectedCandidatePairId) ?? {}
      ways.push(reports.find(({ id }) => id === localCandidateId)?.candidateType)
    }
    return ways
  })
}

t.test('somebody whose only way is the relay hears, and is heard', async t => {
  await listenTo(guest, await goLive(host, 'A show by relay'))
  await untilHearsMore(guest)
  t.same(await waysOf(guest), ['relay'])
  await ask(guest)
  await host.page.getByRole('button', { name: 'Accept Guest' }).click()
  await speak(guest)
  await untilHearsMore(host)
  t.same(await waysOf(guest), ['relay', 'relay'])
  t.ok(
    (await waysOf(host)).every(way => way !== 'relay'),
    'who needs no relay takes none'
  )
})

t.test('a relay that comes back is used again, with new credentials', async t => {
  const { port } = relay
  await relay.close()
  relay = await startRelay({ port })
  await untilHearsSteadily(guest, 1)
  await untilHearsSteadily(host, 1)
  t.same([...new Set(await waysOf(guest))], ['relay'])
})
