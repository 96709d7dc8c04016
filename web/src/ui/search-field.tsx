import { useEffect, useState } from 'react'
import { Search } from 'lucide-react'
import styles from './search-field.module.css'

/** The search runs after typing has paused for this long. */
const debounceMs = 250

interface SearchFieldProps {
  query: string
  onSearch: (query: string) => void
  label?: string
}

/** A search input that searches while the person types, without a button. */
export function SearchField({ query, onSearch, label = 'Search shows' }: SearchFieldProps) {
  const [typed, setTyped] = useState(query)
  useEffect(() => {
    setTyped(query)
  }, [query])
  useEffect(() => {
    if (typed.trim() === query) return
    const timer = setTimeout(() => onSearch(typed.trim()), debounceMs)
    return () => clearTimeout(timer)
  }, [typed, query, onSearch])

  return (
    <form
      role='search'
      className={styles.search}
      onSubmit={event => {
        event.preventDefault()
        onSearch(typed.trim())
      }}
    >
      <Search size={20} aria-hidden='true' className={styles.icon} />
      <input
        type='search'
        className={styles.input}
        aria-label={label}
        placeholder={label}
        maxLength={100}
        value={typed}
        onChange={event => setTyped(event.target.value)}
      />
    </form>
  )
}
