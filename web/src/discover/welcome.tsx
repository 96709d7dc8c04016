import styles from './welcome.module.css'

/** The people of the picture: where they are, and how far their voice reaches. */
const people = [
  { x: 30, radius: 12, rings: [] },
  { x: 80, radius: 18, rings: [26, 34] },
  { x: 130, radius: 12, rings: [19] }
]

/** Says in one sentence and a picture what Ambient is, to people who are not signed in. */
export function Welcome() {
  return (
    <div className={styles.welcome}>
      <svg className={styles.picture} viewBox='0 0 160 72' aria-hidden='true'>
        {people.map(({ x, radius, rings }) => (
          <g key={x} transform={`translate(${x} 36)`}>
            {rings.map(ring => (
              <circle key={ring} r={ring} className={styles.ring} />
            ))}
            <circle r={radius} className={styles.portrait} />
            <circle cy={-radius * 0.2} r={radius * 0.36} className={styles.face} />
            <path
              d={`M ${-radius * 0.62} ${radius * 0.72} a ${radius * 0.62} ${radius * 0.5} 0 0 1 ${radius * 1.24} 0`}
              className={styles.face}
            />
          </g>
        ))}
      </svg>
      <p className={styles.text}>Listen to live shows, ask to speak, and host your own, right here in your browser.</p>
    </div>
  )
}
