import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Admin, Consumer } from '@platformatic/kafka'
import t from 'tap'
import type { Test } from 'tap'
import { loadConfig } from '../../../../config/config.ts'
import { readKafkaOptions } from '../../../../plugins/external/kafka/kafka-options.ts'
import { createKafkaWriter } from '../../../../plugins/external/kafka/kafka-writer.ts'
import { testAtNight } from '../../../depth.ts'
import { until } from '../../../realtime/real-app.ts'
import { freePort } from '../../../standins/free-port.ts'
import { kafkaMissing, startKafka } from '../../../standins/kafka/start.ts'

const failingWorker = new URL('./failing-worker.ts', import.meta.url)

async function optionsFor(t: Test, address: string) {
  return await readKafkaOptions(loadConfig({ DATA_DIR: t.testdir(), KAFKA_BROKERS: address }))
}

/** A writer whose client fails as a value names, and the errors that it has logged. */
async function openWriter(t: Test, address: string) {
  const logged: unknown[] = []
  const logger = { warn: (fields: unknown) => logged.push(fields) }
  const options = await optionsFor(t, address)
  const writer = createKafkaWriter({ options, topicPrefix: 'test', logger, workerFile: failingWorker })
  t.teardown(() => writer.close())
  return { writer, logged }
}

async function succeeds(promise: Promise<void>): Promise<boolean> {
  return await promise.then(
    () => true,
    () => false
  )
}

/** Reads values of a topic from its beginning until there are as many. */
async function readValues(t: Test, address: string, topic: string, count: number): Promise<string[]> {
  const options = await optionsFor(t, address)
  // The first group of a broker has to wait for its coordinator.
  const consumer = new Consumer({ ...options, retries: 20, retryDelay: 500, groupId: `${topic}.readers` })
  const messages = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false, maxWaitTime: 100 })
  const values: string[] = []
  messages.on('data', ({ value }) => values.push(value.toString()))
  await until(() => values.length >= count)
  await consumer.close(true)
  return values
}

t.test('errors of the client keep their code, their message and their causes', async t => {
  const port = await freePort()
  const { writer, logged } = await openWriter(t, `127.0.0.1:${port}`)
  const refused = {
    code: 'PLT_KFK_MULTIPLE',
    message: 'Cannot connect to any broker.',
    errors: [{ code: 'PLT_KFK_NETWORK', cause: { code: 'ECONNREFUSED' } }]
  }
  await t.rejects(writer.check(), refused)
  await t.rejects(writer.write('errors', 'key', ['value']), refused)
  t.same(logged, [], 'the thread goes on')
})

t.test('a thread that cannot start rejects checks and writes', async t => {
  const options = await optionsFor(t, `127.0.0.1:${await freePort()}`)
  const workerFile = new URL('./nowhere.ts', import.meta.url)
  const writer = createKafkaWriter({ options, topicPrefix: 'test', logger: { warn() {} }, workerFile })
  t.teardown(() => writer.close())
  const failed = { message: 'the thread of the Kafka client failed', cause: { code: /MODULE_NOT_FOUND/ } }
  await t.rejects(writer.check(), failed)
  await t.rejects(writer.write('errors', 'key', ['value']), failed)
})

t.test('a closed writer has no thread that keeps the process alive, and takes nothing more', async t => {
  const options = await optionsFor(t, `127.0.0.1:${await freePort()}`)
  const module = new URL('../../../../plugins/external/kafka/kafka-writer.ts', import.meta.url)
  const program = `
    import { createKafkaWriter } from '${module}'
    const writer = createKafkaWriter({ options: ${JSON.stringify(options)}, topicPrefix: 'test', logger: console })
    await writer.check().catch(error => console.log(error.message))
    writer.close()
    await writer.check().catch(error => console.log(error.message))
    await writer.write('topic', 'key', ['value']).catch(error => console.log(error.message))
  `
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { timeout: 60_000 })
  const closed = 'the connection to Kafka is closed'
  t.same(stdout.trim().split('\n'), ['Cannot connect to any broker.', closed, closed])
})

