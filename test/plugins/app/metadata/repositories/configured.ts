import { loadConfig } from '../../../../../config/config.ts'
import type { MetadataSource } from '../../../../../contract/metadata.ts'
import type { CallPace } from '../../../../../plugins/app/metadata/calls/call-slots.ts'
import {
  createRepositories,
  type RepositoriesParts
} from '../../../../../plugins/app/metadata/repositories/create-repositories.ts'
import { createValidation } from '../../../../../plugins/app/http/validation.ts'
import type { MetadataRepository } from '../../../../../plugins/app/metadata/metadata-repository.ts'
import { createReadiness } from '../../../../../plugins/app/operations/readiness.ts'
import { createMetrics } from '../../../../../plugins/external/metrics.ts'

/** A pace at which tests need not wait. */
export const quickPace: CallPace = { intervalMs: 1, gapMs: 0, callMs: 6500, quietMs: 1000 }

/** Repositories as the server creates them from these settings, with what they tell operators. */
export interface ConfiguredRepositories {
  readonly repositories: MetadataRepository[]
  readonly repository: MetadataRepository
  readonly readiness: ReturnType<typeof createReadiness>
  readonly lines: object[]
  metricsText(): Promise<string>
}

export function configureRepositories(
  settings: Record<string, string>,
  options: Partial<Pick<RepositoriesParts, 'redis' | 'paces' | 'callTimeoutMs'>> = {}
): ConfiguredRepositories {
  const lines: object[] = []
  const note = (line: object, message?: string) => lines.push({ ...line, message })
  const log: RepositoriesParts['log'] = { warn: note, info: note }
  let nowMs = 0
  // Every question about readiness is asked anew.
  const readiness = createReadiness(log, () => (nowMs += 10_000))
  const metrics = createMetrics()
  const names: readonly MetadataSource[] = ['musicbrainz', 'discogs', 'lastfm']
  const repositories = createRepositories({
    config: loadConfig({ NODE_ENV: 'test', ...settings }),
    redis: null,
    validator: createValidation().validator,
    metrics,
    readiness,
    log,
    paces: Object.fromEntries(names.map(name => [name, quickPace])),
    ...options
  })
  const repository = repositories.at(-1)
  if (!repository) throw new Error('no repository is configured')
  return { repositories, repository, readiness, lines, metricsText: async () => await metrics.text() }
}

export const signal = () => AbortSignal.timeout(20_000)
