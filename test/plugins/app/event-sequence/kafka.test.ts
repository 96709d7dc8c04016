import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Admin, Consumer } from '@platformatic/kafka'
import t from 'tap'
import { testAtNight } from '../../../depth.ts'
import { loadConfig } from '../../../../config/config.ts'
import { readKafkaOptions } from '../../../../plugins/external/kafka/kafka-options.ts'
import { createKafkaWriter } from '../../../../plugins/external/kafka/kafka-writer.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { kafkaMissing, startKafka } from '../../../standins/kafka/start.ts'
import { freePort } from '../../../standins/free-port.ts'
import { signIn } from '../../../users.ts'
import { showThroughOutage } from './broker-outage.ts'
import { firstArrivals, readTopic } from './topic-reader.ts'

const places = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const logger = { warn() {} }

t.test('a server whose broker is not there starts, and says that it is degraded', async t => {
  const { url, app } = await startApp(t, { KAFKA_BROKERS: `127.0.0.1:${await freePort()}` })
  const response = await fetch(`${url}/readyz`)
  t.equal(response.status, 200)
  t.match(await response.json(), { degraded: ['kafka'] })
  const ana = await signIn(url, 'Ana')
  const { id } = await ana.rest<{ id: string }>('POST', '/v1/shows', { title: 'Without a broker' })
  const startedAt = performance.now()
  await ana.rest('POST', `/v1/shows/${id}/start`)
  t.ok(performance.now() - startedAt < 1000, 'a room does not wait for the broker')
  await until(async () => /ambient_events_interrupted 1/.test(await app.metrics.text()))
  t.match(await app.metrics.text(), /ambient_events_lag_seconds 0\.\d|ambient_events_lag_seconds [1-9]/)
})

