import { CodedError, invalidRequest } from '../../../contract/errors.ts'
import type { Replay, ReplayPatch, ReplayTrim } from '../../../contract/replays.ts'
import type { StoredRecordings } from '../recordings/stored-recordings.ts'
import type { ShowGuard } from '../shows/show-guard.ts'
import type { ReplayDocument, ReplayTable } from './document.ts'
import { noSuchReplay, type ReplayAccess } from './replay-access.ts'
import type { ReplayFiles } from './replay-files.ts'
import type { ReplayQueue } from './replay-queue.ts'
import { cutOf, untrimmedMs, type ReplayViews } from './replay-view.ts'

/** A replay must be at least this long after trimming. */
const minDurationMs = 1000

export interface ReplayEditingParts {
  replays: ReplayTable
  showGuard: Pick<ShowGuard, 'authorize'>
  access: ReplayAccess
  views: ReplayViews
  queue: ReplayQueue
  files: ReplayFiles
  recordings: Pick<StoredRecordings, 'deleteOf' | 'holdReplay'>
  nowMs: () => number
  /** There may be a replay in the queue. */
  wake(): void
}

/** Lets creators edit the replays of their shows. */
export function createReplayEditing(parts: ReplayEditingParts) {
  const { replays, showGuard, access, views, queue, files, recordings, nowMs, wake } = parts

  /** Throws NOT_FOUND, FORBIDDEN. */
  async function getForCreator(showId: string, callerId: string): Promise<ReplayDocument> {
    await showGuard.authorize('change', showId, callerId)
    const replay = await replays.findOne({ _id: showId, state: { $ne: 'leaving' } })
    if (!replay) throw noSuchReplay()
    return replay
  }

  const view = async (showId: string, callerId: string): Promise<Replay> =>
    await views.toReplay(await access.get(showId, callerId))

  /** Returns the time of publication: a replay that is published stays so since then. */
  function publishedAtOf({ publishedAt }: ReplayDocument, isPublished = publishedAt !== null): Date | null {
    return isPublished ? (publishedAt ?? new Date(nowMs())) : null
  }

  /** Throws TAKEN_DOWN. A takedown after this check changes the version, which every change is conditional on. */
  function assertMayPublish({ takenDown }: ReplayDocument): void {
    if (takenDown) throw new CodedError('TAKEN_DOWN', 'Operators have taken this replay down. It cannot be published.')
  }

  async function publish(replay: ReplayDocument, isPublished: boolean | undefined): Promise<void> {
    const { _id, version } = replay
    const { matchedCount } = await replays.updateOne(
      { _id, version, state: { $ne: 'leaving' } },
      { $set: { publishedAt: publishedAtOf(replay, isPublished) }, $inc: { version: 1 } }
    )
    if (matchedCount === 0) throw staleVersion()
  }

  /** Cuts a replay, which is mixed anew: its audio does not keep what was cut off. */
  async function trim(replay: ReplayDocument, { trim, published }: ReplayPatch & { trim: ReplayTrim }): Promise<void> {
    const { _id, version, mixed, cut: before } = replay
    if (!mixed) throw new CodedError('CONFLICT', 'The replay is being mixed. Trim it afterwards.')
    if (trim.startMs + trim.endMs > untrimmedMs(mixed) - minDurationMs) {
      throw invalidRequest([{ path: '/trim', message: 'must leave a second of the replay at least' }])
    }
    const cut = cutOf(mixed, trim)
    if (cut.from === before.from && cut.to === before.to) return await publish(replay, published)
    const change = { cut, publishedAt: publishedAtOf(replay, published) }
    if ((await queue.ask({ _id, version }, change)) === 0) throw staleVersion()
    wake()
    await files.removeOld(_id)
  }

  /** Removes what is left of a replay that is marked. The mark stays while a mixing may still store a file. */
  async function finishRemoval(showId: string): Promise<void> {
    await files.removeAll(showId)
    await recordings.holdReplay(showId, 0)
    await replays.deleteOne({ _id: showId, state: 'leaving', leaseUntil: { $lt: new Date(nowMs()) } })
  }

  /** Removes a replay without checking permissions. Safe to repeat. */
  async function remove(showId: string): Promise<void> {
    // Nothing of a person is left in the mark.
    const unset = {
      mixed: '',
      cut: '',
      publishedAt: '',
      hasCaptions: '',
      stintIds: '',
      isUnchecked: '',
      takenDown: ''
    } as const
    await replays.updateOne({ _id: showId }, { $set: { state: 'leaving', creatorId: '' }, $unset: unset })
    await finishRemoval(showId)
  }

  return {
    /** Publishes, unpublishes or trims a replay. Throws NOT_FOUND, FORBIDDEN, CONFLICT, TAKEN_DOWN, VALIDATION. */
    async patch(showId: string, callerId: string, patch: ReplayPatch): Promise<Replay> {
      const replay = await getForCreator(showId, callerId)
      if (replay.version !== patch.version) throw staleVersion()
      if (patch.published === true) assertMayPublish(replay)
      if (patch.trim) await trim(replay, { ...patch, trim: patch.trim })
      else await publish(replay, patch.published)
      return await view(showId, callerId)
    },

    /** Mixes a replay anew, unless that is in progress. Throws NOT_FOUND, FORBIDDEN. */
    async mixAgain(showId: string, callerId: string): Promise<Replay> {
      await getForCreator(showId, callerId)
      await queue.ask({ _id: showId, state: { $in: ['ready', 'failed'] } })
      wake()
      await files.removeOld(showId)
      return await view(showId, callerId)
    },

    /** Deletes a replay with the recording of its show. Throws NOT_FOUND, FORBIDDEN. */
    async delete(showId: string, callerId: string): Promise<void> {
      await getForCreator(showId, callerId)
      // The replay goes last: without it, the creator could not repeat a deletion that failed.
      await recordings.deleteOf(showId)
      await remove(showId)
    },

    remove,

    /** Finishes interrupted removals. */
    async removeLeftovers(): Promise<void> {
      const left = replays.find(
        { state: 'leaving', leaseUntil: { $lt: new Date(nowMs()) } },
        { projection: { _id: 1 } }
      )
      for await (const { _id } of left) await finishRemoval(_id)
    }
  }
}

function staleVersion(): CodedError {
  return new CodedError('CONFLICT', 'The replay was changed meanwhile. Load it again.')
}
