/** A speech bubble with a tick: what was said has arrived. */
export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="11" fill="var(--color-own)" />
      <path d="M8 10h16v10H14l-6 5z" fill="var(--color-on-own)" />
      <path
        d="m12 15 3 3 6-6"
        fill="none"
        stroke="var(--color-marigold)"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
