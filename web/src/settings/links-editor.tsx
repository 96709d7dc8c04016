import { Plus } from 'lucide-react'
import type { Link } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { Field } from '../parts/field.tsx'
import { countGraphemes } from '../parts/graphemes.ts'
import styles from './settings.module.css'

const most = 5
const longestLabel = 50

/** What is wrong with a link, in words; null when nothing is. */
export function linkFault({ label, url }: Link): string | null {
  const length = countGraphemes(label)
  if (length === 0) return 'Give the link a name.'
  if (length > longestLabel) return 'The name is too long.'
  return /^https:\/\/[^\s/]+/.test(url) && URL.canParse(url) ? null : 'The address begins with https://'
}

/** Up to five links by which people can support one directly. */
export function LinksEditor({
  links,
  onChange
}: {
  links: readonly Link[]
  onChange: (links: readonly Link[]) => void
}) {
  const change = (at: number, part: Partial<Link>) =>
    onChange(links.map((link, index) => (index === at ? { ...link, ...part } : link)))
  return (
    <fieldset className={styles.links}>
      <legend>Links for support</legend>
      <p className={styles.soft}>
        Where people can support you directly: a shop, a tip jar, your band. They stand on your page and on your shows.
      </p>
      {links.map((link, at) => (
        <div key={at} className={styles.link} role='group' aria-label={`Link ${at + 1}`}>
          <Field
            label='Name'
            value={link.label}
            onChange={label => change(at, { label })}
            limit={longestLabel}
            placeholder='My shop'
          />
          <Field
            label='Address'
            type='url'
            value={link.url}
            onChange={url => change(at, { url })}
            placeholder='https://'
          />
          {(link.label !== '' || link.url !== '') && linkFault(link) && (
            <p className={styles.fault}>{linkFault(link)}</p>
          )}
          <Action label={`Remove link ${at + 1}`} onPress={() => onChange(links.filter((_, index) => index !== at))}>
            Remove
          </Action>
        </div>
      ))}
      {links.length < most && (
        <Action onPress={() => onChange([...links, { label: '', url: '' }])}>
          <Plus size={18} aria-hidden='true' />
          Add a link
        </Action>
      )}
    </fieldset>
  )
}
