import { useEffect, useRef, useState } from 'react'
import { Action } from '../parts/action.tsx'
import { Hearing } from './hearing.tsx'
import { listMicrophones, openSource, type Source } from './sources.ts'
import styles from './source-picker.module.css'

interface SourcePickerProps {
  /** What to do with the voice once it is chosen. */
  confirm: string
  onConfirm: (track: MediaStreamTrack) => Promise<unknown>
}

type Kind = 'microphone' | 'tone' | 'file'

/** Chooses a voice and shows that it is heard, before anybody else hears it. */
export function SourcePicker({ confirm, onConfirm }: SourcePickerProps) {
  const [kind, setKind] = useState<Kind>('microphone')
  const [deviceId, setDeviceId] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const [microphones, setMicrophones] = useState<{ deviceId: string; label: string }[]>([])
  const { track, fault, hand } = useTrack(sourceOf(kind, deviceId, file))

  useEffect(() => {
    listMicrophones().then(setMicrophones, () => {})
  }, [track])

  return (
    <fieldset className={styles.picker}>
      <legend>Your voice</legend>
      <div className={styles.choices}>
        <label>
          <span>From</span>
          <select value={kind} onChange={event => setKind(kindOf(event.target.value))}>
            <option value='microphone'>Microphone</option>
            <option value='tone'>Test tone</option>
            <option value='file'>Audio file</option>
          </select>
        </label>
        {kind === 'microphone' && microphones.length > 1 && (
          <label>
            <span>Microphone</span>
            <select value={deviceId} onChange={event => setDeviceId(event.target.value)}>
              <option value=''>The usual one</option>
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
          <input type='file' accept='audio/*' onChange={event => setFile(event.target.files?.[0] ?? null)} />
        </label>
      )}
      {!fault && <Hearing key={track?.id} track={track} isMicrophone={kind === 'microphone'} />}
      {fault && (
        <p role='alert' className={styles.fault}>
          {fault}
        </p>
      )}
      <div className={styles.buttons}>
        {track && <HearYourself track={track} />}
        <Action
          kind='main'
          isDisabled={!track}
          onPress={async () => {
            const voice = hand()
            if (voice) await onConfirm(voice)
          }}
        >
          {confirm}
        </Action>
      </div>
    </fieldset>
  )
}

function kindOf(value: string): Kind {
  return value === 'tone' || value === 'file' ? value : 'microphone'
}

function sourceOf(kind: Kind, deviceId: string, file: File | null): Source | null {
  if (kind === 'file') return file && { kind, file }
  return kind === 'tone' ? { kind } : { kind, deviceId }
}

/** Opens the source, closes it when another is chosen, and hands it over once. */
function useTrack(source: Source | null) {
  const [track, setTrack] = useState<MediaStreamTrack | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const handed = useRef(false)
  const name =
    source &&
    (source.kind === 'file'
      ? `file ${source.file.name}`
      : source.kind === 'tone'
        ? 'tone'
        : `microphone ${source.deviceId}`)

  useEffect(() => {
    if (!source) return
    let left = false
    let opened: MediaStreamTrack | undefined
    handed.current = false
    setFault(null)
    openSource(source).then(
      track => {
        opened = track
        if (left) track.stop()
        else setTrack(track)
      },
      (error: unknown) => {
        if (!left) setFault(error instanceof Error ? error.message : String(error))
      }
    )
    return () => {
      left = true
      if (!handed.current) opened?.stop()
      setTrack(null)
    }
  }, [name])

  function hand(): MediaStreamTrack | null {
    handed.current = true
    return track
  }
  return { track, fault, hand }
}

function HearYourself({ track }: { track: MediaStreamTrack }) {
  const [on, setOn] = useState(false)
  useEffect(() => {
    if (!on) return
    const element = new Audio()
    element.srcObject = new MediaStream([track])
    element.play().catch(() => setOn(false))
    return () => {
      element.srcObject = null
    }
  }, [on, track])
  return <Action onPress={() => setOn(!on)}>{on ? 'Stop hearing yourself' : 'Hear yourself'}</Action>
}
