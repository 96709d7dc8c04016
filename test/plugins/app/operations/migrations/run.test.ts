import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Db } from 'mongodb'
import t from 'tap'
import { runMigrations, type Migration } from '../../../../../plugins/app/operations/migrations/run.ts'
import { onEachBackend } from '../../../../store/backends.ts'

/** A logger that records its messages. */
function createRecordingLogger() {
  const lines: string[] = []
  const record = (_fields: object, message: string) => {
    lines.push(message)
  }
  return { lines, logger: { info: record, warn: record } }
}

/** A migration that counts its runs. */
function counting(name: string): Migration & { runs: () => number } {
  let runs = 0
  return {
    name,
    runs: () => runs,
    up: async () => {
      runs++
    }
  }
}

onEachBackend(t, async (t, db, _exactly, url) => {
  const clear = async () => {
    await db.dropDatabase()
  }
  const readRecords = async (of: Db = db) =>
    (await of.collection<{ _id: string }>('migrations').find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id)

  t.test('each migration runs once, in the order of the numbers, and leaves no lock', async t => {
    await clear()
    const order: string[] = []
    const migrations = ['0002-b', '0001-a', '0010-c'].map(name => ({
      name,
      up: async () => {
        order.push(name)
      }
    }))
    const { logger } = createRecordingLogger()
    await runMigrations({ db, migrations, logger })
    await runMigrations({ db, migrations, logger })
    t.same(order, ['0001-a', '0002-b', '0010-c'])
    t.same(await readRecords(), order)
  })

  t.test('a new migration runs alone', async t => {
    await clear()
    const [old, fresh] = [counting('0001-old'), counting('0002-fresh')]
    const { logger } = createRecordingLogger()
    await runMigrations({ db, migrations: [old], logger })
    await runMigrations({ db, migrations: [old, fresh], logger })
    t.same([old.runs(), fresh.runs()], [1, 1])
  })

  t.test('one of the servers that start at once runs each migration, and all wait for it', async t => {
    await clear()
    const slow: Migration = {
      name: '0001-slow',
      up: async db => {
        await db.collection<{ _id: string }>('runs').insertOne({ _id: 'slow' })
        await new Promise(resolve => setImmediate(resolve))
        await db
          .collection<{ _id: string; finished?: boolean }>('runs')
          .updateOne({ _id: 'slow' }, { $set: { finished: true } })
      }
    }
    const second = counting('0002-second')
    const { logger } = createRecordingLogger()
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        await runMigrations({ db, migrations: [slow, second], logger, lock: { beatMs: 5 } })
        t.same(await db.collection('runs').find().toArray(), [{ _id: 'slow', finished: true }])
        t.same(
          (await readRecords()).filter(id => id !== 'lock'),
          ['0001-slow', '0002-second']
        )
      })
    )
    t.equal(second.runs(), 1)
    t.same(await readRecords(), ['0001-slow', '0002-second'])
  })

  t.test(
    'after a server is killed during a migration, the next one waits until it is dead, then runs the migration',
    async t => {
      await clear()
      const things = db.collection<{ _id: string; done?: boolean }>('things')
      await things.insertMany([{ _id: 'first' }, { _id: 'second' }])
      const child = spawn(process.execPath, [join(import.meta.dirname, 'stuck-process.ts'), url, db.databaseName], {
        stdio: ['ignore', 'pipe', 'inherit']
      })
      await once(child.stdout, 'data')
      child.kill('SIGKILL')
      await once(child, 'exit')
      t.match(await things.find().sort({ _id: 1 }).toArray(), [{ _id: 'first', done: true }, { _id: 'second' }])

      const { logger, lines } = createRecordingLogger()
      const up = async () => {
        await things.updateMany({ done: { $exists: false } }, { $set: { done: true } })
      }
      await runMigrations({
        db,
        migrations: [{ name: '0001-halves', up }],
        logger,
        lock: { beatMs: 20, deadAfterMs: 100 }
      })
      t.equal(await things.countDocuments({ done: true }), 2)
      t.same(await readRecords(), ['0001-halves'])
      t.match(lines, [/^waiting for another server/, /^migration finished$/])
    }
  )

  t.test('a failed migration is named, not recorded, leaves no lock, and is tried again', async t => {
    await clear()
    const { logger } = createRecordingLogger()
    let broken = true
    const before = counting('0001-before')
    const failing: Migration = {
      name: '0002-failing',
      up: async () => {
        if (broken) throw new Error('out of order')
      }
    }
    const after = counting('0003-after')
    const migrations = [before, failing, after]
    await t.rejects(runMigrations({ db, migrations, logger }), { message: /0002-failing failed.*out of order/ })
    t.same(await readRecords(), ['0001-before'])
    broken = false
    await runMigrations({ db, migrations, logger })
    t.same([before.runs(), after.runs()], [1, 1])
  })

  t.test('a server that has lost the lock does not continue', async t => {
    await clear()
    const { logger } = createRecordingLogger()
    const after = counting('0002-after')
    const losing: Migration = {
      name: '0001-losing',
      up: async db => {
        await db
          .collection<{ _id: string; holder: string }>('migrations')
          .updateOne({ _id: 'lock' }, { $set: { holder: 'another' } })
      }
    }
    await t.rejects(runMigrations({ db, migrations: [losing, after], logger }), {
      message: /another server took over the migrations/
    })
    t.equal(after.runs(), 0)
    t.same(
      (await readRecords()).filter(id => id === 'lock'),
      ['lock'],
      'keeps the lock of the other server'
    )
  })

  t.test('a database of a newer version is used, with a warning in the log', async t => {
    await clear()
    const { logger, lines } = createRecordingLogger()
    await runMigrations({ db, migrations: [counting('0001-a'), counting('0002-b')], logger })
    lines.length = 0
    await runMigrations({ db, migrations: [counting('0001-a')], logger })
    t.match(lines, [/newer version/])
  })
})
