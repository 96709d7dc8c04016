import { useCallback } from 'react'
import { maxBlockedWords } from '../../../contract/blocked-words.ts'
import { ambient } from '../ambient.ts'
import { Loading } from '../ui/loading.tsx'
import { useLoaded } from '../ui/use-loaded.ts'
import { BlockedWordsForm } from './blocked-words-form.tsx'
import styles from './settings.module.css'

/** The words that comments in the user's shows may not have. */
export function BlockedWords() {
  const [words] = useLoaded<readonly string[]>(useCallback(async () => await ambient.me.blockedWords(), []))
  return (
    <>
      <p className={styles.muted}>
        Comments with one of these words are refused in all shows that you create. Their authors learn that there is a
        blocked word, and nobody sees your list. You can block up to {maxBlockedWords} words.
      </p>
      {words ? <BlockedWordsForm words={words} /> : <Loading />}
    </>
  )
}
