/** Seconds that a message stays. */
const SHOWN = 1.2

/**
 * Makes the function that shows what a key has done: over the picture, in full screen too, and to screen readers.
 *
 * @param toast where it is shown.
 * @param status a live region.
 */
export function createSay(toast: HTMLElement, status: HTMLElement): (text: string, seconds?: number) => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return (text, seconds = SHOWN) => {
    status.textContent = text
    if (toast.showPopover === undefined) return
    clearTimeout(timer)
    toast.textContent = text
    // The top layer is in the order of showing: an open message may lie under what went full screen since.
    hide(toast)
    toast.showPopover()
    timer = setTimeout(hide, seconds * 1000, toast)
  }
}

function hide(toast: HTMLElement): void {
  if (toast.matches(':popover-open')) toast.hidePopover()
}
