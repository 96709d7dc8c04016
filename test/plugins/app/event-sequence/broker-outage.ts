import type { Test } from 'tap'
import { noLimits } from '../../../realtime/cluster/acknowledged.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import type { KafkaBroker } from '../../../standins/kafka/start.ts'
import { signIn } from '../../../users.ts'
import { firstArrivals, readTopic } from './topic-reader.ts'

interface Outage {
  broker: KafkaBroker
  outageMs: number
  /** Takes the broker away, and brings it back. */
  goAway(): Promise<void> | void
  comeBack(): Promise<void> | void
}

/** A show during an outage of the broker. */
interface OutageFigures {
  /** Comments during the outage, each with a command of the creator. */
  comments: number
  /** Duration of the slowest comment with its command, ms. */
  slowestMs: number
  /** Places of the show's log in the topic, in the order of their first arrival. */
  arrived: number[]
  /** Records of the show's log in the store. */
  stored: number
}

/** Runs a live show during an outage, ends it, and reads the topic until it has everything. */
export async function showThroughOutage(
  t: Test,
  { broker, outageMs, goAway, comeBack }: Outage
): Promise<OutageFigures> {
  const { url, app } = await startApp(t, { KAFKA_BROKERS: broker.address, ...noLimits })
  const ana = await signIn(url, 'Ana')
  const { id: showId } = await ana.rest<{ id: string }>('POST', '/v1/shows', { title: 'A show' })
  await ana.rest('POST', `/v1/shows/${showId}/start`)
  const creator = await ana.connect()
  await creator.join(showId)
  await goAway()
  const endAt = performance.now() + outageMs
  let slowestMs = 0
  let comments = 0
  for (; performance.now() < endAt; comments++) {
    const startedAt = performance.now()
    await creator.request('comment:send', { clientId: `${comments}`, text: `${comments}` })
    await ana.rest('PATCH', `/v1/shows/${showId}`, { settings: { maxSpeakers: (comments % 10) + 1 } })
    slowestMs = Math.max(slowestMs, performance.now() - startedAt)
  }
  await comeBack()
  await ana.rest('POST', `/v1/shows/${showId}/end`)
  const stored = await app.mongo.db!.collection('showEvents').countDocuments({ showId })
  const log = await readTopic(broker.address, 'log')
  await until(() => firstArrivals(log.records, showId).length >= stored)
  await log.close()
  return { comments, slowestMs, arrived: firstArrivals(log.records, showId), stored }
}