t.test('a real broker', { skip: kafkaMissing }, async t => {
  const { address } = await startKafka(t)
  const ends = [
    {
      title: 'an uncaught error in the thread of the client rejects its writes, and later ones arrive in order',
      failure: 'throw',
      reason: { message: 'the thread of the Kafka client failed', cause: { name: 'TypeError' } }
    },
    {
      title: 'an end of the thread of the client rejects its writes, and later ones arrive in order',
      failure: 'exit',
      reason: { message: 'the thread of the Kafka client ended with code 3' }
    }
  ]

  for (const { title, failure, reason } of ends) {
    await t.test(title, async t => {
      const { writer, logged } = await openWriter(t, address)
      await writer.write(failure, 'key', ['1', '2'])
      await writer.write(failure, 'key', ['3'])
      const together = [writer.write(failure, 'key', [failure]), writer.write(failure, 'another', ['lost'])]
      await Promise.all(together.map(write => t.rejects(write, reason)))
      t.match(logged, [{ err: reason }])
      await until(async () => await succeeds(writer.check()))
      await Promise.all([writer.write(failure, 'key', ['4']), writer.write(failure, 'key', ['5', '6'])])
      await writer.write(failure, 'key', ['7'])
      t.same(await readValues(t, address, `test.${failure}`, 7), ['1', '2', '3', '4', '5', '6', '7'])
      t.equal(logged.length, 1)
    })
  }

  await t.test('closing rejects the writes under way and those that wait', async t => {
    const { writer, logged } = await openWriter(t, address)
    await writer.write('closing', 'key', ['1'])
    const underWay = writer.write('closing', 'key', ['block'])
    await Promise.resolve()
    const waiting = writer.write('closing', 'key', ['2'])
    setTimeout(() => writer.close(), 200)
    const startedAt = performance.now()
    const gaveUp = { message: 'the connection to Kafka was closed' }
    await Promise.all([underWay, waiting].map(write => t.rejects(write, gaveUp)))
    t.ok(performance.now() - startedAt < 5000)
    t.same(logged, [])
  })

  await t.test('a topic that is deleted and created again while a writer lives gets what is written then', async t => {
    const { writer, logged } = await openWriter(t, address)
    const admin = new Admin(await optionsFor(t, address))
    await admin.createTopics({ topics: ['test.again'], partitions: 1, replicas: 1 })
    await writer.write('again', 'key', ['1'])
    await admin.deleteTopics({ topics: ['test.again'] })
    await admin.createTopics({ topics: ['test.again'], partitions: 1, replicas: 1 })
    await admin.close()
    await until(async () => await succeeds(writer.write('again', 'key', ['2'])))
    await writer.write('again', 'key', ['3'])
    const values = await readValues(t, address, 'test.again', 2)
    t.same(values, ['2', '3'])
    t.same(logged, [])
  })

  await testAtNight(t, 'a thread that loads for longer than a write may take is waited for', async t => {
    const writer = createKafkaWriter({
      options: await optionsFor(t, address),
      topicPrefix: 'test',
      logger: { warn() {} },
      workerFile: new URL('./slow-worker.ts', import.meta.url)
    })
    t.teardown(() => writer.close())
    await t.rejects(writer.write('slow', 'key', ['1']), { message: 'Kafka did not answer in time' })
    await writer.write('slow', 'key', ['2'])
    t.same((await readValues(t, address, 'test.slow', 2)).at(-1), '2')
  })

  await testAtNight(t, 'a thread that does not answer is replaced within the time of a write', async t => {
    const { writer } = await openWriter(t, address)
    const startedAt = performance.now()
    await t.rejects(writer.write('blocked', 'key', ['block']), { message: 'Kafka did not answer in time' })
    t.ok(performance.now() - startedAt < 16_000)
    await writer.write('blocked', 'key', ['1'])
    t.same(await readValues(t, address, 'test.blocked', 1), ['1'])
  })
})
