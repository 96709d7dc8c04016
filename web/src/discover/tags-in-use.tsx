import { useEffect, useState } from 'react'
import type { TagUse } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Section } from '../ui/section.tsx'
import { TagLinks } from './tag-links.tsx'

/** Number of tags on the start page. */
const maxShown = 20

/** Loads the tags of live and planned shows; null until they are known. */
export function useTagsInUse(): readonly TagUse[] | null {
  const [tags, setTags] = useState<readonly TagUse[] | null>(null)
  useEffect(() => {
    let isCurrent = true
    const load = async () => {
      const { items } = await ambient.shows.tags().catch(() => ({ items: [] }))
      if (isCurrent) setTags(items)
    }
    load()
    return () => {
      isCurrent = false
    }
  }, [])
  return tags
}

/** Links to the shows of each tag; renders nothing without tags. */
export function TagsInUse({ tags }: { tags: readonly TagUse[] }) {
  if (tags.length === 0) return null
  return (
    <Section title='Topics'>
      <TagLinks tags={tags.slice(0, maxShown).map(({ tag }) => tag)} isLarge />
    </Section>
  )
}
