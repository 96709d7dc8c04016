import type { Participant } from '../../media/participant.ts'

/** One session's part of the audio, as the handlers use it. */
export type SessionAudio = Pick<
  Participant,
  | 'createTransport'
  | 'connectTransport'
  | 'restartIce'
  | 'closeTransport'
  | 'produce'
  | 'dropProducer'
  | 'consume'
  | 'resumeConsumer'
  | 'pauseConsumer'
  | 'closeConsumer'
>
