import type { Participant } from '../../media/participant.ts'

/** The audio of one presence, as the handlers use it. */
export type PresenceAudio = Pick<
  Participant,
  | 'createTransport'
  | 'connectTransport'
  | 'restartIce'
  | 'hasTransport'
  | 'closeTransport'
  | 'produce'
  | 'isSilent'
  | 'dropProducer'
  | 'consume'
  | 'resumeConsumer'
  | 'pauseConsumer'
  | 'closeConsumer'
>
