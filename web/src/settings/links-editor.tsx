import { Plus } from 'lucide-react'
import type { Link } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { textLength } from '../format/text-length.ts'
import styles from './settings.module.css'

const maxLinks = 5
const maxLabelLength = 50

/** Returns the message for an invalid link; null for a valid one. */
export function linkError({ label, url }: Link): string | null {
  const length = textLength(label)
  if (length === 0) return 'Give the link a name.'
  if (length > maxLabelLength) return 'The name is too long.'
  return /^https:\/\/[^\s/]+/.test(url) && URL.canParse(url) ? null : 'The address must start with https://'
}

/** Edits up to five links on which people can support the user directly. */
export function LinksEditor({
  links,
  onChange
}: {
  links: readonly Link[]
  onChange: (links: readonly Link[]) => void
}) {
  const change = (changed: number, part: Partial<Link>) =>
    onChange(links.map((link, index) => (index === changed ? { ...link, ...part } : link)))
  return (
    <fieldset className={styles.links}>
      <legend>Support links</legend>
      <p className={styles.muted}>
        Where people can support you directly: a shop, a tip jar, your band. They appear on your profile and your shows.
      </p>
      {links.map((link, at) => (
        <div key={at} className={styles.link} role='group' aria-label={`Link ${at + 1}`}>
          <TextField
            label='Name'
            value={link.label}
            onChange={label => change(at, { label })}
            limit={maxLabelLength}
            placeholder='My shop'
          />
          <TextField
            label='Address'
            type='url'
            value={link.url}
            onChange={url => change(at, { url })}
            placeholder='https://'
          />
          {(link.label !== '' || link.url !== '') && linkError(link) && (
            <p className={styles.error}>{linkError(link)}</p>
          )}
          <AsyncButton
            label={`Remove link ${at + 1}`}
            onPress={() => onChange(links.filter((_, index) => index !== at))}
          >
            Remove
          </AsyncButton>
        </div>
      ))}
      {links.length < maxLinks && (
        <AsyncButton onPress={() => onChange([...links, { label: '', url: '' }])}>
          <Plus size={18} aria-hidden='true' />
          Add a link
        </AsyncButton>
      )}
    </fieldset>
  )
}
