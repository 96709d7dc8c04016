import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import { loadConfig } from '../config/config.ts'
import { migrate } from '../plugins/app/operations/migrations/migrate.ts'
import { songSettings } from '../plugins/app/songs/settings.ts'
import { createSongs, type Songs } from '../plugins/app/songs/songs.ts'
import { Tags } from '../plugins/app/songs/transcode/tags.ts'
import { createUsers, type UserDocument } from '../plugins/app/people/users.ts'
import { createValidation } from '../plugins/app/http/validation.ts'
import mongodb from '../plugins/external/mongodb.ts'
import pictures from '../plugins/external/pictures.ts'
import storage from '../plugins/external/storage.ts'
import { runCommand } from './operator-command.ts'
import { createProgress, step } from './progress.ts'
import { ImportError } from './songs/import-error.ts'
import { importFiles } from './songs/import.ts'
import { findFiles } from './songs/sources.ts'

const usage = `Imports songs for somebody: npm run songs:import -- --owner ID [--from FOLDER|storage:PREFIX]

Everything below FOLDER, or below PREFIX in the storage (storage:import/ when nothing is said), that lies as artist/album/song.ext
becomes a song of the person with the id ID, as if uploaded, whatever space they have. The settings are those of the server; without
MONGODB_URL stop it first. It may be stopped at any time and started again: what was imported before is not imported twice.
`

const waitMs = 500

interface Asked {
  ownerId: string
  from: string
}

/** What of the application an import needs; it closes with it. */
async function open() {
  const app = Fastify({ logger: { level: 'warn' }, pluginTimeout: 0 })
  app.decorate('config', loadConfig())
  try {
    for (const part of [mongodb, storage, pictures]) await app.register(part)
    await app.ready()
    await migrate({ db: app.db, logger: app.log })
    return app
  } catch (error) {
    // What is open already would keep the process.
    await app.close()
    throw error
  }
}

async function importAll({ ownerId, from }: Asked): Promise<void> {
  const app = await open()
  try {
    const users = await createUsers(app.db.collection<UserDocument>('users'))
    if (!(await users.findPerson(ownerId))) throw new ImportError(`There is nobody with the id ${ownerId}.`)
    const songs = await openSongs(app)
    for (let waits = 0; await songs.isImporting(ownerId); waits++) {
      if (waits === 0) step('waiting for another import to end')
      await setTimeout(waitMs)
    }
    let stopped = false
    const stop = () => {
      stopped = true
      console.log('\nStopping; the same command goes on from here.')
      songs.worker.close().catch(() => {})
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
    const files = await findFiles(from, app.storage).catch(() => {
      throw new ImportError(`${from} can't be read.`)
    })
    step(`${files.length} files in ${from}`)
    const progress = createProgress('taken in')
    const { taken, already, other } = await importFiles({
      songs,
      ownerId,
      files,
      onFile: done => progress.update((100 * done) / files.length),
      isStopped: () => stopped
    })
    progress.end()
    step(`${taken} taken in, ${already} were there before, ${other} are no audio`)
    if (!stopped) step('making them songs')
    await finish(songs)
    await songs.worker.close()
    const { ready, failed, processing } = await songs.countByStatus(ownerId)
    step(`${ready} songs are ready, ${failed} failed${processing > 0 ? `, ${processing} are still to be made` : ''}`)
  } finally {
    await app.close()
  }
}

/** Works off what waits; what was left by an import that died is there after a lease. */
async function finish({ worker }: Songs): Promise<void> {
  worker.wake()
  await worker.idle()
}

async function openSongs({ db, config, storage, pictures, log }: Awaited<ReturnType<typeof open>>): Promise<Songs> {
  return await createSongs({
    db,
    storage,
    pictures,
    // An import deletes no songs, and its process has no live shows.
    liveShows: { isOnAir: async () => false },
    notices: { tell() {} },
    ticketKeys: config.JWT_KEYS,
    parseTags: createValidation().validator.reader(Tags),
    settings: songSettings(config),
    log: log.child({ part: 'songs' })
  })
}

function read(): Asked | null {
  const {
    values: { owner, from = 'storage:import/' }
  } = parseArgs({ options: { owner: { type: 'string' }, from: { type: 'string' } } })
  return owner === undefined ? null : { ownerId: owner, from }
}

await runCommand({ usage, read, run: importAll })
