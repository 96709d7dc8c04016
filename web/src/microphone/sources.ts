/** What can stand for a voice. */
export type Source = { kind: 'microphone'; deviceId: string } | { kind: 'tone' } | { kind: 'file'; file: File }

const toneHz = 330

/** Opens a source as one audio track. Throws an Error whose message says what to do. */
export async function openSource(source: Source): Promise<MediaStreamTrack> {
  if (source.kind === 'tone') return toneTrack()
  return source.kind === 'file' ? await fileTrack(source.file) : await microphoneTrack(source.deviceId)
}

/** The microphones of this machine; their names are known once one was allowed. */
export async function listMicrophones(): Promise<{ deviceId: string; label: string }[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? []
  return devices
    .filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '')
    .map(({ deviceId, label }, n) => ({ deviceId, label: label || `Microphone ${n + 1}` }))
}

async function microphoneTrack(deviceId: string): Promise<MediaStreamTrack> {
  if (!navigator.mediaDevices) {
    throw new Error('This browser gives no microphone to a page without https. Open the show by its https address.')
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

/** What to change, by the name of the browser's refusal: https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
function microphoneAdvice(name: string): string {
  if (name === 'NotAllowedError') {
    return 'The microphone is blocked. Open the site settings beside the address, allow the microphone, and try again.'
  }
  if (name === 'NotFoundError' || name === 'OverconstrainedError') {
    return 'No such microphone is connected. Plug it in, or choose another one.'
  }
  if (name === 'NotReadableError') return 'Another program holds the microphone. Close it, or choose another one.'
  return 'The microphone could not be opened. Check the sound settings of this machine.'
}

function toneTrack(): MediaStreamTrack {
  const context = new AudioContext()
  const gain = new GainNode(context, { gain: 0.2 })
  const oscillator = new OscillatorNode(context, { frequency: toneHz })
  const destination = context.createMediaStreamDestination()
  oscillator.connect(gain).connect(destination)
  oscillator.start()
  return closing(onlyTrack(destination.stream), context)
}

/** Plays a file over and over. */
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
    throw new Error('This file can’t be played. Choose an audio file: MP3, WAV, Ogg or M4A.')
  }
  return closing(onlyTrack(destination.stream), context)
}

/** Stopping the track ends the machinery behind it. */
function closing(track: MediaStreamTrack, context: AudioContext): MediaStreamTrack {
  const stop = track.stop.bind(track)
  track.stop = () => {
    stop()
    if (context.state !== 'closed') context.close()
  }
  return track
}

function onlyTrack(stream: MediaStream): MediaStreamTrack {
  const [track] = stream.getAudioTracks()
  if (!track) throw new Error('This source has no sound.')
  return track
}
