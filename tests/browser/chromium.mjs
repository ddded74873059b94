// Debian's Chromium as a pupil has it: third-party cookies blocked, which is its default, or allowed.
// Each browser has a profile of its own that is gone at the end.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export const COOKIES = ['blocked', 'allowed'];

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Given last, this replaces Playwright's own list, which would switch storage partitioning off: pupils have it on.
  '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,MediaRouter,OptimizationHints,PaintHolding',
];

/** A browser. `page` is its one tab; `end()` closes it and forgets everything. */
export async function openBrowser(thirdPartyCookies, options = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'agent-factory-chromium-'));
  if (thirdPartyCookies === 'allowed') {
    await mkdir(join(profile, 'Default'));
    await writeFile(
      join(profile, 'Default', 'Preferences'),
      JSON.stringify({ profile: { cookie_controls_mode: 0, block_third_party_cookies: false } }),
    );
  }
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: process.env.SHOW_BROWSER !== '1',
    args: QUIET,
    viewport: { width: 1360, height: 900 },
    ...options,
  });
  context.setDefaultTimeout(20_000);
  const complaints = [];
  const strayed = new Set();
  context.on('console', (message) => {
    if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    const here = hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1';
    if (protocol.startsWith('http') && !here) strayed.add(request.url());
  });
  return {
    context,
    page: context.pages()[0] ?? (await context.newPage()),
    /** What pages complained of: broken policies and errors of scripts. */
    complaints,
    /** Requests to another machine; there must be none. */
    strayed,
    async end() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
