import { Link } from 'wouter'
import { Notice } from '../ui/notice.tsx'

export function NotFoundPage() {
  return (
    <Notice title='Page not found'>
      <Link href='/'>See what’s live</Link>
    </Notice>
  )
}
