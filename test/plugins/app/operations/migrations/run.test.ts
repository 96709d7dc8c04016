import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Db } from 'mongodb'
import t from 'tap'
import { runMigrations, type Migration } from '../../../../../plugins/app/operations/migrations/run.ts'
import { onEachBackend } from '../../../../store/backends.ts'

/** What a run tells, kept. */
function keepingLog() {
  const lines: string[] = []
  const keep = (_fields: object, message: string) => {
    lines.push(message)
  }
  return { lines, log: { info: keep, warn: keep } }
}

/** A migration that counts how often it ran. */
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
  const records = async (of: Db = db) =>
    (await of.collection<{ _id: string }>('migrations').find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id)

  t.test('each runs once, in the order of their numbers, and leaves no lock', async t => {
    await clear()
    const order: string[] = []
    const migrations = ['0002-b', '0001-a', '0010-c'].map(name => ({
      name,
      up: async () => {
        order.push(name)
      }
    }))
    const { log } = keepingLog()
    await runMigrations({ db, migrations, log })
    await runMigrations({ db, migrations, log })
    t.same(order, ['0001-a', '0002-b', '0010-c'])
    t.same(await records(), order)
  })

  t.test('one that is new runs alone', async t => {
    await clear()
    const [old, fresh] = [counting('0001-old'), counting('0002-fresh')]
    const { log } = keepingLog()
    await runMigrations({ db, migrations: [old], log })
    await runMigrations({ db, migrations: [old, fresh], log })
    t.same([old.runs(), fresh.runs()], [1, 1])
  })

  t.test('of servers that start at once one runs each, and none goes on before all have run', async t => {
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
    const { log } = keepingLog()
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        await runMigrations({ db, migrations: [slow, second], log, lock: { beatMs: 5 } })
        t.same(await db.collection('runs').find().toArray(), [{ _id: 'slow', finished: true }])
        t.same(
          (await records()).filter(id => id !== 'lock'),
          ['0001-slow', '0002-second']
        )
      })
    )
    t.equal(second.runs(), 1)
    t.same(await records(), ['0001-slow', '0002-second'])
  })

  t.test(
    'a server that is killed in the middle leaves the migration to the next, which waits until it is dead',
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

      const { log, lines } = keepingLog()
      const up = async () => {
        await things.updateMany({ done: { $exists: false } }, { $set: { done: true } })
      }
      await runMigrations({
        db,
        migrations: [{ name: '0001-halves', up }],
        log,
        lock: { beatMs: 20, deadAfterMs: 100 }
      })
      t.equal(await things.countDocuments({ done: true }), 2)
      t.same(await records(), ['0001-halves'])
      t.match(lines, [/waiting for it/, /has run/])
    }
  )

  t.test('one that fails is named, is not recorded, lets nobody wait, and is tried again', async t => {
    await clear()
    const { log } = keepingLog()
    let broken = true
    const before = counting('0001-before')
    const failing: Migration = {
      name: '0002-failing',
      up: async () => {
        if (broken) throw new Error('no such thing')
      }
    }
    const after = counting('0003-after')
    const migrations = [before, failing, after]
    await t.rejects(runMigrations({ db, migrations, log }), { message: /0002-failing failed.*no such thing/ })
    t.same(await records(), ['0001-before'])
    broken = false
    await runMigrations({ db, migrations, log })
    t.same([before.runs(), after.runs()], [1, 1])
  })

  t.test('who lost the lock does not go on', async t => {
    await clear()
    const { log } = keepingLog()
    const after = counting('0002-after')
    const robbed: Migration = {
      name: '0001-robbed',
      up: async db => {
        await db
          .collection<{ _id: string; holder: string }>('migrations')
          .updateOne({ _id: 'lock' }, { $set: { holder: 'another' } })
      }
    }
    await t.rejects(runMigrations({ db, migrations: [robbed, after], log }), {
      message: /another server took the migrations over/
    })
    t.equal(after.runs(), 0)
    t.same(
      (await records()).filter(id => id === 'lock'),
      ['lock'],
      'the lock of the other is left alone'
    )
  })

  t.test('a database of a newer version is told of, and used', async t => {
    await clear()
    const { log, lines } = keepingLog()
    await runMigrations({ db, migrations: [counting('0001-a'), counting('0002-b')], log })
    lines.length = 0
    await runMigrations({ db, migrations: [counting('0001-a')], log })
    t.match(lines, [/newer version/])
  })
})
