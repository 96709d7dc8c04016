import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import type { Users } from '../people/users.ts'
import type { StoredRecordings, StoredStint } from '../recordings/stored-recordings.ts'
import type { EventLog } from '../shows/event-log.ts'
import type { StartedShow } from '../shows/started-shows.ts'
import { runLimited } from '../songs/transcode/limited-process.ts'
import type { CommandPrefix } from '../songs/transcode/network-isolation.ts'
import type { Songs } from '../songs/songs.ts'
import type { WorkFolders } from '../songs/work-folders.ts'
import { audioKey, type MixedReplay, type ReplayDocument, type ReplayFormat } from './document.ts'
import { mixedFiles, type MixMessage, type MixPlan, type MixResult } from './mixing/plan.ts'
import { readShowLog, type ShowLog } from './timeline/show-log.ts'

export interface MixJobParts {
  storage: Pick<ObjectStorage, 'put'>
  recordings: Pick<StoredRecordings, 'read'>
  eventLog: Pick<EventLog, 'read'>
  songs: Pick<Songs, 'rightsOf' | 'getAudioBytes'>
  users: Pick<Users, 'people'>
  folders: WorkFolders
  networkIsolation: CommandPrefix | null
  /** Throws when fewer than these bytes may be written into the folders. */
  assertSpace(neededBytes: number): Promise<void>
  /** Counts the reactions of a show at their places in its replay. */
  countReactions(showId: string, mixed: MixResult): Promise<[number, number][]>
  /** Validates a line of a mixing process. */
  parseMessage(line: unknown): MixMessage
}

/** A replay to be mixed. */
export interface MixTask {
  readonly replay: Pick<ReplayDocument, '_id' | 'creatorId' | 'cut'>
  readonly show: Pick<StartedShow, 'title' | 'settings' | 'startedAt' | 'endedAt'>
  readonly stints: readonly StoredStint[]
  readonly signal: AbortSignal
  onProgress(progress: number): void
}

const program = join(import.meta.dirname, 'mixing', 'mix.ts')
const mebibyte = 1024 * 1024
const residentBytes = 512 * mebibyte
/** CPU time of a step: ten minutes, and a quarter of the show. A step may take four times as long by the clock. */
const [baseTimeMs, timeShare, wallTimePerCpuTime] = [600_000, 0.25, 4]
/** Bytes per second of both files together, and of the largest one. */
const maxBytesPerS = 32_000

