import { useEffect, useRef, useState } from 'react'
import type { MicrophoneChoice, SpeakingObstacle } from '../../../client/index.ts'
import { songFileTypes } from '../../../contract/song-files.ts'
import { errorMessage } from '../errors.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { openAudioSource, type AudioSource } from './audio-source.ts'
import { obstacleTexts } from './microphone-texts.ts'
import { lastMicrophone } from './own-microphone.ts'
import { useMicrophones } from './use-microphones.ts'
import { useSpeakingObstacle } from './use-speaking-obstacle.ts'
import { VoiceCheck } from './voice-check.tsx'
import styles from './source-picker.module.css'

interface SourcePickerProps {
  confirmLabel: string
  /** Called with the chosen track, which belongs to the caller from then on. */
  onConfirm: (track: MediaStreamTrack) => Promise<unknown>
  /** Another way to use the track. */
  other?: { label: string; onPress: (track: MediaStreamTrack) => Promise<unknown> }
}

type SourceKind = AudioSource['kind']

/** Obstacles that a test tone or a file does not meet. */
const microphoneObstacles: ReadonlySet<SpeakingObstacle> = new Set([
  'insecurePage',
  'noMicrophoneAccess',
  'blocked',
  'noMicrophone'
])

/** Browsers differ in what they decode. They decide by the content of the file, as the server does. */
const accepted = songFileTypes.join(',')

/** Chooses the source of the user's voice and shows that it works, before anyone else hears it. */
export function SourcePicker({ confirmLabel, onConfirm, other }: SourcePickerProps) {
  const [kind, setKind] = useState<SourceKind>('microphone')
  const [choice, setChoice] = useState(lastMicrophone)
  const [file, setFile] = useState<File | null>(null)
  const obstacle = useSpeakingObstacle()
  const isBlocked = obstacle != null && (kind === 'microphone' || !microphoneObstacles.has(obstacle))
  const { track, error: openError, takeTrack } = useTrack(isBlocked ? null : sourceOf(kind, choice, file))
  const microphones = useMicrophones(track)
  const error = isBlocked ? obstacleTexts[obstacle] : openError

  return (
    <fieldset className={styles.picker}>
      <legend>Your voice</legend>
      <div className={styles.fields}>
        <label>
          <span>Source</span>
          <select value={kind} onChange={event => setKind(kindOf(event.target.value))}>
            <option value='microphone'>Microphone</option>
            <option value='tone'>Test tone</option>
            <option value='file'>Audio file</option>
          </select>
        </label>
        {kind === 'microphone' && microphones.length > 1 && (
          <label>
            <span>Microphone</span>
            <select value={choice.deviceId} onChange={event => setChoice({ ...choice, deviceId: event.target.value })}>
              <option value=''>Default</option>
              {microphones.map(({ deviceId, label }) => (
                <option key={deviceId} value={deviceId}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {kind === 'file' && (
        <label>
          <span>File</span>
          <input type='file' accept={accepted} onChange={event => setFile(event.target.files?.[0] ?? null)} />
        </label>
      )}
      {!error && <VoiceCheck key={track?.id} track={track} isMicrophone={kind === 'microphone'} />}
      {error && (
        <p role='alert' className={styles.error}>
          {error}
        </p>
      )}
      <div className={styles.buttons}>
        {track && <SelfMonitor track={track} />}
        {other && (
          <AsyncButton
            isDisabled={!track}
            onPress={async () => {
              const voice = takeTrack()
              if (voice) await other.onPress(voice)
            }}
          >
            {other.label}
          </AsyncButton>
        )}
        <AsyncButton
          variant='primary'
          isDisabled={!track}
          onPress={async () => {
            const voice = takeTrack()
            if (voice) await onConfirm(voice)
          }}
        >
          {confirmLabel}
        </AsyncButton>
      </div>
    </fieldset>
  )
}

function kindOf(value: string): SourceKind {
  return value === 'tone' || value === 'file' ? value : 'microphone'
}

function sourceOf(kind: SourceKind, choice: MicrophoneChoice, file: File | null): AudioSource | null {
  if (kind === 'file') return file && { kind, file }
  return kind === 'tone' ? { kind } : { kind, choice }
}

/** Returns a value that changes when another source is chosen. */
function sourceKey(source: AudioSource | null): string | null {
  if (!source) return null
  if (source.kind === 'tone') return 'tone'
  if (source.kind === 'microphone') return `microphone ${source.choice.deviceId}`
  const { name, size, lastModified } = source.file
  return `file ${name} ${size} ${lastModified}`
}

/** Opens the track of a source, and closes it when another is chosen, unless `takeTrack` has handed it over. */
function useTrack(source: AudioSource | null) {
  const [track, setTrack] = useState<MediaStreamTrack | null>(null)
  const [error, setError] = useState<string | null>(null)
  const isTaken = useRef(false)

  useEffect(() => {
    if (!source) return
    let isCurrent = true
    let opened: MediaStreamTrack | undefined
    isTaken.current = false
    setError(null)
    openAudioSource(source).then(
      track => {
        opened = track
        if (isCurrent) setTrack(track)
        else track.stop()
      },
      (error: unknown) => {
        if (isCurrent) setError(errorMessage(error))
      }
    )
    return () => {
      isCurrent = false
      if (!isTaken.current) opened?.stop()
      setTrack(null)
    }
  }, [sourceKey(source)])

  function takeTrack(): MediaStreamTrack | null {
    isTaken.current = true
    return track
  }
  return { track, error, takeTrack }
}

/** Plays the user's own voice back to them. */
function SelfMonitor({ track }: { track: MediaStreamTrack }) {
  const [isOn, setIsOn] = useState(false)
  useEffect(() => {
    if (!isOn) return
    const element = new Audio()
    element.srcObject = new MediaStream([track])
    element.play().catch(() => setIsOn(false))
    return () => {
      element.srcObject = null
    }
  }, [isOn, track])
  return <AsyncButton onPress={() => setIsOn(!isOn)}>{isOn ? 'Stop hearing yourself' : 'Hear yourself'}</AsyncButton>
}
