// axe-core in every frame of a page, by the rules of WCAG 2.2 A and AA.

import assert from 'node:assert/strict';
import axe from 'axe-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Fails with each rule broken, where, in which frame. */
export async function accessible(page) {
  const broken = [];
  for (const frame of page.frames()) {
    if (frame.isDetached() || !frame.url().startsWith('http')) continue;
    // Evaluated by the debugger, so that a page's own policy about scripts need not be loosened for it.
    await frame.evaluate(axe.source);
    const { violations } = await frame.evaluate(
      (tags) => window.axe.run(document, { runOnly: tags, iframes: false }),
      RULES,
    );
    for (const { id, help, nodes } of violations) {
      broken.push(`${new URL(frame.url()).host}: ${id} (${help}): ${nodes.map((n) => n.target).join(' | ')}`);
    }
  }
  assert.deepEqual(broken, []);
}
