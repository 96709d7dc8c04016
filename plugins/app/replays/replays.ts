import type { FastifyBaseLogger } from 'fastify'
import type { Db } from 'mongodb'
import type { NamedKey } from '../../../config/config.ts'
import type { Replay } from '../../../contract/replays.ts'
import { createSpaceCheck } from '../../external/storage/free-space.ts'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import type { Comments } from '../comments/comments.ts'
import { createTickets } from '../identity/audio-tickets.ts'
import type { Blocks } from '../people/blocks.ts'
import type { Users } from '../people/users.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { StoredRecordings } from '../recordings/stored-recordings.ts'
import type { AudienceLog } from '../shows/audience-log.ts'
import type { EventLog } from '../shows/event-log.ts'
import type { ShowGuard } from '../shows/show-guard.ts'
import type { Shows } from '../shows/shows.ts'
import type { Songs } from '../songs/songs.ts'
import { findNetworkIsolation } from '../songs/transcode/network-isolation.ts'
import { openWorkFolders } from '../songs/work-folders.ts'
import type { ReplayTranscripts } from '../transcripts/replay-transcripts.ts'
import { openReplays, publishedAmong, type MixedReplay, type ReplayDocument } from './document.ts'
import { createFeeds } from './feed.ts'
import { createMixJob } from './mix-job.ts'
import type { MixMessage } from './mixing/plan.ts'
import { createReplayAccess } from './replay-access.ts'
import { createReplayChanges } from './replay-changes.ts'
import { createReplayEditing } from './replay-editing.ts'
import { createReplayFiles } from './replay-files.ts'
import { createReplayFilesServed } from './replay-files-served.ts'
import { createReplayMoments } from './replay-moments.ts'
import { createReplayQueue } from './replay-queue.ts'
import { createReplayViews } from './replay-view.ts'
import { createReplayTakedowns } from './replay-takedowns.ts'
import { createReplayWorker, type MixOutcome } from './replay-worker.ts'

export interface ReplaysParts {
  db: Db
  storage: ObjectStorage
  recordings: StoredRecordings
  transcripts: Pick<ReplayTranscripts, 'segmentsOf'>
  shows: Pick<Shows, 'findStarted' | 'getMany'>
  showGuard: Pick<ShowGuard, 'authorize' | 'get' | 'isHost'>
  eventLog: Pick<EventLog, 'read'>
  audienceLog: Pick<AudienceLog, 'read'>
  comments: Pick<Comments, 'between' | 'toComments'>
  songs: Pick<Songs, 'rightsOf' | 'getAudioBytes'>
  users: Pick<Users, 'people' | 'getProfile'>
  blocks: Pick<Blocks, 'has'>
  ticketKeys: readonly NamedKey[]
  publicUrl(): string
  parseMessage(line: unknown): MixMessage
  /** Folder on this machine for replays that are being mixed. */
  workFolder: string
  /** Space that mixing leaves free on the disk of this folder. */
  minFreeBytes: number
  leaseMs: number
  log: FastifyBaseLogger
  nowMs: () => number
  onAttemptEnd?(outcome: MixOutcome, durationMs: number): void
}

export type Replays = Awaited<ReturnType<typeof createReplays>>

