import type { Readable } from 'node:stream'
import type { PodcastChapters } from '../../../contract/replays.ts'
import type { ByteRange, ObjectStorage } from '../../external/storage/object-storage.ts'
import type { FileRequester } from '../identity/audio-tickets.ts'
import type { Users } from '../people/users.ts'
import { personIn } from '../shows/unknown-person.ts'
import { cuesOf, toWebVtt, type Caption } from '../transcripts/captions.ts'
import type { ReplayTranscripts } from '../transcripts/replay-transcripts.ts'
import { audioKey, type ReplayFormat } from './document.ts'
import { noSuchReplay, partOf, type ReplayAccess } from './replay-access.ts'
import { namedChapters } from './replay-view.ts'
import { placesOf } from './timeline/stretches.ts'
import { whileServed } from './while-served.ts'

/** The audio of a replay, for a reader who may have it. */
export interface ReplayAudioFile {
  readonly sizeBytes: number
  readonly etag: string
  /** Anybody may read it. */
  readonly isOpen: boolean
  /**
   * Returns a range that lies within the file. Throws NOT_FOUND once the file is replaced; so does the stream some
   * seconds after the replay was withdrawn.
   */
  read(range: ByteRange): Promise<Readable>
}

/** A small file of a replay. `isOpen`: anybody may read it. */
export interface ReplayFile<T> {
  readonly content: T
  readonly isOpen: boolean
}

export interface ReplayFilesServedParts {
  access: Pick<ReplayAccess, 'getReadable' | 'assertNotWithdrawn'>
  storage: Pick<ObjectStorage, 'get'>
  users: Pick<Users, 'people'>
  transcripts: Pick<ReplayTranscripts, 'segmentsOf'>
  nowMs: () => number
}

/** Serves the files of replays: audio, chapters, captions. All methods throw NOT_FOUND. */
export function createReplayFilesServed({ access, storage, users, transcripts, nowMs }: ReplayFilesServedParts) {
  return {
    async getAudio(showId: string, format: ReplayFormat, requester: FileRequester): Promise<ReplayAudioFile> {
      const readable = await access.getReadable(showId, requester)
      const { mixed, isOpen } = readable
      const file = mixed.audio.find(audio => audio.format === format)
      if (!file) throw noSuchReplay()
      const key = audioKey(showId, mixed.version, format)
      return {
        sizeBytes: file.sizeBytes,
        etag: `"${mixed.version}-${format}"`,
        isOpen,
        async read(range) {
          const found = await storage.get(key, range)
          if (!found) throw noSuchReplay()
          return whileServed(found.stream, async () => await access.assertNotWithdrawn(readable), nowMs)
        }
      }
    },

    async getChapters(showId: string, requester: FileRequester): Promise<ReplayFile<PodcastChapters>> {
      const { mixed, isOpen } = await access.getReadable(showId, requester)
      const people = await users.people(mixed.chapters.flatMap(({ userId }) => userId ?? []))
      const chapters = namedChapters(mixed, people).map(({ atMs, title }) => ({ startTime: atMs / 1000, title }))
      return { content: { version: '1.2.0', chapters }, isOpen }
    },

    /** Returns captions as WebVTT with the names of the speakers. */
    async getCaptions(showId: string, requester: FileRequester): Promise<ReplayFile<string>> {
      const { replay, mixed, isOpen } = await access.getReadable(showId, requester)
      const part = partOf(replay)
      const all = await transcripts.segmentsOf(showId)
      // A sentence that reaches into what was cut off would tell of it.
      const segments = all.filter(({ from, to }) => from >= part.from && to <= part.to)
      if (segments.length === 0) throw noSuchReplay()
      const people = await users.people([...new Set(segments.map(({ userId }) => userId))])
      const captions = segments.flatMap(({ from, to, userId, text }): Caption[] => {
        const places = placesOf(mixed.stretches, [{ from, to }])
        const [first, last] = [places[0], places.at(-1)]
        if (!first || !last) return []
        return [{ from: first.from, to: last.to, text, name: personIn(people, userId).displayName }]
      })
      return { content: toWebVtt(cuesOf(captions)), isOpen }
    }
  }
}
