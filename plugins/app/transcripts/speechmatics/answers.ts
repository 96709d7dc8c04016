import { Type, type Static } from 'typebox'
import { mainLanguageOf } from '../main-language.ts'
import type { TranscribedAudio, TranscribedWord } from '../transcriber.ts'

/*
 * Answers of the batch API, as far as they are read: https://docs.speechmatics.com/api-ref/batch/create-a-new-job and
 * https://docs.speechmatics.com/speech-to-text/batch/output
 */
export const CreatedJob = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) })

export const JobAnswer = Type.Object({
  job: Type.Object({
    status: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ message: Type.Optional(Type.String()) })))
  })
})

const Result = Type.Object({
  type: Type.String(),
  start_time: Type.Number({ minimum: 0 }),
  end_time: Type.Number({ minimum: 0 }),
  is_eos: Type.Optional(Type.Boolean()),
  attaches_to: Type.Optional(Type.String()),
  alternatives: Type.Optional(
    Type.Array(Type.Object({ content: Type.String(), language: Type.Optional(Type.String()) }))
  )
})
type Result = Static<typeof Result>

export const TranscriptAnswer = Type.Object({
  metadata: Type.Object({
    language_pack_info: Type.Optional(Type.Object({ word_delimiter: Type.Optional(Type.String({ maxLength: 4 })) }))
  }),
  results: Type.Array(Result),
  topics: Type.Optional(
    Type.Object({
      summary: Type.Optional(
        Type.Object({ overall: Type.Optional(Type.Record(Type.String(), Type.Number({ minimum: 0 }))) })
      )
    })
  )
})

/** Returns what a transcript says. */
export function toAudio({ metadata, results, topics }: Static<typeof TranscriptAnswer>): TranscribedAudio {
  const found = Object.entries(topics?.summary?.overall ?? {}).filter(([, count]) => count > 0)
  const languages = results.flatMap(({ alternatives }) => alternatives?.[0]?.language ?? [])
  return {
    words: wordsOf(results),
    space: metadata.language_pack_info?.word_delimiter ?? ' ',
    language: mainLanguageOf(languages.filter(language => language !== '')),
    topics: new Map(found)
  }
}

function wordsOf(results: readonly Result[]): TranscribedWord[] {
  let attachesNext = false
  return results.flatMap(result => {
    const text = result.alternatives?.[0]?.content ?? ''
    if (text === '') return []
    const attaches = result.attaches_to
    const isAttached = attachesNext || attaches === 'previous' || attaches === 'both'
    attachesNext = attaches === 'next' || attaches === 'both'
    return [
      {
        text,
        from: Math.round(result.start_time * 1000),
        to: Math.round(result.end_time * 1000),
        isAttached,
        endsSentence: result.is_eos === true
      }
    ]
  })
}