t.test('a real broker', { skip: kafkaMissing }, async t => {
  const broker = await startKafka(t)

  await t.test('messages of a live show arrive once and in order, and name nobody', async t => {
    const log = await readTopic(broker.address, 'log')
    const audience = await readTopic(broker.address, 'audience')
    const { url, app } = await startApp(t, { KAFKA_BROKERS: broker.address })
    t.match(await (await fetch(`${url}/readyz`)).json(), { status: 'ok' })
    const ana = await signIn(url, 'Ana-the-creator')
    const ben = await signIn(url, 'Ben-the-listener')
    const { id: showId } = await ana.rest<{ id: string }>('POST', '/v1/shows', { title: 'Secret-title' })
    await ana.rest('POST', `/v1/shows/${showId}/start`)
    const creator = await ana.connect()
    await creator.join(showId)
    const listener = await ben.connect()
    await listener.join(showId)
    await listener.request('speak:request', { reason: 'Secret-reason' })
    for (let n = 0; n < 5; n++) {
      await listener.request('comment:send', { clientId: `${n}`, text: `Secret-comment ${n}` })
    }
    await ana.rest('POST', `/v1/shows/${showId}/end`)
    const stored = await app.mongo.db!.collection('showEvents').find({ showId }).sort({ seq: 1 }).toArray()
    await until(() => log.records.some(({ event }) => event.type === 'show:ended'))
    await until(() => audience.records.some(({ event }) => event.type === 'comments:counted'))
    t.same(
      log.records.map(({ seq, event }) => [seq, event.type]),
      stored.map(({ seq, event }) => [seq, event.type])
    )
    t.same(firstArrivals(audience.records, showId), places(audience.records.length))
    t.same(new Set([...log.keys, ...audience.keys]), new Set([showId]))
    t.same([...log.others, ...audience.others], [])
    const texts = JSON.stringify([log.records, audience.records])
    for (const word of ['Secret', 'Ana-the', 'Ben-the', ana.id, ben.id]) t.notOk(texts.includes(word), word)
    t.ok(texts.includes(app.pseudonymOf(ben.id)))
    t.match(await app.metrics.text(), new RegExp(`ambient_events_relayed_total{stream="log"} ${stored.length}`))
    await log.close()
    await audience.close()
  })

  await testAtNight(t, 'the broker hangs for 3 s: commands and comments go on, and no event is lost', async t => {
    const { comments, slowestMs, arrived, stored } = await showThroughOutage(t, {
      broker,
      outageMs: 3000,
      goAway: broker.pause,
      comeBack: broker.resume
    })
    t.ok(comments > 10, `${comments} comments`)
    t.ok(slowestMs < 1000, `the slowest took ${slowestMs} ms`)
    t.same(arrived, places(stored))
  })

  await testAtNight(
    t,
    'a broker that was killed, and a server that stopped meanwhile: the next server relays the rest',
    async t => {
      // Its name is also that of the database, which may have no dots.
      const DATA_DIR = await mkdtemp(join(tmpdir(), 'ambient-relay-'))
      t.teardown(async () => await rm(DATA_DIR, { recursive: true, force: true }))
      const settings = { DATA_DIR, KAFKA_BROKERS: broker.address }
      const first = await startApp(t, settings)
      const ana = await signIn(first.url, 'Ana')
      const { id: showId } = await ana.rest<{ id: string }>('POST', '/v1/shows', { title: 'A show' })
      await broker.stop()
      await ana.rest('POST', `/v1/shows/${showId}/start`)
      await ana.rest('POST', `/v1/shows/${showId}/end`)
      const count = await first.app.mongo.db!.collection('showEvents').countDocuments({ showId })
      await first.app.close()
      await broker.start()
      await startApp(t, settings)
      const log = await readTopic(broker.address, 'log')
      await until(() => firstArrivals(log.records, showId).length === count)
      t.same(firstArrivals(log.records, showId), places(count))
      await log.close()
    }
  )

  await t.test('a key has the partition where programs with the clients of Kafka look for it', async t => {
    // The hashes are those of the tests of Kafka (UtilsTest), modulo 6.
    const expected = {
      'a-little-bit-long-string': 2,
      'a-little-bit-longer-string': 5,
      lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: 5,
      abc: 3
    }
    const options = await readKafkaOptions(loadConfig({ DATA_DIR: t.testdir(), KAFKA_BROKERS: broker.address }))
    const admin = new Admin(options)
    await admin.createTopics({ topics: ['test.keys'], partitions: 6, replicas: 1 })
    await admin.close()
    const writer = createKafkaWriter({ options, topicPrefix: 'test', logger })
    t.teardown(() => writer.close())
    for (const key of Object.keys(expected)) await writer.write('keys', key, ['value'])
    const consumer = new Consumer({ ...options, groupId: 'keys' })
    const messages = await consumer.consume({ topics: ['test.keys'], mode: 'earliest', autocommit: false })
    const found = new Map<string, number>()
    messages.on('data', ({ key, partition }) => found.set(key.toString(), partition))
    await until(() => found.size === Object.keys(expected).length)
    t.same(Object.fromEntries(found), expected)
    await consumer.close(true)
  })

  await t.test('sign-in and TLS', async t => {
    const login = { KAFKA_USERNAME: broker.username, KAFKA_PASSWORD: broker.password }
    const tls = { KAFKA_TLS: 'on', KAFKA_TLS_CA: broker.ca }
    const open = async (settings: Record<string, string>) => {
      const config = loadConfig({ DATA_DIR: t.testdir(), ...settings })
      const writer = createKafkaWriter({ options: await readKafkaOptions(config), topicPrefix: 'ambient', logger })
      t.teardown(() => writer.close())
      return writer
    }
    for (const KAFKA_SASL_MECHANISM of ['plain', 'scram-sha-256', 'scram-sha-512']) {
      const plain = await open({ KAFKA_BROKERS: broker.saslAddress, KAFKA_SASL_MECHANISM, ...login })
      await t.resolves(plain.check(), KAFKA_SASL_MECHANISM)
      const encrypted = await open({ KAFKA_BROKERS: broker.tlsAddress, KAFKA_SASL_MECHANISM, ...login, ...tls })
      await t.resolves(encrypted.write('presence', 'key', ['{}']), `${KAFKA_SASL_MECHANISM} over TLS`)
    }
    const wrongPassword = await open({
      ...{ KAFKA_BROKERS: broker.saslAddress, KAFKA_SASL_MECHANISM: 'plain', ...login },
      KAFKA_PASSWORD: 'wrong-password'
    })
    await t.rejects(wrongPassword.check())
    const unknownAuthority = await open({
      ...{ KAFKA_BROKERS: broker.tlsAddress, KAFKA_SASL_MECHANISM: 'plain', ...login, KAFKA_TLS: 'on' }
    })
    await t.rejects(unknownAuthority.check())
    await t.rejects(open({ KAFKA_BROKERS: broker.tlsAddress, ...tls, KAFKA_TLS_CA: '/nowhere/ca.pem' }), {
      message: /KAFKA_TLS_CA cannot be read/
    })
  })
})