/** Mixes replays: recordings and songs from the storage, through a local folder, back into the storage. */
export function createMixJob(parts: MixJobParts) {
  const { storage, recordings, eventLog, songs, users, folders, networkIsolation, assertSpace } = parts
  const { countReactions, parseMessage } = parts

  async function fetchFile(source: Readable, path: string, signal: AbortSignal): Promise<void> {
    await assertSpace(0).catch((error: unknown) => {
      source.destroy()
      throw error
    })
    await pipeline(source, createWriteStream(path), { signal })
  }

  /** Returns the stints whose bytes are still there. */
  async function fetchStints({ stints, signal }: MixTask, folder: string): Promise<MixPlan['stints']> {
    const fetched = []
    for (const [n, { id, showId, userId, durationMs, marks }] of stints.entries()) {
      const stream = await recordings.read({ id, showId })
      if (!stream) continue
      const fileName = `stint-${n}.ogg`
      await fetchFile(stream, join(folder, fileName), signal)
      fetched.push({ id, userId, durationMs, marks, fileName })
    }
    return fetched
  }

  /** Fetches the songs that may be replayed. Returns their files by id. */
  async function fetchSongs(log: ShowLog, folder: string, signal: AbortSignal): Promise<Record<string, string>> {
    const played = [...log.pieces.map(({ item }) => item.songId), ...log.jingles.map(({ songId }) => songId)]
    const songIds = [...new Set(played.filter(songId => songId !== undefined))]
    const rights = await songs.rightsOf(songIds)
    const files: Record<string, string> = {}
    for (const songId of songIds) {
      if (rights.get(songId)?.mayReplay !== true) continue
      const fileName = `song-${Object.keys(files).length}.ogg`
      await fetchFile(await songs.getAudioBytes(songId), join(folder, fileName), signal)
      files[songId] = fileName
    }
    return files
  }

  /** Checks the space for the stints and the longest replay that they can give. */
  async function assertSpaceFor({ stints }: MixTask, { recorded }: ShowLog): Promise<void> {
    const stintBytes = stints.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const recordedMs = recorded.reduce((sum, { from, to }) => sum + to - from, 0)
    await assertSpace(stintBytes + (recordedMs / 1000) * maxBytesPerS)
  }

  async function planOf(task: MixTask, log: ShowLog, folder: string): Promise<MixPlan> {
    const { replay, show, signal } = task
    const stints = await fetchStints(task, folder)
    const people = await users.people([replay.creatorId, ...stints.map(({ userId }) => userId)])
    const maxDurationMs = Math.max(60_000, (show.endedAt ?? show.startedAt).getTime() - show.startedAt.getTime())
    return {
      title: show.title,
      creatorId: replay.creatorId,
      names: Object.fromEntries([...people].map(([id, { displayName }]) => [id, displayName])),
      log,
      stints,
      songs: await fetchSongs(log, folder, signal),
      cut: replay.cut,
      timeLimitMs: baseTimeMs + timeShare * maxDurationMs,
      // The limit of file sizes is made for the bitrate of songs.
      maxDurationMs: 2 * maxDurationMs
    }
  }

  async function runMixer(plan: MixPlan, folder: string, { signal, onProgress }: MixTask): Promise<MixResult> {
    let result: MixResult | undefined
    const { code, exceeded, stderrTail } = await runLimited({
      command: process.execPath,
      args: ['--max-old-space-size=256', '--no-warnings', program],
      cwd: folder,
      limits: {
        wallMs: 2 * wallTimePerCpuTime * plan.timeLimitMs,
        cpuMs: 2 * plan.timeLimitMs,
        residentBytes,
        fileBytes: (plan.maxDurationMs / 1000) * maxBytesPerS + mebibyte
      },
      async write(input) {
        input.write(JSON.stringify(plan))
      },
      async read(output) {
        for await (const line of createInterface({ input: output })) {
          const message = parseMessage(JSON.parse(line))
          if ('result' in message) ({ result } = message)
          else onProgress(message.progress)
        }
      },
      signal,
      networkIsolation
    })
    if (/ENOSPC/.test(stderrTail)) throw Object.assign(new Error('no space left for the replay'), { code: 'ENOSPC' })
    if (code !== 0 || exceeded !== null || !result) {
      throw new Error(`mixing failed: code ${code}, exceeded ${exceeded}, ${stderrTail.slice(-300)}`)
    }
    return result
  }

  async function store(showId: string, version: string, folder: string): Promise<MixedReplay['audio']> {
    const audio: MixedReplay['audio'] = []
    for (const format of ['opus', 'mp3'] satisfies ReplayFormat[]) {
      const path = join(folder, mixedFiles[format])
      await storage.put(audioKey(showId, version, format), createReadStream(path) as AsyncIterable<Buffer>)
      audio.push({ format, sizeBytes: (await stat(path)).size })
    }
    return audio
  }

  /** Mixes a replay into the storage, as a new version. Returns null when the log has no recorded time. */
  return async (task: MixTask, version: string): Promise<MixedReplay | null> => {
    const { replay, show, stints } = task
    const log = await readShowLog(eventLog.read(replay._id, 0), show.settings)
    if (!log.recorded.some(({ from, to }) => to > from)) return null
    await assertSpaceFor(task, log)
    return await folders.withFolder(async folder => {
      const plan = await planOf(task, log, folder)
      const result = await runMixer(plan, folder, task)
      task.signal.throwIfAborted()
      return {
        ...result,
        version,
        audio: await store(replay._id, version, folder),
        // One whose bytes are gone is not asked for again.
        stintIds: stints.map(({ id }) => id),
        userIds: [...new Set(stints.map(({ userId }) => userId))],
        songIds: Object.keys(plan.songs),
        reactions: await countReactions(replay._id, result),
        mixedAt: new Date()
      }
    })
  }
}
