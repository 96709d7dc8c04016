import { SliderThumb, SliderTrack as AriaSliderTrack } from 'react-aria-components'
import styles from './slider-track.module.css'

/** What a slider is dragged on: filled up to its thumb, and as high as a finger. */
export function SliderTrack() {
  return (
    <AriaSliderTrack className={styles.track ?? ''}>
      {({ state }) => (
        <>
          <span className={styles.rail} />
          <span className={styles.fill} style={{ width: `${state.getThumbPercent(0) * 100}%` }} />
          <SliderThumb className={styles.thumb ?? ''} />
        </>
      )}
    </AriaSliderTrack>
  )
}
