import { Type } from 'typebox'
import { displayText } from '../../songs/transcode/display-text.ts'
import { readOrUndefined } from '../../http/api-answers.ts'
import type { Validator } from '../../http/validation.ts'
import { TranscriberRejected, type Transcriber, type TranscriberState } from '../transcriber.ts'
import { CreatedJob, JobAnswer, toAudio, TranscriptAnswer } from './answers.ts'
import { multipartBody } from './multipart-body.ts'
import { createSpeechmaticsClient, type SpeechmaticsClientParts } from './speechmatics-client.ts'

export interface SpeechmaticsParts extends SpeechmaticsClientParts {
  /** Language of all shows, such as `en`, or `auto`. */
  language: string
  /** Whether topics are asked for, which not every plan has. */
  hasTopics: boolean
  validator: Pick<Validator, 'reader'>
  /** Maximum duration of an upload, ms. */
  submitTimeoutMs?: number
}

/** An upload at 1 Mbit/s of the largest stints takes less. */
const defaultSubmitTimeoutMs = 10 * 60_000
const resultTimeoutMs = 60_000
/** A result has about 300 bytes for each word. */
const maxResultBytes = 64 * 1_048_576
const tooLarge = 'The recording is too large for the transcriber.'
const unknownReason = 'The transcriber named no reason.'
/** An error: `{"code": 403, "error": "Forbidden", "detail": "…"}` */
const ErrorAnswer = Type.Object({ error: Type.Optional(Type.String()), detail: Type.Optional(Type.String()) })

/** Speechmatics' batch API: https://docs.speechmatics.com/speech-to-text/batch/quickstart */
export function createSpeechmatics(parts: SpeechmaticsParts): Transcriber & { check(): Promise<void> } {
  const { language, hasTopics, validator, submitTimeoutMs = defaultSubmitTimeoutMs } = parts
  const client = createSpeechmaticsClient(parts)
  const readCreated = validator.reader(CreatedJob)
  const readJob = validator.reader(JobAnswer)
  const readTranscript = validator.reader(TranscriptAnswer)
  const readError = validator.reader(ErrorAnswer)
  const config = {
    type: 'transcription',
    transcription_config: { language },
    ...(hasTopics && { topic_detection_config: {} })
  }

  function reasonIn(body: unknown): string {
    const { detail, error } = readOrUndefined(readError, body) ?? {}
    return displayText(detail ?? error) ?? unknownReason
  }

  return {
    async submit(audio, signal) {
      return await client.send(
        {
          method: 'POST',
          path: '/jobs',
          body: multipartBody(config, audio),
          timeoutMs: submitTimeoutMs,
          read(status, body) {
            if (status === 413) throw new TranscriberRejected(tooLarge)
            if (status === 400 || status === 415 || status === 422) throw new TranscriberRejected(reasonIn(body))
            return isSuccess(status) ? readOrUndefined(readCreated, body)?.id : undefined
          }
        },
        signal
      )
    },

    async findState(jobId, signal) {
      return await client.send<TranscriberState>(
        {
          method: 'GET',
          path: `/jobs/${jobId}`,
          read(status, body) {
            if (isGone(status)) return 'gone'
            const job = status === 200 ? readOrUndefined(readJob, body)?.job : undefined
            if (job?.status === 'running' || job?.status === 'done') return job.status
            if (job?.status === 'deleted' || job?.status === 'expired') return 'gone'
            if (job?.status !== 'rejected') return undefined
            return { rejected: displayText(job.errors?.[0]?.message) ?? unknownReason }
          }
        },
        signal
      )
    },

    async findResult(jobId, signal) {
      const { found } = await client.send(
        {
          method: 'GET',
          path: `/jobs/${jobId}/transcript?format=json-v2`,
          timeoutMs: resultTimeoutMs,
          maxAnswerBytes: maxResultBytes,
          read(status, body) {
            if (isGone(status)) return { found: null }
            const answer = status === 200 ? readOrUndefined(readTranscript, body) : undefined
            return answer && { found: toAudio(answer) }
          }
        },
        signal
      )
      return found
    },

    async delete(jobId, signal) {
      await client.send(
        {
          method: 'DELETE',
          path: `/jobs/${jobId}?force=true`,
          read: status => (isSuccess(status) || isGone(status) ? true : undefined)
        },
        signal
      )
    },

    check: client.check
  }
}

const isSuccess = (status: number) => status >= 200 && status < 300
const isGone = (status: number) => status === 404 || status === 410
