import { SliderThumb, SliderTrack as AriaSliderTrack } from 'react-aria-components'
import styles from './slider-track.module.css'

/** The track of a slider, filled up to its thumb and tall enough for a finger. */
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
