import type { FastifyBaseLogger } from 'fastify'
import type { RecordStore } from '../../external/records/record-store.ts'
import type { RedisConnections } from '../../external/redis/connections.ts'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import type { Notices } from '../people/notices.ts'
import type { SongQuestions } from '../songs/song-questions.ts'
import { createAnswers } from './answers.ts'
import { createAsker } from './asker.ts'
import { createMetadataCache, metadataEntriesKind, type MetadataEntry } from './metadata-cache.ts'
import { createProposalFinder } from './proposals.ts'
import { createRepositories, type RepositoriesParts } from './repositories/create-repositories.ts'

export interface MetadataParts extends Omit<RepositoriesParts, 'redis' | 'log'> {
  redis: RedisConnections | null
  records: RecordStore
  storage: ObjectStorage
  questions: SongQuestions
  notices: Notices
  log: FastifyBaseLogger
  /** Aborts questions when the process stops. */
  signal: AbortSignal
}

/** Opens the repositories of the settings with their caches, and the queue of songs that they are asked for. */
export async function openMetadata(parts: MetadataParts) {
  const { records, storage, questions, notices, log, signal } = parts
  const nowMs = Date.now
  const redis = parts.redis?.commands ?? null
  const repositories = createRepositories({ ...parts, redis })
  const entries = await records.open<MetadataEntry, 'byId'>(metadataEntriesKind)
  const cache = createMetadataCache({ storage, entries, redis, log, nowMs })
  const answers = createAnswers({ cache, log, signal, nowMs })
  const proposalFinder = createProposalFinder({ repositories, answers })
  const asker = createAsker({ repositories, answers, questions, proposalFinder, notices, log, signal, nowMs })
  return { repositories, cache, answers, proposalFinder, asker }
}
