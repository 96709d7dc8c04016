import { useEffect, useState } from 'react'
import { Search } from 'lucide-react'
import styles from './search-field.module.css'

/** Typing pauses this long before it is searched. */
const pauseMs = 250

interface SearchFieldProps {
  words: string
  onSearch: (words: string) => void
  /** What is looked for. */ label?: string
}

/** Looks for shows, or something else, by what one types; the search follows in a moment, without a button. */
export function SearchField({ words, onSearch, label = 'Search shows' }: SearchFieldProps) {
  const [typed, setTyped] = useState(words)
  useEffect(() => {
    setTyped(words)
  }, [words])
  useEffect(() => {
    if (typed.trim() === words) return
    const timer = setTimeout(() => onSearch(typed.trim()), pauseMs)
    return () => clearTimeout(timer)
  }, [typed, words, onSearch])

  return (
    <form
      role='search'
      className={styles.search}
      onSubmit={event => {
        event.preventDefault()
        onSearch(typed.trim())
      }}
    >
      <Search size={20} aria-hidden='true' className={styles.glass} />
      <input
        type='search'
        className={styles.entry}
        aria-label={label}
        placeholder={label}
        maxLength={100}
        value={typed}
        onChange={event => setTyped(event.target.value)}
      />
    </form>
  )
}
