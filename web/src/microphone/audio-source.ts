/** A source of a speaker's audio. */
export type AudioSource = { kind: 'microphone'; deviceId: string } | { kind: 'tone' } | { kind: 'file'; file: File }

const toneHz = 330

/**
 * Opens a source as one audio track.
 * @throws Error with a message for the user that says what to do
 */
export async function openAudioSource(source: AudioSource): Promise<MediaStreamTrack> {
  if (source.kind === 'tone') return toneTrack()
  return source.kind === 'file' ? await fileTrack(source.file) : await microphoneTrack(source.deviceId)
}

/** Lists the microphones of this device. Their names are known after the user has allowed one. */
export async function listMicrophones(): Promise<{ deviceId: string; label: string }[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? []
  return devices
    .filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '')
    .map(({ deviceId, label }, n) => ({ deviceId, label: label || `Microphone ${n + 1}` }))
}

async function microphoneTrack(deviceId: string): Promise<MediaStreamTrack> {
  if (!navigator.mediaDevices) {
    throw new Error('Browsers only allow the microphone on https pages. Open the show at its https address.')
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: {
        ...(deviceId && { deviceId: { exact: deviceId } }),
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true
      }
    })
    return onlyTrack(stream)
  } catch (error) {
    throw new Error(microphoneAdvice(error instanceof DOMException ? error.name : ''))
  }
}

/**
 * Returns what the user can do, by the name of the browser's error:
 * https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia
 */
function microphoneAdvice(name: string): string {
  if (name === 'NotAllowedError') {
    return 'Your microphone is blocked. Open the site settings next to the address, allow it, and try again.'
  }
  if (name === 'NotFoundError' || name === 'OverconstrainedError') {
    return 'That microphone isn’t connected. Plug it in, or choose another one.'
  }
  if (name === 'NotReadableError') return 'Another app is using the microphone. Close it, or choose another microphone.'
  return 'Can’t open the microphone. Check the sound settings of this device.'
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
