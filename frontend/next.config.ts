import type { NextConfig } from 'next'

const config: NextConfig = {
  // The server binary serves the files of out/; there is no Node process in production.
  output: 'export',
  trailingSlash: true,
  images: { unoptimized: true },
  reactStrictMode: true,
  typescript: { ignoreBuildErrors: false },
  poweredByHeader: false,
}

export default config
