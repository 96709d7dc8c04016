import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import { loadDataConfig } from '../config/config.ts'
import type { SongUpdate } from '../contract/songs.ts'
import { migrate } from '../plugins/app/operations/migrations/migrate.ts'
import { openPseudonyms } from '../plugins/app/privacy/pseudonyms.ts'
import { songSettings } from '../plugins/app/songs/settings.ts'
import { createSongs, type Songs } from '../plugins/app/songs/songs.ts'
import { Tags } from '../plugins/app/songs/transcode/tags.ts'
import { createUsers, type UserDocument } from '../plugins/app/people/users.ts'
import { createValidation } from '../plugins/app/http/validation.ts'
import metrics from '../plugins/external/metrics.ts'
import mongodb from '../plugins/external/mongodb.ts'
import pictures from '../plugins/external/pictures.ts'
import records from '../plugins/external/records.ts'
import redis from '../plugins/external/redis.ts'
import storage from '../plugins/external/storage.ts'
import tracing from '../plugins/external/tracing.ts'
import { joinId, runCommand, type CommandContext, type OperatorCommand } from './operator-command.ts'
import { percentOf, reportTo } from './progress.ts'
import { askRepositories } from './songs/ask-repositories.ts'
import { ImportError } from './songs/import-error.ts'
import { importFiles } from './songs/import.ts'
import { findSongFiles, type UnreadableFile } from './songs/song-files.ts'

const usage = `Imports songs for a user: npm run songs:import -- --owner ID [--from FOLDER|storage:PREFIX]

Turns every audio file below FOLDER, or below PREFIX in the storage (default: storage:import/), into a song of the user
with the id ID, as if the user had uploaded it, without a limit of space. Takes artist and album from paths of the form
artist/album/song.ext. Then asks the repositories of METADATA_SOURCES about the songs, about one song per second. Takes
the settings of the server; stop the server first when it has no MONGODB_URL or, with repositories that limit calls, no
REDIS_URL. You may stop the import at any time and start it again: it skips files that are imported already, and the
server asks about the songs that are left. Names the files and folders that it
cannot read and the files that do not become songs, imports all others, and then ends with exit code 1.
`

const pollMs = 500

interface Arguments {
  ownerId: string
  from: string
}

/** Opens the parts of the application that an import needs. */
async function openApp({ env, stderr }: CommandContext) {
  const app = Fastify({ logger: { level: 'warn', stream: stderr }, pluginTimeout: 0 })
  app.decorate('config', loadDataConfig(env))
  try {
    for (const part of [tracing, metrics, mongodb, redis, records, storage, pictures]) await app.register(part)
    await app.ready()
    await migrate({ db: app.db, logger: app.log })
    return app
  } catch (error) {
    // Parts that are open would keep the process running.
    await app.close()
    throw error
  }
}

async function run({ ownerId, from }: Arguments, context: CommandContext): Promise<void> {
  const app = await openApp(context)
  const { stdout } = context
  const report = reportTo(stdout)
  let stopSongs = () => {}
  let isStopped = false
  const stopping = new AbortController()
  const onSignal = () => {
    isStopped = true
    stopping.abort()
    stdout.write('\nStopping. Run the same command again to continue.\n')
    stopSongs()
  }
  try {
    const users = await createUsers(app.db.collection<UserDocument>('users'))
    if (!(await users.findPerson(ownerId))) throw new ImportError(`There is no user with the id ${ownerId}.`)
    const paths = new Map<string, string>()
    const bad: UnreadableFile[] = []
    const songs = await openSongs(app, update => {
      const { songId, status, reason = 'notAudio', failure } = update
      if (status === 'failed') bad.push({ path: paths.get(songId) ?? songId, reason: failure?.cause ?? reason })
    })
    stopSongs = () => songs.worker.close().catch(() => {})
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal)
    await waitForOtherImport(songs, ownerId, report.log)
    const { files, unreadable } = await findSongFiles(from, app.storage).catch(() => {
      throw new ImportError(`Cannot read ${from}.`)
    })
    report.log(`${files.length} files in ${from}`)
    const update = report.start('importing files')
    const result = await importFiles({
      songs,
      ownerId,
      files,
      onSong: (songId, path) => paths.set(songId, path),
      onFile: done => update(percentOf(done, files.length)),
      isStopped: () => isStopped
    })
    report.finish()
    report.log(`${result.imported} imported, ${result.skipped} imported before, ${result.notAudio} not audio`)
    bad.push(...unreadable, ...result.unreadable)
    if (!isStopped) report.log('transcoding')
    await transcodeAll(songs)
    await songs.worker.close()
    const { ready, failed, processing } = await songs.countByStatus(ownerId)
    report.log(`${ready} songs are ready, ${failed} failed${processing > 0 ? `, ${processing} are waiting` : ''}`)
    await askRepositories({ app, songs, ownerId, report, signal: stopping.signal })
    if (bad.length > 0) throw new ImportError(badFilesText(bad))
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
    await app.close()
  }
}

async function waitForOtherImport(songs: Songs, ownerId: string, log: (text: string) => void): Promise<void> {
  if (!(await songs.isImporting(ownerId))) return
  log('waiting for another import to end')
  do await setTimeout(pollMs)
  while (await songs.isImporting(ownerId))
}

/** Transcodes all waiting songs. Songs of an import that was killed are free again after a lease. */
async function transcodeAll({ worker }: Songs): Promise<void> {
  worker.wake()
  await worker.idle()
}

/** Returns a line for each file that did not become a song. Names of strangers may contain control characters. */
function badFilesText(bad: readonly UnreadableFile[]): string {
  const lines = bad.map(({ path, reason }) => `  ${JSON.stringify(path)}: ${reason}`)
  return [`${bad.length} files or folders did not become songs:`, ...lines].join('\n')
}

async function openSongs(
  { db, config, storage, pictures, log }: Awaited<ReturnType<typeof openApp>>,
  onUpdate: (update: SongUpdate) => void
): Promise<Songs> {
  return await createSongs({
    db,
    storage,
    pictures,
    // An import deletes no songs.
    shows: { findSongsOnAir: async () => new Map(), isSongOnAir: async () => false },
    notices: {
      send(_ownerId, _event, payload) {
        if (isSongUpdate(payload)) onUpdate(payload)
      }
    },
    ticketKeys: config.JWT_KEYS,
    hash: await openPseudonyms(db),
    parseTags: createValidation().validator.reader(Tags),
    settings: songSettings(config),
    log: log.child({ part: 'songs' })
  })
}

const isSongUpdate = (payload: object): payload is SongUpdate => 'songId' in payload && 'status' in payload

function parse(args: readonly string[]): Arguments | undefined {
  const {
    values: { owner, from = 'storage:import/' }
  } = parseArgs({ args: joinId(args, '--owner'), options: { owner: { type: 'string' }, from: { type: 'string' } } })
  return owner === undefined ? undefined : { ownerId: owner, from }
}

export const importCommand: OperatorCommand<Arguments> = { usage, parse, run }

if (import.meta.main) await runCommand(importCommand)
