import type { FastifyBaseLogger } from 'fastify'
import type { MetadataSource } from '../../../contract/metadata.ts'
import type { Notices } from '../people/notices.ts'
import type { SongDocument } from '../songs/document.ts'
import type { SongQuestions } from '../songs/song-questions.ts'
import type { Answers } from './answers.ts'
import { RepositoryUnavailable, type MetadataRepository } from './metadata-repository.ts'
import { questionAbout, type ProposalFinder } from './proposals.ts'

export interface AskerParts {
  repositories: readonly MetadataRepository[]
  answers: Pick<Answers, 'getSongs'>
  questions: SongQuestions
  proposalFinder: ProposalFinder
  notices: Notices
  log: Pick<FastifyBaseLogger, 'info' | 'error'>
  signal: AbortSignal
  nowMs(): number
}

export type Asker = ReturnType<typeof createAsker>

/** Another node may claim a song after this time. A question takes less. */
const leaseMs = 90_000
/** A repository that did not answer for a song is asked again after this time, or the one that it names. */
const retryMs = 10 * 60_000
const maxRetryMs = 24 * 3_600_000

/**
 * Asks repositories for the songs in the queue, one after the other. The queue is in the store, so a server that is
 * killed loses nothing; answers that it got are in the cache.
 */
export function createAsker(parts: AskerParts) {
  const { repositories, answers, questions, proposalFinder, notices, log, signal, nowMs } = parts
  let running: Promise<number> | undefined

  /** Asks all repositories for a song at the same time. Returns those that failed, and when to ask again. */
  async function askAll(song: SongDocument): Promise<{ failedSources: MetadataSource[]; askAt: Date | undefined }> {
    const failedSources: MetadataSource[] = []
    let waitMs = 0
    const results = await Promise.allSettled(
      repositories.map(async repository => await answers.getSongs(repository, questionAbout(song)))
    )
    for (const [n, result] of results.entries()) {
      const repository = repositories[n]
      if (result.status === 'fulfilled' || !repository) continue
      const error: unknown = result.reason
      if (!(error instanceof RepositoryUnavailable) || error.wasAsked) failedSources.push(repository.name)
      if (error instanceof RepositoryUnavailable) waitMs = Math.max(waitMs, error.retryAfterMs ?? retryMs)
      else log.error({ err: error, source: repository.name }, 'metadata question failed')
    }
    const askAt = new Date(nowMs() + Math.min(maxRetryMs, Math.max(waitMs, retryMs)))
    return { failedSources, askAt: results.some(({ status }) => status === 'rejected') ? askAt : undefined }
  }

  async function ask(song: SongDocument): Promise<void> {
    const before = await proposalFinder.find(song)
    const { failedSources, askAt } = await askAll(song)
    signal.throwIfAborted()
    const after = await proposalFinder.find({ ...song, failedSources })
    const hasProposals = after.proposals.length > 0
    if (!(await questions.finish(song, { failedSources, askAt, hasProposals }))) return
    if (JSON.stringify(before) === JSON.stringify(after)) return
    notices.send(song.ownerId, 'song:metadata', { songId: song._id, proposals: after.proposals.length })
  }

  async function askWaiting(ownerId: string | undefined, onAsked: () => void): Promise<number> {
    let asked = 0
    while (!signal.aborted) {
      const song = await questions.claim(leaseMs, ownerId)
      if (!song) break
      await ask(song)
      asked++
      onAsked()
    }
    return asked
  }

  return {
    /** Asks for all songs that wait, of one person or of all. Returns how many it asked for. Stops at the signal. */
    async run(ownerId?: string, onAsked: () => void = () => {}): Promise<number> {
      running ??= askWaiting(ownerId, onAsked).finally(() => {
        running = undefined
      })
      return await running
    }
  }
}
