import { useMemo } from 'react'
import { Share2 } from 'lucide-react'
import { encode } from 'uqr'
import { CopyField } from '../program/copy-field.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import styles from './share-dialog.module.css'

interface ShareDialogProps {
  title: string
  url: string
  onClose: () => void
}

/** The link of a show: to copy, as a QR code, and for the share sheet of the device where it has one. */
export function ShareDialog({ title, url, onClose }: ShareDialogProps) {
  async function share() {
    // Closing the share sheet is not an error.
    await navigator.share({ title, url }).catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === 'AbortError')) throw error
    })
  }

  return (
    <Dialog title={`Share ${title}`} isOpen onClose={onClose}>
      <CopyField label='Link' value={url} />
      <QrCode text={url} />
      <p className={styles.hint}>Scan the code with a phone to open the show there.</p>
      <DialogButtons>
        {'share' in navigator && (
          <AsyncButton onPress={share}>
            <Share2 size={18} aria-hidden='true' />
            More ways to share
          </AsyncButton>
        )}
        <AsyncButton variant='primary' onPress={onClose}>
          Done
        </AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}

/** Dark modules on a light ground in both themes: many scanners read no other. */
function QrCode({ text }: { text: string }) {
  const { data, size } = useMemo(() => encode(text, { ecc: 'M', border: 4 }), [text])
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg
      className={styles.code}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering='crispEdges'
      role='img'
      aria-label='QR code of the link'
    >
      <rect width={size} height={size} fill='white' />
      <path d={path} fill='black' />
    </svg>
  )
}
