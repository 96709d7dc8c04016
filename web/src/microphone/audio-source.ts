import { openMicrophone, type MicrophoneChoice } from '../../../client/index.ts'
import { microphoneError } from './microphone-texts.ts'

/** A source of a speaker's audio. */
export type AudioSource =
  { kind: 'microphone'; choice: MicrophoneChoice } | { kind: 'tone' } | { kind: 'file'; file: File }

const toneHz = 330

/**
 * Opens a source as one audio track.
 * @throws Error with a message for the user that says what to do
 */
export async function openAudioSource(source: AudioSource): Promise<MediaStreamTrack> {
  if (source.kind === 'tone') return toneTrack()
  return source.kind === 'file' ? await fileTrack(source.file) : await microphoneTrack(source.choice)
}

async function microphoneTrack(choice: MicrophoneChoice): Promise<MediaStreamTrack> {
  try {
    return await openMicrophone(choice, { orDefault: true })
  } catch (error) {
    throw microphoneError(error)
  }
}

function toneTrack(): MediaStreamTrack {
  const context = new AudioContext()
  const gain = new GainNode(context, { gain: 0.2 })
  const oscillator = new OscillatorNode(context, { frequency: toneHz })
  const destination = context.createMediaStreamDestination()
  oscillator.connect(gain).connect(destination)
  oscillator.start()
  return closeOnStop(onlyTrack(destination.stream), context)
}

/** Plays a file in a loop. */
async function fileTrack(file: File): Promise<MediaStreamTrack> {
  const context = new AudioContext()
  const destination = context.createMediaStreamDestination()
  try {
    const buffer = await context.decodeAudioData(await file.arrayBuffer())
    const player = new AudioBufferSourceNode(context, { buffer, loop: true })
    player.connect(destination)
    player.start()
  } catch {
    await context.close()
    throw new Error('Can’t play this file. Choose an audio file: MP3, WAV, Ogg or M4A.')
  }
  return closeOnStop(onlyTrack(destination.stream), context)
}

/** Closes the audio context when the track is stopped. */
function closeOnStop(track: MediaStreamTrack, context: AudioContext): MediaStreamTrack {
  const stop = track.stop.bind(track)
  track.stop = () => {
    stop()
    if (context.state !== 'closed') context.close()
  }
  return track
}

function onlyTrack(stream: MediaStream): MediaStreamTrack {
  const [track] = stream.getAudioTracks()
  if (!track) throw new Error('This source has no audio.')
  return track
}
