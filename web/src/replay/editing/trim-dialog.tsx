import { useEffect, useMemo, useRef, useState } from 'react'
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components'
import type { Replay, ReplayTrim } from '../../../../client/index.ts'
import { formatDuration } from '../../format/duration.ts'
import { Waveform } from '../../library/waveform.tsx'
import { AsyncButton } from '../../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../../ui/dialog.tsx'
import { percentOf } from '../percent.ts'
import { playableUrls } from '../playable.ts'
import { audioPlaceOf, previewMs } from './trim-preview.ts'
import styles from './trim-dialog.module.css'

interface TrimDialogProps {
  replay: Replay
  onSave: (trim: ReplayTrim) => Promise<void>
  onClose: () => void
}

/** Moves the beginning and the end of a replay, with a preview of both. What is cut off can be brought back later. */
export function TrimDialog({ replay, onSave, onClose }: TrimDialogProps) {
  const { untrimmedMs, trim, peaks } = replay
  const lengthS = Math.max(1, Math.floor(untrimmedMs / 1000))
  const [[fromS = 0, toS = lengthS], setEnds] = useState<readonly number[]>([
    Math.round(trim.startMs / 1000),
    Math.floor((untrimmedMs - trim.endMs) / 1000)
  ])
  const preview = usePreview(replay)
  const fromMs = fromS * 1000
  const toMs = Math.min(untrimmedMs, toS * 1000)
  const beginning = audioPlaceOf(replay, fromMs)
  const ending = audioPlaceOf(replay, toMs)
  const share = (ms: number) => percentOf(ms, untrimmedMs)

  return (
    <Dialog title='Trim the replay' isOpen isWide onClose={onClose}>
      <Slider
        className={styles.slider ?? ''}
        aria-label='Part of the replay that stays'
        minValue={0}
        maxValue={lengthS}
        value={[fromS, toS]}
        onChange={value => setEnds(Array.isArray(value) ? value : [value])}
        formatOptions={{ style: 'unit', unit: 'second', unitDisplay: 'long' }}
      >
        <SliderTrack className={styles.track ?? ''}>
          <span
            className={styles.waveform}
            style={{ insetInlineStart: share(trim.startMs), insetInlineEnd: share(trim.endMs) }}
          >
            <Waveform peaks={peaks} />
          </span>
          <span className={styles.cut} style={{ insetInlineStart: 0, inlineSize: share(fromMs) }} />
          <span className={styles.cut} style={{ insetInlineStart: share(toMs), insetInlineEnd: 0 }} />
          <SliderThumb index={0} aria-label='Beginning' className={styles.thumb ?? ''} />
          <SliderThumb index={1} aria-label='End' className={styles.thumb ?? ''} />
        </SliderTrack>
      </Slider>
      <p className={styles.summary}>
        From {formatDuration(fromMs)} to {formatDuration(toMs)}: {formatDuration(toMs - fromMs)} of{' '}
        {formatDuration(untrimmedMs)}
      </p>
      <div className={styles.previews}>
        <AsyncButton isDisabled={beginning === undefined} onPress={async () => await preview(beginning ?? 0)}>
          Hear the beginning
        </AsyncButton>
        <AsyncButton
          isDisabled={ending === undefined}
          onPress={async () => await preview(Math.max(0, (ending ?? 0) - previewMs))}
        >
          Hear the end
        </AsyncButton>
      </div>
      {(beginning === undefined || ending === undefined) && (
        <p className={styles.summary}>What was cut off before can be heard again after saving.</p>
      )}
      <DialogButtons>
        <AsyncButton onPress={onClose}>Cancel</AsyncButton>
        <AsyncButton
          variant='primary'
          isDisabled={toMs <= fromMs}
          onPress={async () => await onSave({ startMs: fromMs, endMs: toS >= lengthS ? 0 : untrimmedMs - toMs })}
        >
          Save
        </AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}

/** Returns the function that plays some seconds of the replay. */
function usePreview({ audio }: Replay): (positionMs: number) => Promise<void> {
  const element = useMemo(() => new Audio(), [])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      element.pause()
    },
    [element]
  )
  return async positionMs => {
    const [url] = playableUrls(element, audio)
    if (url === undefined) throw new Error('This browser can’t play the replay.')
    clearTimeout(timer.current)
    if (!element.src.endsWith(url)) element.src = url
    element.currentTime = positionMs / 1000
    await element.play()
    timer.current = setTimeout(() => element.pause(), previewMs)
  }
}
