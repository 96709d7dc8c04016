import { useEffect, useState } from 'react'

const copiedShownMs = 2500

/** Returns whether a text was copied just now, and the function that copies one. It throws where browsers cannot. */
export function useCopy() {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), copiedShownMs)
    return () => clearTimeout(timer)
  }, [isCopied])

  async function copy(text: string, errorText: string) {
    if (!navigator.clipboard) throw new Error(errorText)
    await navigator.clipboard.writeText(text)
    setIsCopied(true)
  }
  return { isCopied, copy }
}