/** Replays of recorded shows: mixing, delivery, editing, and the podcast feeds of creators. */
export async function createReplays(parts: ReplaysParts) {
  const { storage, recordings, transcripts, shows, showGuard, songs, users, log, leaseMs, nowMs } = parts
  const replays = await openReplays(parts.db)
  const queue = createReplayQueue(replays, { leaseMs, nowMs })
  const files = createReplayFiles(storage, replays)
  const tickets = createTickets(parts.ticketKeys, nowMs, 'ambient replay tickets')
  const access = createReplayAccess({ replays, showGuard, blocks: parts.blocks, tickets })
  const views = createReplayViews(users, access)
  const wake = () => worker.wake()
  const editing = createReplayEditing({
    ...{ replays, showGuard, access, views, queue, files, recordings, nowMs, wake }
  })
  const { remove } = editing
  const changes = createReplayChanges({ replays, queue, files, recordings, shows, songs, remove, wake })
  const moments = createReplayMoments({ access, comments: parts.comments, audienceLog: parts.audienceLog })
  const mixInto = createMixJob({
    ...{ storage, recordings, eventLog: parts.eventLog, songs, users, parseMessage: parts.parseMessage },
    folders: await openWorkFolders(parts.workFolder),
    assertSpace: createSpaceCheck({ folder: parts.workFolder, minFreeBytes: parts.minFreeBytes }),
    networkIsolation: await findNetworkIsolation(),
    countReactions: moments.countReactions
  })
  const worker = createReplayWorker({
    ...{
      queue,
      files,
      recordings,
      shows,
      mix: mixInto,
      isCurrent: changes.isCurrent,
      removeEmpty: remove,
      leaseMs,
      log
    },
    onMixed: checkMixed,
    ...(parts.onAttemptEnd && { onAttemptEnd: parts.onAttemptEnd })
  })

  /** Follows the transcript of a show. */
  async function transcriptChanged(showId: string): Promise<void> {
    const hasCaptions = (await transcripts.segmentsOf(showId)).length > 0
    await replays.updateOne({ _id: showId, state: { $ne: 'leaving' } }, { $set: { hasCaptions } })
  }

  /** Checks a replay that was stored. Safe to repeat. */
  async function checkMixed(showId: string, mixed: Pick<MixedReplay, 'version' | 'songIds' | 'audio'>): Promise<void> {
    await recordings.holdReplay(
      showId,
      mixed.audio.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    )
    await changes.mixed(showId, mixed)
    await transcriptChanged(showId)
    await replays.updateOne({ _id: showId, 'mixed.version': mixed.version }, { $unset: { isUnchecked: '' } })
  }

  return {
    ...createReplayFilesServed({ access, storage, users, transcripts, nowMs }),
    takedowns: createReplayTakedowns(replays, nowMs),
    worker,
    feeds: createFeeds({ replays, shows, users, publicUrl: parts.publicUrl }),
    patch: editing.patch,
    mixAgain: editing.mixAgain,
    delete: editing.delete,
    removeOfShow: remove,
    removeLeftovers: editing.removeLeftovers,

    /** Checks the replays whose check was interrupted after they were stored. */
    async checkLeft(): Promise<void> {
      const left = replays.find(
        { isUnchecked: true },
        { projection: { 'mixed.version': 1, 'mixed.songIds': 1, 'mixed.audio': 1 } }
      )
      for await (const { _id, mixed } of left) if (mixed) await checkMixed(_id, mixed)
    },

    comments: moments.comments,
    reactions: moments.reactions,
    stintsChanged: changes.stintsChanged,
    songChanged: changes.songChanged,
    songRemoved: changes.songRemoved,
    findAudiblePart: access.findAudiblePart,

    /** Returns the ids of those of these shows whose replays others may hear now. */
    publishedAmong: async (showIds: readonly string[]): Promise<Set<string>> => await publishedAmong(replays, showIds),

    /** Throws NOT_FOUND, also for an unpublished replay of a show whose host the caller is not. */
    get: async (showId: string, callerId: string | null): Promise<Replay> =>
      await views.toReplay(await access.get(showId, callerId)),

    transcriptChanged,

    personalData: {
      export: (userId: string): AsyncIterable<object> => exportedRecords(replays, { creatorId: userId }, toExported),

      /** Removes a creator's replays, and mixes those of others anew without the person's voice. */
      async erase(userId: string): Promise<void> {
        const own = await replays.find({ creatorId: userId }, { projection: { _id: 1 } }).toArray()
        for (const { _id } of own) await remove(_id)
        await changes.personErased(userId)
      }
    }
  }
}

function toExported({ _id, publishedAt, takenDown, createdAt }: ReplayDocument): object {
  return {
    showId: _id,
    publishedAt: publishedAt?.toISOString() ?? null,
    ...(takenDown && { takenDown: { reason: takenDown.reason, at: takenDown.at.toISOString() } }),
    createdAt: createdAt.toISOString()
  }
}
